"""A small table in, a Plotly figure out: pure functions, one palette, nothing fetched."""
