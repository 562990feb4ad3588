"""Progress on stderr: what is being done, how far it is, and how long it may still take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from huaxiang.cli.desk import Desk
from huaxiang.cli.output import clean

Tell = Callable[[str, int, int], None]


@contextmanager
def progress(desk: Desk, words: Callable[[str], str]) -> Iterator[Tell]:
    """Gives the function that work tells of its steps: stage, steps done, steps in all.

    ``words`` says a stage to the person. Nothing is shown where stderr is no terminal.
    """
    with Progress(*_columns(), console=desk.err, transient=True, disable=not desk.err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda stage, done, total: _move(bar, task, clean(words(stage)), done, total)


def _columns() -> tuple[TextColumn, BarColumn, MofNCompleteColumn, TimeElapsedColumn, TimeRemainingColumn]:
    return (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )


def _move(bar: Progress, task: TaskID, text: str, done: int, total: int) -> None:
    bar.update(task, description=text, completed=done, total=total)
