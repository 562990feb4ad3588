"""Names of people in the form in which they are compared."""

from __future__ import annotations

import re

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.folding import folded
from huaxiang.model.identity import NameRules
from huaxiang.prepare.distinct import with_worked_out
from huaxiang.prepare.quality.person_names import GENDER_TITLES, gender_of_title

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


def with_title_gender(engine: Engine, rows: ir.Table, column: str, rules: NameRules, name: str) -> ir.Table:
    """``rows`` with the column ``title_gender``: ``male`` or ``female`` where the form of address in ``column`` tells
    it (王女士, Mr. Smith), else null. Use each ``name`` once."""
    # Hardly any of a million names carries a title, so that only those that may are brought here.
    may_be = ibis.or_(*[rows[column].lower().contains(title) for title in GENDER_TITLES])
    titled = ibis.ifelse(may_be, rows[column], ibis.null("string"))
    told = ("title_gender", pa.string())
    found = with_worked_out(
        engine, rows.mutate(titled=titled), "titled", lambda text: gender_of_title(text, rules), told, name
    )
    return found.drop("titled")
