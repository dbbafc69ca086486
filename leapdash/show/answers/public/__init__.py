"""The pages' answers from a public release: fixed cells, and what is hidden said to be."""
