"""What customers did, in words."""

from __future__ import annotations

from collections.abc import Callable

from huaxiang.analyse.value_words import test_words
from huaxiang.model.conditions import Condition, Did, Event, First, Last, Measured, Sequence, Step
from huaxiang.model.fields import Fields, Labels
from huaxiang.model.measured import fact_meant, figure_field
from huaxiang.model.windows import Window
from huaxiang.number_words import date_words
from huaxiang.words import LANGUAGES, say

#: Puts a condition on the columns of rows into words.
Rows = Callable[[Condition, Fields], str]


def did_words(did: Did, lang: str, rows: Rows, *, negated: bool = False) -> str:
    """What the customer did or, ``negated``, did not do at all."""
    said = {"rows": _rows(did.did, did.where, lang, rows), "when": _when(did.during, lang)}
    if did.is_plain:
        return say("condition.did_not" if negated else "condition.did", lang, **said)
    figure, name = figure_field(did), figure_words(did, lang, rows)
    labels = Labels(**dict.fromkeys(LANGUAGES, name))
    return test_words(did.compared, lang, figure.model_copy(update={"name": labels}))


def figure_words(measured: Measured, lang: str, rows: Rows) -> str:
    """What is counted or summed."""
    said = {"rows": _rows(measured.did, measured.where, lang, rows), "when": _when(measured.during, lang)}
    column = figure_field(measured).name.say(lang) if measured.column else ""
    return say(f"condition.measure.{measured.measure}", lang, **said, column=column)


def edge_words(edge: First | Last, lang: str, rows: Rows) -> str:
    """What the first or last time was like."""
    which, fact = ("first", edge.first) if isinstance(edge, First) else ("last", edge.last)
    said = {"rows": _rows(fact, edge.where, lang, rows), "when": _when(edge.during, lang)}
    return say(f"condition.{which}", lang, **said, has=rows(edge.has, fact_meant(fact).columns))


def sequence_words(sequence: Sequence, lang: str, rows: Rows) -> str:
    """The steps in their order."""
    steps = say("condition.step_join", lang).join(_step(step, lang, rows) for step in sequence.sequence)
    return say("condition.sequence", lang, steps=steps, when=_when(sequence.during, lang))


def _step(step: Step, lang: str, rows: Rows) -> str:
    text = _event(step, lang, rows)
    if step.without is not None:
        text = say("condition.step_without", lang, step=text, rows=_event(step.without, lang, rows))
    if step.within_days is not None:
        return say("condition.step_within_days", lang, step=text, days=step.within_days)
    return (
        text
        if step.within_hours is None
        else say("condition.step_within_hours", lang, step=text, hours=step.within_hours)
    )


def _event(event: Event, lang: str, rows: Rows) -> str:
    return _rows(event.event, event.where, lang, rows)


def _rows(fact: str, where: Condition | None, lang: str, rows: Rows) -> str:
    meant = fact_meant(fact)
    if where is None:
        return meant.row.say(lang)
    return say("condition.rows_where", lang, rows=meant.row.say(lang), where=rows(where, meant.columns))


def _when(window: Window | None, lang: str) -> str:
    if window is None:
        return say("condition.ever", lang)
    if window.window_days is not None:
        code = "condition.last_days_before" if window.skip_days else "condition.last_days"
        return say(code, lang, days=window.window_days, skip=window.skip_days)
    first, last = (date_words(day, lang) if day else "" for day in (window.first_day, window.last_day))
    code = "condition.from_to" if first and last else "condition.from" if first else "condition.to"
    return say(code, lang, first=first, last=last)
