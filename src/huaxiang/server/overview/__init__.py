"""The first page and the page of each stage."""
