"""Segments: saved rules that say which customers are meant, and what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic import Field as Option

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.condition_reader import raw_from_text
from huaxiang.model.conditions import Capped
from huaxiang.model.faults import broken, fault_of
from huaxiang.model.fields import Labels
from huaxiang.model.packs import Packs
from huaxiang.model.rule_parts import TagKey, WrittenCondition
from huaxiang.model.shown import shown
from huaxiang.shipped import shipped
from huaxiang.words import Message


class Segment(BaseModel):
    """One segment: who is in it by a condition over tags, what it means, who owns it, and the advice for it.

    ``advice`` names the words of the advice (``segment.advice.<advice>``); None where there is none.
    ``cap`` in a definition (``{customers: 100, by: net_revenue_365d}``) is the outermost part of ``condition``.
    ``packs`` are the parts in which it is split for tests, where they are kept with it.
    ``least_customers`` and ``most_customers`` bound the size that it may have; outside of them its page says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: TagKey
    version: Annotated[int, Option(ge=1)] = 1
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    owner: str = "huaxiang"
    advice: str | None = None
    least_customers: Annotated[int, Option(ge=0)] | None = None
    most_customers: Annotated[int, Option(ge=0)] | None = None
    packs: Packs | None = None
    condition: WrittenCondition

    @model_validator(mode="before")
    @classmethod
    def _with_cap(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "cap" not in given:
            return given
        rest = {name: each for name, each in given.items() if name != "cap"}
        whole = {"cap": given["cap"], "of": _record(given.get("condition"))}
        return rest if given["cap"] is None else rest | {"condition": whole}

    @model_validator(mode="after")
    def _bounds_hold_something(self) -> Self:
        if self.most_customers is not None and (self.least_customers or 0) > self.most_customers:
            raise broken("ends_crossed", where="least_customers, most_customers")
        return self

    @model_serializer(mode="wrap")
    def _cap_apart(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = whole(self)
        if isinstance(self.condition, Capped):
            # As it is written: the cap beside the rule of those who compete.
            said["cap"], said["condition"] = said["condition"]["cap"], said["condition"]["of"]
        return said

    def allows(self, customers: int) -> bool:
        """Whether so many customers are within the bounds."""
        least, most = self.least_customers or 0, self.most_customers
        return least <= customers and (most is None or customers <= most)

    @property
    def name(self) -> Labels:
        """The segment's name."""
        return Labels(zh=self.zh, en=self.en)

    @property
    def advice_words(self) -> Message | None:
        """What to do with these customers."""
        return Message(f"segment.advice.{self.advice}") if self.advice else None


Segments = Mapping[str, Segment]
#: The code of what is wrong with a file of definitions that cannot be read at all.
UNREADABLE = "definitions.unreadable"
#: The codes of what is told of a segment that cannot be read, or may stand where nothing can be.
UNREAD_CODES = ("segment.unread", "segment.perhaps_unread")


@cache
def shipped_segments() -> dict[str, Segment]:
    """Every shipped segment by key, in the order of its file."""
    return segments_from(shipped("segments", "segments.yaml"))


def segments_from(raw: Mapping[str, Any]) -> dict[str, Segment]:
    """The segments that a definition file holds, key to body.

    Raises :class:`DefinitionError` naming the segment and the place in it that does not hold together.
    """
    return {key: _segment(key, body) for key, body in raw.items()}


def segment_named(key: str, segments: Segments, unread: Mapping[str, Message] | None = None) -> Segment:
    """The segment of that key; :class:`DefinitionError` names the nearest ones.

    ``unread`` says why definitions, or whole files of them by their names, cannot be read: it then tells so.
    """
    if key in segments:
        return segments[key]
    unread, close = unread or {}, nearest(key, segments) or "—"
    whole = [why for why in unread.values() if why.code == UNREADABLE]
    if key in unread:
        raise DefinitionError(UNREAD_CODES[0], given=key, why=unread[key])
    if whole:
        raise DefinitionError(UNREAD_CODES[1], given=key, nearest=close, why=whole[0])
    raise DefinitionError("segment.unknown", given=key, nearest=close)


def _record(given: Any) -> Any:
    return raw_from_text(given) if isinstance(given, str) else given


def _segment(key: str, body: Any) -> Segment:
    try:
        return Segment.model_validate({"key": key, **body})
    except ValidationError as problem:
        fault = fault_of(problem)
        raise DefinitionError("segment.invalid", segment=key, place=fault.place, reason=fault.reason) from problem
    except TypeError as problem:
        told = Message("fault.dict_type", {"given": shown(body)})
        raise DefinitionError("segment.invalid", segment=key, place="-", reason=told) from problem
