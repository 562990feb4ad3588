"""Tags: named, versioned statements about a customer, each with the rule that computes it.

The shipped tags are content (``definitions/tags/*.yaml``); a workspace adds its own or overrides them by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Option

from huaxiang.errors import DefinitionError
from huaxiang.model.fields import Field, FieldType, Labels
from huaxiang.model.rules import Rule, TagKey
from huaxiang.model.tables import Element, Sensitivity


class Tag(BaseModel):
    """One tag: what it says, of which element, in which unit, how it is protected, who owns it, and its rule.

    ``values`` names its values where they are codes. ``helper`` tags serve other tags and are not offered in lists.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: TagKey
    version: Annotated[int, Option(ge=1)] = 1
    element: Element
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    type: FieldType
    unit: str | None = None
    sensitivity: Sensitivity = "open"
    owner: str = "huaxiang"
    helper: bool = False
    values: Mapping[str, Labels] = {}
    rule: Rule

    @property
    def window_days(self) -> int | None:
        """The days that the rule looks back, the ``as_of`` day included; None when it looks at everything."""
        return getattr(self.rule, "window_days", None)

    @property
    def name(self) -> Labels:
        """The tag's name."""
        return Labels(zh=self.zh, en=self.en)

    @property
    def field(self) -> Field:
        """The tag as a field of conditions."""
        return Field(key=self.key, type=self.type, name=self.name, unit=self.unit, values=self.values)

    def label(self, value: object, lang: str) -> str | None:
        """The name of a coded value in ``zh`` or ``en``; None for values that speak for themselves."""
        found = self.values.get(value) if isinstance(value, str) else None
        return found.say(lang) if found else None


Tags = Mapping[str, Tag]


@cache
def shipped_tags() -> dict[str, Tag]:
    """Every shipped tag by key, element by element."""
    folder = files("huaxiang") / "definitions" / "tags"
    found: dict[str, Tag] = {}
    for element in ("basic", "purchasing", "behaviour", "social", "psychological"):
        text = (folder / f"{element}.yaml").read_text(encoding="utf-8")
        found |= tags_from({key: {"element": element, **body} for key, body in yaml.safe_load(text).items()})
    return found


@cache
def groups_of(name: str) -> dict[str, tuple[str, ...]]:
    """A shipped list of groups, by group: the texts in it. :class:`DefinitionError` when there is no such list."""
    path = files("huaxiang") / "definitions" / f"{name}.yaml"
    if not name.isidentifier() or not path.is_file():
        raise DefinitionError("tag.unknown_groups", given=name)
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {str(group): tuple(members) for group, members in raw.items()}


def tags_from(raw: Mapping[str, Any]) -> dict[str, Tag]:
    """The tags that a definition file holds, key to body.

    Raises :class:`DefinitionError` naming the tag and the place in it that does not hold together.
    """
    return {key: _tag(key, body) for key, body in raw.items()}


def fields_of(tags: Tags) -> dict[str, Field]:
    """The tags as fields of conditions."""
    return {key: tag.field for key, tag in tags.items()}


def _tag(key: str, body: Any) -> Tag:
    try:
        return Tag.model_validate({"key": key, **body})
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "-"
        raise DefinitionError("tag.invalid", tag=key, place=place, reason=first["msg"]) from problem
    except TypeError as problem:
        raise DefinitionError("tag.invalid", tag=key, place="-", reason=str(problem)) from problem
