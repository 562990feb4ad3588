"""Refreshes of the profiles and all other long work: what ran, what runs, and the button that starts one."""
