"""Groups of customers in a workspace: their portrait beside others, and a rule that finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from huaxiang.analyse.groups.contrast import Base, GroupPortrait, group_portrait
from huaxiang.analyse.groups.echoes import echoes
from huaxiang.analyse.groups.pasted_list import on_pasted_list
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.suggested_rule import suggested_rule
from huaxiang.workspace.reading import Reading


class Grouping(Reading):
    """A workspace whose customers are looked at in groups. Everything is as of the published day."""

    def group_portrait(
        self, name_or_rule: str, base: str = "everyone", tags: Sequence[str] = (), *, known_only: bool = False
    ) -> GroupPortrait:
        """The portrait of a segment or rule beside ``everyone``, the ``rest``, or another segment named in ``base``.

        Over the given tags, or every tag that is no helper; everything else is as
        :func:`huaxiang.analyse.groups.contrast.group_portrait` says.
        """
        condition = self.condition(name_or_rule)
        kind: Base = "everyone" if base == "everyone" else "rest" if base == "rest" else "other"
        marks = {"inside": condition} | ({"other": self.condition(base)} if kind == "other" else {})
        with self.reading() as engine:
            population = self.population(engine)
            keys = tags or self._shown(population.fields)
            own = echoes(condition, self.definitions.tags, population.segments)
            rows = population.marked(marks, keys)
            return group_portrait(engine, rows, population.fields, keys, base=kind, known_only=known_only, own=own)

    def suggested_rule(self, people: str | Iterable[str], leave_out: Iterable[str] = ()) -> Suggested:
        """A short rule for a segment or rule (text), or for the people that a list names by any identifier.

        Of a segment the tags that its own rule asks for are left out, with those of ``leave_out``.
        """
        with self.reading() as engine:
            population = self.population(engine)
            keys, left_out = self._shown(population.fields), set(leave_out)
            if isinstance(people, str):
                condition = self.condition(people)
                left_out |= echoes(condition, self.definitions.tags, population.segments)
                return suggested_rule(population.over(population.marked({"inside": condition}, keys)), keys, left_out)
            return suggested_rule(on_pasted_list(population, list(people))[0], keys, left_out)

    def _shown(self, fields: Iterable[str]) -> tuple[str, ...]:
        tags = self.definitions.tags
        return tuple(key for key in fields if key not in tags or not tags[key].helper)
