"""Names of people in the form in which they are compared."""

from __future__ import annotations

import re

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.folding import folded
from huaxiang.model.identity import NameRules
from huaxiang.prepare.distinct import with_worked_out

_SEPARATORS = re.compile(r"[\s·•・.,，、_]+")
_NO_LETTER = re.compile(r"[\W\d_]*")


def comparable_name(name: str, rules: NameRules) -> str | None:
    """The name in NFKC, case folded, without spaces, dots and forms of address.

    None for what is no name (未知, a number), and for a masked one (张**), which cannot be compared.
    """
    text = folded(name)
    for title in rules.titles:
        text = text.removeprefix(title) if title.isascii() else text.removesuffix(title)
    bare = _SEPARATORS.sub("", text)
    if bare in rules.not_names or "*" in bare or _NO_LETTER.fullmatch(bare):
        return None
    return bare


def with_comparable_name(engine: Engine, rows: ir.Table, column: str, rules: NameRules, name: str) -> ir.Table:
    """``rows`` with the column ``comparable``: the name in ``column``, comparable. Use each ``name`` once."""
    return with_worked_out(
        engine, rows, column, lambda text: comparable_name(text, rules), ("comparable", pa.string()), name
    )
