"""Which tags a group portrait looks at, which it draws, and which are offered to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.model.fields import Field
from huaxiang.model.tables import ELEMENTS
from huaxiang.release.roles import Access
from huaxiang.server.crowds.sight import Sight
from huaxiang.words import say

#: Customers × tags that are looked through without being asked; more takes longer than a page should.
_AT_ONCE = 40_000_000
_MOST_DRAWN = 24
#: Of several kinds of tags the ones that are read most easily come first.
_KINDS = ("coded", "bool", "list", "text", "int", "share", "number", "money", "quantity", "date", "timestamp")


@dataclass(frozen=True)
class Choice:
    """One tag to draw."""

    key: str
    name: str
    chosen: bool


def seen_tags(sight: Sight) -> tuple[str, ...]:
    """Every tag that this person may see of groups, in the order of the definitions; what RFM says after them.

    Helpers serve other tags; sensitive and confidential ones are for roles that may export.
    """
    tags, columns = sight.definitions.tags, sight.table.columns
    return tuple(
        key
        for key in sight.fields
        if key in columns and (key not in tags or (not tags[key].helper and _open(tags[key].sensitivity, sight.access)))
    )


def looked_at(sight: Sight, customers: int, *, everything: bool) -> tuple[str, ...]:
    """The tags to look through: all of them, or as many as a page can wait for, the plainest kinds first."""
    found = seen_tags(sight)
    most = max(_AT_ONCE // max(customers, 1), 10)
    if everything or len(found) <= most:
        return found
    chosen = set(sorted(found, key=lambda key: _KINDS.index(_kind(sight.fields[key])))[:most])
    return tuple(key for key in found if key in chosen)


def asked_tags(asked: Sequence[str], sight: Sight) -> tuple[str, ...]:
    """The tags that an address asks for, each once, those that this person may see."""
    seen = set(seen_tags(sight))
    return tuple(key for key in dict.fromkeys(asked) if key in seen)[:_MOST_DRAWN]


def choices(sight: Sight, chosen: Sequence[str]) -> list[tuple[str, list[Choice]]]:
    """The tags to choose from, element by element."""
    found: dict[str, list[Choice]] = {element: [] for element in ELEMENTS}
    for key in seen_tags(sight):
        found[element_of(key, sight)].append(Choice(key, sight.fields[key].name.say(sight.lang), key in chosen))
    return [(say(f"crowds.element.{element}", sight.lang), tags) for element, tags in found.items() if tags]


def element_of(key: str, sight: Sight) -> str:
    """The element that a tag belongs to; what RFM says stands with purchasing."""
    tags = sight.definitions.tags
    return tags[key].element if key in tags else "purchasing"


def meaning_of(key: str, sight: Sight) -> str:
    """What a tag means, in the visitor's language."""
    tags = sight.definitions.tags
    return tags[key].meaning(sight.lang) if key in tags else say("crowds.rfm_field_meaning", sight.lang)


def _open(sensitivity: str, access: Access) -> bool:
    return sensitivity in ("open", "personal") or access.may("export_masked")


def _kind(field: Field) -> str:
    return "coded" if field.values else field.type
