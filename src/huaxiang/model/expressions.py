"""Expressions over tags as small frozen trees: what a line of SQL-like text, or a formula, says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MOST_NODES = 500
DEEPEST = 20


@dataclass(frozen=True)
class Value:
    """A number, a text, a day, yes or no, or nothing (``null``). ``at`` is where it stands in the text, from 1."""

    value: bool | int | float | str | date | None
    at: int = 0


@dataclass(frozen=True)
class Name:
    """A tag, by its key, or ``as_of``, the day of the profile."""

    key: str
    at: int = 0


@dataclass(frozen=True)
class Call:
    """An act on parts: a sign such as ``+``, a word such as ``and``, or a function such as ``round``."""

    act: str
    parts: tuple[Node, ...]
    at: int = 0


@dataclass(frozen=True)
class Case:
    """The value beside the first condition that is true, else ``otherwise``, which is ``null`` where none is given."""

    whens: tuple[tuple[Node, Node], ...]
    otherwise: Node
    at: int = 0


Node = Value | Name | Call | Case
AS_OF = "as_of"


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside, in reading order."""
    match node:
        case Call():
            return node.parts
        case Case():
            return (*(part for pair in node.whens for part in pair), node.otherwise)
        case _:
            return ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and everything inside it, in reading order."""
    yield node
    for part in parts_of(node):
        yield from nodes(part)


def tags_in(node: Node) -> tuple[str, ...]:
    """The tags that an expression names, in reading order."""
    return tuple(one.key for one in nodes(node) if isinstance(one, Name) and one.key != AS_OF)


def results(node: Node) -> Iterator[Node]:
    """The nodes whose value can be that of the whole: the branches of a case, and of what falls back on others."""
    if isinstance(node, Case):
        for _, value in node.whens:
            yield from results(value)
        yield from results(node.otherwise)
    elif isinstance(node, Call) and node.act in ("coalesce", "nullif", "least", "greatest"):
        for part in node.parts[: 1 if node.act == "nullif" else None]:
            yield from results(part)
    else:
        yield node
