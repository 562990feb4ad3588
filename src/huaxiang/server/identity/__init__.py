"""One ID: how accounts became customers, and what was held back for a person to look at."""
