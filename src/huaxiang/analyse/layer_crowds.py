"""Crowds that layers of tags name: their rules count in the tag as if they stood there.

Crowds are computed after the profile, and tags before them: so a layer does not look who is in a crowd, it asks what
the crowd asks. That says the same of any day, past ones too, and puts tags and crowds into one order with one check for
circles. What only a computed portrait knows, such as RFM, a crowd of a layer cannot ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import (
    All,
    AnyOf,
    Condition,
    CrowdRule,
    Did,
    First,
    InCrowd,
    Last,
    Not,
    Sequence,
    Test,
    caps,
    leaves,
)
from huaxiang.model.fields import Fields
from huaxiang.model.rules import Layers
from huaxiang.model.segment_order import crowd_parts, crowds_named
from huaxiang.model.segments import Segment, Segments, segment_named
from huaxiang.model.tags import Tag, Tags
from huaxiang.model.vocabulary import MOST_LEAVES
from huaxiang.words import Message

#: Crowds that name one another in a chain.
MOST_DEEP = 10


@dataclass(frozen=True)
class Crowds:
    """The crowds that layers may name; ``unread`` says why others cannot be read. ``later`` are the fields that crowds
    may ask and that are known only after all tags."""

    segments: Segments = field(default_factory=dict)
    unread: Mapping[str, Message] = field(default_factory=dict)
    later: Fields = field(default_factory=dict)

    def meant(self, tag: Tag) -> Tag:
        """The tag with the rules of the crowds that its layers name, as they stand here.

        Raises :class:`DefinitionError` for a crowd that there is not or that cannot be read, that asks what a tag
        cannot, that leads to itself, or that makes the rule too large.
        """
        if not isinstance(tag.rule, Layers) or not any(crowds_named(layer.when) for layer in tag.rule.layers):
            return tag
        asking = _Asking(self)
        layers = [layer.model_copy(update={"when": asking.asked(layer.when, ())}) for layer in tag.rule.layers]
        return tag.model_copy(update={"rule": tag.rule.model_copy(update={"layers": tuple(layers)})})

    def meant_where_known(self, tag: Tag) -> Tag:
        """The same; the tag as it is written where that cannot be told."""
        try:
            return self.meant(tag)
        except DefinitionError:
            return tag


NO_CROWDS = Crowds()
_ASKED = Test | Did | First | Last | Sequence | InCrowd


class _Asking:
    """Puts rules in the place of crowds, counting what that makes of one tag."""

    def __init__(self, crowds: Crowds) -> None:
        self._crowds, self._seen = crowds, 0

    def asked(self, condition: Condition, path: tuple[str, ...]) -> Condition:
        match condition:
            case InCrowd() | CrowdRule():
                return self._rule(condition.crowd, path)
            case All():
                return All(all=tuple(self.asked(part, path) for part in condition.all))
            case AnyOf():
                return AnyOf(any=tuple(self.asked(part, path) for part in condition.any))
            case Not():
                return Not(part=self.asked(condition.part, path))
            case _:
                self._count()
                return condition

    def _count(self) -> None:
        self._seen += 1
        if self._seen > MOST_LEAVES:
            raise DefinitionError("condition.too_large_with_crowds", most=MOST_LEAVES)

    def _rule(self, key: str, path: tuple[str, ...]) -> CrowdRule:
        self._count()
        segment = segment_named(key, self._crowds.segments, self._crowds.unread)
        if key in path:
            raise DefinitionError("segment.circle", circle=" → ".join((*path[path.index(key) :], key)))
        if len(path) >= MOST_DEEP:
            raise DefinitionError("tag.crowds_too_deep", most=MOST_DEEP)
        _refuse_later(segment, self._crowds.later)
        return CrowdRule(crowd=key, name=segment.name, of=self.asked(segment.condition, (*path, key)))


def crowd_rules(tags: Tags) -> Iterator[CrowdRule]:
    """The crowds that layers of tags name themselves, with their rules."""
    for tag in tags.values():
        for layer in tag.rule.layers if isinstance(tag.rule, Layers) else ():
            yield from (one for one in crowd_parts(layer.when) if isinstance(one, CrowdRule))


def _refuse_later(segment: Segment, later: Fields) -> None:
    """Refuse a crowd that asks what is not there, or not certain, while tags are computed."""
    for asked in (*caps(segment.condition), *leaves(segment.condition)):
        if isinstance(asked, Test) and asked.field in later:
            name = later[asked.field].name.message
            raise DefinitionError("tag.crowd_asks_later", crowd=segment.name.message, key=segment.key, given=name)
        if not isinstance(asked, _ASKED):
            told = text_of(asked)[:120]
            raise DefinitionError("tag.crowd_asks", crowd=segment.name.message, key=segment.key, given=told)
