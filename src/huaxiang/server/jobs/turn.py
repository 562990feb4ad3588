"""A job's turn: it waits until it is its own, does its work step by step, and writes down how it ended."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import Any

from huaxiang.errors import BusyError, Cancelled, HuaxiangError
from huaxiang.server.clock import now
from huaxiang.server.data import workspace
from huaxiang.server.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job
from huaxiang.server.jobs.queue import ahead_of, described, files_of, plain, settle_orphans
from huaxiang.server.jobs.work import KINDS
from huaxiang.words import Message

#: Seconds between two looks at whether the turn has come.
PATIENCE = 0.5


def take_turn(number: int) -> None:
    """Do the work of a job when its turn has come; its state tells how it ended, also by a mistake of ours."""
    job = Job.objects.get(pk=number)
    try:
        result = _in_turn(job, lambda: _work(job))
    except Cancelled as stopped:
        _end(job, CANCELLED, message=plain(stopped.message))
    except HuaxiangError as problem:
        _end(job, FAILED, message=plain(problem.message))
    except BaseException:
        _end(job, FAILED, message=plain(Message("jobs.mistake")))
        raise
    else:
        _end(job, DONE, result=result, message=None)
    finally:
        files_of(job).remove()


def _in_turn(job: Job, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    while True:
        settle_orphans()
        ahead = ahead_of(job)
        if ahead is None:
            try:
                return work()
            except BusyError as busy:
                # Somebody builds from the command line.
                _wait(job, busy.message)
        else:
            _wait(job, Message("jobs.waits_for", described(ahead)))


def _wait(job: Job, reason: Message) -> None:
    _tell(job, state=WAITING, started_at=None, message=plain(reason))
    sleep(PATIENCE)


def _work(job: Job) -> dict[str, Any]:
    _tell(job, state=RUNNING, started_at=now(), message=None)
    return KINDS[job.kind](workspace(), files_of(job).order(), now(), job.actor, lambda *step: _progress(job, *step))


def _progress(job: Job, step: str, number: int, count: int) -> None:
    _tell(job, step=step[:200], step_number=number, step_count=count)


def _tell(job: Job, **changes: Any) -> None:
    """Write down how far the job is. Raises :class:`Cancelled` when somebody asked it to stop."""
    if not Job.objects.filter(pk=job.pk, cancel_requested=False).update(**changes):
        raise Cancelled("jobs.cancelled")


def _end(job: Job, state: str, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=now(), **changes)
