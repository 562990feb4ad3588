"""The steps of a refresh as whoever waits hears them: which one it is, and what comparing costs before it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huaxiang.prepare.match import Estimate
from huaxiang.words import knows, say

Progress = Callable[[str, int, int], None]
#: The steps of a refresh, in order.
STEPS = ("match", "unify", "quality", "facts", "profile", "rfm", "crowds", "publish")
#: Those of learning how to compare.
TRAINING = ("train", "unify", "compare")
_COST = ("pairs", "seconds", "memory")


@dataclass(frozen=True)
class Telling:
    """Tells ``progress`` which of the ``steps`` it is; nobody where nobody waits."""

    progress: Progress | None
    steps: tuple[str, ...] = STEPS

    def __call__(self, step: str) -> None:
        if self.progress:
            self.progress(step, self.steps.index(step.partition(" ")[0]), len(self.steps))

    def cost_of(self, step: str) -> Callable[[Estimate], None] | None:
        """What tells the cost of comparing in this step; None where nobody waits, so that nothing need be counted."""
        return (lambda cost: self(with_cost(step, cost))) if self.progress else None


def with_cost(step: str, cost: Estimate) -> str:
    """The step with the cost behind it, as progress carries it: ``match 120000 31 900`` (pairs, seconds, MB)."""
    return f"{step} {cost.pairs} {round(cost.seconds)} {round(cost.memory_mb)}"


def step_words(step: str, lang: str) -> str | None:
    """A step in words, with its cost where it carries one; None for what is no step of ours, as the name of a file."""
    name, *cost = step.split(" ")
    if name not in (*STEPS, *TRAINING) or not knows(f"refresh.step.{name}"):
        return None
    if not cost:
        return say(f"refresh.step.{name}", lang)
    if len(cost) != len(_COST) or not all(one.isdecimal() for one in cost):
        return None
    figures = {key: f"{int(one):,}" for key, one in zip(_COST, cost, strict=True)}
    return say("refresh.step.with_cost", lang, step=say(f"refresh.step.{name}", lang), **figures)
