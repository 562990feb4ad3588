"""Segments as a whole: whether each of them holds together."""

from __future__ import annotations

from collections.abc import Collection

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.model.conditions import InCrowd
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.model.vocabulary import Vocabulary, check_asked


def check_segments(segments: Segments, tags: Tags, lists: Collection[str] = ()) -> None:
    """Raise :class:`DefinitionError` at the first segment whose condition does not fit the tags, other segments and
    lists, or that is part of a circle."""
    known = Vocabulary(portrait_fields(tags), segments, lists)
    for key in segments:
        check_asked(InCrowd(crowd=key), known)
