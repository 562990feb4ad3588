"""Which encoding a text file is in, proved by decoding all of it, and the same text as UTF-8.

A wrong guess is worse than a refusal: 姓名 read as ÐÕÃû looks like data and is none. So an encoding is taken only when
the whole file decodes in it and the characters that come out are the common ones of its language.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from huaxiang.collect.reading.source import ByteSource
from huaxiang.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32 LE"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32 BE"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16 LE"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16 BE"),
)
_LABELS = {"utf-8": "UTF-8", "gb18030": "GB18030", "big5": "Big5", "cp1252": "Windows-1252"}
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x01\x0b\x0c\x1a\x1b")
_SURE = 0.7
_GUESS_BYTES = 65536
# Both character sets put their everyday hanzi first; 0xA1 and 0xA3 are punctuation and full-width forms.
_FIRST_LEVEL_GB = {0xA1, 0xA3, *range(0xB0, 0xD8)}
_FIRST_LEVEL_BIG5 = {0xA1, 0xA2, *range(0xA4, 0xC7)}
# What a byte that the encoding does not allow becomes: no valid UTF-8, so the row it stands in is rejected by name.
_BROKEN = "\udcff"
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŽžŸ€£¥§©®°±²³µ·º¡¿«»‘’“”–—…™´ªç\xa0]")
_LONG_RUN = re.compile(r"[^\x00-\x7f]{4,}")
_LONE_IN_WORD = re.compile(r"(?<=[A-Za-z])[㐀-鿿](?![㐀-鿿])")
_ODD_TWO_BYTE = re.compile(r"[^\x00-\x7f\xa0-ſΆ-ώЀ-џ]")


def _mark_broken(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _BROKEN, error.end


codecs.register_error("huaxiang.broken", _mark_broken)


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text."""

    codec: str
    label: str
    bom_bytes: int = 0
    clean: bool = True
    """False when some bytes do not decode; the rows they stand in will be rejected."""


def detect(source: ByteSource) -> Encoding:
    """The encoding of the whole file.

    Raises :class:`InputError` when the file is no text, mixes two encodings, or is in one that cannot be told for sure.
    """
    head = source.head()
    for bom, codec, label in _BOMS:
        if head.startswith(bom):
            return Encoding(codec, label, len(bom), _first_bad_chunk(source, codec, len(bom)) is None)
    if b"\0" in head and (wide := _utf16_without_bom(source, head)):
        return wide
    _refuse_binary(source, head)
    bad = _first_bad_chunk(source, "utf-8")
    if bad is None:
        return _two_byte_gbk(head) or Encoding("utf-8", "UTF-8")
    return _mostly_utf8(source, bad) or _by_characters(source, _whole_lines(bad))


def utf8_chunks(source: ByteSource, encoding: Encoding, size: int) -> Iterator[bytes]:
    """The file's text as UTF-8 bytes in pieces of about ``size``; what did not decode becomes invalid UTF-8."""
    pieces = source.chunks(size, encoding.bom_bytes)
    if encoding.codec == "utf-8":
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding.codec)("huaxiang.broken")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")


def _first_bad_chunk(source: ByteSource, codec: str, skip: int = 0) -> bytes | None:
    """The first piece of the file that does not decode, None when all of it does."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    piece = b""
    try:
        for piece in source.chunks(skip=skip):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return piece
    return None


def _utf16_without_bom(source: ByteSource, head: bytes) -> Encoding | None:
    """UTF-16 shows in its zero bytes: those of commas, digits and line ends all fall on the same side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    codec, label = ("utf-16-le", "UTF-16 LE") if odd > even else ("utf-16-be", "UTF-16 BE")
    text = head.decode(codec, "replace")
    if max(even, odd) < 3 * min(even, odd) or "\0" in text or not re.search(r"[\r\n,;\t]", text):
        return None
    if text.count("\ufffd") > 1 + len(text) // 100:
        return None
    return Encoding(codec, label, clean=_first_bad_chunk(source, codec) is None)


def _refuse_binary(source: ByteSource, head: bytes) -> None:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > 3 and controls * 50 > len(head):
        raise InputError("reading.not_text", file=source.path.name)


