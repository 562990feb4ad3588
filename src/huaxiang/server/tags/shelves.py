"""The own tags of a workspace and the drafts beside them, with the history that both share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from huaxiang.analyse.check_tags import broken_tags
from huaxiang.analyse.in_force import in_force
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.errors import DefinitionError, NotFound, nearest
from huaxiang.maintain.definitions import Definitions, body_of
from huaxiang.model.conditions import InCrowd, OnList, leaves
from huaxiang.model.tags import Tag, tags_from
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.server.shelf import Owned, Shelf
from huaxiang.workspace import Workspace


@dataclass(frozen=True)
class Shelves:
    """Tags that hold (``published``), and drafts: new tags, or the next version of one that holds."""

    workspace: Workspace

    @cached_property
    def published(self) -> Shelf:
        """Own tags, one file each."""
        return Shelf(self.workspace, "tag", "tags", "tags")

    @cached_property
    def drafts(self) -> Shelf:
        """Drafts, which no refresh looks at."""
        return Shelf(self.workspace, "tag", "drafts", "tags")

    @property
    def known(self) -> Definitions:
        """Everything defined, as it stands now."""
        return self.workspace.definitions

    @cached_property
    def draft_tags(self) -> dict[str, Tag]:
        """Every draft by key; one that does not hold together any more is left out."""
        found: dict[str, Tag] = {}
        for path in sorted(self.drafts.file("x").parent.glob("*.yaml")):
            body = self.drafts.body(path.stem)
            try:
                found |= tags_from({path.stem: body}) if body else {}
            except DefinitionError:
                continue
        return {key: self.known.crowds.meant_where_known(tag) for key, tag in found.items()}

    def tag(self, key: str) -> Tag:
        """The tag that holds, or the draft of one that is new; :class:`NotFound` names the nearest ones."""
        known = {**self.draft_tags, **self.known.catalogue}
        if key not in known:
            raise NotFound("tag.unknown", given=key, nearest=nearest(key, known))
        return known[key]

    def versions(self, key: str) -> dict[int, Mapping[str, Any]]:
        """What every version of a tag said, the latest last; a shipped tag is what it was before its first own one."""
        found: dict[int, Mapping[str, Any]] = dict(self.published.versions(key))
        if key in self.known.catalogue:
            now = self.known.catalogue[key]
            found[now.version] = body_of(now)
        return {number: found[number] for number in sorted(found)}

    def check(self, tag: Tag) -> None:
        """Raise :class:`DefinitionError` when the tags in force would not hold together with this one among them, or a
        crowd that is sound now would not be."""
        catalogue = {**self.known.catalogue, tag.key: self.known.crowds.meant_where_known(tag)}
        found = in_force(catalogue, self.known.permitted)
        broken = broken_tags(found, catalogue, self.known.crowds)
        for key in (tag.key, *self.known.tags):
            # What is broken already stands in nobody's way.
            if key in broken:
                raise broken[key]
        after = {key: one for key, one in found.items() if key not in broken}
        for key, segment in self.known.segments.items():
            # A crowd that was sound must stay so.
            if self._fits(key, self.known.tags) and not self._fits(key, after):
                raise DefinitionError("tags.breaks_crowd", tag=tag.name.message, crowd=segment.name.message)

    def _fits(self, key: str, tags: Mapping[str, Tag]) -> bool:
        segments = self.known.segments
        named = {leaf.list for one in segments.values() for leaf in leaves(one.condition) if isinstance(leaf, OnList)}
        try:
            check_asked(InCrowd(crowd=key), Vocabulary(portrait_fields(tags), segments, named))
        except DefinitionError:
            return False
        return True


def owned(tag: Tag) -> Owned:
    """What decides who may change the tag."""
    return Owned(tag.key, tag.name, tag.owner)


def yaml_of(tag: Tag) -> str:
    """The tag as the text of its file, without its key."""
    return yaml.safe_dump(body_of(tag), allow_unicode=True, sort_keys=False)
