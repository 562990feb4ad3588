"""Jobs take turns, and one whose process is gone is told to have failed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from tests.server.conftest import CLOCK

from huaxiang.errors import BusyError, NotFound
from huaxiang.words import Message

if TYPE_CHECKING:
    from huaxiang.server.jobs.models import Job

Make = Callable[..., "Job"]


def test_a_job_without_a_process_is_marked_as_failed_in_words(a_job: Make) -> None:
    from huaxiang.server.jobs.queue import message_of, settle_orphans

    lost, ended = a_job(state="running"), a_job(state="done")
    assert settle_orphans() == 1
    lost.refresh_from_db()
    ended.refresh_from_db()
    message = message_of(lost.message)
    assert (lost.state, ended.state) == ("failed", "done")
    assert message is not None
    assert "中途停了" in message.say("zh")
    assert lost.finished_at == CLOCK()


def test_a_job_whose_process_lives_goes_on(a_job: Make) -> None:
    from huaxiang.server.jobs.queue import files_of, settle_orphans

    job = a_job(state="running")
    with files_of(job).lifeline.held():
        assert settle_orphans() == 0
    assert settle_orphans() == 1


def test_starting_hands_the_lock_over_and_keeps_the_order_out_of_the_database(
    a_job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.jobs import queue

    seen: list[bool] = []
    monkeypatch.setattr(queue, "_spawn", lambda job, _: seen.append(queue.files_of(job).lifeline.is_held()))
    job = queue.start("replay", {"import_id": "000001-a", "fixes": {"2": {"手机号": "13800138000"}}}, actor="li")
    assert seen == [True]
    assert "13800138000" not in str(type(job).objects.filter(pk=job.pk).values().get())
    files = queue.files_of(job)
    assert files.order()["fixes"]["2"]["手机号"] == "13800138000"
    assert (files.workspace / "tmp" / "jobs" / f"{job.token}.json").stat().st_mode & 0o077 == 0


def test_too_many_jobs_are_refused_with_who_is_at_it_since_when(a_job: Make, not_spawned: None) -> None:
    from huaxiang.server.jobs.queue import MOST_AT_ONCE, start

    for _ in range(MOST_AT_ONCE):
        a_job(state="waiting", actor="王店长")
    with pytest.raises(BusyError) as refused:
        start("refresh", {"as_of": ""}, actor="li")
    assert "王店长" in refused.value.say("zh")
    # In the shop's time; tests before this one may have moved the clock.
    assert f"{CLOCK().astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}" in refused.value.say("zh")


def test_only_active_jobs_can_be_cancelled(a_job: Make) -> None:
    from huaxiang.server.jobs.queue import cancel

    assert cancel(a_job(state="running").pk).cancel_requested
    with pytest.raises(NotFound):
        cancel(a_job(state="done").pk)
    with pytest.raises(NotFound):
        cancel(10**6)


def test_the_expected_time_follows_the_latest_job_of_its_kind_by_the_byte(a_job: Make) -> None:
    from huaxiang.server.jobs.queue import expected_seconds

    start = CLOCK()
    assert expected_seconds("import", 10) is None
    a_job(kind="import", state="done", work=1000, started_at=start, finished_at=start + timedelta(seconds=20))
    a_job(kind="import", state="failed", work=1, started_at=start, finished_at=start + timedelta(hours=1))
    assert expected_seconds("import", 500) == pytest.approx(10.0)
    assert expected_seconds("refresh", 0) is None
    a_job(kind="refresh", state="done", started_at=start, finished_at=start + timedelta(seconds=7))
    assert expected_seconds("refresh", 0) == pytest.approx(7.0)


def test_messages_survive_being_kept_also_inside_each_other(workspace: object) -> None:
    from huaxiang.server.jobs.queue import message_of, plain

    told = Message("jobs.waits_for", {"who": "li", "work": Message("jobs.kind.import"), "since": "10:00"})
    kept = message_of(plain(told))
    assert kept is not None
    assert kept.say("zh") == told.say("zh")
    assert message_of(None) is None
