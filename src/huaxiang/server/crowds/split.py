"""A segment split into packs: how many customers each has, a crowd of each, and an export with the packs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.crowd_sizes import Composition
from huaxiang.analyse.packs import pack_sizes, with_packs
from huaxiang.errors import HuaxiangError
from huaxiang.model.conditions import InCrowd
from huaxiang.model.packs import Packs, packs_from_text, text_of_packs
from huaxiang.model.segments import Segment
from huaxiang.number_words import MISSING, money, percent
from huaxiang.release.purposes import PURPOSES
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.groups.chosen import bar_address
from huaxiang.server.permissions import may, page
from huaxiang.words import say


@dataclass(frozen=True)
class Pack:
    """One pack in words: its share of the crowd, and where a crowd of it is made (empty for who may not)."""

    name: str
    customers: str
    share: str
    revenue: str
    address: str


@page(permission="see_profile")
def split(request: HttpRequest, key: str) -> HttpResponse:
    """The form, and the packs that it names (``?packs=&seed=``) or that are kept with the segment."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
        text, seed = request.GET.get("packs", "")[:2_000], request.GET.get("seed", "")[:100]
        problem, found = "", None
        try:
            chosen = chosen_packs(segment, text, seed)
            found = _packs(sight, segment, chosen) if chosen else None
        except HuaxiangError as error:
            chosen, problem = None, error.say(sight.lang)
    kept = chosen or segment.packs
    context = {
        "crowd": segment,
        "text": text or (text_of_packs(kept) if kept else say("crowds.split.usual", sight.lang)),
        "seed": seed or (kept.seed if kept else "") or key,
        "found": found,
        "problem": problem,
        "may_export": may(request, "export_masked"),
        "purposes": [(each.purpose, say(f"release.purpose.{each.purpose}", sight.lang)) for each in PURPOSES],
    }
    return render(request, "crowds/_split.html", context)


def chosen_packs(segment: Segment, text: str, seed: str) -> Packs | None:
    """The packs that are asked for, or else those that are kept with the segment."""
    return packs_from_text(text, seed.strip() or segment.key) if text.strip() else segment.packs


def in_packs(sight: Sight, packs: Packs | None) -> Sight:
    """The same sight with the pack beside each customer."""
    return sight if packs is None else replace(sight, population=with_packs(sight.population, packs))


def _packs(sight: Sight, segment: Segment, packs: Packs) -> list[Pack]:
    sizes = pack_sizes(sight.population, segment.condition, packs)
    everyone = sum(size.customers for size in sizes.values())
    drawn = dict(packs.drawn())
    addresses = {name: bar_address(sight, InCrowd(crowd=segment.key), drawn[name]) for name in sizes}
    return [_pack(name, size, everyone, addresses[name], sight) for name, size in sizes.items()]


def _pack(name: str, size: Composition, everyone: int, address: str, sight: Sight) -> Pack:
    revenue = size.net_revenue_total
    said = MISSING if revenue is None else money(revenue, sight.workspace.settings.currency, sight.lang)
    share = percent(size.customers / everyone if everyone else None, sight.lang)
    return Pack(name, f"{size.customers:,}", share, said, address)
