"""Editions of the customer profile document: list, read, download, publish."""
