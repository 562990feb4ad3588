"""A rule while somebody writes it: boxes, or one line of text, and the condition that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from django.utils.datastructures import MultiValueDict

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import EVERYONE, Condition
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.server.crowds.boxes import KINDS, OUTERMOST, ROLES, Boxes, boxes_from
from huaxiang.server.crowds.cap_field import NO_CAP, CapTyped, cap_of, cap_typed, with_cap
from huaxiang.server.crowds.read_boxes import Read, read_boxes
from huaxiang.server.crowds.write_boxes import boxes_of

#: ``add:did:0``, ``add:test:4:has``, ``remove:4``, ``up:4``, ``down:4``.
_ADD = re.compile(r"add:([a-z]{1,10}):(\d{1,6})(?::(where|has))?\Z")
_CHANGE = re.compile(r"(remove|up|down):(\d{1,6})\Z")


#: Boxes that are about nothing by themselves.
_HOLDING = ("group", "sequence")


class Focus(NamedTuple):
    """Where somebody with a keyboard goes on: at what the box is about (``choice``), or at a button of it."""

    on: Literal["choice", "up", "down", "remove", ""] = ""
    number: int = OUTERMOST


@dataclass(frozen=True)
class Draft:
    """What stands in the form: boxes with a cap, or a text that says all. ``text`` None means boxes."""

    boxes: Boxes = field(default_factory=Boxes)
    text: str | None = None
    cap: CapTyped = NO_CAP


def draft_from(form: MultiValueDict[str, str]) -> Draft:
    """The draft that a posted form holds; what is not there is as in an empty form, what is too much is left out."""
    if form.get("mode") == "text":
        return Draft(text=form.get("text", ""))
    return Draft(boxes_from(form), cap=cap_typed(form))


def read(draft: Draft, known: Vocabulary) -> Read:
    """The condition of a draft, without its unfinished boxes."""
    if draft.text is not None:
        return _read_text(draft.text, known)
    return with_cap(read_boxes(draft.boxes, known), draft.cap, known, OUTERMOST)


def draft_of(condition: Condition, known: Vocabulary) -> Draft:
    """The draft that says the condition: boxes where boxes can say it, else its text."""
    cap, rule = cap_of(condition)
    boxes = boxes_of(rule, known)
    return Draft(text=text_of(condition)) if boxes is None else Draft(boxes, cap=cap)


def changed(draft: Draft, act: str, known: Vocabulary) -> Draft:
    """The draft after the person pressed a button of the form; the same one for an act that changes nothing."""
    if act in ("to_text", "to_boxes"):
        return _other_form(draft, act, known)
    return replace(draft, boxes=boxes_after(draft.boxes, act)) if draft.text is None else draft


def boxes_after(boxes: Boxes, act: str) -> Boxes:
    """The boxes after a button of theirs was pressed; the same ones for an act that changes nothing."""
    if added := _ADD.match(act):
        return _grown(boxes, added)
    change = _CHANGE.match(act)
    return boxes if change is None else _reordered(boxes, change[1], int(change[2]))


def focus_after(before: Boxes, after: Boxes, act: str) -> Focus:
    """Where one goes on after a button of a box: in what is new, at the button of the box that moved, or, where a box
    was taken away, at the one that has its place now."""
    known = {(box.number, box.kind) for box in before.boxes}
    fresh = [one.number for one in after.boxes if (one.number, one.kind) not in known and one.kind not in _HOLDING]
    change = _CHANGE.match(act)
    if fresh or change is None:
        return Focus("choice", fresh[0]) if fresh else Focus()
    number = int(change[2])
    box = before.named(number)
    beside = [one.number for one in after.inside(box.parent)] if box else []
    if number in beside:
        ends = {"up": beside[0], "down": beside[-1]}
        other = {"up": "down", "down": "up"}
        return Focus(change[1] if ends[change[1]] != number else other[change[1]], number)  # type: ignore[arg-type]
    place = [one.number for one in before.inside(box.parent)].index(number) if box else 0
    return Focus("remove", beside[min(place, len(beside) - 1)]) if beside else Focus()


def _grown(boxes: Boxes, added: re.Match[str]) -> Boxes:
    kind = next((kind for kind in KINDS if kind == added[1]), None)
    role = next((role for role in ROLES if role == added[3]), ROLES[0])
    return boxes if kind is None else boxes.with_new(kind, int(added[2]), role)


def _reordered(boxes: Boxes, act: str, number: int) -> Boxes:
    if act == "remove":
        return boxes.without(number)
    return boxes.moved(number, -1 if act == "up" else 1)


def _other_form(draft: Draft, act: str, known: Vocabulary) -> Draft:
    found = read(draft, known)
    if found.condition is None:
        return draft
    if act == "to_text":
        is_empty = not draft.boxes.boxes and not draft.cap.customers
        return Draft(text="" if is_empty else text_of(found.condition)) if draft.text is None else draft
    turned = draft_of(found.condition, known)
    return draft if turned.text is not None else turned


def _read_text(text: str, known: Vocabulary) -> Read:
    if not text.strip():
        return Read(EVERYONE)
    try:
        condition = condition_from_text(text)
        check_asked(condition, known)
    except DefinitionError as problem:
        return Read(problems={OUTERMOST: problem})
    return Read(condition)
