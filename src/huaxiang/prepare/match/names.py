"""Names in the parts in which they are compared: surname and given name, and how each of them sounds."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.folding import folded
from huaxiang.model.identity import NameRules
from huaxiang.model.surnames import surnames
from huaxiang.prepare.names import comparable_name

#: Between last and first name where a source keeps them apart.
APART = "\x1f"
_HAN = re.compile(r"[\u2e80-\u9fff\U00020000-\U000323af]")


class NameParts(NamedTuple):
    """Parts of one name, each null where the name does not tell it. Sounds are pinyin, or the letters as they are."""

    surname: str | None
    given_name: str | None
    surname_sound: str | None
    given_sound: str | None
    name_pair: str | None


def name_parts(text: str, rules: NameRules) -> NameParts:
    """The parts of a name, written in one or as ``last + APART + first``; all null for what is no name.

    ``name_pair`` is both parts in alphabetical order, so that it is the same when they were swapped.
    """
    surname, given = _apart(text, rules) if APART in text else _split(text, rules)
    pair = "|".join(sorted((surname, given))) if surname and given else None
    return NameParts(surname, given, _sound(surname), _sound(given), pair)


def with_name_parts(engine: Engine, rows: ir.Table, column: str, rules: NameRules) -> ir.Table:
    """``rows`` with the columns of :class:`NameParts`, from the text in ``column``."""
    texts = engine.arrow(rows.filter(rows[column].notnull()).select(column).distinct()).column(0).to_pylist()
    found = [name_parts(text, rules) for text in texts]
    made = {name: pa.array([getattr(parts, name) for parts in found], pa.string()) for name in NameParts._fields}
    known = engine.bring("match_names", pa.table({"given": pa.array(texts, pa.string()), **made}))
    return rows.left_join(known, rows[column] == known.given).drop("given")


def _apart(text: str, rules: NameRules) -> tuple[str | None, str | None]:
    last, first = (comparable_name(part, rules) for part in text.split(APART, 1))
    return last, first


def _split(text: str, rules: NameRules) -> tuple[str | None, str | None]:
    whole = comparable_name(text, rules)
    if whole is None:
        return None, None
    if _HAN.match(whole):
        length = 2 if whole[:2] in surnames().compound else 1
        return whole[:length], whole[length:] or None
    words = folded(text).split()
    if len(words) < 2:
        return None, whole
    return comparable_name(words[-1], rules), comparable_name(" ".join(words[:-1]), rules)


def _sound(part: str | None) -> str | None:
    return _pinyin(part) if part else None


@lru_cache(maxsize=65_536)
def _pinyin(part: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionary takes a while to read

    return "".join(lazy_pinyin(part))
