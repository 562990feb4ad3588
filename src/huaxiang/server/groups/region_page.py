"""Where a group lives: a map of China's provinces in equal squares, and a list of what lies elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.concealed import concealed
from huaxiang.analyse.groups.contrast import TagContrast
from huaxiang.analyse.groups.regions import province, region_portrait, short_names, tiles
from huaxiang.analyse.groups.said import tag_said
from huaxiang.analyse.groups.verdicts import Share
from huaxiang.number_words import percent, short_number
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.tile_map import Tile, tile_map
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, shell_of
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.shown import group_page, is_guarded, too_few
from huaxiang.server.groups.tag_chart import address_of, bar_table
from huaxiang.server.permissions import page
from huaxiang.words import say

KEY = "province"


@page(permission="see_profile")
def regions(request: HttpRequest) -> HttpResponse:
    """The group by province beside its base."""
    return group_page(request, "regions", _regions)


def _regions(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    if KEY not in sight.fields or KEY not in sight.table.columns:
        return {"nothing": True}
    rows = group.rows(sight, (KEY,))
    found = region_portrait(sight.engine, rows, sight.fields, KEY, base=group.base, known_only=group.known_only)
    if is_guarded(sight.access):
        found = concealed(found, sight.workspace.settings.smallest_cell)
    if too_few(found.customers, sight):
        return {"few": True}
    tag, base_name = found.tags[KEY], shell_of(group, sight, "regions")["base_name"]
    if all(bar.kind == "unknown" for bar, _ in tag.bars):
        return {"nothing": True}
    table = bar_table(tag, group, sight, base_name)
    if request.GET.get("format") == "csv":
        return csv_of(table, KEY)
    said = tag_said(tag, group.base).say(sight.lang)
    placed = _placed(tag)
    elsewhere = [
        bar.words(tag.field).say(sight.lang) for bar, _ in tag.bars if _province(bar) is None and bar.kind != "unknown"
    ]
    chart = ChartPart(
        key="regions",
        title=sight.fields[KEY].name.say(sight.lang),
        description=said,
        option=tile_map(_tiles(placed, tag, group, sight), "basic"),
        table=table,
        unit=say("groups.map_unit" if found.others else "groups.map_unit_alone", sight.lang),
        base=found.customers,
        download=f"?{group.query(format='csv')}",
    )
    return {"lede": said, "chart": chart, "elsewhere": elsewhere, "unknown": _unknown(tag, group, sight)}


def _unknown(tag: TagContrast, group: Group, sight: Sight) -> dict[str, str]:
    """Those of whom no province is known, with the way to them; empty where there are none or too few to tell."""
    found = next(((bar, share) for bar, share in tag.bars if bar.kind == "unknown"), None)
    if found is None or found[1].hidden or not found[1].inside:
        return {}
    bar, share = found
    told = {"name": tag.field.name.say(sight.lang), "n": short_number(share.inside, sight.lang)}
    code = "groups.map_unknown" if share.share is not None else "groups.map_unknown_count"
    said = say(code, sight.lang, **told, share=percent(share.share, sight.lang))
    return {"said": said, "address": address_of(bar, share, tag, group, sight)}


def _placed(tag: TagContrast) -> dict[str, tuple[Bar, Share]]:
    return {name: (bar, share) for bar, share in tag.bars if (name := _province(bar)) is not None}


def _province(bar: Bar) -> str | None:
    return province(bar.value) if bar.kind == "value" and isinstance(bar.value, str) else None


def _tiles(placed: dict[str, tuple[Bar, Share]], tag: TagContrast, group: Group, sight: Sight) -> Sequence[Tile]:
    most = max((share.share or 0 for _, share in placed.values()), default=0) or 1
    found = []
    for name, (column, row) in tiles().items():
        label = short_names()[name].say(sight.lang)
        bar, share = placed.get(name, (None, None))
        if bar is None or share is None or share.share is None:
            found.append(Tile(column, row, Mark(label, None, ""), None))
            continue
        mark = Mark(label, share.share, _shown(share, sight.lang), address_of(bar, share, tag, group, sight))
        depth = share.share / most if share.index is None or share.verdict not in ("more", "less") else _depth(share)
        found.append(
            Tile(column, row, mark, depth if share.verdict in ("more", "less", None) else 0.0, share.verdict == "less")
        )
    return found


def _depth(share: Share) -> float:
    """How deep a colour: from an index of 100 up to 250, or down to 0."""
    index = share.index or 0.0
    return min((index - 100) / 150, 1.0) if index > 100 else (100 - index) / 100


def _shown(share: Share, lang: str) -> str:
    if share.verdict in ("more", "less") and share.index is not None:
        return f"{share.index:.0f}"
    return percent(share.share, lang)
