"""What is known of an uploaded sheet between two clicks: header, first rows, and how it will be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from huaxiang.collect.day_order import settle_day_order
from huaxiang.collect.looking import Look
from huaxiang.collect.match import propose
from huaxiang.collect.reading import Reading, open_file
from huaxiang.collect.saved_mappings import source_of
from huaxiang.errors import InputError
from huaxiang.model.mapping import WHO_FIELDS, Mapping, forms
from huaxiang.server.data import workspace
from huaxiang.server.imports.uploads import Upload
from huaxiang.words import Message

SAMPLE_ROWS = 500
SHOWN_ROWS = 5
#: What the look of a workbook says of sheets that it leaves out; here a person may say what they are.
_LEFT_OUT = "collect.sheet_not_understood"


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``path`` is relative to the upload; ``mapping`` is None while nobody said what a row is;
    ``messages`` are codes with parameters; ``is_left_out`` sheets are not imported."""

    path: str
    sheet: str | None
    header: list[str]
    rows: list[dict[str, str]]
    messages: list[list[Any]]
    mapping: dict[str, Any] | None
    is_left_out: bool = False
    is_saved: bool = False

    @property
    def file(self) -> str:
        """The file's name."""
        return Path(self.path).name

    @property
    def reading(self) -> Mapping | None:
        """How it will be read."""
        return None if self.mapping is None else Mapping.model_validate(self.mapping)

    @property
    def is_ready(self) -> bool:
        """Whether it will be imported."""
        return not self.is_left_out and self.reading is not None and not self.missing

    @property
    def missing(self) -> list[tuple[str, ...]]:
        """Groups of fields of which the form needs one and the mapping has none."""
        reading = self.reading
        if reading is None:
            return []
        return [group for group in forms()[reading.form].needs if not any(field in reading.columns for field in group)]

    @property
    def names_nobody(self) -> bool:
        """Whether rows about customers do not say who the customer is."""
        reading = self.reading
        return reading is not None and forms()[reading.form].who and not any(f in reading.columns for f in WHO_FIELDS)

    def with_mapping(self, mapping: Mapping | None) -> Sheet:
        """The sheet read in another way."""
        kept = None if mapping is None else mapping.model_dump(mode="json")
        return replace(self, mapping=kept, is_left_out=mapping is None, is_saved=False)


def sheets_of(upload: Upload) -> list[Sheet]:
    """The sheets of an upload in the order of its files."""
    return [Sheet(**one) for one in upload.state()["sheets"]]


def save_sheets(upload: Upload, sheets: list[Sheet]) -> None:
    """Keep the sheets as they are now."""
    upload.save(upload.state() | {"sheets": [asdict(sheet) for sheet in sheets]})


def look_at(upload: Upload, path: Path) -> list[Sheet]:
    """The sheets of a file with the best guess of how to read them; a saved mapping comes first.

    Raises :class:`InputError` for a file that cannot be read at all.
    """
    try:
        looks = workspace().look(path)
    except InputError as problem:
        if problem.code != "mapping.no_form":
            raise
        return [_unknown(upload, path, reading) for reading in open_file(path)]
    found = {look.sheet: _sheet(upload, look) for look in looks}
    if not any(message.code == _LEFT_OUT for look in looks for message in look.messages):
        return list(found.values())
    return [found.get(reading.sheet) or _unknown(upload, path, reading) for reading in open_file(path)]


def guess(upload: Upload, sheet: Sheet, form: str) -> Mapping:
    """The best mapping of a sheet when a row of it is what ``form`` says."""
    path = upload.folder / sheet.path
    reading = next(one for one in open_file(path) if one.sheet == sheet.sheet)
    proposed = propose(reading.header, _sample(reading), source_of(path, sheet.sheet), form)
    return settle_day_order(proposed, reading)[0]


def _sheet(upload: Upload, look: Look) -> Sheet:
    rows = [{name: str(value) for name, value in row.items()} for row in look.rows[:SHOWN_ROWS]]
    messages = [[one.code, dict(one.params)] for one in look.messages if one.code != _LEFT_OUT]
    relative = str(look.path.relative_to(upload.folder))
    return Sheet(relative, look.sheet, list(look.header), rows, messages, look.mapping.model_dump(mode="json"))


def _unknown(upload: Upload, path: Path, reading: Reading) -> Sheet:
    sample = _sample(reading)
    mapping = _guess_or_none(reading, sample, source_of(path, reading.sheet))
    rows = [dict(zip(sample, cells, strict=True)) for cells in zip(*sample.values(), strict=True)][:SHOWN_ROWS]
    messages = [[one.code, dict(one.params)] for one in reading.messages]
    relative = str(path.relative_to(upload.folder))
    kept = None if mapping is None else mapping.model_dump(mode="json")
    return Sheet(relative, reading.sheet, list(reading.header), rows, messages, kept, is_left_out=mapping is None)


def _guess_or_none(reading: Reading, sample: dict[str, list[str]], source: str) -> Mapping | None:
    try:
        return propose(reading.header, sample, source)
    except InputError:
        return None


def _sample(reading: Reading) -> dict[str, list[str]]:
    for batch in reading.batches(SAMPLE_ROWS):
        return {name: [str(value) for value in batch.column(name).to_pylist()] for name in reading.header}
    return {name: [] for name in reading.header}


def messages_of(sheet: Sheet) -> Iterator[Message]:
    """What the reader has to say about the sheet."""
    return (Message(code, params) for code, params in sheet.messages)
