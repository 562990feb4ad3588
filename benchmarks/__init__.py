"""Headline figures, each beside a hand-written DuckDB twin and the physical limit, in one run of one process."""
