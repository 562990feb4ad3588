"""The one sentence under each picture of a group, made from its numbers: no causes, and "too few" where it is so."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.contrast import Base, GroupPortrait, TagContrast
from huaxiang.analyse.groups.cross_table import CrossTable
from huaxiang.analyse.groups.movement import Movement, State
from huaxiang.analyse.groups.overlap import Common, Overlap
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.suggested_rule import FEWEST_FOR_RULE
from huaxiang.analyse.groups.value_measures import Measured
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS, Share
from huaxiang.model.fields import Field
from huaxiang.number_words import percent, short_number
from huaxiang.words import LANGUAGES, Message

Pair = tuple[Bar, Share]
#: By row and column of a cross table, whether the cell is hidden; empty where none is.
Hidden = Sequence[Sequence[bool]]
Ends = tuple[State, State]


def base_words(base: Base) -> Message:
    """What the crowd is compared with."""
    return Message(f"group.base.{base}")


def tag_said(tag: TagContrast, base: Base) -> Message:
    """What most sets the crowd apart in one tag, if anything does."""
    name = tag.field.name.message
    told = strongest(tag)
    if told is not None:
        return _apart(tag.field, told, base)
    verdicts = {share.verdict for _, share in tag.bars}
    if verdicts <= {None}:
        return _most(tag)
    code = "group.said.too_few" if verdicts <= {"too_few"} else "group.said.alike"
    return Message(code, {"tag": name, "base": base_words(base)})


def strongest(tag: TagContrast) -> Pair | None:
    """The value whose share is farthest from its base, of those that chance does not explain: one that there is more of
    if there is one, the unknown only if the values differ in nothing but how many of them are known."""
    telling = [(bar, share) for bar, share in tag.bars if share.verdict in ("more", "less")]
    known = [pair for pair in telling if (pair[0].kind != "unknown") is tag.values_differ] or telling
    # What there is more of says more than what there is less of.
    known = [pair for pair in known if pair[1].verdict == "more"] or known
    return max(known, key=lambda pair: abs((pair[1].share or 0) - (pair[1].base or 0)), default=None)


def portrait_said(portrait: GroupPortrait, name: Message | str) -> Message:
    """What most sets the crowd apart in all of its tags; tags that its rule asks for say nothing new."""
    said = {"name": name, "customers": counted(portrait.customers), "base": base_words(portrait.base)}
    if not portrait.others:
        return Message("group.said.everyone", said)
    if min(portrait.customers, portrait.others) < FEWEST_CUSTOMERS:
        return Message("group.said.few", {**said, "fewest": FEWEST_CUSTOMERS})
    new = [tag for tag in portrait.ranked if not tag.echo]
    if not new:
        return Message("group.said.nothing", said)
    return Message("group.said.most", {**said, "tags": len(new), "first": tag_said(new[0], portrait.base)})


def cross_said(table: CrossTable, down: Field, across: Field, hidden: Hidden = ()) -> Message:
    """Which pair of values meets most beyond what chance would bring together; of the ``hidden`` cells, by row and
    column, nothing is told."""
    said = {"down": down.name.message, "across": across.name.message, "n": counted(table.customers)}
    cells = [
        (cell, row, column, bool(hidden) and hidden[down_place][across_place])
        for down_place, ((row, _), line) in enumerate(zip(table.rows, table.cells, strict=True))
        for across_place, ((column, _), cell) in enumerate(zip(table.columns, line, strict=True))
    ]
    telling = [each for each in cells if each[0].verdict in ("more", "less")]
    if not telling:
        few = all(each[0].verdict == "too_few" for each in cells)
        return Message("group.said.cross_few" if few else "group.said.cross_nothing", said)
    shown = [each[:3] for each in telling if not each[3]]
    if not shown:
        return Message("group.said.cross_hidden", said)
    # That both are unknown of the same customers says little of them.
    known = [each for each in shown if "unknown" not in (each[1].kind, each[2].kind)] or shown
    cell, row, column = max(known, key=lambda each: abs(each[0].residual))
    met = {"row": row.words(down), "column": column.words(across), "met": counted(cell.customers)}
    return Message(f"group.said.cross_{cell.verdict}", {**said, **met, "expected": counted(round(cell.expected, 1))})


def measures_said(measured: Sequence[Measured], field: Field) -> Message:
    """Which value brings most beyond its part of the customers."""
    told = [one for one in measured if not one.few and one.revenue_share is not None and one.bar.kind != "unknown"]
    if not told:
        return Message("group.said.measures_few", {"tag": field.name.message, "fewest": FEWEST_CUSTOMERS})
    best = max(told, key=lambda one: (one.revenue_share or 0) - one.customer_share)
    shares = {"customers": share_of(best.customer_share), "revenue": share_of(best.revenue_share)}
    return Message("group.said.measures", {"tag": field.name.message, "value": best.bar.words(field), **shares})


def overlap_said(found: Overlap, names: Sequence[Message | str], pairs: Sequence[Common] | None = None) -> Message:
    """Which two crowds are most of them the same customers, of the ``pairs`` that may be told (by default all)."""
    told = [pair for pair in (found.pairs if pairs is None else pairs) if pair.coefficient is not None]
    best = max(told, key=lambda pair: (pair.coefficient or 0, pair.both), default=None)
    if not any(pair.both for pair in found.pairs):
        return Message("group.said.overlap_none")
    if best is None or not best.both:
        return Message("group.said.overlap_hidden")
    smaller, larger = sorted((best.first, best.second), key=lambda place: (found.sizes[place], place))
    said = {"smaller": names[smaller], "larger": names[larger], "both": counted(best.both)}
    return Message(
        "group.said.overlap", {**said, "size": counted(found.sizes[smaller]), "share": share_of(best.coefficient)}
    )


def movement_said(found: Movement, field: Field, least_shown: int = 0, hidden: Collection[Ends] = ()) -> Message:
    """How many kept their value, the one-way movement that chance does not explain, if there is one, and how many are
    new, where that is not fewer than ``least_shown``. Of the ``hidden`` flows, by where they begin and end, nothing is
    told."""
    said = {
        "tag": field.name.message,
        "both": counted(found.both),
        "stayed": share_of(found.stayed / found.both if found.both else None),
        "new": _new_said(found.new, least_shown),
    }
    if found.both < FEWEST_CUSTOMERS:
        return Message("group.said.movement_few", {**said, "fewest": FEWEST_CUSTOMERS})
    if not found.nets:
        return Message("group.said.movement_even", said)
    nets = [net for net in found.nets if not {(net.source, net.goal), (net.goal, net.source)} & set(hidden)]
    if not nets:
        return Message("group.said.movement_hidden", said)
    net = nets[0]
    ends = {"source": state_words(net.source, field), "goal": state_words(net.goal, field)}
    return Message("group.said.movement", {**said, **ends, "there": counted(net.there), "back": counted(net.back)})


def _new_said(new: int, least_shown: int) -> Message:
    if 0 < new < least_shown:
        return Message("group.said.few_new", {"least": least_shown})
    return Message("group.said.new", {"new": counted(new)}) if new else Message("group.said.nobody_new")


def rule_said(found: Suggested) -> Message:
    """How well the suggested rule finds the group among customers who had no part in finding it; of a rule that rests
    on few how uncertain that is."""
    quality = found.quality
    if found.judged == "few":
        counts = {"group": counted(found.group), "others": counted(found.others)}
        return Message("group.said.rule_too_few", {**counts, "fewest": FEWEST_FOR_RULE})
    if quality is None or not quality.separates:
        return Message("group.said.no_rule")
    figures = {"precision": share_of(quality.precision), "recall": share_of(quality.recall)}
    if found.judged == "quarter":
        ends = {"precision": quality.precision_ends, "recall": quality.recall_ends}
        for name, (low, high) in ends.items():
            figures |= {f"{name}_low": share_of(low), f"{name}_high": share_of(high)}
        return Message("group.said.rule_uncertain", {**figures, "fewer": counted(min(found.group, found.others))})
    return Message(
        "group.said.rule", {**figures, "lift": counted(round(quality.lift or 0, 1)), "n": counted(quality.customers)}
    )


def state_words(state: State, field: Field) -> Message:
    """What people call a state of movement."""
    return Message(f"group.{state}") if isinstance(state, str) else state.words(field)


def counted(number: float) -> Message:
    """A number in the reader's language, to stand in a sentence."""
    return Message("analyse.named", {lang: short_number(number, lang) for lang in LANGUAGES})


