"""Text that a spreadsheet would run: recognising it, and the quote in front that makes it text again."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

# What a spreadsheet skips before it looks for a formula, then what starts one: also the full-width and small signs.
_STARTS = (
    r"^[ '\"\x{A0}\x{3000}\x{FEFF}\x{200B}-\x{200F}\x{2060}]*"
    r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{FE66}\x{FE62}\x{FE63}\x{FE6B}\x{2212}\x00-\x1F]"
)


def looks_like_formula(texts: pa.Array) -> pa.Array:
    """For each text whether a spreadsheet might run it or start it as a new cell; null for null."""
    return pc.match_substring_regex(texts, _STARTS)


def defused(texts: pa.Array) -> pa.Array:
    """The texts, with ``'`` in front of those that a spreadsheet might run."""
    return pc.replace_substring_regex(texts, _STARTS, r"'\0")
