"""``group``: the portrait and the suggested rule of a segment, for people and as JSON."""

from __future__ import annotations
