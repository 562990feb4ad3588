"""Texts in the form in which they are compared: same width, same case, nothing invisible, no quotes around."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = "'\"`‘’“”「」『』《》"
_INVISIBLE = re.compile("[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def folded(text: str) -> str:
    """The text in NFKC, case folded, without control and invisible characters, and without spaces and quotes around."""
    # Nearly all texts are plain ones, of which only the case changes.
    is_plain = text.isascii() and text.isprintable()
    plain = text.lower() if is_plain else _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return plain.strip().strip(_QUOTES).strip()
