"""The opening of a later edition: what moved since the one before, old and new side by side."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from huaxiang.analyse.document_facts import DocumentFact
from huaxiang.present.document.changes import Change, Changes
from huaxiang.present.document.material import Reader
from huaxiang.present.document.parts import Block, Defined, Figure, Pieces, Sentence, Stated, Table, Text
from huaxiang.present.document.reading import read
from huaxiang.words import say

#: Facts named in an edition before, which the appendix of this one does not hold.
_BEFORE = "edition:previous"


def changes_blocks(reader: Reader, found: Changes, opening: Iterable[str]) -> list[Block]:
    """The sentences and tables of what changed: first the numbers of the opening and the sizes of segments."""
    told = set(opening)
    blocks: list[Block] = [_summary(reader, found)]
    blocks += _names(reader, "document.new_segments", found.new_segments, in_appendix=True)
    blocks += _names(reader, "document.gone_segments", found.gone_segments, in_appendix=False)
    first = [change for change in found.moved if change.key in told or _is_segment_size(change.key)]
    rest = [change for change in found.moved if change not in first]
    blocks += _table(reader, "changes_first", first)
    blocks += _table(reader, "changes_other", rest, is_folded=True)
    return blocks


def _summary(reader: Reader, found: Changes) -> Sentence:
    if not found.moved:
        return Sentence((Text(say("document.nothing_moved", reader.lang)),), is_answer=True)
    before, after = say("document.moved", reader.lang, count="\0").split("\0")
    pieces: Pieces = (Text(before), Defined(f"{len(found.moved):,}", "edition:changes"), Text(after))
    return Sentence(pieces, is_answer=True)


def _names(reader: Reader, code: str, names: tuple[DocumentFact, ...], *, in_appendix: bool) -> list[Block]:
    if not names:
        return []
    pieces: list[Text | Stated | Defined] = [Text(say(code, reader.lang))]
    for place, fact in enumerate(names):
        text = read(fact, reader.lang, reader.currency)
        pieces += [Text(say("condition.list_join", reader.lang))] if place else []
        pieces.append(Stated(fact.key, text) if in_appendix else Defined(text, _BEFORE))
    return [Sentence(tuple(pieces), is_moved=True)]


def _is_segment_size(key: str) -> bool:
    return key.startswith("crowd.") and key.endswith(".customers")


def _table(reader: Reader, key: str, moved: list[Change], *, is_folded: bool = False) -> list[Block]:
    if not moved:
        return []
    headers = tuple(say(f"document.header.{name}", reader.lang) for name in ("what", "old", "new", "difference"))
    rows = tuple(_row(reader, change) for change in moved)
    title = say(f"document.exhibit.{key}", reader.lang)
    return [Figure(key, title, "", (), Table(headers, rows, (False, True, True, True)), is_folded=is_folded)]


def _row(reader: Reader, change: Change) -> tuple[Pieces, ...]:
    old = Defined(read(change.old, reader.lang, reader.currency), _BEFORE)
    meaning = Defined(change.new.meaning.say(reader.lang), f"fact:{change.key}")
    return ((meaning,), (old,), reader.cell(change.key), _difference(reader, change))


def _difference(reader: Reader, change: Change) -> Pieces:
    if change.difference is None:
        return (Text("—"),)
    text = _points(change.difference, reader) or read(change.difference, reader.lang, reader.currency)
    return (Defined(text if text.startswith("-") else f"+{text}", "edition:changes"),)


def _points(difference: DocumentFact, reader: Reader) -> str | None:
    # A difference of shares in percent could be taken for a relative one.
    if difference.kind != "share":
        return None
    points = Decimal(str(difference.value)) * 100
    shown = f"{points:.1f}" if abs(points) >= Decimal("0.1") else "-<0.1" if points < 0 else "<0.1"
    return say("document.points", reader.lang, points=shown)
