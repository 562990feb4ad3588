"""The parts of a rule as a program wrote it, each as a rule of its own, so that a mistake is found where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

#: Makes a rule that holds together exactly where a part does.
Whole = Callable[[Any], Any]
#: What a leaf may call the fact table that it looks at.
_FACTS = ("did", "first", "last", "event")
_EVERYONE: dict[str, Any] = {"all": []}


class Part(NamedTuple):
    """A part of a rule: the way to it, what was written there, and how it becomes a whole rule."""

    place: str
    given: Any
    whole: Whole


def itself(part: Any) -> Any:
    """A part that is a whole rule as it stands."""
    return part


def parts_of(given: Any, whole: Whole) -> Iterator[Part]:
    """The parts of what ``whole`` makes a rule of, from the outside in: the fact table before the conditions on its
    rows, for nothing can be said of rows of no table."""
    if not isinstance(given, dict):
        return
    for name in ("all", "any"):
        if isinstance(given.get(name), list):
            yield from (Part(f"{name}/{place}", part, whole) for place, part in enumerate(given[name]))
    yield from (Part(name, given[name], whole) for name in ("not", "of") if name in given)
    yield from _of_cap(given)
    yield from _of_rows(given)
    if isinstance(given.get("sequence"), list):
        yield from (Part(f"sequence/{place}", step, _sequence) for place, step in enumerate(given["sequence"]))
    if "without" in given:
        fact = _fact(given)
        yield Part("without", given["without"], lambda event: _sequence({"event": fact, "without": event}))


def _of_rows(given: dict[str, Any]) -> Iterator[Part]:
    name = next((name for name in _FACTS if name in given), None)
    if name is None:
        return
    yield Part(name, given[name], lambda fact: {"did": fact})
    asked = {"did": given[name]}
    yield from (Part(key, given[key], lambda row: {**asked, "where": row}) for key in ("where", "has") if key in given)


def _of_cap(given: dict[str, Any]) -> Iterator[Part]:
    if "cap" in given:
        yield Part("cap", given["cap"], lambda cap: {"cap": cap, "of": _EVERYONE})
    if isinstance(given.get("by"), dict):
        yield Part("by", given["by"], lambda by: {"cap": {"customers": 1, "by": by}, "of": _EVERYONE})


def _sequence(step: Any) -> dict[str, Any]:
    return {"sequence": [{"event": _fact(step)}, step]}


def _fact(given: Any) -> Any:
    return given.get("event") if isinstance(given, dict) else None
