"""What a merge or split would change, as the command line shows it: values of personal tags masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.identity_preview import Preview
from huaxiang.cli.desk import Desk
from huaxiang.cli.masked import headers
from huaxiang.cli.output import heading, table
from huaxiang.cli.tag_words import said_value
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tag, Tags
from huaxiang.number_words import money
from huaxiang.release.masking import mask_value


def preview_document(found: Preview, tags: Tags) -> dict[str, Any]:
    """A preview for machines: every tag that changes, personal ones masked."""
    return {
        "customers_before": sorted(found.before), "customers_after": sorted(found.after),
        "moved_accounts": found.moved_accounts, "moved_orders": found.moved_orders,
        "moved_revenue": found.moved_revenue,
        "tags": {
            key: [{id_: _masked(tags[key], value) for id_, value in side.items()} for side in sides]
            for key, sides in found.tags.items()
        },
        "segments": {key: {"before": before, "after": after} for key, (before, after) in found.segments.items()},
        "segments_known_later": found.later, "segments_uncountable": found.uncountable,
        "consents": found.consents, "decisions_waiting": found.waiting,
    }  # fmt: skip


def preview_parts(desk: Desk, found: Preview, tags: Tags, segments: Segments, currency: str) -> list[RenderableType]:
    """A preview for people; helper tags are left out."""
    if not found.moved_accounts and not found.tags:
        return [desk.say("cli.identity.preview.nothing"), *_waiting(desk, found)]
    figures = {"accounts": found.moved_accounts, "orders": found.moved_orders}
    revenue = money(found.moved_revenue, currency, desk.lang)
    counts = {"before": len(found.before), "after": len(found.after)}
    lines = [
        (tags[key].name.say(desk.lang), *(_side(desk, tags[key], side, currency) for side in sides))
        for key, sides in found.tags.items()
        if not tags[key].helper
    ]
    crowds = [
        (segments[key].name.say(desk.lang), ", ".join(before), ", ".join(after))
        for key, (before, after) in found.segments.items()
    ]
    return [
        desk.say("cli.identity.preview.answer", revenue=revenue, **figures, **counts),
        *_waiting(desk, found),
        heading(desk.say("cli.identity.preview.tags")),
        table(headers(desk, "tag", "before", "after"), lines),
        heading(desk.say("cli.identity.preview.segments")),
        table(headers(desk, "segment", "before", "after"), crowds),
        *_untold(desk, found, segments),
        *_consents(desk, found),
    ]


def _waiting(desk: Desk, found: Preview) -> Iterator[RenderableType]:
    if found.waiting:
        yield desk.say("identity.preview.waiting", count=found.waiting)


def _untold(desk: Desk, found: Preview, segments: Segments) -> Iterator[RenderableType]:
    for why, keys in (("later", found.later), ("uncountable", found.uncountable)):
        names = ", ".join(segments[key].name.say(desk.lang) for key in keys)
        if names:
            yield desk.say(f"identity.preview.{why}", crowds=names)


def _consents(desk: Desk, found: Preview) -> list[RenderableType]:
    if not found.consents:
        return []
    words = {given: desk.say(f"cli.identity.consent.{'yes' if given else 'no'}") for given in (True, False)}
    lines = [
        (one["purpose"], ", ".join(f"{id_}: {words[given]}" for id_, given in sorted(one["statements"].items())))
        for one in found.consents
    ]
    names = [desk.say("cli.identity.preview.purpose"), *headers(desk, "before")]
    return [heading(desk.say("cli.identity.preview.consents")), table(names, lines)]


def _side(desk: Desk, tag: Tag, side: Mapping[str, Any], currency: str) -> str:
    words = {
        id_: "—" if value is None else said_value(tag, value, desk.lang, currency) if _is_open(tag) else "***"
        for id_, value in sorted(side.items())
    }
    return "; ".join(f"{id_}: {value}" for id_, value in words.items())


def _is_open(tag: Tag) -> bool:
    return tag.sensitivity == "open"


def _masked(tag: Tag, value: Any) -> Any:
    return value if _is_open(tag) or value is None else mask_value(str(value), "all")
