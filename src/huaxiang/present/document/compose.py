"""From facts to a document: the outline's sentences with their numbers, the exhibits, and the appendix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from huaxiang.analyse.document_facts.shown_tags import shown_tags
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.sentences import sentence
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.fields import Labels
from huaxiang.present.document import exhibits_data, exhibits_people
from huaxiang.present.document.changes import Changes, changes
from huaxiang.present.document.changes_section import changes_blocks
from huaxiang.present.document.locked_text import filled, keys_in
from huaxiang.present.document.material import Material, Reader
from huaxiang.present.document.outline import Line, Outline, SectionPlan, shipped_outline
from huaxiang.present.document.parts import (
    Block,
    Document,
    Figure,
    Heading,
    NumberRow,
    Pieces,
    Section,
    Sentence,
    Stated,
    Text,
)
from huaxiang.present.document.reading import defined
from huaxiang.words import say

_NUMERALS = "一二三四五六七八九十"
_EXHIBITS: dict[str, Callable[[Reader], list[Figure]]] = {
    "flow": exhibits_data.flow,
    "sources": exhibits_data.sources,
    "repairs": exhibits_data.repairs,
    "waiting": exhibits_data.waiting,
    "links": exhibits_data.links,
    "holds": exhibits_data.holds,
    "months": exhibits_people.months,
    "rfm": exhibits_people.rfm,
    "rfm_advice": exhibits_people.rfm_advice,
}


def compose(material: Material, lang: str, outline: Outline | None = None) -> Document:
    """The document in ``zh`` or ``en``.

    Raises :class:`DefinitionError` where the outline names a fact or an exhibit that there is not.
    """
    return _Composer(material, lang, outline or shipped_outline()).document()


@dataclass(frozen=True)
class _Composer:
    material: Material
    lang: str
    outline: Outline

    @property
    def reader(self) -> Reader:
        return Reader(self.material.book.facts, self.lang, self.material.currency)

    @property
    def changes(self) -> Changes:
        previous = self.material.previous
        return changes(previous, self.material.book) if previous else Changes((), (), ())

    def document(self) -> Document:
        plans = [plan for plan in self.outline.sections if plan.key != "changes" or self.material.previous]
        numbers = iter(range(1, len(plans) + 1))
        later = {plan.key: self._blocks(plan) for plan in plans if plan.key != "changes"}
        said = [piece.key for piece in _stated(later.get("opening", ()))]
        opened = {"changes": tuple(changes_blocks(self.reader, self.changes, said))} if self.material.previous else {}
        blocks = {**later, **opened}
        sections = tuple(
            Section(
                plan.key,
                self._number(next(numbers)) if plan.numbered else "",
                plan.title.say(self.lang),
                blocks[plan.key],
            )
            for plan in plans
        )
        return Document(
            lang=self.lang,
            title=f"{self.material.name} · {self.outline.title.say(self.lang)}",
            subtitle=Sentence(self._fill(self.outline.subtitle)),
            edition=self.material.edition_id,
            as_of=self.reader.shown("standing.as_of"),
            sections=sections,
            numbers=tuple(self._appendix()),
            queries=tuple(self.material.book.queries.items()),
        )

    def _number(self, number: int) -> str:
        return f"{_NUMERALS[number - 1]}、" if self.lang == "zh" else f"{number}. "

    def _blocks(self, plan: SectionPlan) -> tuple[Block, ...]:
        return tuple(block for line in plan.lines for block in self._line(line))

    def _line(self, line: Line, prefix: str = "") -> Iterator[Block]:
        if line.say and self._holds(line, prefix):
            moved = bool(keys_in(line.say, prefix) & self.changes.keys)
            yield Sentence(self._fill(line.say, prefix), is_answer=line.answer, is_moved=moved)
        if line.show:
            yield from self._exhibit(line.show)
        if line.each == "element":
            yield from self._elements()
        if line.each == "crowd":
            yield from self._crowds()

    def _fill(self, template: Labels, prefix: str = "") -> Pieces:
        return filled(template, self.lang, self.material.book.facts, self.material.currency, prefix)

    def _holds(self, line: Line, prefix: str) -> bool:
        needed, unwanted = ([self._is_told(key, prefix) for key in keys] for keys in (line.when, line.unless))
        return all(needed) and not any(unwanted)

    def _is_told(self, key: str, prefix: str) -> bool:
        named = key.replace("*", prefix)
        return named in self.reader.facts and self.reader.is_told(named)

    def _exhibit(self, name: str) -> list[Figure]:
        if name == "crowds":
            return exhibits_people.crowds(self.reader, self.material.segments)
        if name not in _EXHIBITS:
            raise DefinitionError("document.unknown_exhibit", given=name, nearest=nearest(name, _EXHIBITS))
        return _EXHIBITS[name](self.reader)

    def _elements(self) -> Iterator[Block]:
        for element, shown in groupby(shown_tags(), key=lambda one: one.element):
            yield Heading(say(f"document.element.{element}", self.lang), element)
            for one in shown:
                if f"tag.{one.tag}.known" not in self.material.book.facts:
                    continue
                figures = exhibits_people.tag_figure(self.reader, self.material.tags[one.tag], one)
                yield from figures
                if not figures:
                    yield Heading(self.material.tags[one.tag].name.say(self.lang))
                for line in self.outline.repeated["tag"]:
                    yield from self._line(line, f"tag.{one.tag}")

    def _crowds(self) -> Iterator[Block]:
        named = {key: segment.name for key, segment in self.material.segments.items()}
        for key, segment in self.material.segments.items():
            yield Heading(segment.name.say(self.lang))
            rule = sentence(segment.condition, self.lang, portrait_fields(self.material.tags), named)
            yield Sentence((Text(say("document.rule", self.lang)), *defined(rule, f"segment:{key}@{segment.version}")))
            for line in self.outline.repeated["crowd"]:
                yield from self._line(line, f"crowd.{key}")
            if segment.advice_words and self.reader.is_told(f"crowd.{key}.customers"):
                advice = defined(segment.advice_words.say(self.lang), f"segment:{key}@{segment.version}")
                yield Sentence((Text(say("document.advice", self.lang)), *advice))

    def _appendix(self) -> Iterator[NumberRow]:
        for fact in self.material.book.facts.values():
            base = "" if fact.n is None else f"{fact.n:,}"
            yield NumberRow(
                fact.key, self.reader.shown(fact.key), fact.meaning.say(self.lang), base, fact.query, fact.column
            )


def _stated(blocks: tuple[Block, ...]) -> Iterator[Stated]:
    for block in blocks:
        if isinstance(block, Sentence):
            yield from (piece for piece in block.pieces if isinstance(piece, Stated))
