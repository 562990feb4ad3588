"""The form of a tag: what was typed, the definition that it makes, and where in it a mistake lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import QueryDict

from huaxiang.analyse.check_tags import check_tag
from huaxiang.analyse.layer_crowds import NO_CROWDS, Crowds
from huaxiang.errors import DefinitionError, HuaxiangError, nearest
from huaxiang.maintain.definitions import body_of
from huaxiang.model.extra_columns import ExtraKnown
from huaxiang.model.facts import fact_named
from huaxiang.model.rule_extras import extras_of
from huaxiang.model.tags import Tag, Tags, tags_from
from huaxiang.server.crowds.boxes import OUTERMOST, Boxes, boxes_from
from huaxiang.server.crowds.draft import boxes_after
from huaxiang.server.tags.faults import is_of_rows, place_in
from huaxiang.server.tags.rule_entries import ENTRIES, listed, percent
from huaxiang.server.tags.rule_forms import FORMS, codes_of, rule_body, typed_rule
from huaxiang.server.tags.rule_rows import only_row, posted_rows, rows_in
from huaxiang.words import say

LONGEST_TEXT = 20_000
_PLAIN = ("zh", "en", "meaning_zh", "meaning_en", "unit", "stated_twin", "expires_on", "place")
_CHOSEN = ("element", "side", "type", "basis", "sensitivity")
_LINES = ("synonyms", "values", "least", "most", "sizes", "needs_purpose", "helper")
_SIDES_OF_LINE = re.compile(r"\s*[=:：＝]\s*")
#: What a draft without a name yet is called while it is being written.
NEW_KEY = "new_tag"


@dataclass(frozen=True)
class Draft:
    """What stands in the form: its fields with the boxes of layers, or the YAML text when that is being written."""

    typed: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    boxes: Boxes = field(default_factory=Boxes)

    def said(self, name: str) -> str:
        """What stands in a field; empty for one that is not there."""
        return self.typed.get(name, "")


@dataclass(frozen=True)
class Among:
    """The tags, the crowds and, where that is known, the further columns that a draft may name."""

    tags: Tags
    crowds: Crowds = NO_CROWDS
    extras: ExtraKnown | None = None

    def check(self, tag: Tag) -> Tag:
        """The tag with what it names; :class:`DefinitionError` where it does not hold together with what is there."""
        found = check_tag(tag, self.tags, self.crowds)
        if self.extras is not None:
            _check_there(found, self.extras)
        return found


@dataclass(frozen=True)
class Read:
    """The tag that a draft says, or why it says none: messages by field, under ``""`` those of no field. ``marks`` say
    at which character of the field, from 1, where the text stops making sense."""

    tag: Tag | None
    problems: Mapping[str, str]
    marks: Mapping[str, int] = field(default_factory=dict)


def _check_there(tag: Tag, extras: ExtraKnown) -> None:
    for fact, column in extras_of(tag.rule):
        usual = extras.of(fact)
        if column not in usual and not extras.has(fact, column):
            said = {"tag": tag.key, "fact": fact, "given": column}
            close = nearest(column, [*usual, *fact_named(fact).own_columns])
            raise DefinitionError("tag.unknown_column", nearest=close, **said)


def draft_from(form: QueryDict) -> Draft:
    """The draft that a posted form holds, its boxes as they are after the button of a box that was pressed."""
    names = (*_PLAIN, *_CHOSEN, *_LINES, "kind", *ENTRIES)
    typed = {name: form.get(name, "")[:LONGEST_TEXT] for name in names}
    boxes = _after(boxes_from(form), form.get("act", ""))
    # A group in which nothing stands yet is no condition.
    empty = {f"{box.number}" for box in boxes.inside(OUTERMOST) if boxes.is_blank(box.number)}
    posted = [(name, form.get(name, "")[:LONGEST_TEXT]) for name in form]
    rows = posted_rows((name, text) for name, text in posted if not (name.endswith(".box") and text in empty))
    groups = {text for name, text in rows.items() if name.endswith(".box")}
    for box in boxes.inside(OUTERMOST):
        boxes = boxes if f"{box.number}" in groups else boxes.without(box.number)
    text = form.get("text", "")[:LONGEST_TEXT] if form.get("mode") == "text" else None
    return Draft(typed | rows, text, boxes)


def _after(boxes: Boxes, act: str) -> Boxes:
    """The boxes after the button of a box; in a group as it was made the empty test gives way to what is chosen."""
    what, _, rest = act.partition(":")
    kind, _, number = rest.partition(":")
    group = boxes.named(int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else None
    if what == "add" and kind != "test" and group is not None and boxes.is_blank(group.number):
        boxes = boxes.without(boxes.inside(group.number)[0].number)
    return boxes_after(boxes, act)


def draft_of(tag: Tag) -> Draft:
    """The draft that says what the tag says: fields where the form has all of them, else the text."""
    draft = Draft(_typed(tag))
    read_back = read(draft, tag.key, "zh", tag.version).tag
    return draft if read_back is not None and _without_standing(read_back) == _without_standing(tag) else as_text(tag)


def as_text(tag: Tag) -> Draft:
    """The draft as YAML text."""
    return Draft(text=yaml.safe_dump(_without_standing(tag), allow_unicode=True, sort_keys=False))


def read(draft: Draft, key: str, lang: str, version: int = 1, among: Among | None = None) -> Read:
    """The tag that the draft says, as a draft of that key and version; ``among`` what is given there it must hold
    together."""
    try:
        return Read(_tag(draft, key, version, among), {})
    except yaml.YAMLError as problem:
        return Read(None, {"text": say("tags.yaml_unreadable", lang, reason=_short(problem))})
    except HuaxiangError as problem:
        place = "text" if draft.text is not None else _place(problem, draft, key, among)
        at = _mark(problem, draft.said(place))
        return Read(None, {place: problem.say(lang)}, {place: at} if at else {})


def _tag(draft: Draft, key: str, version: int, among: Among | None) -> Tag:
    said = _body(draft) if draft.text is None else _yaml(draft.text)
    body = {name: value for name, value in said.items() if name not in ("key", "status", "version", "owner")}
    tag = tags_from({key: {**body, "status": "draft", "version": version}})[key]
    return tag if among is None else among.check(tag)


def _place(problem: HuaxiangError, draft: Draft, key: str, among: Among | None) -> str:
    """The input in which a mistake lies: of rows, the first one that alone has the same mistake."""
    form = FORMS.get(draft.said("kind"))
    rows = form.rows if form else ""
    for number in range(len(rows_in(draft.typed, rows)) if rows and is_of_rows(problem) else 0):
        if _has(Draft(only_row(draft.typed, rows, number)), problem, key, among):
            return place_in(problem, draft.typed, rows, number)
    return place_in(problem, draft.typed)


def _mark(problem: HuaxiangError, text: str) -> int:
    """The character of a text, from 1, at which it stops making sense; 0 where nobody knows."""
    at, given = problem.params.get("at"), str(problem.params.get("given", ""))
    found = re.search(rf"\b{re.escape(given)}\b", text) if given else None
    return at if isinstance(at, int) else found.start() + 1 if found else 0


def _has(draft: Draft, problem: HuaxiangError, key: str, among: Among | None) -> bool:
    try:
        _tag(draft, key, 1, among)
    except HuaxiangError as other:
        return (other.code, other.params.get("given")) == (problem.code, problem.params.get("given"))
    return False


def _typed(tag: Tag) -> dict[str, str]:
    return {
        **{name: str(getattr(tag, name) or "") for name in (*_PLAIN, *_CHOSEN)},
        "synonyms": "，".join(tag.synonyms),
        "values": "\n".join(f"{code} = {labels.zh} | {labels.en}" for code, labels in tag.values.items()),
        "least": f"{tag.allowed_coverage[0] * 100:g}",
        "most": f"{tag.allowed_coverage[1] * 100:g}",
        "sizes": "\n".join(f"{code} = {_percents(*ends)}" for code, ends in tag.allowed_sizes.items()),
        "needs_purpose": "1" if tag.needs_purpose else "",
        "helper": "1" if tag.helper else "",
        "kind": tag.rule.kind,
        **typed_rule(tag.rule),
    }


def _body(draft: Draft) -> dict[str, Any]:
    body: dict[str, Any] = {name: draft.said(name).strip() for name in (*_PLAIN, *_CHOSEN) if draft.said(name).strip()}
    body |= {name: body.get(name, "") for name in ("zh", "en", "meaning_zh", "meaning_en")}
    # A name in one language will do until somebody writes the other.
    for one, other in (("zh", "en"), ("meaning_zh", "meaning_en")):
        body[one], body[other] = body[one] or body[other], body[other] or body[one]
    if words := listed(draft.said("synonyms")):
        body["synonyms"] = words
    body |= {name: True for name in ("needs_purpose", "helper") if draft.said(name)}
    body |= _bounds(draft)
    rule = rule_body(draft.typed)
    # A value is called as it is written until somebody names it.
    values = _values(draft.said("values"))
    named = {code: {"zh": code, "en": code} for code in codes_of(rule) if code not in values}
    return {**body, **({"values": both} if (both := {**values, **named}) else {}), "rule": rule}


def _bounds(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {}
    least, most = (_share(draft.said(name), otherwise) for name, otherwise in (("least", 0.0), ("most", 1.0)))
    if (least, most) != (0.0, 1.0):
        found["allowed_coverage"] = [least, most]
    if sizes := _sizes(draft.said("sizes")):
        found["allowed_sizes"] = sizes
    return found


def _values(text: str) -> dict[str, dict[str, str]]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, names = _split(line)
        zh, _, en = (part.strip() for part in names.partition("|"))
        found[code] = {"zh": zh or code, "en": en or zh or code}
    return found


def _sizes(text: str) -> dict[str, list[float]]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        code, ends = _split(line)
        least, _, most = ends.partition("-")
        found[code] = [_share(least, 0.0), _share(most, 1.0)]
    return found


def _percents(least: float, most: float) -> str:
    return f"{least * 100:g} - {most * 100:g}"


def _split(line: str) -> tuple[str, str]:
    parts = _SIDES_OF_LINE.split(line, maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


def _share(text: str, otherwise: float) -> float:
    return percent(text) if text.strip() else otherwise


def _yaml(text: str) -> dict[str, Any]:
    try:
        said = yaml.safe_load(text)
    except (ValueError, RecursionError) as problem:  # a day that there is not, or brackets without end
        raise yaml.YAMLError(str(problem)) from None
    if not isinstance(said, dict):
        raise DefinitionError("tags.not_a_mapping", given=type(said).__name__)
    return said


def _without_standing(tag: Tag) -> dict[str, Any]:
    return {name: value for name, value in body_of(tag).items() if name not in ("status", "version", "owner")}


def _short(problem: yaml.YAMLError) -> str:
    return " ".join(str(problem).split())[:200]
