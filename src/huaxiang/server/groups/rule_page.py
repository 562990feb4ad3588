"""A suggested rule: any group, saved or named in a list, in a few tests, and one click to a crowd of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.echoes import echoes
from huaxiang.analyse.groups.pasted_list import MOST_LINES, on_pasted_list
from huaxiang.analyse.groups.rule_quality import Quality, Suggested
from huaxiang.analyse.groups.said import rule_said
from huaxiang.analyse.groups.suggested_rule import suggested_rule
from huaxiang.errors import InputError
from huaxiang.model.condition_text import text_of
from huaxiang.number_words import percent
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address
from huaxiang.server.groups.offered import seen_tags
from huaxiang.server.groups.shown import group_page, too_few
from huaxiang.server.permissions import page
from huaxiang.server.stats import Stat
from huaxiang.words import say

_HOW = {"half": "halves", "quarter": "quarters"}


@page(permission="edit_definitions", methods=("GET", "POST"))
def rule(request: HttpRequest) -> HttpResponse:
    """A rule for the group of the address, or for the people whom a posted list (``people``) names."""
    return group_page(request, "rule", _rule)


def _rule(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any]:
    lines = request.POST.get("people", "").splitlines() if request.method == "POST" else []
    own = request.GET.get("own") == "1"
    context: dict[str, Any] = {"own": own, "most_lines": MOST_LINES, "people": "\n".join(lines)}
    if not lines and group.is_everyone:
        return {**context, "lede": say("groups.rule.choose", sight.lang)}
    if len(lines) > MOST_LINES:
        raise InputError("groups.rule.too_many_lines", given=len(lines), most=MOST_LINES)
    keys = seen_tags(sight)
    if lines:
        population, named = on_pasted_list(sight.population.over(sight.table.select("customer_id", *keys)), lines)
        matched = say("groups.rule.matched", sight.lang, lines=named.rows, unknown=named.unknown, several=named.several)
        return {**context, **_told(suggested_rule(population, keys), sight, matched)}
    left_out = frozenset() if own else echoes(group.condition, sight.definitions.tags, sight.population.segments)
    population = sight.population.over(group.rows(sight, keys))
    said = "" if own else say("groups.rule.left_out", sight.lang)
    return {**context, **_told(suggested_rule(population, keys, left_out), sight, said)}


def _told(found: Suggested, sight: Sight, note: str) -> dict[str, Any]:
    lede, notes = rule_said(found).say(sight.lang), [note] if note else []
    if found.judged == "few":
        return {"lede": lede, "done": True, "too_few": True, "notes": notes}
    told = {"done": True, "notes": [say(f"groups.rule.{_HOW[found.judged]}", sight.lang), *notes]}
    if found.condition is None or found.quality is None:
        return {**told, "lede": lede}
    if too_few(found.quality.found, sight):
        return {**told, "lede": say("group.said.no_rule", sight.lang)}
    return {
        **told,
        "lede": lede,
        "suggested": sight.population.sentence(found.condition, sight.lang),
        "text": text_of(found.condition),
        "make": bar_address(sight, found.condition),
        "separates": found.quality.separates,
        "stats": _stats(found.quality, sight.lang),
    }


def _stats(quality: Quality, lang: str) -> list[Stat]:
    precision, recall = (
        Stat(
            say(f"groups.rule.{name}", lang),
            percent(value, lang),
            say(f"groups.rule.{name}.meaning", lang),
            base,
            *(percent(end, lang) for end in ends),
        )
        for name, value, base, ends in (
            ("precision", quality.precision, quality.found, quality.precision_ends),
            ("recall", quality.recall, quality.group, quality.recall_ends),
        )
    )
    lift = "—" if quality.lift is None else f"{quality.lift:.1f}×"
    return [
        precision,
        recall,
        Stat(say("groups.rule.lift", lang), lift, say("groups.rule.lift.meaning", lang), quality.customers),
    ]
