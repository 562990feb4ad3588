"""Collecting files: upload, mapping, check, import, reports, and the rows that wait."""
