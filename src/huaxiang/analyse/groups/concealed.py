"""Portraits for those who must not see small counts: hidden, with as many others as it takes not to give them back."""

from __future__ import annotations

from dataclasses import replace

from huaxiang.analyse.groups.bars import is_list
from huaxiang.analyse.groups.contrast import GroupPortrait, TagContrast
from huaxiang.analyse.groups.cross_table import CrossTable
from huaxiang.analyse.groups.verdicts import Share
from huaxiang.release.small_cells import suppress_table


def concealed(portrait: GroupPortrait, smallest: int) -> GroupPortrait:
    """The portrait with every bar hidden of which a count below ``smallest`` could be told, on either side."""
    return replace(portrait, tags={key: _tag(tag, smallest) for key, tag in portrait.tags.items()})


def concealed_cells(table: CrossTable, smallest: int) -> tuple[tuple[bool, ...], ...]:
    """Which cells of a cross table are hidden. Its totals are shown, so a small one never stands alone."""
    safe = suppress_table([[cell.customers for cell in line] for line in table.cells], smallest)
    return tuple(tuple(count is None for count in line) for line in safe.cells)


def _tag(tag: TagContrast, smallest: int) -> TagContrast:
    sides = [[share.inside for _, share in tag.bars], [share.beside for _, share in tag.bars]]
    if is_list(tag.field):
        # Members of a list do not add up, so that no count follows from the others.
        hidden = [any(0 < side[place] < smallest for side in sides) for place in range(len(tag.bars))]
    else:
        safe = suppress_table(sides, smallest)
        hidden = [None in pair for pair in zip(*safe.cells, strict=True)]
    bars = tuple((bar, _hidden(share) if hide else share) for (bar, share), hide in zip(tag.bars, hidden, strict=True))
    return replace(tag, bars=bars)


def _hidden(share: Share) -> Share:
    return Share(0, share.customers, 0, share.others, None, 0.0, 1.0, verdict="too_few", hidden=True)
