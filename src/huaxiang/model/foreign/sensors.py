"""Rules of user groups of 神策 (Sensors Analytics) as conditions.

The document is what its group API gives (``rule_content_list``) or the rule alone (``type: rules_relation``): profile
rules, event rules and event sequence rules under ``and`` and ``or``. Source: the manual's pages on user groups.
"""

from __future__ import annotations

from typing import Any

from huaxiang.model.foreign.names import EventMeant, Names
from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.report import Translated
from huaxiang.model.foreign.sensors_tests import relative_day, tested
from huaxiang.model.foreign.sensors_windows import window_of
from huaxiang.model.foreign.translator import NOTHING, Raw, Translator, number, rows_of, together
from huaxiang.model.measured import fact_meant
from huaxiang.model.vocabulary import Vocabulary

_RELATION, _PROFILE, _EVENT, _SEQUENCE = "rules_relation", "profile_rule", "event_rule", "event_sequence_rule"
_JOINED = {"and": "all", "or": "any"}
#: Aggregators, and the measure that each is here.
_MEASURES = {
    "general": "count", "count": "count", "sum": "sum", "avg": "average", "max": "greatest", "min": "least",
    "uniqCount": "distinct", "uniqDays": "distinct_days",
}  # fmt: skip
_COMPARED = {"least": ">=", "most": "<=", "equal": "=", "notEqual": "!=", "greater": ">", "less": "<"}
#: What they say of a group that has nothing to do with who is in it.
_OTHERS = ("cron", "is_routine", "app_push_list")


def sensors_groups(document: Any, names: Names, known: Vocabulary) -> list[Translated]:
    """Every user group of a document. Raises :class:`DefinitionError` with the JSON path where it is malformed."""
    place = Place(document)
    groups = place.items() if isinstance(document, list) else [place]
    return [_group(each, Translator(names, known)) for each in groups]


def _group(place: Place, said: Translator) -> Translated:
    name, meaning = (next((each for key in keys if (each := _text(place, key))), "") for keys in _TEXTS)
    rule = _rule(place, said)
    for key in _OTHERS:
        if place.at(key).value:
            said.report.note(place.at(key), "foreign.not_carried", what=key)
    return said.translated(name, meaning, _read(rule, said) if rule else NOTHING, rule or place)


_TEXTS = (("cname", "name"), ("comment",))


def _text(place: Place, key: str) -> str:
    value = place.at(key).value
    return value.strip() if isinstance(value, str) else ""


def _rule(place: Place, said: Translator) -> Place | None:
    if place.at("type").is_there:
        return place
    key = "rule_content_list" if place.at("rule_content_list").is_there else "ruleContentList"
    layers = place.at(key).items()
    if len(layers) > 1:
        said.report.refuse(place.at(key), "foreign.layers", count=len(layers))
        return None
    return layers[0]


def _read(place: Place, said: Translator) -> Raw:
    match place.at("type").one_of(_RELATION, _PROFILE, _EVENT, _SEQUENCE):
        case "rules_relation":
            word = _JOINED[place.at("relation").one_of(*_JOINED)]
            return together(word, [_read(part, said) for part in place.at("rules").items()])
        case "profile_rule":
            return _profile(place, said)
        case "event_rule":
            return _event(place, said)
        case _:
            return _sequence(place, said)


def _profile(place: Place, said: Translator) -> Raw:
    name = place.at("field").text().removeprefix("user.")
    function = place.at("function").text()
    crowd = said.names.crowds.get(name) or name.removeprefix("user_group_")
    if function in ("isTrue", "isFalse") and crowd in said.known.segments:
        inside = said.leaf(place, {"crowd": crowd})
        return inside if function == "isTrue" else {"not": inside}
    meant = said.field_of(place.at("field"), name)
    if meant is None:
        return NOTHING
    relative = relative_day(place, meant, said)
    return said.leaf(place, relative or tested(place, meant, said))


def _event(place: Place, said: Translator) -> Raw:
    measure = place.at("measure")
    name = measure.at("event_name").text()
    event = said.event_of(measure.at("event_name"), name)
    window, where = window_of(place, said), _filters(place, name, event, said)
    if event is None:
        return NOTHING
    found = {"did": event.fact, **rows_of(event, where), **window}
    if place.at("isdone").value in ("0", 0):
        return {"not": said.leaf(place, found)}
    return _measured(place, found, event, said)


def _measured(place: Place, found: Raw, event: EventMeant, said: Translator) -> Raw:
    measure = place.at("measure")
    aggregator, function = measure.at("aggregator").text(), place.at("function").text()
    if aggregator not in _MEASURES or function not in (*_COMPARED, "between"):
        at, given = (measure.at("aggregator"), aggregator) if aggregator not in _MEASURES else (None, function)
        said.report.refuse(at or place.at("function"), "foreign.no_such_function", given=given)
        return NOTHING
    values = [number(each.value) if isinstance(each.value, str) else each.value for each in place.at("params").items()]
    value = values if function == "between" else values[0]
    figure: Raw = {"measure": _MEASURES[aggregator], "op": _COMPARED.get(function, function), "value": value}
    if figure["measure"] == "count":
        return _counted(place, found, figure, said)
    if figure["measure"] != "distinct_days":
        at = measure.at("field")
        meant = said.column_of(at, event, at.text().rpartition(".")[2])
        figure["column"] = meant.field.key if meant else ""
    return said.leaf(place, {**found, **figure}) if figure.get("column") != "" else NOTHING


def _counted(place: Place, found: Raw, figure: Raw, said: Translator) -> Raw:
    op, value = figure["op"], figure["value"]
    if (op, value) in ((">=", 1), (">", 0)):
        return said.leaf(place, found)
    if (op, value) in (("=", 0), ("<", 1), ("<=", 0)):
        return {"not": said.leaf(place, found)}
    if op in ("<", "<=", "!="):
        said.report.change(place.at("function"), "foreign.only_doers")
    return said.leaf(place, {**found, **figure})


def _filters(place: Place, name: str, event: EventMeant | None, said: Translator) -> Raw | None:
    filters = place.at("filters")
    if not filters.value:
        return None
    found = [_filter(each, name, event, said) for each in filters.items()]
    return together("all", found)


def _filter(place: Place, name: str, event: EventMeant | None, said: Translator) -> Raw:
    if place.at("type").one_of("filter", "filters_relation") == "filters_relation":
        word = _JOINED[place.at("relation").one_of(*_JOINED)]
        return together(word, [_filter(each, name, event, said) for each in place.at("subfilters").items()])
    at, given = place.at("field"), place.at("field").text()
    if not given.startswith(f"event.{name}."):
        said.report.refuse(at, "foreign.of_another_event", given=given, event=name)
        return NOTHING
    meant = said.column_of(at, event, given.removeprefix(f"event.{name}.")) if event else None
    columns = fact_meant(event.fact).columns if event else {}
    return said.row(place, tested(place, meant, said), columns) if meant else NOTHING


def _sequence(place: Place, said: Translator) -> Raw:
    steps = []
    for step in place.at("steps").items(2):
        name = step.at("event").text()
        event = said.event_of(step.at("event"), name)
        where = _filters(step, name, event, said)
        if event is not None:
            steps.append({"event": event.fact, **rows_of(event, where)})
    window = window_of(place, said)
    whole = len(steps) == len(place.at("steps").items())
    return said.leaf(place, {"sequence": steps, **window}) if whole else NOTHING
