"""Filter expressions of GA4 audiences: asked of a customer over all events, or of one event alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.model.foreign.ga4_tests import COUNT, counted, tested
from huaxiang.model.foreign.names import EventMeant
from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.translator import NOTHING, Raw, Translator, rows_of, together
from huaxiang.model.measured import fact_meant

_GROUPS: Mapping[str, str] = {"andGroup": "all", "orGroup": "any"}
_KINDS = (*_GROUPS, "notExpression", "dimensionOrMetricFilter", "eventFilter")
#: Properties of events are looked for among acts.
_ACTS = EventMeant()


def kind_of(place: Place) -> tuple[str, Place]:
    """Which of its kinds an expression is, and what stands under it."""
    found = [key for key in _KINDS if place.at(key).is_there]
    if len(found) != 1:
        raise place.unfit("foreign.not_one_of", known=", ".join(_KINDS))
    return found[0], place.at(found[0])


def inside(place: Place) -> list[Place]:
    """The expressions of a group."""
    return place.at("filterExpressions").items()


@dataclass(frozen=True)
class Filters:
    """Filter expressions on their way here."""

    said: Translator

    def is_single(self, place: Place) -> bool:
        """Whether the expression holds one filter alone, so that it does not matter where events lie."""
        kind, inner = kind_of(place)
        if kind in _GROUPS:
            parts = inside(inner)
            return len(parts) == 1 and self.is_single(parts[0])
        return kind != "notExpression"

    def across(self, place: Place) -> Raw:
        """The expression asked of a customer: each filter may be met by another event."""
        kind, inner = kind_of(place)
        if kind in _GROUPS:
            return together(_GROUPS[kind], [self.across(part) for part in inside(inner)])
        if kind == "notExpression":
            return self._negated(inner)
        return self._did(inner) if kind == "eventFilter" else self._of_customer(inner)

    def one_event(self, place: Place) -> Raw:
        """The expression asked of one event; what it says of customers alone stands beside that."""
        kind, inner = kind_of(place)
        parts = inside(inner) if kind == "andGroup" else [place]
        own = [part for part in parts if self._is_of_customers(part)]
        rest = [part for part in parts if part not in own]
        found = [self.across(part) for part in own]
        return together("all", [*found, *([self.said.leaf(place, self._one_row(place, rest))] if rest else [])])

    def event(self, place: Place, parts: list[Place]) -> Raw:
        """The rows that meet all the expressions, as ``{event: …, where: …}``."""
        found = [self._row(part) for part in parts]
        facts = list(dict.fromkeys(fact for fact, _ in found if fact))
        if len(facts) > 1:
            self.said.report.refuse(place, "foreign.two_events_of_one", facts=", ".join(facts))
        wheres = [raw for _, raw in found if raw != NOTHING]
        return {"event": (facts or [_ACTS.fact])[0], **({"where": together("all", wheres)} if wheres else {})}

    def _one_row(self, place: Place, parts: list[Place]) -> Raw:
        rows = self.event(place, parts)
        return {"did": rows.pop("event"), **rows}

    def _row(self, place: Place) -> tuple[str | None, Raw]:
        kind, inner = kind_of(place)
        if kind in _GROUPS:
            found = [self._row(part) for part in inside(inner)]
            facts = [fact for fact, _ in found if fact]
            return (facts[0] if facts else None), together(_GROUPS[kind], [raw for _, raw in found])
        if kind == "notExpression":
            fact, raw = self._row(inner)
            return fact, {"not": raw}
        if kind == "dimensionOrMetricFilter":
            return None, self._column(inner, _ACTS)
        name = inner.at("eventName")
        event = self.said.event_of(name, name.text())
        if event is None:
            return None, NOTHING
        return event.fact, rows_of(event, self._parameters(inner, event)[0]).get("where", NOTHING)

    def _is_of_customers(self, place: Place) -> bool:
        kind, inner = kind_of(place)
        if kind in _GROUPS:
            found = [self._is_of_customers(part) for part in inside(inner)]
            if kind == "orGroup" and len(set(found)) > 1:
                self.said.report.refuse(place, "foreign.mixed_scopes")
            return all(found)
        if kind == "notExpression":
            return self._is_of_customers(inner)
        return kind == "dimensionOrMetricFilter" and self._is_field(inner)

    def _is_field(self, place: Place) -> bool:
        name = place.at("fieldName").text()
        return name in self.said.names.fields or (name in self.said.known.fields and not self._is_column(name))

    def _is_column(self, name: str) -> bool:
        return name in self.said.names.columns or name in fact_meant(_ACTS.fact).columns

    def _negated(self, place: Place) -> Raw:
        _, inner = kind_of(place)
        if not self._is_of_customers(place):
            self.said.report.refuse(inner, "foreign.not_of_events")
            return NOTHING
        return {"not": self.across(place)}

    def _of_customer(self, place: Place) -> Raw:
        name = place.at("fieldName").text()
        if not self._is_field(place):
            if not self._is_column(name):
                self.said.field_of(place.at("fieldName"), name)
                return NOTHING
            row = self._column(place, _ACTS)
            return self.said.leaf(place, {"did": _ACTS.fact, "where": row, **self._window(place)})
        meant = self.said.field_of(place.at("fieldName"), name)
        if meant is None:
            return NOTHING
        if place.at("atAnyPointInTime").flag():
            self.said.report.change(place.at("atAnyPointInTime"), "foreign.ever_met")
        if place.at("inAnyNDayPeriod").value:
            self.said.report.refuse(place.at("inAnyNDayPeriod"), "foreign.no_period", given=name)
        return self.said.leaf(place, tested(place, meant, self.said))

    def _column(self, place: Place, event: EventMeant) -> Raw:
        name = place.at("fieldName").text()
        if name == COUNT:
            self.said.report.refuse(place.at("fieldName"), "foreign.in_step", given=COUNT)
            return NOTHING
        meant = self.said.column_of(place.at("fieldName"), event, name)
        if meant is None:
            return NOTHING
        return self.said.row(place, tested(place, meant, self.said), fact_meant(event.fact).columns)

    def _did(self, place: Place) -> Raw:
        name = place.at("eventName")
        event = self.said.event_of(name, name.text())
        where, count = self._parameters(place, event or _ACTS)
        if event is None:
            return NOTHING
        found = {"did": event.fact, **rows_of(event, where)}
        if count is None:
            return self.said.leaf(place, found)
        return counted(count, {**found, **self._window(count)}, self.said)

    def _parameters(self, place: Place, event: EventMeant) -> tuple[Raw | None, Place | None]:
        """What an event filter says of the parameters, and where it counts events."""
        at = place.at("eventParameterFilterExpression")
        if not at.is_there:
            return None, None
        kind, inner = kind_of(at)
        parts = inside(inner) if kind == "andGroup" else [at]
        for part in parts:
            part_kind, filtered = kind_of(part)
            if part_kind == "dimensionOrMetricFilter" and filtered.at("fieldName").value == COUNT:
                if len(parts) > 1:
                    self.said.report.note(at, "foreign.others_ignored")
                return None, filtered
        return together("all", [self._parameter(part, event) for part in parts]), None

    def _parameter(self, place: Place, event: EventMeant) -> Raw:
        kind, inner = kind_of(place)
        if kind in _GROUPS:
            return together(_GROUPS[kind], [self._parameter(part, event) for part in inside(inner)])
        if kind == "notExpression":
            return {"not": self._parameter(inner, event)}
        if kind == "eventFilter":
            raise place.unfit("foreign.not_one_of", known="dimensionOrMetricFilter, notExpression")
        return self._column(inner, event)

    def _window(self, place: Place) -> dict[str, Any]:
        at, ever = place.at("inAnyNDayPeriod"), place.at("atAnyPointInTime").flag()
        if not at.value:
            return {}
        if isinstance(at.value, bool) or not isinstance(at.value, int):
            raise at.unfit("foreign.not_a_number")
        if ever:
            self.said.report.refuse(at, "foreign.any_period", days=at.value)
        return {"during": {"window_days": at.value}}
