"""The definitions that hold in a workspace: what is shipped, and what the workspace adds or says otherwise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml

from huaxiang.analyse.check_tags import broken_tags
from huaxiang.analyse.in_force import in_force, lacking
from huaxiang.analyse.layer_crowds import Crowds
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.portrait import portrait_fields, rfm_fields
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.sentences import sentence
from huaxiang.errors import DefinitionError, HuaxiangError, NotFound
from huaxiang.model.conditions import Condition
from huaxiang.model.fields import Fields, Labels
from huaxiang.model.identity import IdentityRules, identity_rules, own_identity_rules
from huaxiang.model.matching import MatchingRules, matching_rules, own_matching_rules
from huaxiang.model.own_quality import own_quality_rules
from huaxiang.model.quality import QualityRules, quality_rules
from huaxiang.model.rules import FactRule
from huaxiang.model.segments import UNREADABLE, Segment, segments_from, shipped_segments
from huaxiang.model.tags import STANDING, Tag, shipped_tags, tags_from
from huaxiang.words import LANGUAGES, Message, say

One = TypeVar("One", Tag, Segment)
Rules = TypeVar("Rules", IdentityRules, MatchingRules, QualityRules)


@dataclass(frozen=True)
class Definitions:
    """Tags and segments by key, rules of identity, matching and cleaning, and the version that names exactly these
    (twelve hex digits). ``catalogue`` has every tag, drafts and retired ones too, with the rules of the crowds that it
    names; ``permitted`` are the keys of those whose purpose is recorded. ``files`` names the file of each own tag,
    ``unreadable`` says why a definition is no tag at all, and ``unreadable_segments`` why one is no segment; a file
    that cannot be read at all stands under its own name."""

    catalogue: Mapping[str, Tag]
    segments: Mapping[str, Segment]
    identity: IdentityRules
    matching: MatchingRules
    quality: QualityRules
    permitted: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    unreadable: Mapping[str, Message] = field(default_factory=dict)
    unreadable_segments: Mapping[str, Message] = field(default_factory=dict)

    @cached_property
    def tags(self) -> Mapping[str, Tag]:
        """The tags in force that hold together: all that profile, pages, crowds, exports and answers know of.

        Those that pages are made of are there as shipped where a workspace gave them up or broke them, shown to nobody.
        """
        found = {key: tag for key, tag in self._published.items() if key not in self.broken}
        gone = [tag for key, tag in shipped_tags().items() if key in STANDING and key not in found]
        return found | {tag.key: tag.model_copy(update={"helper": True}) for tag in gone}

    @cached_property
    def broken(self) -> Mapping[str, Message]:
        """The tags that would be in force and cannot be computed, each with why, its file and its rule; they stop no
        refresh, and have no values until they are mended."""
        found = broken_tags(self._published, self.catalogue, self.crowds)
        return {**self.unreadable, **{key: self._told(key, problem.message) for key, problem in found.items()}}

    @property
    def may_lack_segments(self) -> bool:
        """Whether a whole file of segments cannot be read, so that nobody knows which ones stand in it."""
        return any(why.code == UNREADABLE for why in self.unreadable_segments.values())

    def refuse_lacking(self, key: str, columns: Collection[str], as_of: date) -> None:
        """Raise :class:`DefinitionError` for a defined tag that is not among the columns of a profile of that day."""
        if key in self.broken:
            raise DefinitionError("condition.tag_broken", why=self.broken[key])
        if problem := lacking(self.tags, columns, as_of).get(key):
            raise problem

    @property
    def crowds(self) -> Crowds:
        """The crowds that tags may name."""
        return Crowds(self.segments, self.unreadable_segments, rfm_fields())

    def with_segments(self, segments: Mapping[str, Segment]) -> Definitions:
        """The same with other segments, and the tags that name them."""
        crowds = replace(self.crowds, segments=segments)
        catalogue = {key: crowds.meant_where_known(tag) for key, tag in self.catalogue.items()}
        return replace(self, catalogue=catalogue, segments=segments)

    @cached_property
    def _published(self) -> Mapping[str, Tag]:
        return in_force(self.catalogue, self.permitted)

    def _told(self, key: str, why: Message) -> Message:
        tag = self.catalogue[key]
        said = {"tag": tag.name.message, "key": key, "rule": self._rule_words(tag), "why": why}
        return Message("tag.broken", said | {"file": self.files.get(key, "—")})

    def _rule_words(self, tag: Tag) -> Message:
        return Labels(**{lang: self._rule_in(tag, lang) for lang in LANGUAGES}).message

    def _rule_in(self, tag: Tag, lang: str) -> str:
        if not isinstance(tag.rule, FactRule):
            try:
                return rule_sentence(tag, lang, self.catalogue, date.max)
            except (HuaxiangError, KeyError):
                pass
        # It names what there is not, or days that nobody knows before a refresh: then its kind is what can be said.
        return say(f"tags.kind.{tag.rule.kind}", lang)

    @cached_property
    def fields(self) -> Fields:
        """What conditions on the portrait may name."""
        return portrait_fields(self.tags)

    def sentence(self, condition: Condition, lang: str, lists: Mapping[str, Labels] | None = None) -> str:
        """The condition in ``zh`` or ``en``, other crowds by their names, and uploaded lists by theirs."""
        return sentence(condition, lang, self.fields, {key: one.name for key, one in self.segments.items()}, lists)

    @property
    def version(self) -> str:
        """A digest of everything defined; equal definitions have equal versions."""
        body = [
            {key: tag.model_dump(mode="json") for key, tag in self.catalogue.items()},
            {key: segment.model_dump(mode="json") for key, segment in self.segments.items()},
            self.identity.model_dump(),
            self.matching.model_dump(mode="json"),
            self.quality.model_dump(mode="json"),
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
    """Shipped definitions with those of ``folder/tags/*.yaml``, ``folder/segments/*.yaml``, ``folder/identity.yaml``,
    ``folder/matching.yaml`` and ``folder/quality.yaml`` over them; ``permitted`` are the tags whose purpose is
    recorded.

    A tag or a segment that cannot be read stops no other. Raises :class:`DefinitionError` naming the file when the
    rules of identity, matching or cleaning do not hold together.
    """
    own, crowds = _own(folder / "tags", _one_tag), _own(folder / "segments", _one_segment)
    shipped = {key: tag for key, tag in shipped_tags().items() if key not in own.unreadable}
    usual = {key: one for key, one in shipped_segments().items() if key not in crowds.unreadable}
    known = Definitions(
        catalogue={**shipped, **own.found},
        segments={**usual, **crowds.found},
        identity=_rules(folder / "identity.yaml", own_identity_rules, identity_rules),
        matching=_rules(folder / "matching.yaml", own_matching_rules, matching_rules),
        quality=_rules(folder / "quality.yaml", own_quality_rules, quality_rules),
        permitted=frozenset(permitted),
        files=own.files,
        unreadable=own.unreadable,
        unreadable_segments=crowds.unreadable,
    )
    return known.with_segments(known.segments)


def body_of(one: Tag | Segment) -> dict[str, Any]:
    """What the file of a definition says under its key: everything but what goes without saying."""
    return one.model_dump(mode="json", exclude_defaults=True, exclude={"key"}, by_alias=True)


@dataclass
class _Own(Generic[One]):
    """What the files of a folder define, the file of each, and why what cannot be read cannot."""

    found: dict[str, One] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, Message] = field(default_factory=dict)


def _own(folder: Path, read: Callable[[str, Any], One]) -> _Own[One]:
    own = _Own[One]()
    for path in sorted(folder.glob("*.yaml")):
        file = f"{folder.name}/{path.name}"
        try:
            bodies = _read(path)
        except DefinitionError as problem:
            own.files[path.stem] = file
            own.unreadable[path.stem] = Message(UNREADABLE, {**problem.params, "file": file})
            continue
        for key, body in bodies.items():
            own.files[str(key)] = file
            try:
                own.found[str(key)] = read(key, body)
                own.unreadable.pop(str(key), None)  # of two files with one key the last one counts
            except (DefinitionError, NotFound) as problem:
                own.found.pop(str(key), None)
                said = {"key": str(key)[:64], "file": file, "why": problem.message}
                own.unreadable[str(key)] = Message(f"{folder.name.removesuffix('s')}.unreadable", said)
    return own


def _one_tag(key: str, body: Any) -> Tag:
    tag = tags_from({key: body})[key]
    needed_by(tag.rule)
    return tag


def _one_segment(key: str, body: Any) -> Segment:
    return segments_from({key: body})[key]


def _rules(path: Path, own: Callable[[Mapping[str, Any]], Rules], shipped: Callable[[], Rules]) -> Rules:
    return own(_read(path)) if path.exists() else shipped()


def _read(path: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    # A day that there is not is a plain ValueError.
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as problem:
        reason = " ".join(str(problem).split())[:300] or type(problem).__name__
        raise DefinitionError(UNREADABLE, file=str(path), reason=reason) from None
    if not isinstance(said, dict):
        raise DefinitionError(UNREADABLE, file=str(path), reason=type(said).__name__)
    return said
