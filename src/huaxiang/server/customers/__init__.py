"""Customers: the list that finds them, and the page of one of them."""
