"""Which thresholds of the rule in the builder can be moved: those of a box, and the number of the cap over all."""

from __future__ import annotations

from huaxiang.analyse.moved import Moved, edge_thresholds, gap_thresholds, thresholds
from huaxiang.model.conditions import Capped, Test
from huaxiang.model.fields import Fields
from huaxiang.server.crowds.boxes import OUTERMOST
from huaxiang.server.crowds.read_boxes import Read


def movable(read: Read, number: int, fields: Fields) -> tuple[Moved, ...]:
    """What can be moved in the box of that number; ``fields`` are the tags that a test may name."""
    if number == OUTERMOST:
        return tuple(thresholds(read.condition)) if isinstance(read.condition, Capped) else ()
    if number in read.steps:
        return tuple(gap_thresholds(*read.steps[number]))
    leaf = read.tests.get(number)
    if number not in read.of_rows:
        return tuple(thresholds(leaf, fields.get(leaf.field) if isinstance(leaf, Test) else None))
    edge = read.edges.get(number)
    return () if edge is None or not isinstance(leaf, Test) else tuple(edge_thresholds(edge, leaf))
