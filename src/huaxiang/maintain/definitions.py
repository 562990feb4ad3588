"""The definitions that hold in a workspace: what is shipped, and what the workspace adds or says otherwise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml

from huaxiang.analyse.in_force import in_force
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.sentences import sentence
from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import Condition
from huaxiang.model.fields import Fields
from huaxiang.model.identity import IdentityRules, identity_rules, own_identity_rules
from huaxiang.model.matching import MatchingRules, matching_rules, own_matching_rules
from huaxiang.model.segments import Segment, segments_from, shipped_segments
from huaxiang.model.tags import Tag, shipped_tags, tags_from

One = TypeVar("One", Tag, Segment)
Rules = TypeVar("Rules", IdentityRules, MatchingRules)


@dataclass(frozen=True)
class Definitions:
    """Tags and segments by key, rules of identity and matching, and the version that names exactly these (twelve hex
    digits). ``catalogue`` has every tag, drafts and retired ones too; ``permitted`` are the keys of those whose purpose
    is recorded."""

    catalogue: Mapping[str, Tag]
    segments: Mapping[str, Segment]
    identity: IdentityRules
    matching: MatchingRules
    permitted: frozenset[str] = frozenset()

    @cached_property
    def tags(self) -> Mapping[str, Tag]:
        """The tags in force: all that profile, pages, crowds, exports and answers know of."""
        return in_force(self.catalogue, self.permitted)

    @cached_property
    def fields(self) -> Fields:
        """What conditions on the portrait may name."""
        return portrait_fields(self.tags)

    def sentence(self, condition: Condition, lang: str) -> str:
        """The condition in ``zh`` or ``en``, other crowds by their names."""
        return sentence(condition, lang, self.fields, {key: one.name for key, one in self.segments.items()})

    @property
    def version(self) -> str:
        """A digest of everything defined; equal definitions have equal versions."""
        body = [
            {key: tag.model_dump(mode="json") for key, tag in self.catalogue.items()},
            {key: segment.model_dump(mode="json") for key, segment in self.segments.items()},
            self.identity.model_dump(),
            self.matching.model_dump(mode="json"),
            sorted(self.permitted),
        ]
        return digest(body)


def digest(body: object) -> str:
    """Twelve hex digits that are the same for equal bodies, in every process."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=_ordered)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _ordered(value: object) -> object:
    # The order of a set differs from process to process.
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def load_definitions(folder: Path, permitted: Collection[str] = ()) -> Definitions:
    """Shipped definitions with those of ``folder/tags/*.yaml``, ``folder/segments/*.yaml``, ``folder/identity.yaml``
    and ``folder/matching.yaml`` over them; ``permitted`` are the tags whose purpose is recorded.

    Raises :class:`DefinitionError` naming the file when one does not hold together.
    """
    return Definitions(
        catalogue={**shipped_tags(), **_own(folder / "tags", tags_from)},
        segments={**shipped_segments(), **_own(folder / "segments", segments_from)},
        identity=_rules(folder / "identity.yaml", own_identity_rules, identity_rules),
        matching=_rules(folder / "matching.yaml", own_matching_rules, matching_rules),
        permitted=frozenset(permitted),
    )


def body_of(one: Tag | Segment) -> dict[str, Any]:
    """What the file of a definition says under its key: everything but what goes without saying."""
    return one.model_dump(mode="json", exclude_defaults=True, exclude={"key"}, by_alias=True)


def _own(folder: Path, read: Callable[[Mapping[str, Any]], dict[str, One]]) -> dict[str, One]:
    found: dict[str, One] = {}
    for path in sorted(folder.glob("*.yaml")):
        found.update(read(_read(path)))
    return found


def _rules(path: Path, own: Callable[[Mapping[str, Any]], Rules], shipped: Callable[[], Rules]) -> Rules:
    return own(_read(path)) if path.exists() else shipped()


def _read(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as problem:
        raise DefinitionError("definitions.unreadable", file=str(path), reason=str(problem)) from None
    if not isinstance(said, dict):
        raise DefinitionError("definitions.unreadable", file=str(path), reason=type(said).__name__)
    return said
