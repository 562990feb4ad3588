"""Migrations of the keys."""
