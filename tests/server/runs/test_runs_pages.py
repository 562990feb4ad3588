"""Refreshes: what was computed, and starting one for a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.few_tags import check_nothing, keep_few

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.jobs.models import Job
    from huaxiang.workspace import Workspace

SignIn = Callable[..., "Client"]


def test_an_empty_workspace_teaches_the_next_step(empty_shop: Workspace, signed_in_client: SignIn) -> None:
    text = signed_in_client("analyst").get("/runs/").content.decode()
    assert "还没有计算过画像" in text
    assert 'href="/imports/new/"' in text
    assert "/runs/refresh/" not in text


def test_a_refresh_is_asked_for_by_who_may_import_only(shop: Workspace, signed_in_client: SignIn) -> None:
    assert "/runs/refresh/" in signed_in_client("analyst").get("/runs/").content.decode()
    viewer = signed_in_client("viewer")
    assert "/runs/refresh/" not in viewer.get("/runs/").content.decode()
    assert viewer.post("/runs/refresh/", {"as_of": ""}).status_code == 403


def test_a_refresh_is_done_and_listed_with_what_it_stood_on(
    own_shop: Workspace, signed_in_client: SignIn, at_once: list[int]
) -> None:
    keep_few(own_shop.folder, ("orders_365d", "net_revenue_365d", "first_order_on"))
    check_nothing(own_shop.folder)
    browser = signed_in_client("analyst", "li")
    answer = browser.post("/runs/refresh/", {"as_of": ""})
    assert "3 位客户，截至 2024年5月2日" in browser.get(answer.headers["Location"]).content.decode()
    text = browser.get("/runs/").content.decode()
    assert "画像截至 2024年5月2日，共 3 位客户" in text
    assert "run-00001" in text
    assert own_shop.runs().to_pylist()[0]["definitions"][:12] in text
    assert all(words in text for words in ("重算了谁", "全部"))
    browser.post("/runs/refresh/", {"as_of": "2024-05-01"})
    assert "画像截至 2024年5月1日" in browser.get("/runs/").content.decode()


@pytest.mark.parametrize(
    "day", ["2999-01-01", "1900-01-01", "20240501", "2024-13-01", "昨天", "2024-05-01x", "٢٠٢٤-٠٥-٠١"]
)
def test_a_day_that_cannot_be_is_refused(day: str, shop: Workspace, signed_in_client: SignIn) -> None:
    from huaxiang.server.jobs.models import Job

    answer = signed_in_client("analyst").post("/runs/refresh/", {"as_of": day})
    assert answer.status_code == 400
    assert day in answer.content.decode()
    assert Job.objects.count() == 0


def test_a_form_without_a_day_is_refused(shop: Workspace, signed_in_client: SignIn) -> None:
    assert signed_in_client("analyst").post("/runs/refresh/").status_code == 400


def test_a_second_refresh_is_refused_with_who_is_at_it(
    a_job: Callable[..., Job], not_spawned: None, signed_in_client: SignIn
) -> None:
    a_job(state="running", actor="王店长")
    answer = signed_in_client("analyst").post("/runs/refresh/", {"as_of": ""})
    assert answer.status_code == 409
    assert "王店长" in answer.content.decode()


def test_jobs_are_listed_with_how_they_ended(a_job: Callable[..., Job], signed_in_client: SignIn) -> None:
    lost, done = a_job(state="running"), a_job(kind="import", state="done", about="会员.csv", result={"reports": []})
    text = signed_in_client("viewer").get("/runs/").content.decode()
    assert f'href="/jobs/{lost.pk}/"' in text
    assert f'href="/jobs/{done.pk}/"' in text
    assert "没有成功" in text
    assert "会员.csv" in text


def test_a_running_job_is_followed_on_the_page(
    a_job: Callable[..., Job], not_spawned: None, signed_in_client: SignIn
) -> None:
    job = a_job(state="running")
    assert f'hx-get="/jobs/{job.pk}/progress/"' in signed_in_client("viewer").get("/runs/").content.decode()
