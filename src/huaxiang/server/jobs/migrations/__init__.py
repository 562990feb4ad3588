"""Changes to the table of jobs."""
