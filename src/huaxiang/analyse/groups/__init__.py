"""Portraits of groups: what a crowd is made of beside others, and what of it chance does not explain.

Everything here works on a table with one row per customer and boolean columns that say who is meant, so it does not
care how a crowd came about: a saved rule, an uploaded list, a cluster, a bar of a chart.
"""
