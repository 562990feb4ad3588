"""Reads a file of foreign rules: which tool wrote it, and every crowd in it translated."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from huaxiang.errors import InputError
from huaxiang.model.foreign.ga4 import ga4_audiences
from huaxiang.model.foreign.names import Names, Tool, known_names
from huaxiang.model.foreign.report import Translated
from huaxiang.model.foreign.sensors import sensors_groups
from huaxiang.model.vocabulary import Vocabulary
from huaxiang.words import Message

MOST_MEGABYTES = 20
TOOLS: tuple[Tool, ...] = get_args(Tool)
_TRANSLATED: Mapping[Tool, Callable[[Any, Names, Vocabulary], list[Translated]]] = {
    "sensors": sensors_groups,
    "ga4": ga4_audiences,
}
_SIGNS: Mapping[Tool, frozenset[str]] = {
    "sensors": frozenset({"type", "rule_content_list", "ruleContentList"}),
    "ga4": frozenset({"filterClauses", "filter_clauses", "audiences"}),
}


def tool_named(given: str) -> Tool:
    """The tool of that name. Raises :class:`InputError`."""
    for tool in TOOLS:
        if tool == given:
            return tool
    raise InputError("foreign.wrong_format", given=given[:40], known=", ".join(TOOLS))


def foreign_crowds(path: Path, tool: Tool | None, own: Names | None, known: Vocabulary) -> list[Translated]:
    """Every crowd of a file, see :func:`crowds_in`. Raises :class:`InputError` also for a file that is no JSON."""
    if path.stat().st_size > MOST_MEGABYTES * 2**20:
        raise InputError("foreign.too_large", file=path.name, most=MOST_MEGABYTES)
    try:
        document = document_of(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError as problem:
        raise InputError("foreign.not_json", file=path.name, reason=str(problem)[:120]) from None
    return crowds_in(document, path.name, tool, own, known)


def document_of(text: str, name: str) -> Any:
    """What JSON text says; ``name`` is what messages call it. Raises :class:`InputError` for text that is no JSON."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half characters are no text
    except json.JSONDecodeError as problem:
        place = Message("api.json.place", {"line": problem.lineno, "column": problem.colno})
        raise InputError("foreign.not_json", file=name, reason=place) from None
    except (ValueError, RecursionError):
        raise InputError("foreign.not_json", file=name, reason=Message("foreign.no_text", {})) from None
    return found


def crowds_in(document: Any, name: str, tool: Tool | None, own: Names | None, known: Vocabulary) -> list[Translated]:
    """Every crowd of a document. Without ``tool`` its shape tells; ``own`` names stand over those that are guessed.

    Raises :class:`InputError` for a document of neither tool, and :class:`DefinitionError` with the JSON path where it
    is malformed.
    """
    tool = tool or _tool_of(document, name)
    names = known_names(tool).under(own) if own else known_names(tool)
    return _TRANSLATED[tool](document, names, known)


def _tool_of(document: Any, name: str) -> Tool:
    first = document[0] if isinstance(document, list) and document else document
    keys = set(first) if isinstance(first, dict) else set()
    for tool, signs in _SIGNS.items():
        if keys & signs:
            return tool
    raise InputError("foreign.unknown_format", file=name)
