"""One tag: what it means, its rule, measures, worth, lineage, versions, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from huaxiang.analyse.given_words import given_value_words
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.tag_runs import measured
from huaxiang.analyse.tag_score import Score
from huaxiang.analyse.tag_uses import made_from
from huaxiang.errors import DefinitionError, InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.maintain.purposes import PERMITTED, purposes
from huaxiang.model.facts import fact_named, facts_known
from huaxiang.model.given_values import is_sealed
from huaxiang.model.rules import Given, Golden
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import EVERY_VALUE, Tag
from huaxiang.number_words import date_words, percent, short_number
from huaxiang.prepare.given import Gift
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.customers.values import unit_words
from huaxiang.server.not_refreshed import TAGS
from huaxiang.server.permissions import page
from huaxiang.server.tags.bands import bands_of, coverage_line, distribution
from huaxiang.server.tags.catalogue import Entry, catalogue_of, scored
from huaxiang.server.tags.life import may_change, needs_approval, proposal
from huaxiang.server.tags.listing import folder_words
from huaxiang.server.tags.shelves import Shelves
from huaxiang.server.tags.tag_figures import accuracy_words, refresh_words, usable_words
from huaxiang.server.tags.tag_versions import versions
from huaxiang.server.uncounted import uncounted_words
from huaxiang.words import say

_MOST_GIFTS = 50


@dataclass(frozen=True)
class Link:
    """Something that a tag needs or serves: its name, and its page where it has one."""

    name: str
    address: str = ""


@dataclass(frozen=True)
class PartWords:
    """One part of the score in words: its points, its weight in percent, and what it rests on."""

    title: str
    points: str
    width: str
    weight: int
    why: tuple[str, ...]


@dataclass(frozen=True)
class GiftWords:
    """One value given by hand: to how many, by whom, why, until when, and whether it was taken back."""

    entry: int
    value: str
    customers: str
    actor: str
    day: str
    why: str
    until: str
    taken: bool


@page(permission="see_profile")
def tag(request: HttpRequest, key: str) -> HttpResponse:
    """The page of one tag; a draft is shown to those who may edit."""
    try:
        with sight_of(request) as sight:
            return render(request, "tags/tag.html", _context(key, sight))
    except InputError as error:
        if is_not_refreshed(error):
            return TAGS.page(request)
        raise


def _context(key: str, sight: Sight) -> dict[str, Any]:
    shelves, lang, access = Shelves(sight.workspace), sight.lang, sight.access
    one = shelves.tag(key)
    if key not in sight.definitions.catalogue and not access.may("edit_definitions"):
        raise NotFound("tag.unknown", given=key, nearest="—")
    entry = catalogue_of(sight).get(key)
    draft = shelves.draft_tags.get(key)
    context = {
        "sight": sight,
        "tag": one,
        "name": one.name.say(lang),
        "meaning": one.meaning(lang),
        "rule": _rule(one, sight),
        "folder": folder_words(one, lang),
        "facts": _facts(one, sight),
        "verdicts": [(verdict.level, verdict.message.say(lang)) for verdict in entry.verdicts] if entry else [],
        "needs_action": bool(entry and entry.needs_action),
        "uncounted": uncounted_words(sight, [key]),
        "off": bool(entry and entry.known.waits_for),
        "charts": _charts(one, entry, sight),
        "made": _made(one, sight),
        "used": _used(entry, sight),
        "versions": versions(shelves, one, lang),
        "gifts": _gifts(one, sight),
        "may_give": access.may("give_tags") and isinstance(one.rule, Given | Golden) and key in sight.definitions.tags,
        "may_change": may_change(shelves, one, access) or (draft is not None and draft.owner == access.user),
        "may_copy": access.may("edit_definitions"),
        "may_approve": access.may("approve_tags"),
        "draft": draft if access.may("edit_definitions") else None,
        "proposal": proposal(shelves, key) if draft else None,
        "needs_approval": draft is not None and needs_approval(shelves, draft),
        "is_new": key not in sight.definitions.catalogue,
        "purpose": _purpose(one, sight),
    }
    return context | _measures(entry, sight)


def _rule(one: Tag, sight: Sight) -> str:
    try:
        return rule_sentence(one, sight.lang, {**sight.definitions.catalogue, one.key: one}, sight.as_of)
    except (DefinitionError, KeyError) as problem:
        return problem.say(sight.lang) if isinstance(problem, DefinitionError) else say("tags.rule_broken", sight.lang)


def _facts(one: Tag, sight: Sight) -> list[tuple[str, str]]:
    lang = sight.lang
    window = say("tags.days", lang, n=one.window_days) if one.window_days else say("tags.no_window", lang)
    told = [
        ("status", say(f"tags.status.{one.status}", lang)),
        ("basis", say(f"tag.basis.{one.stands_on}", lang)),
        ("unit", _unit(one, lang)),
        ("window", window),
        ("refresh", refresh_words(one, sight.definitions.tags, lang)),
        ("sensitivity", say(f"tags.sensitivity.{one.sensitivity}", lang)),
        ("visible", say("tags.hidden" if one.helper else "tags.shown", lang)),
        ("owner", one.owner),
        ("allowed", _allowed(one, lang)),
        ("expires", date_words(one.expires_on, lang) if one.expires_on else say("tags.for_good", lang)),
        ("key", one.key),
        ("version", f"v{one.version}"),
    ]
    return [(say(f"tags.fact.{name}", lang), text) for name, text in told]


def _allowed(one: Tag, lang: str) -> str:
    """The bounds that the tag must keep: of its coverage, and of the share of its values."""
    told = []
    if one.allowed_coverage != (0.0, 1.0):
        told.append(_bounds_words("coverage", one.allowed_coverage, lang))
    for value, bounds in one.allowed_sizes.items():
        name = say("tags.allowed.every", lang) if value == EVERY_VALUE else one.label(value, lang) or value
        told.append(_bounds_words("value", bounds, lang, value=name))
    return say("tags.allowed.join", lang).join(told) or say("tags.allowed.none", lang)


def _bounds_words(of: str, bounds: tuple[float, float], lang: str, **said: str) -> str:
    """Both ends, or the one that says something."""
    ends = "most" if bounds[0] == 0 else "least" if bounds[1] == 1 else "between"
    least, most = (percent(end, lang) for end in bounds)
    return say(f"tags.allowed.{of}_{ends}", lang, least=least, most=most, **said)


def _unit(one: Tag, lang: str) -> str:
    return unit_words(one.unit, lang) if one.unit else say(f"tags.type.{one.type}", lang)


def _charts(one: Tag, entry: Entry | None, sight: Sight) -> list[ChartPart]:
    bands = bands_of(one, entry, sight)
    if not bands:
        return []
    smallest, currency = sight.workspace.settings.smallest_cell, sight.workspace.settings.currency
    found = [distribution(one, bands, smallest, sight.lang, currency)]
    whole = measured(sight.engine, (one.key,)).get(one.key)
    runs = whole.runs if whole else ()
    if len(runs) > 1 and sight.access.stores is None:
        found.append(coverage_line(one, runs, sight.lang))
    return found


def _measures(entry: Entry | None, sight: Sight) -> dict[str, Any]:
    if entry is None:
        return {"score": None, "parts": [], "accuracy": "", "usable": "", "coverage": ""}
    found, can_be_used = scored(entry, sight)
    return {
        "score": None if found.points is None else f"{found.points:.0f}",
        "parts": _parts(found, sight.lang),
        "accuracy": accuracy_words(entry, sight.lang),
        "usable": usable_words(can_be_used, sight.lang),
        "coverage": "" if entry.coverage is None else percent(entry.coverage, sight.lang),
    }


def _parts(found: Score, lang: str) -> list[PartWords]:
    return [
        PartWords(
            say(f"tags.score.{part.name}", lang),
            say("tags.too_few", lang) if part.points is None else f"{part.points:.0f}",
            f"{part.points or 0.0:.1f}",
            part.weight,
            tuple(message.say(lang) for message in part.why),
        )
        for part in found.parts
    ]


def _made(one: Tag, sight: Sight) -> dict[str, list[Link]]:
    known = {**sight.definitions.catalogue, one.key: one}
    found = made_from(one, known)
    lang = sight.lang
    facts = [Link(_fact_words(name, columns, lang)) for name, columns in found.facts.items()]
    direct = set(needed_by(one.rule))
    tags = [_tag_link(key, sight) for key in found.all_tags if key in direct]
    deeper = [_tag_link(key, sight) for key in found.all_tags if key not in direct]
    return {"facts": facts, "tags": tags, "deeper": deeper}


def _fact_words(name: str, columns: Sequence[str], lang: str) -> str:
    if name not in facts_known():
        known = canonical_tables().get(name)
        return name if known is None else str(getattr(known, lang))
    fact = fact_named(name)
    titles = [fact.columns[column].name.say(lang) for column in columns if column in fact.columns]
    listed = say("condition.list_join", lang).join(titles)
    return say("tags.fact_columns", lang, fact=fact.row.say(lang), columns=listed) if listed else fact.row.say(lang)


def _tag_link(key: str, sight: Sight) -> Link:
    known = sight.definitions.catalogue.get(key)
    return Link(known.name.say(sight.lang) if known else key, reverse("tags:tag", args=[key]) if known else "")


def _used(entry: Entry | None, sight: Sight) -> dict[str, list[Link]]:
    if entry is None:
        return {}
    found, lang = entry.known.uses, sight.lang
    crowds = [
        Link(sight.definitions.segments[key].name.say(lang), reverse("crowds:crowd", args=[key]))
        for key in found.segments
    ]
    return {
        "tags": [_tag_link(key, sight) for key in found.tags],
        "deeper": [_tag_link(key, sight) for key in found.all_tags if key not in found.tags],
        "crowds": crowds,
        "shown": [Link(say(f"tags.place.{place}", lang)) for place in found.shown],
    }


def _gifts(one: Tag, sight: Sight) -> list[GiftWords]:
    if not isinstance(one.rule, Given | Golden):
        return []
    own = [gift for gift in sight.workspace.gifts() if gift.tag == one.key]
    return [_gift(one, gift, sight) for gift in own[::-1][:_MOST_GIFTS]]


def _gift(one: Tag, gift: Gift, sight: Sight) -> GiftWords:
    lang = sight.lang
    value = say("tags.value_kept_back", lang)
    if gift.value is None:
        value = say("tags.value_erased", lang)
    elif not is_sealed(one):
        value = given_value_words(gift.value, one, lang, sight.workspace.settings.currency)
    return GiftWords(
        gift.seq,
        value,
        short_number(len(gift.members), lang),
        gift.actor,
        date_words(sight.workspace.local(gift.at).date(), lang),
        gift.why,
        date_words(gift.until, lang) if gift.until else "",
        gift.taken_by is not None,
    )


def _purpose(one: Tag, sight: Sight) -> str:
    if not one.needs_purpose:
        return ""
    with Ledger.open(sight.workspace.ledger_path) as ledger:
        entry = purposes(ledger).get(one.key)
    if entry is None or entry.kind != PERMITTED:
        return ""
    day = date_words(sight.workspace.local(entry.at).date(), sight.lang)
    return say("tags.purpose_told", sight.lang, purpose=entry.body["purpose"], who=entry.actor, day=day)
