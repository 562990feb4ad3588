"""The page of a job in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.conftest import CLOCK

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.jobs.models import Job

Make = Callable[..., "Job"]
REPORT: dict[str, Any] = {
    "import_id": "000001-abcdef12", "file_name": "会员.csv", "sheet": None, "form": "person", "rows_read": 100,
    "rows_kept": 90, "rows_repaired": 4, "rows_quarantined": 5, "rows_already_there": 1, "rows_blank": 2,
    "reasons": {"reading.too_few_fields": 3, "required_missing": 2}, "messages": [],
}  # fmt: skip


RUNNING: dict[str, Any] = {"state": "running", "started_at": CLOCK()}
AT_STEP = {"step": "profile", "step_number": 2, "step_count": 5}
REFRESHED = {"run_id": "run-00001", "as_of": "2024-05-02", "snapshot": 3, "customer_count": 512}
#: What is known of a job, what its page says, whether the page follows it.
STATES: list[tuple[dict[str, Any], str, bool]] = [
    ({"state": "waiting"}, "马上开始", True),
    (RUNNING | AT_STEP, "计算画像标签（第 3 步，共 5 步）", True),
    (RUNNING | {"expected_seconds": 300.0}, "大约还要 5 分钟", True),
    (RUNNING | {"expected_seconds": 60.0}, "大约还要 60 秒", True),
    (RUNNING | {"started_at": CLOCK() - timedelta(hours=1), "expected_seconds": 60.0}, "快好了", True),
    (RUNNING | {"cancel_requested": True}, "正在停下来", True),
    ({"state": "done", "result": REFRESHED}, "512 位客户，截至 2024年5月2日", False),
    (
        {"state": "done", "kind": "import", "result": {"reports": [REPORT]}},
        "读到 100 行，新收下 94 行，5 行放在待处理区",
        False,
    ),
    ({"state": "failed", "message": {"code": "refresh.nothing_imported", "params": {}}}, "还没有导入任何数据", False),
    ({"state": "cancelled", "message": {"code": "jobs.cancelled", "params": {}}}, "已按您的要求停下", False),
]


@pytest.mark.parametrize(("fields", "words", "polls"), STATES)
def test_each_state_says_what_is_going_on(
    fields: dict[str, Any],
    words: str,
    polls: bool,
    a_job: Make,
    not_spawned: None,
    signed_in_client: Callable[..., Client],
) -> None:
    job = a_job(**fields)
    browser = signed_in_client("viewer")
    for path in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/progress/"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert ("hx-trigger" in answer.content.decode()) is polls


def test_the_bar_adds_up_and_names_the_reasons(
    a_job: Make, not_spawned: None, signed_in_client: Callable[..., Client]
) -> None:
    job = a_job(kind="import", state="done", result={"reports": [REPORT]})
    text = signed_in_client("viewer").get(f"/jobs/{job.pk}/").content.decode()
    assert "读到 100 行 = 直接收下 90 + 修正后收下 4 + 待处理 5 + 以前就有 1" in text
    assert "这一行的列数太少 · 3" in text


def test_english_pages_hold_no_chinese_beside_names(
    a_job: Make, not_spawned: None, signed_in_client: Callable[..., Client]
) -> None:
    job = a_job(kind="import", state="done", result={"reports": [REPORT]})
    text = signed_in_client("viewer", language="en").get(f"/jobs/{job.pk}/").content.decode()
    assert "100 rows read, 94 taken in, 5 wait in quarantine." in text


def test_a_viewer_sees_a_job_and_may_not_cancel_it(
    a_job: Make, not_spawned: None, signed_in_client: Callable[..., Client]
) -> None:
    job = a_job(state="running", started_at=CLOCK())
    assert signed_in_client("viewer").post(f"/jobs/{job.pk}/cancel/").status_code == 403
    answer = signed_in_client("analyst").post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert (answer.status_code, job.cancel_requested) == (302, True)


def test_an_unknown_job_is_explained(a_job: Make, signed_in_client: Callable[..., Client]) -> None:
    answer = signed_in_client("viewer").get("/jobs/424242/")
    assert answer.status_code == 404
    assert "424242" in answer.content.decode()
