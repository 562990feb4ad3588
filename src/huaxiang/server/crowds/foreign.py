"""Rules of 神策 and GA4: pasted or uploaded, shown as sentences with what could not be said, then saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from huaxiang.errors import DefinitionError, HuaxiangError, InputError
from huaxiang.model.conditions import Condition
from huaxiang.model.foreign.names import read_names
from huaxiang.model.foreign.reading import TOOLS, crowds_in, document_of, tool_named
from huaxiang.model.foreign.report import Finding, Translated
from huaxiang.model.segments import Segment
from huaxiang.server.clock import now
from huaxiang.server.crowds.saved import save
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.imports.upload_handler import MEGABYTE, ToUpload
from huaxiang.server.imports.uploads import new_upload
from huaxiang.server.not_refreshed import SEGMENTS
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.shelf import LONGEST_MEANING, LONGEST_NAME, Naming
from huaxiang.words import say

#: What was uploaded stands in the form afterwards and comes back with it, with two characters for the end of a line; a
#: form may have twice as much (``DATA_UPLOAD_MAX_MEMORY_SIZE``).
MOST_BYTES = MEGABYTE
#: How serious remarks are, the most serious first.
WEIGHTS = ("refusal", "change", "note")


@dataclass(frozen=True)
class Brought:
    """One foreign crowd as the page shows it, ``number`` in the order of the document."""

    number: int
    name: str
    sentence: str
    remarks: tuple[tuple[str, str, str], ...]
    may_save: bool
    is_nearest: bool
    takes_nearest: bool
    is_chosen: bool
    problem: str = ""


@dataclass(frozen=True)
class Typed:
    """What the form says: the document as text, which tool wrote it, what names mean here (YAML or JSON), and
    the file that was too large to be taken."""

    text: str = ""
    tool: str = ""
    names: str = ""
    too_large: str = ""

    def translated(self, sight: Sight) -> list[Translated]:
        """Every crowd of the document. Raises :class:`InputError` and :class:`DefinitionError` where it is none."""
        name = say("foreign.pasted", sight.lang)
        tool, names = tool_named(self.tool) if self.tool else None, read_names(self.names)
        return crowds_in(document_of(self.text, name), name, tool, names, sight.population.vocabulary)

    def refuse_too_large(self, lang: str) -> None:
        """Raise :class:`InputError` for more than the page takes."""
        # The form ends lines with two characters where the file had one.
        is_long = len(self.text.replace("\r\n", "\n").encode(errors="replace")) > MOST_BYTES
        if self.too_large or is_long:
            file = self.too_large or say("foreign.pasted", lang)
            raise InputError("foreign.too_large", file=file, most=MOST_BYTES // MEGABYTE)


@page(permission="edit_definitions", methods=("GET", "POST"))
@csrf_exempt
def bring(request: HttpRequest) -> HttpResponse:
    """The form, and after ``act=look`` every crowd in the document; ``act=save`` saves those that are ticked.

    A file is received before the form is read, so its check of origin stands inside.
    """
    if request.method != "POST":
        return _shown(request, Typed())
    handler = ToUpload(new_upload(now()), MOST_BYTES)
    request.upload_handlers = [handler]
    try:
        return _received(request, handler)
    except RequestDataTooBig:
        return _shown(request, Typed(too_large=say("foreign.pasted", lang_of(request))))
    finally:
        handler.upload.wipe()


@csrf_protect
def _received(request: HttpRequest, handler: ToUpload) -> HttpResponse:
    request.FILES.getlist("file")  # reading them is what receives them
    text = request.POST.get("text", "")
    if handler.received:
        text = handler.received[0].read_text(encoding="utf-8-sig", errors="replace")
    too_large = next(iter(handler.too_large), "")
    typed = Typed(text, request.POST.get("tool", ""), request.POST.get("names", ""), too_large)
    if request.POST.get("act") == "save":
        return _saved(request, typed)
    return _shown(request, typed)


def _shown(
    request: HttpRequest, typed: Typed, problems: dict[int, str] | None = None, saved: frozenset[int] = frozenset()
) -> HttpResponse:
    context: dict[str, Any] = {"typed": typed, "tools": TOOLS, "most": MOST_BYTES // MEGABYTE}
    try:
        with sight_of(request) as sight:
            typed.refuse_too_large(sight.lang)
            if typed.text.strip():
                found = typed.translated(sight)
                told = [
                    _brought(place, one, sight, request.POST, problems or {})
                    for place, one in enumerate(found)
                    if place not in saved
                ]
                context |= {"brought": told, "savable": sum(one.may_save for one in told), "saved": len(saved)}
    except HuaxiangError as problem:
        if isinstance(problem, InputError) and is_not_refreshed(problem):
            return SEGMENTS.page(request)
        if not isinstance(problem, InputError | DefinitionError):
            raise
        return render(request, "crowds/foreign.html", context | {"problem": problem.say(lang_of(request))}, status=400)
    return render(request, "crowds/foreign.html", context, status=400 if problems else 200)


def _saved(request: HttpRequest, typed: Typed) -> HttpResponse:
    problems, saved = dict[int, str](), set[int]()
    with sight_of(request) as sight:
        try:
            typed.refuse_too_large(sight.lang)
            found = typed.translated(sight)
        except (InputError, DefinitionError):
            return _shown(request, typed)
        for place, one in enumerate(found):
            condition = one.allowed(approximate=f"nearest-{place}" in request.POST)
            if f"keep-{place}" not in request.POST:
                continue
            try:
                segment = kept(one, condition, sight, place)
            except HuaxiangError as problem:
                problems[place] = problem.say(sight.lang)
            else:
                saved.add(place)
                said = say("crowds.saved", sight.lang, name=segment.name.message, version=segment.version)
                messages.success(request, said)
    return _shown(request, typed, problems, frozenset(saved)) if problems else redirect("crowds:list")


def kept(one: Translated, condition: Condition | None, sight: Sight, place: int = 0) -> Segment:
    """The foreign crowd saved under its own name, else one by its ``place`` in the document, and its own meaning, else
    what its rule says.

    Raises :class:`InputError` for one that cannot be said here, or not without changing its meaning.
    """
    if condition is None:
        raise InputError("foreign.not_saved" if one.condition is None else "foreign.only_nearest")
    names = [(one.name or say("foreign.unnamed", lang, number=place + 1))[:LONGEST_NAME] for lang in ("zh", "en")]
    meanings = [
        (one.meaning or sight.population.sentence(condition, lang))[: LONGEST_MEANING - 10] for lang in ("zh", "en")
    ]
    return save(sight.workspace, condition, Naming(*names, *meanings), sight.access, now())


def remarks_of(findings: tuple[Finding, ...]) -> list[Finding]:
    """The remarks, the most serious first, else in the order of the document."""
    return sorted(findings, key=lambda one: WEIGHTS.index(one.weight))


def _brought(
    place: int, one: Translated, sight: Sight, form: MultiValueDict[str, str], problems: dict[int, str]
) -> Brought:
    lang, same = sight.lang, one.allowed(approximate=False)
    remarks = tuple(
        (say(f"foreign.weight.{each.weight}", lang), each.message.say(lang), each.path)
        for each in remarks_of(one.findings)
    )
    return Brought(
        place,
        one.name or say("foreign.unnamed", lang, number=place + 1),
        "" if one.condition is None else sight.population.sentence(one.condition, lang),
        remarks,
        may_save=one.condition is not None,
        is_nearest=same is None and one.condition is not None,
        takes_nearest=f"nearest-{place}" in form and form.get("act") == "save",
        is_chosen=f"keep-{place}" in form if form.get("act") == "save" else same is not None,
        problem=problems.get(place, ""),
    )
