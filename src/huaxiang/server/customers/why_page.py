"""Why a customer has the value of a tag: the rule, its window and version, the rows behind it with file and row."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.confidence import confidence_words
from huaxiang.analyse.fact_tags import facts_read
from huaxiang.analyse.given_words import given_sentence
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.quality_words import trait_title
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.why import MOST_ROWS, why
from huaxiang.errors import NotFound, nearest
from huaxiang.model.fields import Labels
from huaxiang.model.quality import quality_rules
from huaxiang.model.results import Why
from huaxiang.model.rules import Given, Layers, Model, OneFactRule
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words, short_number
from huaxiang.release.masking import mask_value
from huaxiang.server.customers.evidence import evidence_table, spoken_table, weighing_table
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import shown_words
from huaxiang.server.customers.visit import Visit, day_of, visit_of
from huaxiang.server.data import reading
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.tables import Table
from huaxiang.words import say


@dataclass(frozen=True)
class Input:
    """One tag that a value was computed from, in words; its own "why?" is one click away."""

    key: str
    label: str
    value: str
    rule: str


@dataclass(frozen=True)
class WhyPart:
    """The answer in words. ``evidence`` is None for values computed from other tags alone, which are the ``inputs``."""

    tag: str
    element: str
    label: str
    value: str
    rule: str
    meaning: str
    window: str
    version: int
    sure: str
    evidence: Table | None
    evidence_words: str
    inputs: tuple[Input, ...]
    given: tuple[str, ...] = ()


@page(permission="see_profile")
def why_page(request: HttpRequest, key: str) -> HttpResponse:
    """The answer for the tag that the address names; a part for scripts, a page of its own without them."""
    tag_key, lang = request.GET.get("tag", ""), lang_of(request)
    with reading() as engine:
        visit = visit_of(request, engine, day_of(request), key)
        found = visit.one_row(key)
        if tag_key not in visit.tags:
            visit.refuse_lacking(tag_key)
            raise NotFound("customer.unknown_tag", given=tag_key[:60], nearest=nearest(tag_key[:60], visit.tags))
        if tag_key not in found.raw:
            raise NotFound("portrait.not_on_that_day", tag=visit.tags[tag_key].name.say(lang))
        part = _answer(visit, found, visit.tags[tag_key], lang)
    template = "customers/_why.html" if getattr(request, "htmx", False) else "customers/why.html"
    return render(request, template, {"why": part, "customer_id": key, "as_of": visit.past_day})


def _answer(visit: Visit, one: OneRow, tag: Tag, lang: str) -> WhyPart:
    found = explained(visit, one, tag)
    evidence, words = _evidence(visit, one, tag, found, lang) if found and has_rows(tag) else (None, "")
    return WhyPart(
        tag=tag.key,
        element=tag.element,
        label=tag.name.say(lang),
        value=shown_words(one, tag, lang, visit.currency),
        rule=rule_sentence(tag, lang, visit.tags, visit.portrait.as_of),
        meaning=Labels(zh=tag.meaning_zh, en=tag.meaning_en).say(lang),
        window=_window(visit, found, lang),
        version=tag.version,
        sure=confidence_words(found.confidence if found else None, lang),
        evidence=evidence,
        evidence_words=words,
        inputs=tuple(_input(visit, one, visit.tags[key], lang) for key in needed_by(tag.rule) if key in visit.tags),
        given=given_words(visit, one, tag, found, lang) if found else (),
    )


def has_rows(tag: Tag) -> bool:
    """Whether rows speak for its values; those computed from other tags alone have none of their own."""
    return bool(facts_read(tag)) or isinstance(tag.rule, Model)


def explained(visit: Visit, one: OneRow, tag: Tag) -> Why | None:
    """Why the customer has the value, unmasked; None where only other tags can answer."""
    if not has_rows(tag) and not isinstance(tag.rule, Given):
        return None
    return why(visit.engine, visit.portrait.facts, visit.tags, one.raw, tag.key, visit.portrait.as_of)


def given_words(visit: Visit, one: OneRow, tag: Tag, found: Why, lang: str) -> tuple[str, ...]:
    """What people said by hand or by file, the one that stands first; masked where the value is."""
    hides = tag.key in one.masked
    told = [{**given, "value": mask_value(str(given["value"]), "all")} if hides else given for given in found.given]
    return tuple(
        given_sentence(given, tag, lang, visit.currency, stands=place == 0) for place, given in enumerate(told)
    )


def _evidence(visit: Visit, one: OneRow, tag: Tag, answer: Why, lang: str) -> tuple[Table | None, str]:
    if isinstance(tag.rule, Model | Layers) and tag.key in one.masked:
        return None, ""  # what speaks for a covered value would tell it
    if isinstance(tag.rule, Model):
        table = spoken_table(tag.rule, answer.evidence, lang)
    elif isinstance(tag.rule, OneFactRule):
        table = evidence_table(visit, one, tag, tag.rule, answer.evidence, lang)
    else:
        table = weighing_table(visit, one, tag, answer.evidence, lang)
    count, shown = answer.evidence_count, min(answer.evidence_count, MOST_ROWS)
    if answer.how and answer.from_trait:
        trait = trait_title(answer.from_trait, quality_rules(), lang)
        return table, say(f"why.{answer.how}", lang, trait=trait)
    code = "customer.why.rows" if count > MOST_ROWS else "customer.why.all_rows" if count else "customer.why.no_rows"
    return table, say(code, lang, fact=table.caption, n=short_number(count, lang), shown=shown)


def _window(visit: Visit, answer: Why | None, lang: str) -> str:
    if answer is None or (answer.first_day is None and answer.last_day == visit.portrait.as_of):
        return say("customer.why.until", lang, last=date_words(visit.portrait.as_of, lang))
    last = date_words(answer.last_day, lang)
    if answer.first_day is None:
        return say("customer.why.until", lang, last=last)
    if answer.last_day == visit.portrait.as_of:
        return say("customer.why.window", lang, days=(answer.last_day - answer.first_day).days + 1, last=last)
    return say("customer.why.between", lang, first=date_words(answer.first_day, lang), last=last)


def _input(visit: Visit, one: OneRow, tag: Tag, lang: str) -> Input:
    rule = rule_sentence(tag, lang, visit.tags, visit.portrait.as_of)
    return Input(tag.key, tag.name.say(lang), shown_words(one, tag, lang, visit.currency), rule)
