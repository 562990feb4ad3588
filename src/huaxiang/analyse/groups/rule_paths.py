"""Paths of a decision tree as short rules: which to keep, and what can be left out of them without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from huaxiang.analyse.groups.rule_columns import RuleColumn
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test

if TYPE_CHECKING:
    from sklearn.tree import DecisionTreeClassifier

#: What makes a rule shorter may cost so much of its F1.
_WORTH = 0.01

_OPPOSITES = {"is known": "is unknown", "is unknown": "is known"}

Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """How long a rule may be: tests in one path, paths in one rule; and the fewest sampled customers of one path."""

    most_tests: int
    most_paths: int
    fewest: int


#: The shape of rules, and of those that rest on few customers.
USUAL, SHORT = Shape(4, 3, 20), Shape(2, 1, 5)


@dataclass(frozen=True)
class Literal:
    """One test: whether the code of a column is above (or, not ``positive``, at most) a whole limit.

    With ``known`` the code must be above 0 as well, so that customers without a value do not pass.
    """

    column: int
    limit: int
    positive: bool
    known: bool = False

    def holds(self, columns: Sequence[RuleColumn]) -> Flags:
        """For each customer whether it is true."""
        codes = columns[self.column].codes
        if self.positive:
            return np.asarray(codes > self.limit)
        return np.asarray((codes <= self.limit) & (codes > 0)) if self.known else np.asarray(codes <= self.limit)


Path = tuple[Literal, ...]


def short_paths(columns: Sequence[RuleColumn], inside: Flags, weights: Weights, shape: Shape) -> list[Path]:
    """The paths, no more and no longer than the shape allows, that together find those ``inside``, best first.

    ``weights`` say how many customers each one stands for. Empty where no test tells them apart.
    """
    if not columns or inside.all() or not inside.any():
        return []
    tree = _grown(columns, inside, weights, shape)
    leaves = [path for path in _leaves(tree) if path]
    kept = _chosen(leaves, columns, inside, weights, shape.most_paths)
    return _shortened(kept, columns, inside, weights)


def f1(found: Flags, inside: Flags, weights: Weights) -> float:
    """The harmonic mean of precision and recall."""
    both = float(weights[found & inside].sum())
    total = float(weights[found].sum() + weights[inside].sum())
    return 2 * both / total if total else 0.0


def holds_any(paths: Sequence[Path], columns: Sequence[RuleColumn]) -> Flags:
    """For each customer whether one of the paths is true."""
    found = np.zeros(columns[0].codes.size, dtype=np.bool_)
    for path in paths:
        found |= np.logical_and.reduce([literal.holds(columns) for literal in path])
    return found


def condition_of(paths: Sequence[Path], columns: Sequence[RuleColumn]) -> Condition:
    """The paths as one condition."""
    written = [_written(path, columns) for path in paths]
    return written[0] if len(written) == 1 else AnyOf(any=tuple(written))


def _grown(columns: Sequence[RuleColumn], inside: Flags, weights: Weights, shape: Shape) -> DecisionTreeClassifier:
    from sklearn.tree import DecisionTreeClassifier

    matrix = np.column_stack([column.codes for column in columns])
    # Both sides weigh the same, else a small group would be lost among the others.
    balance = np.where(inside, weights[~inside].sum() / weights[inside].sum(), 1.0)
    tree = DecisionTreeClassifier(max_depth=shape.most_tests, min_samples_leaf=shape.fewest, random_state=0)
    return tree.fit(matrix, inside, sample_weight=weights * balance)


def _leaves(tree: DecisionTreeClassifier) -> list[Path]:
    grown, found = tree.tree_, []
    waiting: list[tuple[int, Path]] = [(0, ())]
    while waiting:
        node, path = waiting.pop()
        if grown.children_left[node] < 0:
            found.append(path)
            continue
        column, limit = int(grown.feature[node]), int(np.floor(grown.threshold[node]))
        waiting.append((int(grown.children_left[node]), _with(path, Literal(column, limit, positive=False))))
        waiting.append((int(grown.children_right[node]), _with(path, Literal(column, limit, positive=True))))
    return found


def _with(path: Path, more: Literal) -> Path:
    """The path with one test more, which takes the place of a looser one of the same column."""
    looser = [each for each in path if (each.column, each.positive) != (more.column, more.positive)]
    return (*looser, more)


def _chosen(
    leaves: list[Path], columns: Sequence[RuleColumn], inside: Flags, weights: Weights, most: int
) -> list[Path]:
    kept: list[Path] = []
    best = 0.0
    while len(kept) < most:
        scored = [(f1(holds_any([*kept, leaf], columns), inside, weights), leaf) for leaf in leaves if leaf not in kept]
        if not scored:
            break
        score, leaf = max(scored, key=lambda each: each[0])
        if score <= best * (1 + 2 * _WORTH):
            break
        best, kept = score, [*kept, leaf]
    return kept


def _shortened(paths: list[Path], columns: Sequence[RuleColumn], inside: Flags, weights: Weights) -> list[Path]:
    paths = list(paths)
    for place in range(len(paths)):
        while True:
            least = f1(holds_any(paths, columns), inside, weights) * (1 - _WORTH)
            better = [
                (f1(holds_any([*paths[:place], path, *paths[place + 1 :]], columns), inside, weights), path)
                for path in _simpler(paths[place], columns)
            ]
            score, path = max(better, key=lambda each: each[0], default=(-1.0, ()))
            if score < least or not path:
                break
            paths[place] = path
    return _needed(list(dict.fromkeys(paths)), columns, inside, weights)


def _needed(paths: list[Path], columns: Sequence[RuleColumn], inside: Flags, weights: Weights) -> list[Path]:
    """The paths without those that a shortened one has taken the work from."""
    for path in reversed(paths):
        rest = [each for each in paths if each != path]
        whole = f1(holds_any(paths, columns), inside, weights)
        if rest and f1(holds_any(rest, columns), inside, weights) >= whole * (1 - _WORTH):
            paths = rest
    return paths


def _simpler(path: Path, columns: Sequence[RuleColumn]) -> list[Path]:
    """The path with one test less, or with one that looks only at those with a value, which reads better."""
    fewer = [path[:place] + path[place + 1 :] for place in range(len(path))] if len(path) > 1 else []
    if fewer:
        return fewer + _known(path, columns)
    return _known(path, columns)


def _known(path: Path, columns: Sequence[RuleColumn]) -> list[Path]:
    ordered = [
        place
        for place, each in enumerate(path)
        if not each.positive and not each.known and each.limit > 0 and columns[each.column].value is None
    ]
    return [
        (*path[:place], Literal(path[place].column, path[place].limit, positive=False, known=True), *path[place + 1 :])
        for place in ordered
    ]


def _written(path: Path, columns: Sequence[RuleColumn]) -> Condition:
    tests = [
        _test(literal, columns, path) for literal in sorted(path, key=lambda each: (each.column, not each.positive))
    ]
    joined = _joined_values(tests)
    return joined[0] if len(joined) == 1 else All(all=tuple(joined))


def _test(literal: Literal, columns: Sequence[RuleColumn], path: Path) -> Condition:
    column = columns[literal.column]
    if literal.positive:
        return column.above(literal.limit)
    if column.below is None or literal.limit == 0:
        return _opposite(column.above(literal.limit))
    # What is above one limit is known already.
    sure = literal.known or any(each.column == literal.column and each.positive for each in path)
    return column.below(literal.limit) if sure else Not(part=column.above(literal.limit))


def _opposite(condition: Condition) -> Condition:
    """What is not so, in words that people would use where there are any."""
    if isinstance(condition, Test) and condition.op in _OPPOSITES:
        return Test(field=condition.field, op=_OPPOSITES[condition.op])
    return Not(part=condition)


def _joined_values(tests: list[Condition]) -> list[Condition]:
    """Several values of a tag that are left out read as one test."""
    left_out: dict[str, list[Test]] = {}
    rest: list[Condition] = []
    for test in tests:
        part = test.part if isinstance(test, Not) else None
        if isinstance(part, Test) and part.op == "=" and not isinstance(part.value, bool):
            left_out.setdefault(part.field, []).append(part)
        else:
            rest.append(test)
    for field, parts in left_out.items():
        values = tuple(value for part in parts if (value := part.value) is not None and not isinstance(value, tuple))
        one = parts[0] if len(parts) == 1 else Test(field=field, op="in", value=values)
        rest.append(Not(part=one))
    return rest
