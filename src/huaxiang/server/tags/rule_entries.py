"""What is typed for each part of a rule: one entry each, which writes the part as text and reads it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import text_of
from huaxiang.model.formula_text import formula_from_text, text_of_formula


class Entry(NamedTuple):
    """One input: its name, what stands in it for a rule or a row of one, and the parts that a text in it says."""

    name: str
    written: Callable[[Any], str]
    said: Callable[[str], dict[str, Any]]


def percent(text: str) -> float:
    """A share typed in percent. Raises :class:`DefinitionError` for what is no number."""
    try:
        return round(float(text.strip().rstrip("%％")) / 100, 6)
    except ValueError:
        raise DefinitionError("tags.not_a_percentage", given=text.strip()[:20]) from None


def listed(text: str) -> list[str]:
    """Words separated by commas of either language."""
    return [word.strip() for word in re.split(r"[,，、;；]", text) if word.strip()]


def _text(name: str, key: str = "", *, usual: str = "") -> Entry:
    """A text that is left out where it is as usual."""
    key = key or name
    return Entry(name, lambda one: str(getattr(one, name) or ""), lambda text: {} if text == usual else {key: text})


def _made(name: str, key: str, show: Callable[[Any], str], read: Callable[[str], Any], attribute: str = "") -> Entry:
    def written(one: Any) -> str:
        value = getattr(one, attribute or name)
        return "" if value is None else show(value)

    return Entry(name, written, lambda text: {key: read(text)})


def _number(name: str, key: str = "", attribute: str = "") -> Entry:
    return _made(name, key or name, lambda value: f"{value:.12g}", _numeric, attribute)


def _numeric(text: str) -> int | float | str:
    """The number that a text is; what is none stays text, of which the definition says what is wrong with it."""
    if re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[+-]?[0-9]{0,9}\.?[0-9]{1,9}", text) else text


def _share(name: str, key: str, attribute: str = "") -> Entry:
    return _made(name, key, lambda value: f"{value * 100:.12g}", percent, attribute)


def _source(one: Any) -> str:
    return f"{one.fact}.{one.column or ''}"


def _from_source(text: str) -> dict[str, Any]:
    fact, _, column = text.partition(".")
    return {"fact": fact, **({"column": column} if column else {})}


def _output(one: Any) -> str:
    return f"{one.analysis}.{one.column}"


def _from_output(text: str) -> dict[str, Any]:
    analysis, _, column = text.partition(".")
    return {"analysis": analysis, "column": column}


def _params(one: Any) -> str:
    return "\n".join(f"{name} = {value}" for name, value in one.params.items())


def _from_params(text: str) -> dict[str, Any]:
    sides = [re.split(r"\s*[=:：＝]\s*", line.strip(), maxsplit=1) for line in text.splitlines() if line.strip()]
    return {"params": {name: _numeric("".join(value)) for name, *value in sides}}


_ENTRIES = (
    Entry("column", _source, _from_source),
    _text("fact"),
    _text("policy", usual="newest"),
    _made("sources", "sources", "，".join, listed),
    _text("measure"),
    _text("by"),
    _made("where", "where", text_of, str),
    _number("window_days"),
    Entry("skip_days", lambda one: str(one.skip_days or ""), lambda text: {"skip_days": _numeric(text)}),
    _made("first_day", "from", str, str),
    _made("last_day", "to", str, str),
    _text("when_empty", usual="unknown"),
    _number("expires_after_days"),
    _number("top"),
    _number("half_life_days"),
    Entry("idf", lambda one: "1" if one.idf else "", lambda _: {"idf": True}),
    _number("smooth"),
    _share("clear_share", "clear_share"),
    _text("unclear"),
    _made("formula", "formula", text_of_formula, formula_from_text),
    _text("expression"),
    _text("of"),
    _text("within"),
    Entry("counted_in", lambda one: str(one.unit), lambda text: {} if text == "days" else {"unit": text}),
    _text("groups"),
    _text("otherwise"),
    _text("divide"),
    Entry("divisor", lambda one: str(one.by), lambda text: {"by": text}),
    _made("needs", "needs", "，".join, listed),
    Entry("output", _output, _from_output),
    _text("confidence"),
    Entry("params", _params, _from_params),
    # Parts of rows.
    _number("weight"),
    _text("value"),
    _made("when", "when", text_of, str),
    _number("first_hour", "from"),
    _number("end_hour", "to"),
    _share("from_place", "from", "least"),
)  # fmt: skip
#: Every entry by the name of its input.
ENTRIES: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}