def share_of(share: float | None) -> Message:
    """A share in percent, to stand in a sentence."""
    return Message("analyse.named", {lang: percent(share, lang) for lang in LANGUAGES})


def _apart(field: Field, pair: Pair, base: Base) -> Message:
    bar, share = pair
    said = {
        "tag": field.name.message,
        "value": bar.words(field),
        "share": share_of(share.share),
        "of_base": share_of(share.base),
        "base": base_words(base),
    }
    if bar.kind == "unknown":
        return Message(f"group.said.unknown_{share.verdict}", said)
    if share.index is None or share.index_high is None:
        return Message("group.said.only_here", said)
    ends = {name: round(value) for name, value in (("low", share.index_low or 0), ("high", share.index_high))}
    return Message(f"group.said.{share.verdict}", {**said, "index": round(share.index), **ends})


def _most(tag: TagContrast) -> Message:
    known = [(bar, share) for bar, share in tag.bars if bar.kind not in ("unknown", "rest")]
    if not known:
        return Message("group.said.all_unknown", {"tag": tag.field.name.message})
    bar, share = max(known, key=lambda pair: pair[1].inside)
    said = {"tag": tag.field.name.message, "value": bar.words(tag.field), "share": share_of(share.share)}
    return Message("group.said.commonest", said)
