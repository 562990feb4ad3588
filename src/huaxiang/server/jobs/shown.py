"""A job as its page shows it: state, progress and remaining time in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huaxiang.maintain.steps import step_words
from huaxiang.number_words import date_words, short_number
from huaxiang.server.clock import now
from huaxiang.server.imports.counts import Counts, counts_of
from huaxiang.server.jobs.models import DONE, FAILED, Job
from huaxiang.server.jobs.queue import message_of, zone
from huaxiang.words import Message, say


@dataclass(frozen=True)
class ShownJob:
    """``done`` is the share done in percent (0 to 99 while active), None when nobody knows yet."""

    number: int
    title: str
    about: str
    state: str
    sentence: str
    is_active: bool
    is_done: bool
    is_failed: bool
    is_stopping: bool
    done: int | None
    step: str
    remaining: str
    asked: str
    counts: tuple[Counts, ...]
    kind: str
    subject: str


def shown(job: Job, lang: str) -> ShownJob:
    """The job in words of ``zh`` or ``en``."""
    reports = (job.result or {}).get("reports", [])
    return ShownJob(
        number=job.pk,
        title=say(f"jobs.kind.{job.kind}", lang),
        about=job.about,
        state=say(f"jobs.state.{job.state}", lang),
        sentence=_sentence(job, lang),
        is_active=job.is_active,
        is_done=job.state == DONE,
        is_failed=job.state == FAILED,
        is_stopping=job.is_active and job.cancel_requested,
        done=_percent(job, now()),
        step=_step(job, lang),
        remaining=_remaining(job, lang),
        asked=say("jobs.asked", lang, who=job.actor, at=moment(job.created_at)),
        counts=tuple(counts_of(report, lang) for report in reports),
        kind=job.kind,
        subject=job.subject,
    )


def moment(instant: datetime) -> str:
    """An instant in the workspace's time zone, to the minute."""
    return instant.astimezone(zone()).strftime("%Y-%m-%d %H:%M")


def _sentence(job: Job, lang: str) -> str:
    message = message_of(job.message)
    if message is not None:
        return message.say(lang)
    if job.state == DONE:
        return _made(job, job.result or {}, lang)
    return say(f"jobs.now.{job.state}", lang, work=say(f"jobs.kind.{job.kind}", lang))


def _made(job: Job, result: dict[str, Any], lang: str) -> str:
    if job.kind == "refresh":
        day = date_words(datetime.fromisoformat(result["as_of"]).date(), lang)
        return say("jobs.made.refresh", lang, n=short_number(result["customer_count"], lang), day=day)
    if job.kind == "edition":
        return say("editions.published" if result["is_new"] else "editions.nothing_new", lang, number=result["number"])
    if job.kind == "train":
        return say("jobs.made.train", lang, version=result["version"])
    total = {name: sum(one[name] for one in result["reports"]) for name in ("rows_read", "rows_quarantined")}
    kept = sum(one["rows_kept"] + one["rows_repaired"] for one in result["reports"])
    read, waiting = short_number(total["rows_read"], lang), short_number(total["rows_quarantined"], lang)
    return say(f"jobs.made.{job.kind}", lang, read=read, kept=short_number(kept, lang), waiting=waiting)


def _step(job: Job, lang: str) -> str:
    if not (job.is_active and job.step):
        return ""
    ours = step_words(job.step, lang) if job.kind in ("refresh", "train") else None
    name = ours or job.step
    return say("jobs.step", lang, step=name, number=job.step_number + 1, count=job.step_count)


def _elapsed(job: Job, at: datetime) -> float:
    return (at - job.started_at).total_seconds() if job.started_at else 0.0


def _percent(job: Job, at: datetime) -> int | None:
    if not job.is_active:
        return None
    by_step = job.step_number / job.step_count if job.step_count else 0.0
    by_time = _elapsed(job, at) / job.expected_seconds if job.expected_seconds else 0.0
    best = min(max(by_step, by_time), 0.99)
    return int(100 * best) if best else None


def _remaining(job: Job, lang: str) -> str:
    if not job.is_active or job.started_at is None:
        return ""
    left = _seconds_left(job, now())
    if left is None:
        return say("jobs.left.unknown", lang)
    if left < 5:
        return say("jobs.left.soon", lang)
    unit = (
        Message("jobs.left.seconds", {"n": round(left)})
        if left < 90
        else Message("jobs.left.minutes", {"n": round(left / 60)})
    )
    return unit.say(lang)


def _seconds_left(job: Job, at: datetime) -> float | None:
    elapsed = _elapsed(job, at)
    if job.expected_seconds is not None:
        return max(job.expected_seconds - elapsed, 0.0)
    if job.step_number and job.step_count:
        return elapsed / job.step_number * (job.step_count - job.step_number)
    return None
