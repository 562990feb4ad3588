"""Tags: named, versioned statements about a customer, each with the rule that computes it.

The shipped tags are content (``definitions/tags/*.yaml``); a workspace adds its own or overrides them by key.
Which of them are computed and shown is told by :mod:`huaxiang.analyse.in_force`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Option

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.faults import broken, fault_of
from huaxiang.model.fields import Field, FieldType, Labels
from huaxiang.model.places import PlaceKind
from huaxiang.model.rule_parts import TagKey
from huaxiang.model.rules import Rule
from huaxiang.model.shown import shown
from huaxiang.model.tables import Element, Sensitivity
from huaxiang.shipped import names_in, shipped
from huaxiang.words import Message

#: The tags that overview and document are made of: they are computed whatever a workspace says of them.
STANDING = ("orders_365d", "net_revenue_365d", "first_order_on", "orders_total", "order_days_total")
Status = Literal["draft", "published", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)
#: 人, 货, 场: what a tag tells about. With the element it is the folder of the tag.
Side = Literal["person", "goods", "scene"]
SIDES: tuple[Side, ...] = get_args(Side)
#: What the values stand on: somebody said so, it was seen to happen, or it was concluded from what happened.
Basis = Literal["stated", "observed", "inferred"]
BASES: tuple[Basis, ...] = get_args(Basis)
Share = Annotated[float, Option(ge=0, le=1)]
Range = tuple[Share, Share]
#: In ``allowed_sizes``, every value that is not named.
EVERY_VALUE = "*"
_SIDE_OF: Mapping[Element, Side] = {
    "basic": "person",
    "purchasing": "goods",
    "behaviour": "scene",
    "social": "person",
    "psychological": "person",
}
_BASIS_OF: Mapping[str, Basis] = {"golden": "stated", "model": "inferred"}


class Tag(BaseModel):
    """One tag: what it says, of which element, in which unit, how it is protected, who owns it, and its rule.

    ``values`` names its values where they are codes. ``helper`` tags serve other tags and are not shown to users.
    ``side`` (人, 货, 场) follows from the element where it is not written, and ``basis`` from the rule. Every
    ``refresh`` computes it. ``allowed_coverage`` is the share of customers that should have a value once there are
    any, ``allowed_sizes`` the share of those with a value (30 at least) that each value should have: outside of them
    the tag is reported as unwell. ``expires_on`` is the last day that it holds. A tag that ``needs_purpose`` is
    switched off until the ledger knows what for. ``stated_twin`` is the tag that says the same by the customer's own
    word. ``synonyms`` are other words to find it by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: TagKey
    version: Annotated[int, Option(ge=1)] = 1
    status: Status = "published"
    element: Element
    side: Side | None = None
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    synonyms: tuple[str, ...] = ()
    type: FieldType
    unit: str | None = None
    basis: Basis | None = None
    sensitivity: Sensitivity = "open"
    needs_purpose: bool = False
    owner: str = "huaxiang"
    helper: bool = False
    refresh: Literal["daily"] = "daily"
    expires_on: date | None = None
    allowed_coverage: Range = (0.0, 1.0)
    allowed_sizes: Mapping[str, Range] = {}
    stated_twin: TagKey | None = None
    values: Mapping[str, Labels] = {}
    place: PlaceKind | None = None
    rule: Rule

    @model_validator(mode="after")
    def _ranges_hold_something(self) -> Self:
        for place, (least, most) in {"allowed_coverage": self.allowed_coverage, **self.allowed_sizes}.items():
            if least > most:
                raise broken("ends_crossed", where=place)
        unknown = set(self.allowed_sizes) - set(self.values) - {EVERY_VALUE}
        if unknown:
            raise broken("no_such_value", values=", ".join(sorted(unknown)))
        return self

    @property
    def folder(self) -> tuple[Side, Element]:
        """Where the catalogue keeps the tag: what it tells about, then its element."""
        return self.side or _SIDE_OF[self.element], self.element

    @property
    def stands_on(self) -> Basis:
        """What its values stand on; of golden values somebody's word, of models a conclusion, of others what was seen,
        unless it says else."""
        return self.basis or _BASIS_OF.get(self.rule.kind, "observed")

    @property
    def is_guarded(self) -> bool:
        """Whether a change of it needs the word of a second person."""
        return self.needs_purpose or self.sensitivity == "sensitive"

    @property
    def window_days(self) -> int | None:
        """The days that the rule looks back, the ``as_of`` day included; None when it looks at everything."""
        return getattr(self.rule, "window_days", None)

    @property
    def name(self) -> Labels:
        """The tag's name."""
        return Labels(zh=self.zh, en=self.en)

    def meaning(self, lang: str) -> str:
        """What it means in plain words, in ``zh`` or ``en``."""
        return self.meaning_zh if lang == "zh" else self.meaning_en

    @cached_property
    def field(self) -> Field:
        """The tag as a field of conditions."""
        return Field(key=self.key, type=self.type, name=self.name, unit=self.unit, values=self.values, place=self.place)

    def label(self, value: object, lang: str) -> str | None:
        """The name of a coded value in ``zh`` or ``en``; None for values that speak for themselves."""
        found = self.values.get(value) if isinstance(value, str) else None
        return found.say(lang) if found else None


