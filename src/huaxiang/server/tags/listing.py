"""The catalogue: tags in folders by what they tell about and element, found by meaning, with what ails them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from huaxiang.analyse.tag_search import search
from huaxiang.errors import InputError
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import SIDES, STATUSES, Tag
from huaxiang.number_words import percent
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.not_refreshed import TAGS
from huaxiang.server.permissions import may, page
from huaxiang.server.tags.catalogue import Catalogue, Entry, catalogue_of
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say

COVERAGES: Mapping[str, tuple[float, float]] = {
    "none": (0.0, 0.0),
    "low": (0.000001, 0.3),
    "half": (0.3, 0.7),
    "high": (0.7, 1.01),
}
SENSITIVITIES = ("open", "confidential", "personal", "sensitive")
_LONGEST = 100
#: More tags than this are told by their number only.
_MOST_TOLD = 5


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; an empty text asks for everything."""

    q: str = ""
    folder: str = ""
    status: str = ""
    coverage: str = ""
    sensitivity: str = ""
    owner: str = ""
    health: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(vars(self).values())

    def without_folder(self) -> str:
        """The other wishes as the query of an address."""
        return urlencode({name: value for name, value in vars(self).items() if value and name != "folder"})


@dataclass(frozen=True)
class Line:
    """One tag of the list in words."""

    tag: Tag
    name: str
    meaning: str
    folder: str
    status: str
    coverage: str
    width: str
    uses: int
    ails: tuple[str, ...]
    needs_action: bool
    has_draft: bool


@dataclass(frozen=True)
class Folder:
    """One folder with the number of tags in it that the other wishes leave."""

    key: str
    name: str
    count: int
    element: str = ""
    folders: tuple[Folder, ...] = ()


@page(permission="see_profile")
def tags(request: HttpRequest) -> HttpResponse:
    """The tags that the address asks for; a part of the page when htmx asks."""
    wanted = wanted_of(request.GET)
    try:
        with sight_of(request) as sight:
            context = _context(wanted, sight, shows_drafts=may(request, "edit_definitions"))
            context["unreadable"] = [why.say(sight.lang) for why in sight.definitions.unreadable.values()]
    except InputError as error:
        if is_not_refreshed(error):
            return TAGS.page(request)
        raise
    context["may_edit"] = may(request, "edit_definitions")
    template = "tags/_found.html" if getattr(request, "htmx", False) else "tags/list.html"
    return render(request, template, context)


@page(permission="see_profile")
def unwell(request: HttpRequest) -> HttpResponse:
    """The part of the overview that says which tags need somebody now; empty when none does."""
    try:
        with sight_of(request) as sight:
            found = [entry for entry in catalogue_of(sight).values() if entry.needs_action and not entry.tag.helper]
            lang = sight.lang
    except InputError as error:
        if is_not_refreshed(error):
            return HttpResponse("")
        raise
    told = [(one.tag.key, one.tag.name.say(lang), one.verdicts[0].message.say(lang)) for one in found[:_MOST_TOLD]]
    return render(request, "tags/_unwell.html", {"told": told, "count": len(found)})


def wanted_of(query: QueryDict) -> Wanted:
    """The wishes in an address; what is not among the choices is left out."""
    given = {name: query.get(name, "")[:_LONGEST] for name in Wanted.__dataclass_fields__}
    choices: dict[str, set[str]] = {
        "folder": {*SIDES, *(f"{side}/{element}" for side in SIDES for element in ELEMENTS)},
        "status": {*STATUSES},
        "coverage": {*COVERAGES},
        "sensitivity": {*SENSITIVITIES},
        "health": {"act", "look"},
    }
    return Wanted(**{name: text for name, text in given.items() if name not in choices or text in choices[name]})


