"""What comparing records leaves out, in words."""

from __future__ import annotations

from collections.abc import Iterable

from huaxiang.model.matching import Columns
from huaxiang.prepare.match import Estimate
from huaxiang.words import knows, say


def left_out_words(found: Estimate, lang: str) -> list[str]:
    """A sentence for each kind of thing that brings no records together; none where nothing is left out."""
    told = [message.say(lang) for message in found.messages]
    if found.too_coarse:
        told.append(say("match.coarse_blocks", lang, blocks=_named(found.too_coarse, lang)))
    return told


def _named(blocks: Iterable[Columns], lang: str) -> str:
    named = (say("match.block.and", lang).join(_column(one, lang) for one in block) for block in blocks)
    return say("match.block.comma", lang).join(named)


def _column(name: str, lang: str) -> str:
    own = f"match.block.{name}"
    return say(own if knows(own) else f"match.comparison.{name}", lang)
