"""Audience definitions of Google Analytics 4 as conditions.

The document is an ``Audience`` of the Admin API (v1alpha), a list of them, or an answer with ``audiences``; names may
be in ``camelCase`` or ``snake_case``. Source: google/analytics/admin/v1alpha/audience.proto.
"""

from __future__ import annotations

from typing import Any

from huaxiang.model.foreign.ga4_filters import Filters
from huaxiang.model.foreign.ga4_sequences import sequence
from huaxiang.model.foreign.names import Names
from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.report import Translated
from huaxiang.model.foreign.translator import NOTHING, Raw, Translator, together
from huaxiang.model.vocabulary import Vocabulary

_SCOPE = "AUDIENCE_FILTER_SCOPE_"
EVENT, SESSION = f"{_SCOPE}WITHIN_SAME_EVENT", f"{_SCOPE}WITHIN_SAME_SESSION"
ACROSS = f"{_SCOPE}ACROSS_ALL_SESSIONS"
#: The longest membership, which stands for no end.
LONGEST_DAYS = 540
#: What has no bearing on who is meant.
_OTHERS = ("eventTrigger", "adsPersonalizationEnabled")


def ga4_audiences(document: Any, names: Names, known: Vocabulary) -> list[Translated]:
    """Every audience of a document. Raises :class:`DefinitionError` with the JSON path where it is malformed."""
    place = Place(document)
    if isinstance(document, dict) and place.at("audiences").is_there:
        place = place.at("audiences")
    audiences = place.items() if isinstance(place.value, list) else [place]
    return [_audience(each, Translator(names, known)) for each in audiences]


def _audience(place: Place, said: Translator) -> Translated:
    clauses = place.at("filterClauses").items()
    parts = [_clause(each, said) for each in clauses]
    for key in _OTHERS:
        if place.at(key).value:
            said.report.note(place.at(key), "foreign.not_carried", what=key)
    included, excluded = ([raw for raw, out in parts if out is wanted] for wanted in (False, True))
    if excluded:
        _check_exclusion(place, excluded, said)
    raw = together("all", [*_staying(place, included, said), *({"not": each} for each in excluded)])
    texts = [value.strip() if isinstance(value := place.at(key).value, str) else "" for key in _TEXTS]
    return said.translated(texts[0], texts[1], raw, place)


_TEXTS = ("displayName", "description")


def _clause(place: Place, said: Translator) -> tuple[Raw, bool]:
    out = place.at("clauseType").one_of("INCLUDE", "EXCLUDE") == "EXCLUDE"
    if place.at("sequenceFilter").is_there:
        return sequence(place.at("sequenceFilter"), said), out
    return _simple(place.at("simpleFilter"), said), out


def _simple(place: Place, said: Translator) -> Raw:
    scope, expression = place.at("scope").one_of(EVENT, SESSION, ACROSS), place.at("filterExpression")
    filters = Filters(said)
    if scope == ACROSS or filters.is_single(expression):
        return filters.across(expression)
    if scope == SESSION:
        said.report.refuse(place.at("scope"), "foreign.sessions")
        return NOTHING
    return filters.one_event(expression)


def _check_exclusion(place: Place, excluded: list[Raw], said: Translator) -> None:
    mode = place.at("exclusionDurationMode").value
    if mode == "EXCLUDE_PERMANENTLY" and not all(_stays_true(each) for each in excluded):
        said.report.change(place.at("exclusionDurationMode"), "foreign.excluded_for_good")


def _stays_true(raw: Raw) -> bool:
    """Whether who once met it always will: something was done, ever, so often or more."""
    parts = raw.get("all", raw.get("any"))
    if parts is not None:
        return all(_stays_true(part) for part in parts)
    return ("did" in raw or "sequence" in raw) and "during" not in raw and raw.get("op", ">=") in (">=", ">")


def _staying(place: Place, included: list[Raw], said: Translator) -> list[Raw]:
    at = place.at("membershipDurationDays")
    if isinstance(at.value, bool) or not isinstance(at.value, int | None):
        raise at.unfit("foreign.not_a_number")
    if at.value is None or not 0 < at.value < LONGEST_DAYS:
        said.report.note(at, "foreign.stays", days=LONGEST_DAYS)
        return included
    bounded = [_bounded(each, at.value) for each in included]
    if bounded == included:
        said.report.note(at, "foreign.stays", days=at.value)
    else:
        said.report.change(at, "foreign.leaves_later", days=at.value)
    return bounded


def _bounded(raw: Raw, days: int) -> Raw:
    for word in ("all", "any"):
        if word in raw:
            return {word: [_bounded(part, days) for part in raw[word]]}
    acts = ("did" in raw or "sequence" in raw) and "during" not in raw
    return {**raw, "during": {"window_days": days}} if acts else raw
