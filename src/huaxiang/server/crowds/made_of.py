"""What the rule in the builder means in words: its exact size, its revenue, and the customers by a few tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huaxiang.analyse.crowd_makeup import REVENUE_365D, Makeup, makeup
from huaxiang.analyse.groups.counting import Counted, Pair
from huaxiang.analyse.tag_bands import whole
from huaxiang.analyse.tag_runs import measured as measured_tags
from huaxiang.model.conditions import Condition
from huaxiang.model.group_tags import group_tags
from huaxiang.number_words import money, percent
from huaxiang.release.small_cells import suppress_table
from huaxiang.server.crowds.measured import in_words
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.offered import element_of, meaning_of, seen_tags
from huaxiang.server.groups.shown import is_guarded, too_few
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.words import say

_DRAWN = 4
#: More different values than this make too many combinations to count while somebody types.
_MOST_MEASURED = 30


@dataclass(frozen=True)
class Slice:
    """One value of a tag: how many of the crowd, their share, and everybody's; widths in percent of a whole bar.

    A hidden one would tell of fewer customers than may be shown; its figures are empty.
    """

    label: str
    customers: str
    share: str
    base: str
    width: str
    base_width: str
    is_unknown: bool
    is_hidden: bool


@dataclass(frozen=True)
class MadeOf:
    """One tag of the crowd."""

    name: str
    meaning: str
    element: str
    slices: tuple[Slice, ...]


def made_of(condition: Condition, sight: Sight) -> dict[str, Any]:
    """For the builder: ``found`` the size in words, ``revenue`` and its share, ``made`` the tags, ``few`` where the
    crowd is too small to be told by tags."""
    found = makeup(sight.population, condition, drawn_tags(sight))
    few = too_few(found.size.customers, sight)
    made = () if few else tuple(one for key, counted in found.tags.items() if (one := _tag(key, counted, sight)))
    smallest = sight.workspace.settings.smallest_cell
    return {
        "found": in_words(condition, found.size, sight),
        "made": made,
        "few": few and found.size.customers > 0,
        "smallest": smallest,
        **_revenue(found, sight),
    }


def drawn_tags(sight: Sight) -> tuple[str, ...]:
    """The tags that a crowd is told by: those that this person may see of groups and that are known of customers."""
    known = once_per_snapshot(sight.engine, "telling_tags", lambda: _known_tags(sight))
    seen = set(seen_tags(sight))
    return tuple(tag for tag in known if tag in seen)[:_DRAWN]


def _known_tags(sight: Sight) -> tuple[str, ...]:
    """The telling tags of which the latest run measured several values, but not too many."""
    telling = group_tags().at_a_glance
    runs = measured_tags(sight.engine, telling, most=1)
    values = {tag: [band for band in whole(one.bands) if band["band"] is not None] for tag, one in runs.items()}
    return tuple(tag for tag in telling if tag in values and 2 <= len(values[tag]) <= _MOST_MEASURED)


def _revenue(found: Makeup, sight: Sight) -> dict[str, str]:
    """Empty where no revenue is known, or where it would be that of fewer customers than may be shown."""
    outside = found.size.all_customers - found.size.customers
    alone = any(0 < count < sight.workspace.settings.smallest_cell for count in (found.size.customers, outside))
    if found.net_revenue_365d is None or REVENUE_365D not in seen_tags(sight) or (alone and is_guarded(sight.access)):
        return {"revenue": "", "revenue_share": ""}
    amount = money(found.net_revenue_365d, sight.workspace.settings.currency, sight.lang)
    return {"revenue": amount, "revenue_share": percent(found.revenue_365d_share, sight.lang)}


def _tag(key: str, counted: Counted, sight: Sight) -> MadeOf | None:
    pairs = [pair for _, pair in counted.bars]
    if not pairs:
        return None
    totals = sum(inside for inside, _ in pairs), sum(sum(pair) for pair in pairs)
    hidden = _hidden(pairs, sight)
    slices = tuple(
        _slice(bar.words(counted.field).say(sight.lang), pair, totals, sight, unknown=bar.kind == "unknown", hide=hide)
        for (bar, pair), hide in zip(counted.bars, hidden, strict=True)
    )
    return MadeOf(counted.field.name.say(sight.lang), meaning_of(key, sight), element_of(key, sight), slices)


def _hidden(pairs: Sequence[Pair], sight: Sight) -> list[bool]:
    if not is_guarded(sight.access):
        return [False] * len(pairs)
    safe = suppress_table([list(side) for side in zip(*pairs, strict=True)], sight.workspace.settings.smallest_cell)
    return [None in pair for pair in zip(*safe.cells, strict=True)]


def _slice(label: str, pair: Pair, totals: Pair, sight: Sight, *, unknown: bool, hide: bool) -> Slice:
    if hide:
        return Slice(label, "", say("crowds.made.hidden", sight.lang), "", "0", "0", unknown, True)
    inside, everybody = (
        part / total if total else 0.0 for part, total in zip((pair[0], sum(pair)), totals, strict=True)
    )
    shares = percent(inside, sight.lang), percent(everybody, sight.lang)
    return Slice(label, f"{pair[0]:,}", *shares, f"{inside * 100:.1f}", f"{everybody * 100:.1f}", unknown, False)
