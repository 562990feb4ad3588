"""How a job ends: done, failed in words, cancelled; and how it waits for its turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.conftest import CLOCK

from huaxiang.engine import building
from huaxiang.errors import InputError

if TYPE_CHECKING:
    from huaxiang.server.jobs.models import Job
    from huaxiang.workspace import Workspace

Make = Callable[..., "Job"]


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let jobs of kind ``refresh`` do something else."""
    from huaxiang.server.jobs.work import KINDS

    def put(work: Callable[..., dict[str, Any]]) -> None:
        monkeypatch.setitem(KINDS, "refresh", work)

    return put


def ordered(job: Job) -> Job:
    """The job with its order written, as :func:`start` does."""
    from huaxiang.server.jobs.queue import files_of

    files_of(job).write_order({"as_of": ""})
    return job


def run(job: Job) -> Job:
    from huaxiang.server.jobs.queue import files_of
    from huaxiang.server.jobs.turn import take_turn

    with files_of(job).lifeline.held():
        take_turn(job.pk)
    job.refresh_from_db()
    return job


def test_a_job_that_works_is_done_and_leaves_no_file(a_job: Make, doing: Callable[..., None]) -> None:
    from huaxiang.server.jobs.queue import files_of

    doing(lambda *_: {"run_id": "run-00001"})
    job = run(ordered(a_job()))
    assert (job.state, job.result, job.message) == ("done", {"run_id": "run-00001"}, None)
    assert job.started_at is not None
    assert list((files_of(job).workspace / "tmp" / "jobs").glob(f"{job.token}.*")) == []


def test_our_own_errors_are_kept_in_words(a_job: Make, doing: Callable[..., None]) -> None:
    def refuse(*_: object) -> dict[str, Any]:
        raise InputError("refresh.nothing_imported")

    doing(refuse)
    job = run(ordered(a_job()))
    assert (job.state, job.message["code"]) == ("failed", "refresh.nothing_imported")


def test_a_mistake_of_ours_fails_the_job_and_is_not_hidden(a_job: Make, doing: Callable[..., None]) -> None:
    def fall(*_: object) -> dict[str, Any]:
        raise ZeroDivisionError("secret detail")

    doing(fall)
    job = ordered(a_job())
    with pytest.raises(ZeroDivisionError):
        run(job)
    job.refresh_from_db()
    assert (job.state, job.message["code"]) == ("failed", "jobs.mistake")


def test_a_job_stops_at_the_step_after_it_was_cancelled(a_job: Make, doing: Callable[..., None]) -> None:
    steps: list[int] = []

    def work(workspace: Workspace, order: Mapping[str, Any], now: object, actor: str, progress: Any) -> dict[str, Any]:
        from huaxiang.server.jobs.queue import cancel

        for number in range(3):
            progress("unify", number, 3)
            steps.append(number)
            cancel(job.pk)
        return {}

    doing(work)
    job = ordered(a_job())
    run(job)
    assert (job.state, job.message["code"], steps) == ("cancelled", "jobs.cancelled", [0])
    assert (job.step, job.step_number, job.step_count) == ("unify", 0, 3)


def test_a_job_waits_for_the_one_before_it(
    a_job: Make, doing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.jobs.queue import files_of, message_of

    doing(lambda *_: {})
    first, second = a_job(state="running", actor="王店长", started_at=CLOCK()), ordered(a_job())
    told: list[str] = []

    def sleep(_: float) -> None:
        second.refresh_from_db()
        waiting = message_of(second.message)
        assert waiting is not None
        told.append(waiting.say("zh"))
        type(first).objects.filter(pk=first.pk).update(state="done")

    monkeypatch.setattr("huaxiang.server.jobs.turn.sleep", sleep)
    with files_of(first).lifeline.held():
        run(second)
    assert second.state == "done"
    assert len(told) == 1
    assert "王店长" in told[0]


def test_a_job_waits_for_whoever_builds_from_the_command_line(
    a_job: Make, empty_shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ordered(a_job())
    lock = building(empty_shop.folder / "tmp" / "builder.lock", "import", CLOCK())
    lock.__enter__()
    told: list[str] = []

    def sleep(_: float) -> None:
        job.refresh_from_db()
        told.append(job.message["code"])
        lock.__exit__(None, None, None)

    monkeypatch.setattr("huaxiang.server.jobs.turn.sleep", sleep)
    run(job)
    assert told == ["engine.busy"]
    assert (job.state, job.message["code"]) == ("failed", "refresh.nothing_imported")