def _context(wanted: Wanted, sight: Sight, *, shows_drafts: bool) -> dict[str, Any]:
    catalogue, shelves = catalogue_of(sight), Shelves(sight.workspace)
    drafts = shelves.draft_tags if shows_drafts else {}
    known: dict[str, Tag] = {key: entry.tag for key, entry in catalogue.items() if not entry.tag.helper}
    known |= {key: tag for key, tag in drafts.items() if key not in catalogue}
    before = [tag for tag in known.values() if _fits(tag, wanted, catalogue)]
    found = search(wanted.q, {tag.key: tag for tag in before})
    shown = [key for key in found if _in_folder(known[key], wanted.folder)]
    looks = wanted.health == "look"
    lines = [_line(known[key], catalogue.get(key), sight, has_draft=key in drafts, looks=looks) for key in shown]
    visible = [entry for entry in catalogue.values() if not entry.tag.helper]
    return {
        "sight": sight,
        "wanted": wanted,
        "lines": lines,
        "folders": _folders([known[key] for key in found], sight.lang),
        "count": len(known),
        "unwell": sum(entry.needs_action for entry in visible),
        "owners": sorted({tag.owner for tag in known.values()}),
        "choices": _choices(sight.lang),
        "query": wanted.without_folder(),
    }


def _fits(tag: Tag, wanted: Wanted, catalogue: Catalogue) -> bool:
    entry = catalogue.get(tag.key)
    if wanted.coverage:
        low, high = COVERAGES[wanted.coverage]
        if entry is None or entry.coverage is None or not low <= entry.coverage <= high:
            return False
    if wanted.health and (entry is None or not _ails(entry, wanted.health)):
        return False
    return (
        wanted.status in ("", tag.status)
        and wanted.sensitivity in ("", tag.sensitivity)
        and wanted.owner in ("", tag.owner)
    )


def _ails(entry: Entry, level: str) -> bool:
    return any(verdict.level == level for verdict in entry.verdicts)


def _in_folder(tag: Tag, folder: str) -> bool:
    return not folder or "/".join(tag.folder) == folder or tag.folder[0] == folder


def _line(tag: Tag, entry: Entry | None, sight: Sight, *, has_draft: bool, looks: bool) -> Line:
    coverage = entry.coverage if entry else None
    off = entry is not None and entry.known.waits_for is not None
    # What merely wants a look is told on the page of the tag, or to whoever asks for it.
    told = [one for one in (entry.verdicts if entry else ()) if looks or one.level == "act"]
    return Line(
        tag=tag,
        name=tag.name.say(sight.lang),
        meaning=tag.meaning(sight.lang),
        folder=folder_words(tag, sight.lang),
        status=_status(tag, sight, off=off),
        coverage="" if coverage is None else percent(coverage, sight.lang),
        width=f"{(coverage or 0.0) * 100:.1f}",
        uses=entry.known.uses.count if entry else 0,
        ails=tuple(verdict.message.say(sight.lang) for verdict in told),
        needs_action=bool(entry and entry.needs_action),
        has_draft=has_draft,
    )


def _status(tag: Tag, sight: Sight, *, off: bool) -> str:
    """The status in words; empty for what is published, on and sound, as most tags are."""
    if off or tag.key in sight.definitions.broken:
        return say("tags.status.off" if off else "tags.status.broken", sight.lang)
    return "" if tag.status == "published" else say(f"tags.status.{tag.status}", sight.lang)


def folder_words(tag: Tag, lang: str) -> str:
    """The folder of a tag in words: 人 / 基本属性."""
    side, element = tag.folder
    return f"{say(f'tag.side.{side}', lang)} / {say(f'element.{element}', lang)}"


def _folders(tags: Sequence[Tag], lang: str) -> tuple[Folder, ...]:
    found = []
    for side in SIDES:
        inside = [tag for tag in tags if tag.folder[0] == side]
        elements = tuple(
            Folder(f"{side}/{element}", say(f"element.{element}", lang), count, element)
            for element in ELEMENTS
            if (count := sum(tag.folder[1] == element for tag in inside))
        )
        found.append(Folder(side, say(f"tag.side.{side}", lang), len(inside), folders=elements))
    return tuple(found)


def _choices(lang: str) -> dict[str, list[tuple[str, str]]]:
    return {
        "status": [(one, say(f"tags.status.{one}", lang)) for one in STATUSES],
        "coverage": [(one, say(f"tags.coverage.{one}", lang)) for one in COVERAGES],
        "sensitivity": [(one, say(f"tags.sensitivity.{one}", lang)) for one in SENSITIVITIES],
        "health": [(one, say(f"tags.health.{one}", lang)) for one in ("act", "look")],
    }
