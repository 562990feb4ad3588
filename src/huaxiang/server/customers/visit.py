"""What the pages of one customer share: engine, the day's tables, definitions, who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from huaxiang.engine import DuckEngine
from huaxiang.errors import InputError
from huaxiang.model.identity import NameRules
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.release.roles import Access
from huaxiang.server.customers.head import Reader
from huaxiang.server.customers.one_row import OneRow, one_row
from huaxiang.server.customers.past import PastTables, day_in_reach, past_portrait
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import Portrait


@dataclass(frozen=True)
class Visit:
    """One request for one customer."""

    engine: DuckEngine
    portrait: Portrait
    tags: Tags
    segments: Segments
    access: Access
    currency: str
    lang: str
    names: NameRules
    #: Offered tags that are not known on a past day because they need the other customers of that day.
    left_out: frozenset[str] = frozenset()

    @property
    def past_day(self) -> str:
        """The day as it stands in addresses; empty for the published one."""
        return self.portrait.as_of.isoformat() if self.portrait.is_past else ""

    def refuse_lacking(self, key: str) -> None:
        """Raise :class:`huaxiang.errors.DefinitionError` for a tag that is defined and has no values on this day."""
        workspace().definitions.refuse_lacking(key, self.portrait.tables["profile"].columns, self.portrait.as_of)

    def reader(self, one: OneRow) -> Reader:
        """The customer in the visitor's words."""
        return Reader(one, self.tags, self.portrait.as_of, self.lang, self.currency)

    def one_row(self, customer_id: str) -> OneRow:
        """The customer; :class:`huaxiang.errors.NotFound` when the visitor may not know of anybody with that id."""
        return one_row(self.engine, self.portrait, self.tags, self.segments, self.access, customer_id)


def visit_of(request: HttpRequest, engine: DuckEngine, day: date | None, customer_id: str = "") -> Visit:
    """The visit of a request: to the published portrait, or to that of one customer on a past day.

    Raises :class:`huaxiang.errors.InputError` before the first refresh, and for a day after the published one.
    """
    return visit_with(access_of(request), lang_of(request), engine, day, customer_id)


def visit_with(access: Access, lang: str, engine: DuckEngine, day: date | None, customer_id: str = "") -> Visit:
    """The same for whoever has this access."""
    shop = workspace()
    definitions = shop.definitions
    portrait = day_in_reach(engine, day)
    if day is not None and day < portrait.latest:
        portrait = past_portrait(engine, definitions.tags, day, customer_id)
    who = access, shop.settings.currency, lang
    # A tag published or brought back since the refresh has no values yet.
    there = set(portrait.tables["profile"].columns)
    tags = {key: tag for key, tag in definitions.tags.items() if key in there}
    left_out = _left_out(portrait, definitions.tags)
    return Visit(engine, portrait, tags, definitions.segments, *who, definitions.identity.names, left_out)


def _left_out(portrait: Portrait, tags: Tags) -> frozenset[str]:
    tables = portrait.tables
    lacking = tables.past.left_out if isinstance(tables, PastTables) else frozenset()
    return frozenset(key for key in lacking if key in tags and not tags[key].helper)


def day_of(request: HttpRequest) -> date | None:
    """The past day that the address asks for, None for the published one. Raises :class:`InputError`."""
    given = request.GET.get("as_of", "") or request.POST.get("as_of", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InputError("customer.not_a_day", given=given[:40]) from None
