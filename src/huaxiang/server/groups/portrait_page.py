"""The portrait of a group: what most sets it apart, then its tags element by element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huaxiang.analyse.groups.concealed import concealed
from huaxiang.analyse.groups.contrast import GroupPortrait, TagContrast, group_portrait
from huaxiang.analyse.groups.echoes import echoes
from huaxiang.analyse.groups.said import portrait_said, strongest, tag_said
from huaxiang.engine.interface import count_of
from huaxiang.model.group_tags import group_tags
from huaxiang.model.tables import ELEMENTS
from huaxiang.number_words import short_number
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, shell_of
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.offered import asked_tags, choices, element_of, looked_at, meaning_of, seen_tags
from huaxiang.server.groups.shown import group_page, is_guarded, too_few
from huaxiang.server.groups.tag_chart import address_of, bar_table, tag_chart
from huaxiang.server.permissions import page
from huaxiang.words import say

_RANKED, _DRAWN = 10, 6


@dataclass(frozen=True)
class TagLine:
    """One tag in a line: its sentence, how far apart its values are (0 to 100), and where it is drawn."""

    name: str
    meaning: str
    element: str
    said: str
    distance: int
    measure: str
    address: str
    draw: str
    echo: bool


@dataclass(frozen=True)
class Section:
    """One element: the charts that are drawn and the other tags in a line each."""

    element: str
    title: str
    charts: tuple[tuple[ChartPart, str], ...]
    lines: tuple[TagLine, ...]


@page(permission="see_profile")
def portrait(request: HttpRequest) -> HttpResponse:
    """The group beside its base (``?crowd=``, ``?rule=``, ``?base=``, ``?known=1``, ``?tags=``, ``?all=1``)."""
    return group_page(request, "portrait", _portrait)


@page(permission="see_profile")
def highlights(request: HttpRequest) -> HttpResponse:
    """The few tags that most set a group apart, as a part of another page."""
    return group_page(request, "portrait", _portrait, template="groups/_highlights.html")


def _portrait(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    customers = count_of(sight.engine, sight.table.select("customer_id"))
    asked = asked_tags(request.GET.getlist("tags"), sight)
    keys = tuple(dict.fromkeys((*asked, *looked_at(sight, customers, everything=request.GET.get("all") == "1"))))
    found = _found(group, sight, keys)
    if too_few(found.customers, sight):
        return {"few": True}
    base_name = shell_of(group, sight, "portrait")["base_name"]
    if request.GET.get("format") == "csv" and request.GET.get("chart") in found.tags:
        return csv_of(bar_table(found.tags[request.GET["chart"]], group, sight, base_name), request.GET["chart"])
    drawn = _drawn(found, asked)
    return {
        "lede": portrait_said(found, group.name).say(sight.lang),
        "found": found,
        "n": short_number(found.customers, sight.lang),
        "others": short_number(found.others, sight.lang),
        "shared": f"{found.shared:,}" if found.shared else "",
        "ranked": [_line(tag, group, sight, drawn) for tag in found.ranked[:_RANKED]],
        "sections": _sections(found, drawn, group, sight, base_name),
        "choices": choices(sight, drawn),
        "looked": len(found.tags),
        "offered": len(seen_tags(sight)),
        "everything": f"{reverse('groups:portrait')}?{group.query(all='1', tags=list(drawn))}",
        "portrait_address": f"{reverse('groups:portrait')}?{group.query()}",
    }


def _found(group: Group, sight: Sight, keys: tuple[str, ...]) -> GroupPortrait:
    own = echoes(group.condition, sight.definitions.tags, sight.population.segments)
    rows = group.rows(sight, keys)
    found = group_portrait(
        sight.engine, rows, sight.fields, keys, base=group.base, known_only=group.known_only, own=own
    )
    return concealed(found, sight.workspace.settings.smallest_cell) if is_guarded(sight.access) else found


def _drawn(found: GroupPortrait, asked: Sequence[str]) -> tuple[str, ...]:
    if asked:
        return tuple(asked)
    telling = [tag.field.key for tag in found.ranked if not tag.echo][:_DRAWN]
    usual = [key for key in group_tags().usual if key in found.tags]
    return tuple(dict.fromkeys((*telling, *usual)))[:_DRAWN]


def _sections(found: GroupPortrait, drawn: Sequence[str], group: Group, sight: Sight, base_name: str) -> list[Section]:
    return [
        Section(
            element,
            say(f"crowds.element.{element}", sight.lang),
            tuple(tag_chart(tag, group, sight, base_name) for tag in own if tag.field.key in drawn),
            tuple(_line(tag, group, sight, drawn) for tag in own if tag.field.key not in drawn),
        )
        for element in ELEMENTS
        if (own := [tag for key, tag in found.tags.items() if element_of(key, sight) == element])
    ]


def _line(tag: TagContrast, group: Group, sight: Sight, drawn: Sequence[str]) -> TagLine:
    key, best = tag.field.key, strongest(tag)
    more = list(drawn) if key in drawn else [*drawn, key]
    return TagLine(
        name=tag.field.name.say(sight.lang),
        meaning=meaning_of(key, sight),
        element=element_of(key, sight),
        said=tag_said(tag, group.base).say(sight.lang),
        distance=round(100 * tag.of_values),
        measure=_measure(tag, sight.lang),
        address=address_of(*best, tag, group, sight) if best else "",
        draw=f"{reverse('groups:portrait')}?{group.query(tags=more)}#{key.replace('_', '-')}",
        echo=tag.echo,
    )


def _measure(tag: TagContrast, lang: str) -> str:
    said = {
        "distance": f"{tag.distance:.2f}",
        "of_values": f"{tag.of_values:.2f}",
        "q": "—" if tag.q is None else f"{tag.q:.2g}",
    }
    said["v"] = "—" if tag.v is None else f"{tag.v:.2f}"
    if tag.difference is None:
        return say("groups.measure", lang, **said)
    return say("groups.measure_number", lang, **said, difference=f"{tag.difference:+.2f}")
