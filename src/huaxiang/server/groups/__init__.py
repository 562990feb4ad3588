"""Portraits of groups: a crowd beside others, its tags crossed and measured, overlaps, movement, map, and its rule."""
