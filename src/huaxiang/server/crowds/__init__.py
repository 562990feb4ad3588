"""Segments: the list, one segment with its customers, building and saving one, and taking it away as a file."""
