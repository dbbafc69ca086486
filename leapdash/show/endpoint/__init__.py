"""Answers and their tables by URL, for programs: read-only, with the words of the pages' addresses.

It serves simulated and public releases only: nobody can say here who asks.
"""
