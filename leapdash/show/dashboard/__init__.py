"""What is Streamlit: page frame, filter bar, cards, figures with their tables, and the store."""
