"""What a decision would change, in words: orders moved, tags before and after, crowds, consents; nothing personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huaxiang.analyse.identity_preview import Preview
from huaxiang.model.tags import Tag
from huaxiang.number_words import money, short_number
from huaxiang.server.customers.values import tag_words
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import knows, say
from huaxiang.workspace import Workspace

_HIDDEN = "****"


def previewed(found: Preview, home: Workspace, lang: str) -> dict[str, Any]:
    """The context of the part: one sentence and up to three tables, None where nothing changes."""
    currency = home.settings.currency
    return {
        "sentence": _sentence(found, currency, lang),
        "tags": _tags(found, home, currency, lang),
        "crowds": _crowds(found, home, lang),
        "untold": list(_untold(found, home, lang)),
        "consents": _consents(found, lang),
    }


def _sentence(found: Preview, currency: str, lang: str) -> str:
    if not found.moved_accounts:
        return say("alone.preview" if found.tags else "identity.preview.nothing", lang)
    counts = {"accounts": found.moved_accounts, "orders": found.moved_orders}
    counts |= {"before": len(found.before), "after": len(found.after)}
    told = {name: short_number(count, lang) for name, count in counts.items()}
    return say("identity.preview.sentence", lang, **told, revenue=money(found.moved_revenue, currency, lang))


def _tags(found: Preview, home: Workspace, currency: str, lang: str) -> Table | None:
    tags = home.definitions.tags
    rows: list[tuple[str, ...]] = [
        (tags[key].name.say(lang), *(_values(tags[key], side, currency, lang) for side in sides))
        for key, sides in found.tags.items()
        if not tags[key].helper
    ]
    return _table("tags", rows, lang)


def _values(tag: Tag, side: Mapping[str, Any], currency: str, lang: str) -> str:
    return "；".join(
        _HIDDEN if tag.sensitivity != "open" else tag_words(side[one], tag, lang, currency) for one in sorted(side)
    )


def _crowds(found: Preview, home: Workspace, lang: str) -> Table | None:
    names = {key: segment.name.say(lang) for key, segment in home.definitions.segments.items()}
    rows: list[tuple[str, ...]] = [
        (names.get(key, key), *("；".join(side) or say("identity.preview.nobody", lang) for side in sides))
        for key, sides in found.segments.items()
    ]
    return _table("crowds", rows, lang)


def _untold(found: Preview, home: Workspace, lang: str) -> Iterator[str]:
    """What else is in here, and which crowds nothing is told of, and why."""
    if found.waiting:
        yield say("identity.preview.waiting", lang, count=found.waiting)
    for why, keys in (("later", found.later), ("uncountable", found.uncountable)):
        names = [home.definitions.segments[key].name.say(lang) for key in keys]
        if names:
            yield say(f"identity.preview.{why}", lang, crowds=("、" if lang == "zh" else ", ").join(names))


def _consents(found: Preview, lang: str) -> Table | None:
    def said(is_given: bool) -> str:
        return say(f"identity.consent.{'given' if is_given else 'withdrawn'}", lang)

    rows: list[tuple[str, ...]] = [
        (
            _purpose(one["purpose"], lang),
            "；".join(f"{who} {said(given)}" for who, given in sorted(one["statements"].items())),
            said(one["is_given"]),
        )
        for one in found.consents
    ]
    return _table("consents", rows, lang)


def _purpose(purpose: str, lang: str) -> str:
    code = f"release.purpose.{purpose}"
    return say(code, lang) if knows(code) else purpose


def _table(name: str, rows: list[tuple[str, ...]], lang: str) -> Table | None:
    columns = tuple(Column(say(f"identity.preview.{head}", lang)) for head in (f"{name}.what", "before", "after"))
    return text_table(say(f"identity.preview.{name}", lang), columns, rows) if rows else None
