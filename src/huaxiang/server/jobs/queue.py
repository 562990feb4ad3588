"""Jobs take turns: the first to be asked for runs, the others wait; whoever lost its process is told to have failed."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from huaxiang.errors import BusyError, NotFound, WorkspaceError
from huaxiang.server.clock import now
from huaxiang.server.jobs.models import ACTIVE, DONE, FAILED, Job
from huaxiang.server.jobs.orders import JobFiles
from huaxiang.words import Message

#: Running and waiting jobs together; each is a process.
MOST_AT_ONCE = 4


def start(kind: str, order: Mapping[str, Any], *, actor: str, about: str = "", subject: str = "", work: int = 0) -> Job:
    """Start a job in a process of its own; it waits there for its turn.

    Raises :class:`BusyError`, naming who is at it since when, when :data:`MOST_AT_ONCE` jobs are there already.
    """
    settle_orphans()
    active = list(Job.objects.filter(state__in=ACTIVE).order_by("pk"))
    if len(active) >= MOST_AT_ONCE:
        raise BusyError("jobs.queue_full", count=len(active), **described(active[0]))
    files = JobFiles(_workspace(), secrets.token_hex(16))
    with files.lifeline.held() as lock:
        files.write_order(order)
        job = Job.objects.create(
            token=files.token,
            kind=kind,
            actor=actor,
            about=about[:400],
            subject=subject,
            work=work,
            expected_seconds=expected_seconds(kind, work),
            created_at=now(),
        )
        _spawn(job, lock)
    return job


def _spawn(job: Job, lock: int) -> None:
    command = [sys.executable, "-m", "huaxiang.server.jobs.run", str(_workspace()), str(job.pk)]
    try:
        # A session of its own: work that was accepted goes on when the server is stopped.
        process = subprocess.Popen(  # noqa: S603 - the command is ours, no word of it comes from a page
            command, stdin=subprocess.DEVNULL, pass_fds=(lock,), start_new_session=True
        )
    except OSError as problem:
        raise WorkspaceError("jobs.not_started", reason=str(problem.strerror)) from None
    Job.objects.filter(pk=job.pk).update(pid=process.pid)
    # Somebody has to take note of its end, or it stays in the process table.
    threading.Thread(target=process.wait, daemon=True).start()


def settle_orphans() -> int:
    """Mark jobs whose process is gone as failed, and give their number."""
    settled = 0
    for job in Job.objects.filter(state__in=ACTIVE):
        if not files_of(job).lifeline.is_held():
            # A job that ended properly meanwhile is no longer active, and stays as it ended.
            mine = Job.objects.filter(pk=job.pk, state__in=ACTIVE)
            settled += mine.update(state=FAILED, finished_at=now(), message=plain(Message("jobs.orphaned")))
            files_of(job).remove()
    return settled


def ahead_of(job: Job) -> Job | None:
    """The job whose turn it is, when it is not this one's."""
    return Job.objects.filter(state__in=ACTIVE, pk__lt=job.pk).order_by("pk").first()


def cancel(number: int) -> Job:
    """Ask a job to stop at its next step. Raises :class:`NotFound` for one that is not there or has ended."""
    if not Job.objects.filter(pk=number, state__in=ACTIVE).update(cancel_requested=True):
        raise NotFound("jobs.not_active", number=number)
    return Job.objects.get(pk=number)


def job_numbered(number: int) -> Job:
    """The job of that number, its state as it really is. Raises :class:`NotFound`."""
    settle_orphans()
    job = Job.objects.filter(pk=number).first()
    if job is None:
        raise NotFound("jobs.unknown", number=number)
    return job


def expected_seconds(kind: str, work: int) -> float | None:
    """How long a job should take, after its latest like: by the byte, or altogether where bytes mean nothing."""
    past = Job.objects.filter(kind=kind, state=DONE, started_at__isnull=False).order_by("-pk").first()
    if past is None or past.started_at is None or past.finished_at is None:
        return None
    seconds = (past.finished_at - past.started_at).total_seconds()
    return seconds * max(work, 1) / max(past.work, 1)


def files_of(job: Job) -> JobFiles:
    """The job's files in the workspace."""
    return JobFiles(_workspace(), job.token)


def described(job: Job) -> dict[str, Any]:
    """Who has the turn, with what and since when, as parameters of a sentence."""
    since = (job.started_at or job.created_at).astimezone(zone()).strftime("%H:%M")
    return {"who": job.actor, "work": Message(f"jobs.kind.{job.kind}"), "since": since}


def zone() -> Any:
    """The workspace's time zone, in which people are told times."""
    from huaxiang.server.data import workspace

    return workspace().settings.zone


def plain(message: Message) -> dict[str, Any]:
    """A message as it is kept; messages inside it too."""
    params = {name: plain(value) if isinstance(value, Message) else value for name, value in message.params.items()}
    return {"code": message.code, "params": params}


def message_of(kept: Mapping[str, Any] | None) -> Message | None:
    """A message as it was kept; None for none."""
    if kept is None:
        return None
    return Message(kept["code"], {name: _worth(value) for name, value in kept["params"].items()})


def _worth(value: Any) -> Any:
    return message_of(value) if isinstance(value, dict) and set(value) == {"code", "params"} else value


def _workspace() -> Path:
    folder: Path = settings.HUAXIANG_WORKSPACE
    return Path(folder).resolve()
