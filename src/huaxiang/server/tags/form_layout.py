"""How the form of a tag is laid out: its fields in order, and what may be chosen in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from huaxiang.model.facts import facts_known
from huaxiang.model.fields import FieldType
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import BASES, SIDES
from huaxiang.server.tags.form import KINDS, RULE, Draft
from huaxiang.words import knows, say


def sources(lang: str) -> Iterator[tuple[str, str]]:
    """Every column of a fact table that a rule may look at: ``sale.net_revenue`` and its name."""
    for name, fact in facts_known().items():
        yield f"{name}.", say("tags.form.rows", lang, fact=fact.row.say(lang))
        for key, column in fact.columns.items():
            yield f"{name}.{key}", f"{fact.row.say(lang)} · {column.name.say(lang)}"


def choices(lang: str) -> dict[str, list[tuple[str, str]]]:
    """What each list of the form offers."""
    return {
        "element": [(one, say(f"element.{one}", lang)) for one in ELEMENTS],
        "side": [("", say("tags.form.by_element", lang)), *((one, say(f"tag.side.{one}", lang)) for one in SIDES)],
        "type": [(one, say(f"tags.type.{one}", lang)) for one in get_args(FieldType)],
        "basis": [
            ("", say("tags.form.by_rule", lang)),
            *((one, say(f"tag.basis.{one}", lang)) for one in BASES),
        ],
        "sensitivity": [
            (one, say(f"tags.sensitivity.{one}", lang)) for one in ("open", "confidential", "personal", "sensitive")
        ],
        "kind": [(one, say(f"tags.kind.{one}", lang)) for one in KINDS],
        "column": list(sources(lang)),
        "policy": [
            (one, say(f"tags.policy.{one}", lang))
            for one in ("newest", "oldest", "most_frequent", "longest", "verified_first")
        ],
        "measure": [
            (one, say(f"tags.measure.{one}", lang))
            for one in ("count", "sum", "average", "least", "greatest", "distinct", "distinct_days")
        ],
        "when_empty": [(one, say(f"tags.when_empty.{one}", lang)) for one in ("unknown", "zero", "keep_last")],
    }


@dataclass(frozen=True)
class FormField:
    """One field as it is shown: ``shape`` is ``line``, ``date``, ``lines`` or ``choice``; ``kinds`` are the kinds of
    rule that it belongs to, empty for all."""

    name: str
    label: str
    help: str
    value: str
    problem: str
    shape: str
    options: tuple[tuple[str, str], ...] = ()
    kinds: str = ""
    most: int = 300


def layout(draft: Draft, problems: Mapping[str, str], lang: str) -> dict[str, list[FormField]]:
    """The fields of the form by its sections, in the order in which they are filled in."""
    offered = choices(lang)
    return {
        section: [
            FormField(
                name,
                say(f"tags.form.{name}", lang),
                say(f"tags.form.{name}.help", lang) if knows(f"tags.form.{name}.help") else "",
                draft.said(name),
                problems.get(name, ""),
                "choice" if name in offered else _SHAPES.get(name, "line"),
                tuple(offered.get(name, ())),
                _BELONGS.get(name, ""),
                _MOST.get(name, 300),
            )
            for name in names
        ]
        for section, names in _SECTIONS.items()
    }


_SECTIONS = {
    "names": ("zh", "en", "meaning_zh", "meaning_en", "synonyms", "element", "side"),
    "rule": ("kind", "type", *RULE[1:7], "by", "where", "layers", "needs", "values", "unit"),
    "care": ("sensitivity", "basis", "expires_on", "least", "most", "sizes", "stated_twin"),
}
_SHAPES = {"layers": "lines", "values": "lines", "sizes": "lines", "expires_on": "date"}
_BELONGS = {
    "column": "golden statistic favourite",
    "policy": "golden",
    "measure": "statistic",
    "window_days": "golden statistic favourite",
    "when_empty": "golden statistic favourite",
    "expires_after_days": "golden statistic favourite",
    "by": "favourite",
    "where": "golden statistic favourite",
    "layers": "layers",
    "needs": "layers",
}
_SHORT = dict.fromkeys(("window_days", "expires_after_days", "least", "most"), 6)
_MOST = {**_SHORT, "zh": 60, "en": 60, "unit": 30, "where": 2_000, "stated_twin": 64}
