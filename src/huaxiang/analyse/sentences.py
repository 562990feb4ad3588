"""Conditions in words, made from the same records that the engine computes."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Seq
from dataclasses import dataclass, replace

from huaxiang.analyse.event_sentences import did_words, edge_words, figure_words, sequence_words
from huaxiang.analyse.value_words import test_words, value_words
from huaxiang.model.conditions import (
    RANDOM,
    All,
    AnyOf,
    Cap,
    Capped,
    Condition,
    CrowdRule,
    Did,
    Drawn,
    First,
    InCrowd,
    Last,
    Leaf,
    Not,
    OnList,
    Sequence,
    Test,
    parts,
)
from huaxiang.model.fields import Fields, Labels, field_named
from huaxiang.words import say

__all__ = ["sentence", "value_words"]


def sentence(
    condition: Condition,
    lang: str,
    fields: Fields,
    crowds: Mapping[str, Labels] | None = None,
    lists: Mapping[str, Labels] | None = None,
) -> str:
    """The condition in ``zh`` or ``en``; :class:`DefinitionError` for fields and values that do not fit.

    ``crowds`` are the names of other crowds by key, ``lists`` those of uploaded lists; one that is not among them is
    told by its key.
    """
    return _Sentences(lang, fields, crowds or {}, lists or {}).whole(condition)


@dataclass(frozen=True)
class _Sentences:
    """Conditions on the same fields, in one language."""

    lang: str
    fields: Fields
    crowds: Mapping[str, Labels]
    lists: Mapping[str, Labels]

    def whole(self, condition: Condition) -> str:
        match condition:
            case All(all=()):
                return say("condition.everyone", self.lang)
            case All(all=(only,)) | AnyOf(any=(only,)):
                return self.whole(only)
            case All() | AnyOf():
                code = "condition.all_of" if isinstance(condition, All) else "condition.any_of"
                return self._chained(code, parts(condition))
            case Not():
                return self._not(condition.part)
            case Capped() | CrowdRule():
                return self._capped(condition) if isinstance(condition, Capped) else self._in_crowd(condition.name)
            case _:
                return self._leaf(condition)

    def _not(self, part: Condition) -> str:
        if isinstance(part, Did) and part.is_plain:
            return did_words(part, self.lang, self._rows, negated=True)
        return say("condition.not_true", self.lang, inside=self.whole(part))

    def _capped(self, capped: Capped) -> str:
        cap = capped.cap
        said = {"customers": f"{cap.customers:,}", "inside": self.whole(capped.of)}
        if cap.by == RANDOM:
            code = "condition.cap.random" if cap.seed else "condition.cap.random_unnamed"
            return say(code, self.lang, seed=cap.seed, **said)
        return say(f"condition.cap.{cap.order}", self.lang, by=self._ranked(cap), **said)

    def _ranked(self, cap: Cap) -> str:
        if isinstance(cap.by, str):
            return field_named(cap.by, self.fields).name.say(self.lang)
        return figure_words(cap.by, self.lang, self._rows)

    def _leaf(self, leaf: Leaf) -> str:
        match leaf:
            case Test():
                return test_words(leaf, self.lang, field_named(leaf.field, self.fields))
            case Did():
                return did_words(leaf, self.lang, self._rows)
            case First() | Last():
                return edge_words(leaf, self.lang, self._rows)
            case Sequence():
                return sequence_words(leaf, self.lang, self._rows)
            case InCrowd() | OnList() | Drawn():
                return self._belongs(leaf)

    def _belongs(self, leaf: InCrowd | OnList | Drawn) -> str:
        if isinstance(leaf, Drawn):
            return say("condition.drawn", self.lang, draw=leaf.draw, above=leaf.above, below=leaf.below)
        if isinstance(leaf, OnList):
            return say("condition.on_list", self.lang, name=_named(leaf.list, self.lists).say(self.lang))
        return self._in_crowd(_named(leaf.crowd, self.crowds))

    def _in_crowd(self, name: Labels) -> str:
        return say("condition.in_crowd", self.lang, name=name.say(self.lang))

    def _rows(self, condition: Condition, fields: Fields) -> str:
        return replace(self, fields=fields).whole(condition)

    def _chained(self, code: str, parts: Seq[Condition]) -> str:
        said = [self._inner(part) for part in parts]
        text = said[-1]
        for first in reversed(said[:-1]):
            text = say(code, self.lang, first=first, rest=text)
        return text

    def _inner(self, condition: Condition) -> str:
        text = self.whole(condition)
        group = isinstance(condition, All) and len(condition.all) > 1
        group = group or isinstance(condition, Capped) or (isinstance(condition, AnyOf) and len(condition.any) > 1)
        return say("condition.inner", self.lang, inside=text) if group else text


def _named(key: str, names: Mapping[str, Labels]) -> Labels:
    return names.get(key, Labels(zh=key, en=key))
