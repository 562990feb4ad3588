"""What may be chosen in the form of a tag, by input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from huaxiang.analyse.registry import analyses
from huaxiang.model.extra_columns import ExtraKnown, WithExtra
from huaxiang.model.facts import Fact, facts_known
from huaxiang.model.fields import NUMERIC, Fields, FieldType
from huaxiang.model.places import PlaceKind
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import BASES, SIDES, Tags, group_lists
from huaxiang.server.tags.rule_forms import FORMS
from huaxiang.words import say

Option = tuple[str, str]
#: Headings with what stands under them; an empty heading for what stands under none.
Grouped = list[tuple[str, list[Option]]]
_DAYS = frozenset({"date", "timestamp"})
_TEXTS = frozenset({"text", "list"})
#: The kinds of rules by what they look at.
_KINDS_OF = {
    "rows": ("golden", "statistic", "favourite", "preference", "distribution"),
    "tags": ("layers", "percentile", "formula", "expression", "since", "anniversary", "lookup", "everyone"),
    "analyses": ("model",),
    "people": ("given",),
}


@dataclass(frozen=True)
class Offer:
    """What the inputs of a form offer, for one kind of rule, in a language; ``tags`` are those that it may name, and
    ``extras`` says which further columns there are."""

    kind: str
    lang: str
    tags: Tags
    fact: str = ""
    analysis: str = ""
    extras: ExtraKnown | None = None

    def of(self, name: str) -> Grouped | None:
        """The choices of an input; None for one that is typed."""
        if name in _OWN:
            return _OWN[name](self)
        words = _WORDED.get(name)
        return (
            None
            if words is None
            else [("", [(one, self._say(f"{words}.{one}" if one else _EMPTY[name])) for one in self._codes(name)])]
        )

    def _say(self, code: str) -> str:
        return say(code, self.lang)

    def _codes(self, name: str) -> Iterable[str]:
        return FORMS[self.kind].types or _CODES["type"] if name == "type" and self.kind in FORMS else _CODES[name]

    def kinds(self) -> Grouped:
        """Every kind of rule, by what it looks at."""
        return [
            (self._say(f"tags.kinds.{group}"), [(kind, self._say(f"tags.kind.{kind}")) for kind in kinds])
            for group, kinds in _KINDS_OF.items()
        ]

    def columns(self) -> Grouped:
        """Columns of fact tables: ``sale.net_revenue``; for a statistic the rows themselves too."""
        rows = self.kind == "statistic"
        fitting = _TEXTS if self.kind == "preference" else None
        listed = [
            (fact.row.say(self.lang), list(self._columns_of(name, fact, fitting, rows=rows)))
            for name, fact in facts_known().items()
        ]
        return [("", [("", "—")]), *((label, options) for label, options in listed if options)]

    def _columns_of(self, name: str, fact: Fact, fitting: frozenset[str] | None, *, rows: bool) -> Iterator[Option]:
        if rows:
            yield f"{name}.", say("tags.form.rows", self.lang, fact=fact.row.say(self.lang))
        for key, column in fact.columns.items():
            if fitting is None or column.type in fitting:
                yield f"{name}.{key}", f"{fact.row.say(self.lang)} · {column.name.say(self.lang)}"
        for key, column in self._further(name, fact).items():
            told = say("tags.form.further", self.lang, column=column.name.message)
            yield f"{name}.{key}", f"{fact.row.say(self.lang)} · {told}"

    def _further(self, name: str, fact: Fact) -> Fields:
        return self.extras.of(name) if self.extras and isinstance(fact.columns, WithExtra) else {}

    def timed_facts(self) -> Grouped:
        """Fact tables whose rows have a time."""
        return [("", [(name, fact.row.say(self.lang)) for name, fact in facts_known().items() if fact.at])]

    def sums(self) -> Grouped:
        """Columns of the chosen fact table that can be added up."""
        fact = facts_known().get(self.fact)
        found = [
            (key, one.name.say(self.lang)) for key, one in (fact.columns if fact else {}).items() if one.type in NUMERIC
        ]
        further = self._further(self.fact, fact) if fact else {}
        found += [(key, one.name.say(self.lang)) for key, one in further.items() if one.type in NUMERIC]
        return [("", [("", self._say("tags.form.by_count")), *found])]

    def named_tags(self, fitting: frozenset[str], empty: str = "—") -> Grouped:
        """Tags of these types, by element."""
        listed = [
            (
                self._say(f"element.{element}"),
                [
                    (key, tag.name.say(self.lang))
                    for key, tag in self.tags.items()
                    if tag.element == element and tag.type in fitting
                ],
            )
            for element in ELEMENTS
        ]
        return [("", [("", empty)]), *((label, options) for label, options in listed if options)]

    def lists(self) -> Grouped:
        """The shipped lists of groups."""
        return [("", [(name, self._say(f"tags.groups.{name}")) for name in group_lists()])]

    def outputs(self, *, shares: bool = False) -> Grouped:
        """What analyses say of each customer: ``shopping_gender.strength``; or how sure the chosen one may be."""
        found: Grouped = [("", [("", "—")])]
        for key, analysis in analyses().items():
            if "members" not in analysis.outputs or (shares and key != self.analysis):
                continue
            columns = [one for one in analysis.outputs["members"][1] if one.name != "customer_id"]
            options = [
                (one.name if shares else f"{key}.{one.name}", one.labels.say(self.lang))
                for one in columns
                if not shares or one.type in ("share", "number")
            ]
            found += [(analysis.title.say(self.lang), options)] if options else []
        return found


def _of(offer: Offer) -> Grouped:
    fitting = {"since": _DAYS, "anniversary": _DAYS, "lookup": frozenset({"text"})}.get(offer.kind, NUMERIC)
    return offer.named_tags(fitting)


_OWN: Mapping[str, Callable[[Offer], Grouped]] = {
    "kind": Offer.kinds,
    "column": Offer.columns,
    "fact": Offer.timed_facts,
    "by": Offer.sums,
    "of": _of,
    "within": lambda offer: offer.named_tags(frozenset({"text"}), say("tags.form.within_all", offer.lang)),
    "divide": lambda offer: offer.named_tags(NUMERIC),
    "divisor": lambda offer: offer.named_tags(NUMERIC),
    "groups": Offer.lists,
    "output": Offer.outputs,
    "confidence": lambda offer: offer.outputs(shares=True),
}
_CODES: Mapping[str, tuple[str, ...]] = {
    "element": ELEMENTS,
    "side": ("", *SIDES),
    "type": get_args(FieldType),
    "basis": ("", *BASES),
    "sensitivity": ("open", "confidential", "personal", "sensitive"),
    "place": ("", *get_args(PlaceKind)),
    "policy": ("newest", "oldest", "most_frequent", "longest", "verified_first", "source_priority", "strictest"),
    "measure": ("count", "sum", "average", "least", "greatest", "distinct", "distinct_days"),
    "when_empty": ("unknown", "zero", "keep_last"),
    "counted_in": ("days", "years"),
}
_EMPTY = {"side": "tags.form.by_element", "basis": "tags.form.by_rule", "place": "tags.place"}
_WORDED = {
    "element": "element", "side": "tag.side", "type": "tags.type", "basis": "tag.basis",
    "sensitivity": "tags.sensitivity", "place": "tags.place", "policy": "tags.policy", "measure": "tags.measure",
    "when_empty": "tags.when_empty", "counted_in": "tags.counted_in",
}  # fmt: skip
