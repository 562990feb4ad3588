"""Uploaded lists of a workspace: bringing one, whom it names today, and taking it away."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from huaxiang.analyse.id_lists import Found, NamedTables, Tables, found, members_of
from huaxiang.collect.id_lists import VALUES, listed_values, rows_of, values_of
from huaxiang.collect.landing import Landing
from huaxiang.engine import Engine
from huaxiang.errors import InputError
from huaxiang.ledger import Ledger
from huaxiang.model.conditions import OnList, leaves
from huaxiang.model.fields import Labels
from huaxiang.model.id_lists import IdList, id_list_named, id_lists_from
from huaxiang.workspace.folder import Folder

LONGEST_NAME = 60
_SPOILED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Brought:
    """A list that was brought, and whom its rows name today."""

    list: IdList
    found: Found


class ListTables(NamedTables):
    """By key of a list the customers that it names today (``customer_id``), looked up when they are asked for."""

    def __init__(
        self, engine: Engine, landing: Landing, lists: Mapping[str, IdList], tables: Tables | None = None
    ) -> None:
        self._engine, self._landing, self._lists, self._tables = engine, landing, lists, tables
        self._known: dict[str, ir.Table] = {}

    def __getitem__(self, key: str) -> ir.Table:
        if key not in self._known:
            values = _brought(self._engine, _values(self._landing, self._lists[key]), key)
            self._known[key] = self._engine.keep(f"list_{key}", members_of(self._engine, values, self._tables))
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    @property
    def names(self) -> Mapping[str, Labels]:
        """The names of the lists by key."""
        return {key: one.name for key, one in self._lists.items()}


class Lists(Folder):
    """A workspace with uploaded lists."""

    @cached_property
    def id_lists(self) -> Mapping[str, IdList]:
        """Every list by key, as they stood when first asked for."""
        known: dict[str, IdList] = {}
        for path in sorted(self._lists_folder.glob("*.yaml")):
            known |= id_lists_from(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        return known

    @property
    def list_names(self) -> Mapping[str, Labels]:
        """The names of the lists by key."""
        return {key: one.name for key, one in self.id_lists.items()}

    def list_tables(self, engine: Engine, tables: Tables | None = None) -> ListTables:
        """The customers of every list, for conditions that name one; ``tables`` come before the published ones."""
        return ListTables(engine, self.landing, self.id_lists, tables)

    def upload_list(
        self, path: Path, zh: str, en: str, now: datetime, *, actor: str, header: str | None = None
    ) -> Brought:
        """Keep the numbers in a file's column as a list. Without ``header`` it is the column that names the most
        customers, the leftmost of equals.

        Rows that name nobody yet are kept: the list names them as soon as their data come. Raises :class:`InputError`
        for a file that cannot be read or names no customer at all, and for a missing or taken name.
        """
        names = self._list_names(zh, en)
        columns = listed_values(path, header)
        with self.reading() as engine:
            counted = {name: found(engine, _brought(engine, values, "new")) for name, values in columns.items()}
        best = max(counted, key=lambda name: counted[name].customers)
        if not counted[best].customers:
            raise InputError("list.names_no_customer", file=path.name, rows=max(map(rows_of, columns.values())))
        return Brought(self._keep_list(path.name, best, columns[best], names, now, actor), counted[best])

    def keep_list_of(
        self, lines: Sequence[str], zh: str, en: str, now: datetime, *, actor: str, source: str
    ) -> Brought:
        """Keep people whom lines name by any identifier as a list; ``source`` says where the lines came from, in place
        of the name of a file. Raises :class:`InputError` as :meth:`upload_list` does."""
        names, values = self._list_names(zh, en), values_of(lines)
        with self.reading() as engine:
            counted = found(engine, _brought(engine, values, "new"))
        if not counted.customers:
            raise InputError("list.lines_name_no_customer", lines=rows_of(values))
        return Brought(self._keep_list(source, source, values, names, now, actor), counted)

    def found_in_list(self, key: str) -> Found:
        """Whom the rows of a list name today. Raises :class:`NotFound`."""
        values = _values(self.landing, id_list_named(key, self.id_lists))
        with self.reading() as engine:
            return found(engine, _brought(engine, values, key))

    def forget_list(self, key: str, now: datetime, *, actor: str) -> IdList:
        """Take a list and its numbers away.

        Raises :class:`NotFound`, and :class:`InputError` while a crowd names it.
        """
        gone = id_list_named(key, self.id_lists)
        used = [name for name, one in self.definitions.segments.items() if OnList(list=key) in leaves(one.condition)]
        if used:
            raise InputError("list.still_used", name=gone.name.message, crowds=", ".join(used))
        with Ledger.open(self.ledger_path) as ledger:
            ledger.append("list.removed", {"list": key, "values": gone.values}, at=now, actor=actor)
        (self._lists_folder / f"{key}.yaml").unlink()
        if gone.values not in {one.values for one in self.id_lists.values() if one.key != key}:
            _file(self.landing, gone.values).unlink(missing_ok=True)
        self.__dict__.pop("id_lists", None)
        return gone

    def _keep_list(
        self, source: str, header: str, values: pa.Table, names: tuple[str, str], now: datetime, actor: str
    ) -> IdList:
        digest = _stored(self.landing, self.folder / "tmp", values)
        one = IdList(
            key=_key(names, self.id_lists), zh=names[0], en=names[1], owner=actor, file_name=source,
            header=header, rows=rows_of(values), values=digest,
        )  # fmt: skip
        body = one.model_dump(exclude={"key", "header", "file_name"})
        with Ledger.open(self.ledger_path) as ledger:
            ledger.append("list.saved", {"list": one.key, **body}, at=now, actor=actor)
        _write(self._lists_folder / f"{one.key}.yaml", {one.key: one.model_dump(exclude={"key"})})
        self.__dict__.pop("id_lists", None)
        return one

    def _list_names(self, zh: str, en: str) -> tuple[str, str]:
        names = zh.strip() or en.strip(), en.strip() or zh.strip()
        if not names[0]:
            raise InputError("list.name_missing")
        if any(len(name) > LONGEST_NAME or _SPOILED.search(name) for name in names):
            raise InputError("list.name_unfit", given=_SPOILED.sub("?", names[0])[:40], most=LONGEST_NAME)
        if names[0] in {one.zh for one in self.id_lists.values()}:
            raise InputError("list.name_taken", name=names[0])
        return names

    @property
    def _lists_folder(self) -> Path:
        return self.folder / "definitions" / "lists"


def _key(names: tuple[str, str], taken: Collection[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", names[1].lower()).strip("_")[:48]
    if not re.match(r"[a-z]", plain):
        plain = f"list_{hashlib.sha256(names[0].encode()).hexdigest()[:8]}"
    return next(key for key in (plain, *(f"{plain}_{n}" for n in range(2, len(taken) + 3))) if key not in taken)


def _file(landing: Landing, digest: str) -> Path:
    return landing.object(digest, ".parquet")


def _values(landing: Landing, one: IdList) -> pa.Table:
    return pq.read_table(_file(landing, one.values))


def _brought(engine: Engine, values: pa.Table, key: str) -> ir.Table:
    return engine.bring(f"list_values_{key}", values)


def _stored(landing: Landing, scratch: Path, values: pa.Table) -> str:
    # Through a file of our own: the landing keeps files by what is in them.
    with TemporaryDirectory(dir=scratch) as folder:
        path = Path(folder) / "list.parquet"
        pq.write_table(values.sort_by([(name, "ascending") for name in VALUES.names]), path)
        return landing.store(path)


def _write(path: Path, body: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(".partial")
    partial.write_text(yaml.safe_dump(dict(body), allow_unicode=True, sort_keys=False), encoding="utf-8")
    partial.replace(path)
