"""All analyses: every module of this room that declares one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

import huaxiang.analyse
from huaxiang.analyse.analysis import Analysis
from huaxiang.errors import DefinitionError, NotFound, nearest


@cache
def analyses() -> dict[str, Analysis]:
    """Every analysis by key, in order of the key.

    A module that cannot be imported stops the start; two analyses of one key raise :class:`DefinitionError`.
    """
    names = [found.name for found in pkgutil.iter_modules(huaxiang.analyse.__path__)]
    return collected(names)


def collected(module_names: list[str]) -> dict[str, Analysis]:
    """The analyses that these modules of the room declare, by key."""
    found: dict[str, tuple[str, Analysis]] = {}
    for name in sorted(module_names):
        analysis = getattr(import_module(f"huaxiang.analyse.{name}"), "ANALYSIS", None)
        if not isinstance(analysis, Analysis) or any(analysis is known for _, known in found.values()):
            continue  # a module may use the declaration of another
        if analysis.key in found:
            first = found[analysis.key][0]
            raise DefinitionError("analysis.duplicate", given=analysis.key, first=first, second=name)
        found[analysis.key] = (name, analysis)
    return {key: found[key][1] for key in sorted(found)}


def analysis_named(key: str) -> Analysis:
    """The analysis of that key; :class:`NotFound` names the nearest ones."""
    known = analyses()
    if key not in known:
        raise NotFound("analysis.unknown", given=key, nearest=nearest(key, known))
    return known[key]
