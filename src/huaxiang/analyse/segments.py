"""Segments as a whole: whether each of them holds together."""

from __future__ import annotations

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.model.compared import check
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags


def check_segments(segments: Segments, tags: Tags) -> None:
    """Raise :class:`DefinitionError` at the first segment whose condition does not fit the tags."""
    for segment in segments.values():
        check(segment.condition, portrait_fields(tags))
