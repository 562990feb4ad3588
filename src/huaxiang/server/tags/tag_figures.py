"""How accurate and how usable a tag is, in words."""

from __future__ import annotations

from huaxiang.analyse.order import full_only
from huaxiang.analyse.tag_accuracy import Usable
from huaxiang.model.tags import Tag, Tags
from huaxiang.number_words import percent, short_number
from huaxiang.server.tags.catalogue import Entry
from huaxiang.words import say


def accuracy_words(entry: Entry, lang: str) -> str:
    found = entry.known.accuracy
    if found is None:
        return ""
    said = {"twin": entry.known.names[found.twin].message, "n": short_number(found.n, lang)}
    if found.share is None:
        return say("tags.accuracy_few", lang, **said)
    ends = {"low": percent(found.low, lang), "high": percent(found.high, lang)}
    left_out = say("tags.accuracy_abstained", lang, n=short_number(found.abstained, lang)) if found.abstained else ""
    return say("tags.accuracy_told", lang, share=percent(found.share, lang), **said, **ends) + left_out


def usable_words(found: Usable | None, lang: str) -> str:
    if found is None or not found.everyone:
        return ""
    share = percent(found.usable / found.everyone, lang)
    return say("tags.usable_told", lang, share=share, n=short_number(found.usable, lang))


def refresh_words(tag: Tag, tags: Tags, lang: str) -> str:
    """When the tag is computed, and whether only with everybody at once."""
    told = say(f"tags.refresh.{tag.refresh}", lang)
    return say("tags.refresh.with_everybody", lang, refresh=told) if tag.key in full_only(tags) else told
