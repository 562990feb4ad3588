"""The quality of the data: scorecard, checks, the rows behind a figure, contradictions."""
