"""A rule while somebody builds it: boxes inside boxes, each with what was typed into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from django.utils.datastructures import MultiValueDict

Kind = Literal["group", "test", "did", "edge", "sequence", "step", "without", "crowd", "list"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Tests in an event pick its rows; in a first or last event some of them say what it must be like.
Role = Literal["", "where", "has"]
ROLES: tuple[Role, ...] = get_args(Role)
#: What each kind of box may hold, by the role that it has there. The outermost box is a group.
HOLDS: Mapping[Kind, Mapping[Kind, tuple[Role, ...]]] = {
    "group": dict.fromkeys(("group", "test", "did", "edge", "sequence", "crowd", "list"), ("",)),
    "did": {"test": ("where",)},
    "edge": {"test": ("has", "where")},
    "sequence": {"step": ("",)},
    "step": {"test": ("where",), "without": ("",)},
    "without": {"test": ("where",)},
}
MOST_BOXES = 120
DEEPEST = 24
MOST_TEXTS = 200
OUTERMOST = 0
_INPUTS = (
    "join", "not", "tag", "op", "value", "fact", "how", "measure", "column", "edge", "during", "days", "skip", "from",
    "to", "gap", "gap_unit", "key",
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """One box. ``number`` names its inputs (``tag-3``), ``parent`` is the box that it stands in.

    ``typed`` has the texts of its inputs by name, without those that are empty.
    """

    number: int
    kind: Kind
    parent: int = OUTERMOST
    role: Role = ""
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str, otherwise: str = "") -> str:
        """What was typed or chosen in one input."""
        return self.typed.get(name, (otherwise,))[0]

    def saying(self, **typed: str) -> Box:
        """The same box with other texts."""
        return replace(self, typed={**self.typed, **{name: (text,) for name, text in typed.items() if text}})


@dataclass(frozen=True)
class Boxes:
    """All boxes in reading order, the outermost group not among them; ``join`` is how that one joins its parts."""

    boxes: tuple[Box, ...] = ()
    join: str = "all"

    def inside(self, number: int, role: Role | None = None) -> tuple[Box, ...]:
        """The boxes directly in one, in order; with ``role`` only those."""
        return tuple(box for box in self.boxes if box.parent == number and role in (None, box.role))

    def named(self, number: int) -> Box | None:
        """The box of that number; None where there is none, as for the outermost."""
        return next((box for box in self.boxes if box.number == number), None)

    def depth(self, number: int) -> int:
        """In how many boxes a box stands; 0 for the outermost."""
        box = self.named(number)
        return 0 if box is None else 1 + self.depth(box.parent)

    def next_number(self) -> int:
        """A number that no box has."""
        return max((box.number for box in self.boxes), default=OUTERMOST) + 1

    def with_new(self, kind: Kind, parent: int, role: Role = "", **typed: str) -> Boxes:
        """One empty box more, last in its parent; the same boxes where it does not belong there or they are too many.

        What cannot be empty comes with its first part: a group with a test, a sequence with two steps.
        """
        holder = self.named(parent)
        allowed = HOLDS.get(holder.kind if holder else "group", {}).get(kind, ())
        if role not in allowed or len(self.boxes) >= MOST_BOXES or self.depth(parent) >= DEEPEST:
            return self
        number = self.next_number()
        grown = replace(self, boxes=(*self.boxes, Box(number, kind, parent, role).saying(**typed)))
        for part, its_role in _FIRST_PARTS.get(kind, ()):
            grown = grown.with_new(part, number, its_role)
        return grown

    def without(self, number: int) -> Boxes:
        """The boxes without one and all that stand in it."""
        gone = {number, *(box.number for box in self._below(number))}
        return replace(self, boxes=tuple(box for box in self.boxes if box.number not in gone))

    def is_blank(self, number: int) -> bool:
        """Whether a group is as it was made: one test in which nothing stands."""
        below = list(self._below(number))
        return len(below) == 1 and below[0].kind == "test" and not below[0].typed

    def alone(self, number: int) -> Boxes:
        """What stands in a group as if it were all; the boxes keep their numbers."""
        group, inside = self.named(number), self.inside(number)
        own = [replace(box, parent=OUTERMOST) if box in inside else box for box in self._below(number)]
        return Boxes(tuple(own), group.text("join", "all") if group else "all")

    def with_group(self, inside: Boxes) -> Boxes | None:
        """One group more, of those boxes, whose numbers follow its own; None where there are too many then."""
        number = self.next_number()
        group = Box(number, "group").saying(join=inside.join)
        own = [replace(box, number=box.number + number, parent=box.parent + number) for box in inside.boxes]
        return replace(self, boxes=(*self.boxes, group, *own)) if len(self.boxes) + len(own) < MOST_BOXES else None

    def moved(self, number: int, step: int) -> Boxes:
        """The box one place earlier (-1) or later (1) in its parent."""
        box = self.named(number)
        beside = self.inside(box.parent) if box else ()
        place = next((place for place, each in enumerate(beside) if each.number == number), -1)
        if box is None or not 0 <= place + step < len(beside):
            return self
        other = beside[place + step]
        swapped = [other if each is box else box if each is other else each for each in self.boxes]
        return replace(self, boxes=tuple(swapped))

    def _below(self, number: int) -> Iterator[Box]:
        for box in self.inside(number):
            yield box
            yield from self._below(box.number)


_FIRST_PARTS: Mapping[Kind, tuple[tuple[Kind, Role], ...]] = {
    "group": (("test", ""),),
    "edge": (("test", "has"),),
    "sequence": (("step", ""), ("step", "")),
}


def boxes_from(form: MultiValueDict[str, str]) -> Boxes:
    """The boxes that a posted form holds; one that does not belong where it says, and all in it, is left out."""
    found = Boxes(join=form.get(f"join-{OUTERMOST}", "all"))
    for text in form.getlist("box")[:MOST_BOXES]:
        if text.isascii() and text.isdigit() and int(text[:6]) > 0 and found.named(int(text[:6])) is None:
            found = _with_posted(found, int(text[:6]), form)
    return found


def _with_posted(found: Boxes, number: int, form: MultiValueDict[str, str]) -> Boxes:
    kind, role = form.get(f"kind-{number}", ""), form.get(f"role-{number}", "")
    parent = _whole(form.get(f"in-{number}", ""))
    holder = found.named(parent)
    if holder is None and parent != OUTERMOST:
        return found
    for known, roles in HOLDS.get(holder.kind if holder else "group", {}).items():
        if known == kind and role in roles and found.depth(parent) < DEEPEST:
            fitting = next(each for each in roles if each == role)
            return replace(found, boxes=(*found.boxes, Box(number, known, parent, fitting, _typed(number, form))))
    return found


def _typed(number: int, form: MultiValueDict[str, str]) -> dict[str, tuple[str, ...]]:
    typed = {name: tuple(form.getlist(f"{name}-{number}")[:MOST_TEXTS]) for name in _INPUTS}
    return {name: texts for name, texts in typed.items() if any(texts)}


def _whole(text: str) -> int:
    return int(text[:6]) if text.isascii() and text.isdigit() else OUTERMOST
