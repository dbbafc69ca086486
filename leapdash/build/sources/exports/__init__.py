"""Exports of a student information system, or spreadsheets, read by a mapping written by hand."""
