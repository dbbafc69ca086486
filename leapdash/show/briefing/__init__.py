"""An answer as a document of two pages to hand on: HTML in one file, or PDF."""
