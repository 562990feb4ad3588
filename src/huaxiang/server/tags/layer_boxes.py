"""Conditions of layers as boxes: every layer has a group of its own, built as the rules of segments are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.vocabulary import Vocabulary
from huaxiang.server.crowds.box_forms import BoxForm, box_forms
from huaxiang.server.crowds.boxes import OUTERMOST, Boxes
from huaxiang.server.crowds.read_boxes import Read, read_boxes
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.crowds.write_boxes import boxes_of
from huaxiang.server.tags.form import Draft
from huaxiang.server.tags.rule_rows import row_name, rows_in

#: The rows of a rule that have conditions of customers, and in each the number of its group, its text, and a mark that
#: the text is to be shown.
ROWS, BOX, WHEN, AS_TEXT = "layers", "box", "when", "as_text"
_TURN = re.compile(r"(text|boxes)\.layers\.([0-9]{1,2})")


@dataclass(frozen=True)
class LayerForm:
    """The boxes of one layer as the page shows them: the number of its group, and the boxes in it."""

    number: int
    join: str
    inside: tuple[BoxForm, ...]


@dataclass(frozen=True)
class Written:
    """A draft whose layers all stand as text, and by the place of a layer what is wrong with its boxes; ``unfinished``
    are the places of layers with boxes that still lack something."""

    draft: Draft
    problems: Mapping[str, str] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()


def written(draft: Draft, sight: Sight) -> Written:
    """The draft with what its boxes say as text; what is unfinished says nothing yet."""
    typed, problems, unfinished = dict(draft.typed), dict[str, str](), list[str]()
    for number, group in _groups(draft).items():
        place, read = row_name(ROWS, number, WHEN), _read(draft.boxes, group, sight.population.vocabulary)
        found = None if _says_nothing(read, draft.boxes, group) else read.condition
        typed[place] = "" if found is None else text_of(found)
        if read.problems:
            problems[place] = next(iter(read.problems.values())).say(sight.lang)
        if read.unfinished:
            unfinished.append(place)
    return Written(replace(draft, typed=typed), problems, tuple(unfinished))


def boxed(draft: Draft, known: Vocabulary, only: int | None = None) -> Draft:
    """The draft with the texts of its layers as boxes, of ``only`` that one, where boxes can say them."""
    for number, row in enumerate(rows_in(draft.typed, ROWS)):
        if row.get(WHEN, "").strip() and BOX not in row and only in (None, number):
            draft = _with_boxes(draft, number, row[WHEN], known)
    return draft


def turned(draft: Draft, act: str, sight: Sight) -> Draft:
    """The draft after the button was pressed that writes a layer as text or as boxes; else as it is."""
    turn = _TURN.fullmatch(act)
    if turn is None:
        return draft
    number, known = int(turn[2]), sight.population.vocabulary
    return boxed(draft, known, number) if turn[1] == "boxes" else _as_text(draft, number, sight)


def layer_forms(draft: Draft, shown: int, sight: Sight) -> dict[int, LayerForm]:
    """The boxes of the layers, of so many rows; a row in which no condition stands yet has an empty box."""
    rows, groups, boxes = rows_in(draft.typed, ROWS), _groups(draft), draft.boxes
    for number in range(shown):
        row = rows[number] if number < len(rows) else {}
        if number not in groups and not row.get(WHEN, "").strip() and AS_TEXT not in row:
            grown = boxes.with_new("group", OUTERMOST)
            groups |= {} if grown is boxes else {number: boxes.next_number()}
            boxes = grown
    return {number: _form(boxes, group, sight) for number, group in groups.items()}


def _groups(draft: Draft) -> dict[int, int]:
    rows = enumerate(rows_in(draft.typed, ROWS))
    return {number: int(row[BOX]) for number, row in rows if row.get(BOX, "").isdigit()}


def _read(boxes: Boxes, group: int, known: Vocabulary) -> Read:
    return read_boxes(boxes.alone(group), known)


def _says_nothing(read: Read, boxes: Boxes, group: int) -> bool:
    """Whether all that stands in the group lacks something: that is not everyone."""
    own = {box.number for box in boxes.inside(group)}
    return bool(own) and own <= set(read.unfinished)


def _with_boxes(draft: Draft, number: int, text: str, known: Vocabulary) -> Draft:
    try:
        found = boxes_of(condition_from_text(text), known)
    except DefinitionError:
        return draft
    grown = None if found is None else draft.boxes.with_group(found)
    if grown is None:
        return draft
    typed = {name: one for name, one in draft.typed.items() if name != row_name(ROWS, number, AS_TEXT)}
    box = {row_name(ROWS, number, BOX): str(draft.boxes.next_number())}
    return replace(draft, typed=typed | box, boxes=grown)


def _as_text(draft: Draft, number: int, sight: Sight) -> Draft:
    group = _groups(draft).get(number)
    whole = written(draft, sight)
    place, box = row_name(ROWS, number, WHEN), row_name(ROWS, number, BOX)
    if place in whole.problems:
        return draft
    typed = {name: text for name, text in draft.typed.items() if name != box}
    typed |= {place: whole.draft.said(place), row_name(ROWS, number, AS_TEXT): "1"}
    return replace(draft, typed=typed, boxes=draft.boxes if group is None else draft.boxes.without(group))


def _form(boxes: Boxes, group: int, sight: Sight) -> LayerForm:
    read = _read(boxes, group, sight.population.vocabulary)
    # No size to drag for: the tag is tried as a whole.
    return LayerForm(group, boxes.alone(group).join, box_forms(boxes, read.uncurved, sight, group))