Tags = Mapping[str, Tag]


@cache
def shipped_tags() -> dict[str, Tag]:
    """Every shipped tag by key, element by element."""
    found: dict[str, Tag] = {}
    for element in ("basic", "purchasing", "behaviour", "social", "psychological"):
        bodies = shipped("tags", f"{element}.yaml")
        found |= tags_from({key: {"element": element, **body} for key, body in bodies.items()})
    return found


@cache
def groups_of(name: str) -> dict[str, tuple[str, ...]]:
    """A shipped list of groups, by group: the texts in it. :class:`DefinitionError` when there is no such list."""
    if not name.isidentifier() or f"{name}.yaml" not in names_in():
        raise DefinitionError("tag.unknown_groups", given=name)
    raw = shipped(f"{name}.yaml")
    return {str(group): tuple(members) for group, members in raw.items()}


@cache
def group_lists() -> tuple[str, ...]:
    """The names of the shipped lists of groups."""
    return tuple(name.removesuffix(".yaml") for name in names_in() if _is_groups(shipped(name)))


def _is_groups(raw: Any) -> bool:
    return isinstance(raw, dict) and all(
        isinstance(members, list) and all(isinstance(one, str) for one in members) for members in raw.values()
    )


def tags_from(raw: Mapping[str, Any]) -> dict[str, Tag]:
    """The tags that a definition file holds, key to body.

    Raises :class:`DefinitionError` naming the tag and the place in it that does not hold together.
    """
    return {key: _tag(key, body) for key, body in raw.items()}


def tag_named(key: str, tags: Tags) -> Tag:
    """The tag of that key; :class:`DefinitionError` names the nearest ones."""
    if key not in tags:
        raise DefinitionError("tag.unknown", given=key, nearest=nearest(key, tags))
    return tags[key]


def fields_of(tags: Tags) -> dict[str, Field]:
    """The tags as fields of conditions."""
    return {key: tag.field for key, tag in tags.items()}


def _tag(key: str, body: Any) -> Tag:
    _check_kind(key, body)
    try:
        return Tag.model_validate({"key": key, **body})
    except ValidationError as problem:
        fault = fault_of(problem)
        raise DefinitionError("tag.invalid", tag=key, place=fault.place, reason=fault.reason) from problem
    except TypeError as problem:
        told = Message("fault.dict_type", {"given": shown(body)})
        raise DefinitionError("tag.invalid", tag=key, place="-", reason=told) from problem


def _check_kind(key: str, body: Any) -> None:
    rule = body.get("rule") if isinstance(body, Mapping) else None
    if isinstance(rule, Mapping) and not isinstance(rule.get("kind", ""), str):
        told = Message("fault.kind_is_text", {"given": shown(rule["kind"])})
        raise DefinitionError("tag.invalid", tag=key, place="rule.kind", reason=told)
