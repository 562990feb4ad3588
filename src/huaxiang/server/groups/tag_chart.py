"""The picture of one tag: the crowd's shares beside those of its base, each bar a crowd of its own when clicked."""

from __future__ import annotations

from dataclasses import replace

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.contrast import TagContrast
from huaxiang.analyse.groups.said import tag_said
from huaxiang.analyse.groups.verdicts import Share
from huaxiang.number_words import percent
from huaxiang.present.charts.compared_bars import Pair, compared_bars
from huaxiang.present.charts.frame import Mark
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address, explained_address
from huaxiang.server.groups.offered import element_of
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_SIGNS = {"more": "▲", "less": "▼", "alike": "", "too_few": "·"}


def tag_chart(tag: TagContrast, group: Group, sight: Sight, base_name: str) -> tuple[ChartPart, str]:
    """The chart with its table, and the sentence under it."""
    lang, key = sight.lang, tag.field.key
    title, said = tag.field.name.say(lang), tag_said(tag, group.base).say(lang)
    crowd = say("groups.in_group", lang)
    pairs = [_pair(bar, share, tag, group, sight) for bar, share in tag.bars]
    unknown = [place for place, (bar, _) in enumerate(tag.bars) if bar.kind == "unknown"]
    option = compared_bars(pairs, crowd, base_name, element_of(key, sight), unknown=unknown)
    unit = say("groups.share_of_list" if is_list(tag.field) else "groups.share_unit", lang)
    download = f"?{group.query(tags=key, chart=key, format='csv')}"
    part = ChartPart(
        key=key.replace("_", "-"),
        title=title,
        description=said,
        option=option,
        table=_with_explained(bar_table(tag, group, sight, base_name), tag, group, sight),
        unit=unit,
        base=next((share.customers for bar, share in tag.bars if bar.kind != "unknown"), None),
        download=download,
    )
    return part, said


def bar_table(tag: TagContrast, group: Group, sight: Sight, base_name: str) -> Table:
    """Every bar with its numbers; its name leads to a crowd of it."""
    lang = sight.lang
    columns = (
        Column(tag.field.name.say(lang)),
        *(
            Column(
                say(f"groups.column.{name}", lang, base=base_name),
                True,
                say(f"groups.column.{name}.meaning", lang, base=base_name),
            )
            for name in ("share", "interval", "base", "index", "index_interval", "drawn", "q")
        ),
        Column(say("groups.column.verdict", lang), meaning=say("groups.column.verdict.meaning", lang)),
    )
    return Table(
        tag.field.name.say(lang), columns, tuple(_row(bar, share, tag, group, sight) for bar, share in tag.bars)
    )


def _pair(bar: Bar, share: Share, tag: TagContrast, group: Group, sight: Sight) -> Pair:
    lang, address = sight.lang, address_of(bar, share, tag, group, sight)
    label = bar.words(tag.field).say(lang)
    shown = f"{percent(share.share, lang)} {_index(share)}".strip()
    if share.hidden:
        shown = say("groups.hidden", lang)
    base = None if share.base is None else Mark(label, share.base, percent(share.base, lang), address)
    return Pair(Mark(label, share.share, shown, address), base)


def address_of(bar: Bar, share: Share, tag: TagContrast, group: Group, sight: Sight) -> str:
    """Where the crowd of a bar is made; empty where nobody would be in it."""
    if share.hidden or not share.inside:
        return ""
    return bar_address(sight, group.condition, bar.condition(tag.field))


def _with_explained(table: Table, tag: TagContrast, group: Group, sight: Sight) -> Table:
    """The table with a way from each bar to the rule that tells its customers apart, for who may write rules."""
    if not sight.access.may("edit_definitions"):
        return table
    title, meaning = (say(f"groups.{name}", sight.lang) for name in ("explain_short", "explain"))
    pairs = zip(table.rows, tag.bars, strict=True)
    # Behind the first figure, where a narrow page still shows it.
    rows = tuple((*row[:2], _explained(*pair, tag, group, sight), *row[2:]) for row, pair in pairs)
    columns = (*table.columns[:2], Column(title, meaning=meaning), *table.columns[2:])
    return replace(table, columns=columns, rows=rows)


def _explained(bar: Bar, share: Share, tag: TagContrast, group: Group, sight: Sight) -> Cell:
    if share.hidden or not share.inside:
        return Cell("—")
    address = explained_address(sight, group.condition, bar.condition(tag.field))
    return Cell(say("groups.explain_short", sight.lang), address=address)


def _index(share: Share) -> str:
    """The index as it stands beside a bar; a number only where there are enough people behind it."""
    if share.verdict is None or share.index is None or share.verdict == "too_few":
        return _SIGNS["too_few"] if share.verdict == "too_few" else ""
    return f"TGI {share.index:.0f} {_SIGNS[share.verdict]}".strip()


def _row(bar: Bar, share: Share, tag: TagContrast, group: Group, sight: Sight) -> tuple[Cell, ...]:
    lang = sight.lang
    name = Cell(bar.words(tag.field).say(lang), address=address_of(bar, share, tag, group, sight), heading=True)
    if share.hidden:
        few = say("groups.hidden", lang)
        return (name, Cell(few, numeric=True), *(Cell("—", numeric=True) for _ in range(6)), Cell("—"))
    told = share.verdict not in (None, "too_few")
    texts = (
        f"{percent(share.share, lang)} ({share.inside:,})",
        f"{percent(share.low, lang)}–{percent(share.high, lang)}",
        percent(share.base, lang),
        f"{share.index:.0f}" if told and share.index is not None else "—",
        f"{share.index_low:.0f}–{'∞' if share.index_high is None else f'{share.index_high:.0f}'}"
        if told and share.index_low is not None
        else "—",
        f"{share.drawn:.0f}" if told and share.drawn is not None else "—",
        _probability(share.q),
    )
    verdict = say(f"groups.verdict.{share.verdict}", lang) if share.verdict else "—"
    return (name, *(Cell(text, numeric=True) for text in texts), Cell(verdict))


def _probability(q: float | None) -> str:
    if q is None:
        return "—"
    return "<0.001" if q < 0.001 else f"{q:.3f}"