def _two_byte_gbk(head: bytes) -> Encoding | None:
    """系统 in GBK is by chance also valid UTF-8 (ϵͳ). Nothing but such oddities means GBK."""
    text = _whole_lines(head).decode("utf-8", "ignore")
    strange = [char for char in text if char > "\x7f"]
    if not 2 <= len(strange) <= 64 or any(char > "\u07ff" for char in strange):
        return None
    if 2 * len(_ODD_TWO_BYTE.findall(text)) < len(strange):
        return None
    return Encoding("gb18030", "GB18030") if _chinese_score(head, "gb18030") == 1 else None


def _mostly_utf8(source: ByteSource, bad: bytes) -> Encoding | None:
    """UTF-8 with a few broken bytes, told from a file that really holds two encodings."""
    text = bad.decode("utf-8", "replace")
    broken, good = text.count("\ufffd"), sum(1 for char in text if char > "\u07ff" and char != "\ufffd")
    if good > 19 * broken or (good and broken == 1 and text.endswith("\ufffd")):
        return Encoding("utf-8", "UTF-8", clean=False)
    if good * 19 > broken and good > 2:
        line = 1 + text[: text.index("\ufffd")].count("\n")
        raise InputError("reading.mixed_encodings", file=source.path.name, line=line)
    return None


def _by_characters(source: ByteSource, sample: bytes) -> Encoding:
    """The legacy encoding whose common characters the sample is made of."""
    best, score = _chinese(sample)
    if score >= _SURE:
        return Encoding(best, _LABELS[best], clean=_first_bad_chunk(source, best) is None)
    if _western_score(sample) >= _SURE and _first_bad_chunk(source, "cp1252") is None:
        return Encoding("cp1252", _LABELS["cp1252"])
    raise InputError("reading.encoding_unknown", file=source.path.name)


def _chinese(sample: bytes) -> tuple[str, float]:
    """GB18030 or Big5, whichever gives more everyday characters, and their share.

    Where both do, a detector that knows how often characters follow each other decides, given enough of them; a few
    characters alone are more likely GB18030.
    """
    simplified, traditional = _chinese_score(sample, "gb18030"), _chinese_score(sample, "big5")
    if traditional < _SURE or simplified < traditional - 0.1:
        return ("gb18030", simplified) if simplified >= traditional else ("big5", traditional)
    if sum(byte > 0x7F for byte in sample[:_GUESS_BYTES]) > 60:
        guess = from_bytes(sample[:_GUESS_BYTES], cp_isolation=["gb18030", "big5"]).best()
        if guess is not None and guess.encoding == "big5":
            return "big5", traditional
    return "gb18030", simplified


def _chinese_score(sample: bytes, codec: str) -> float:
    """Share of the non-ASCII characters that are everyday hanzi or Chinese punctuation; 0 when bytes do not decode."""
    text = sample.decode(codec, "replace")
    counts = Counter(char for char in text if char > "\x7f")
    total = counts.total()
    if not total or counts["\ufffd"] * 50 > total + 49:
        return 0.0
    everyday = _is_traditional if codec == "big5" else _is_everyday
    common = sum(count for char, count in counts.items() if everyday(char))
    return common / total - len(_LONE_IN_WORD.findall(text)) / total


def _is_everyday(char: str) -> bool:
    """Simplified hanzi of the first level, everyday traditional ones, Chinese punctuation and full-width forms."""
    return (char.encode("gb2312", "ignore") or b"\0")[0] in _FIRST_LEVEL_GB or _is_traditional(char)


def _is_traditional(char: str) -> bool:
    return (char.encode("big5", "ignore") or b"\0")[0] in _FIRST_LEVEL_BIG5


def _western_score(sample: bytes) -> float:
    """Share of the non-ASCII characters that are Western letters or signs, standing among ASCII ones."""
    text = sample.decode("cp1252", "replace")
    total = sum(1 for char in text if char > "\x7f")
    in_runs = sum(len(run) for run in _LONG_RUN.findall(text))
    return (len(_WESTERN.findall(text)) - in_runs) / total if total else 0.0


def _whole_lines(piece: bytes) -> bytes:
    """The piece without the torn lines at its ends, so that no character is cut in half."""
    lines = piece.splitlines(keepends=True)
    return b"".join(lines[1:-1]) if len(lines) > 3 and len(piece) > 65536 else piece
