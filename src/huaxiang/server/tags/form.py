"""The form of a tag: what was typed, the definition that it makes, and where in it a mistake lies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.http import QueryDict

from huaxiang.errors import DefinitionError
from huaxiang.maintain.definitions import body_of
from huaxiang.model.condition_text import text_of
from huaxiang.model.tags import Tag, tags_from
from huaxiang.words import say

#: Kinds that the form can write; every other kind is written as YAML.
KINDS = ("given", "golden", "statistic", "favourite", "layers")
LONGEST_TEXT = 20_000
_PLAIN = ("zh", "en", "meaning_zh", "meaning_en", "unit", "stated_twin", "expires_on")
_CHOSEN = ("element", "side", "type", "basis", "sensitivity")
RULE = (
    "kind",
    "column",
    "policy",
    "measure",
    "window_days",
    "when_empty",
    "expires_after_days",
    "where",
    "by",
    "layers",
    "needs",
)
_SIDES_OF_LINE = re.compile(r"\s*[=:：＝]\s*")
#: What a draft without a name yet is called while it is being written.
NEW_KEY = "new_tag"


@dataclass(frozen=True)
class Draft:
    """What stands in the form: its fields, or the YAML text when that is being written."""

    typed: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None

    def said(self, name: str) -> str:
        """What stands in a field; empty for one that is not there."""
        return self.typed.get(name, "")


@dataclass(frozen=True)
class Read:
    """The tag that a draft says, or why it says none: messages by field, under ``""`` those of no field."""

    tag: Tag | None
    problems: Mapping[str, str]


def draft_from(form: QueryDict) -> Draft:
    """The draft that a posted form holds."""
    names = (*_PLAIN, *_CHOSEN, *RULE, "synonyms", "values", "least", "most", "sizes", "needs_purpose", "helper")
    typed = {name: form.get(name, "")[:LONGEST_TEXT] for name in names}
    return Draft(typed, form.get("text", "")[:LONGEST_TEXT] if form.get("mode") == "text" else None)


def draft_of(tag: Tag) -> Draft:
    """The draft that says what the tag says: fields where the form has all of them, else the text."""
    if tag.rule.kind not in KINDS:
        return as_text(tag)
    draft = Draft(_typed(tag))
    read_back = read(draft, tag.key, "zh", tag.version).tag
    return draft if read_back is not None and _without_standing(read_back) == _without_standing(tag) else as_text(tag)


def as_text(tag: Tag) -> Draft:
    """The draft as YAML text."""
    return Draft(text=yaml.safe_dump(_without_standing(tag), allow_unicode=True, sort_keys=False))


def read(draft: Draft, key: str, lang: str, version: int = 1) -> Read:
    """The tag that the draft says, as a draft of that key and version."""
    try:
        said = _body(draft) if draft.text is None else _yaml(draft.text)
    except yaml.YAMLError as problem:
        return Read(None, {"text": say("tags.yaml_unreadable", lang, reason=_short(problem))})
    except DefinitionError as problem:
        return Read(None, {"": problem.say(lang)})
    try:
        body = {name: value for name, value in said.items() if name not in ("key", "status", "version", "owner")}
        return Read(tags_from({key: {**body, "status": "draft", "version": version}})[key], {})
    except DefinitionError as problem:
        return Read(None, {"text" if draft.text is not None else _field_of(problem, draft): problem.say(lang)})


def _field_of(problem: DefinitionError, draft: Draft) -> str:
    """The field of the form in which a mistake lies; empty when it lies in none."""
    if problem.code.startswith("condition."):
        return "layers" if draft.said("kind") == "layers" else "where"
    place = str(problem.params.get("place", "")).split(".")
    return next((_PLACES[part] for part in reversed(place) if part in _PLACES), "")


def _typed(tag: Tag) -> dict[str, str]:
    rule: Any = tag.rule
    fact, column = getattr(rule, "fact", None), getattr(rule, "column", None)
    where, days = getattr(rule, "where", None), getattr(rule, "window_days", None)
    layers = getattr(rule, "layers", ())
    return {
        **{name: str(getattr(tag, name) or "") for name in (*_PLAIN, *_CHOSEN)},
        "synonyms": "，".join(tag.synonyms),
        "values": "\n".join(f"{code} = {labels.zh} | {labels.en}" for code, labels in tag.values.items()),
        "least": f"{tag.allowed_coverage[0] * 100:g}",
        "most": f"{tag.allowed_coverage[1] * 100:g}",
        "sizes": "\n".join(f"{code} = {_percents(*ends)}" for code, ends in tag.allowed_sizes.items()),
        "needs_purpose": "1" if tag.needs_purpose else "",
        "helper": "1" if tag.helper else "",
        "kind": rule.kind,
        "column": f"{fact}.{column or ''}" if fact else "",
        "policy": getattr(rule, "policy", ""),
        "measure": getattr(rule, "measure", ""),
        "window_days": "" if days is None else str(days),
        "when_empty": getattr(rule, "when_empty", ""),
        "expires_after_days": str(getattr(rule, "expires_after_days", None) or ""),
        "where": text_of(where) if where else "",
        "by": getattr(rule, "by", None) or "",
        "layers": "\n".join(f"{layer.value}: {text_of(layer.when)}" for layer in layers),
        "needs": "，".join(getattr(rule, "needs", ())),
    }


def _body(draft: Draft) -> dict[str, Any]:
    body: dict[str, Any] = {name: draft.said(name).strip() for name in (*_PLAIN, *_CHOSEN) if draft.said(name).strip()}
    body |= {name: body.get(name, "") for name in ("zh", "en", "meaning_zh", "meaning_en")}
    # A name in one language will do until somebody writes the other.
    for one, other in (("zh", "en"), ("meaning_zh", "meaning_en")):
        body[one], body[other] = body[one] or body[other], body[other] or body[one]
    if words := _listed(draft.said("synonyms")):
        body["synonyms"] = words
    body |= {name: True for name in ("needs_purpose", "helper") if draft.said(name)}
    if values := _values(draft.said("values")):
        body["values"] = values
    least, most = (_share(draft.said(name), otherwise) for name, otherwise in (("least", 0.0), ("most", 1.0)))
    if (least, most) != (0.0, 1.0):
        body["allowed_coverage"] = [least, most]
    if sizes := _sizes(draft.said("sizes")):
        body["allowed_sizes"] = sizes
    return {**body, "rule": _rule(draft)}


def _rule(draft: Draft) -> dict[str, Any]:
    kind, (fact, _, column) = draft.said("kind"), draft.said("column").partition(".")
    rule: dict[str, Any] = {"kind": kind}
    if kind in ("golden", "statistic", "favourite"):
        rule |= {"fact": fact, **({"column": column} if column else {})}
        rule |= {"where": draft.said("where").strip()} if draft.said("where").strip() else {}
    if kind == "golden" and draft.said("policy"):
        rule["policy"] = draft.said("policy")
    if kind in ("golden", "statistic", "favourite"):
        rule |= {
            name: _whole(draft.said(name)) for name in ("window_days", "expires_after_days") if draft.said(name).strip()
        }
        rule |= {"when_empty": draft.said("when_empty")} if draft.said("when_empty") not in ("", "unknown") else {}
    if kind == "statistic":
        rule["measure"] = draft.said("measure")
    if kind == "layers":
        lines = [line.strip() for line in draft.said("layers").splitlines() if line.strip()]
        rule["layers"] = [dict(zip(("value", "when"), _split(line), strict=True)) for line in lines]
        rule |= {"needs": needs} if (needs := _listed(draft.said("needs"))) else {}
    if kind == "favourite" and draft.said("by").strip():
        rule["by"] = draft.said("by").strip()
    return rule


def _whole(text: str) -> int | str:
    return int(text[:6]) if text.isascii() and text.isdigit() else text


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


def _listed(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,，、;；]", text) if word.strip()]


def _split(line: str) -> tuple[str, str]:
    parts = _SIDES_OF_LINE.split(line, maxsplit=1)
    return parts[0].strip(), parts[1].strip() if len(parts) > 1 else ""


def _share(text: str, otherwise: float) -> float:
    try:
        return round(float(text.strip().rstrip("%")) / 100, 6) if text.strip() else otherwise
    except ValueError:
        raise DefinitionError("tags.not_a_percentage", given=text.strip()[:20]) from None


def _yaml(text: str) -> dict[str, Any]:
    said = yaml.safe_load(text)
    if not isinstance(said, dict):
        raise DefinitionError("tags.not_a_mapping", given=type(said).__name__)
    return said


def _without_standing(tag: Tag) -> dict[str, Any]:
    return {name: value for name, value in body_of(tag).items() if name not in ("status", "version", "owner")}


def _short(problem: yaml.YAMLError) -> str:
    return " ".join(str(problem).split())[:200]


#: The field of the form in which a place of the definition is typed.
_PLACES = {
    **{name: name for name in (*_PLAIN, *_CHOSEN, "synonyms", "values", "needs_purpose", "kind", "policy", "measure")},
    "window_days": "window_days",
    "when_empty": "when_empty",
    "expires_after_days": "expires_after_days",
    "by": "by",
    "needs": "needs",
    "where": "where",
    "when": "layers",
    "layers": "layers",
    "fact": "column",
    "column": "column",
    "allowed_coverage": "least",
    "allowed_sizes": "sizes",
}
