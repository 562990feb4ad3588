"""From an upload to a refreshed portrait with the real process of a job; and what happens when it is killed."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.server.conftest import CLOCK
from tests.server.jobs.shop import made, served

if TYPE_CHECKING:
    from django.test import Client

    from huaxiang.server.jobs.models import Job
    from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow

GBK = "会员卡,顾客,手机,办卡日\nM9001,王小明,13812345678,2024-03-01\nM9002,李雷,13912345678,2024/3/5\n".encode("gbk")


@pytest.fixture
def real_shop(workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of the test's own, with few tags: a process of its own computes them, which ones does not matter."""
    shop = made(workspace, tmp_path / "shop")
    keep_few(shop.folder, ("registered_on", "orders_total"))
    check_nothing(shop.folder)
    yield from served(shop)


@pytest.fixture
def browser(real_shop: Workspace) -> Iterator[Client]:
    """Somebody signed in whose account other processes see; account and jobs are removed afterwards."""
    from django.test import Client

    from huaxiang.server.accounts.models import User
    from huaxiang.server.jobs.models import Job

    user = User.objects.create(username="e2e", role="analyst", created_at=CLOCK())
    client = Client(headers={"Accept-Language": "zh-CN"})
    client.force_login(user)
    yield client
    Job.objects.all().delete()
    user.delete()


def job_of(address: str) -> Job:
    """The job of that page as it stands."""
    from huaxiang.server.jobs.queue import job_numbered

    return job_numbered(int(address.strip("/").split("/")[-1]))


def ended(address: str) -> Job:
    """The job of that page, once it has ended."""
    while (job := job_of(address)).is_active:
        time.sleep(0.1)
    return job


def test_a_file_becomes_a_portrait(browser: Client, real_shop: Workspace) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = {"files": [SimpleUploadedFile("../会员 名单.csv", GBK)]}
    upload = browser.post("/imports/new/", sent).headers["Location"]
    fields = {"field-0": "member_no", "field-1": "person_name", "field-2": "phone", "field-3": "registered_at"}
    browser.post(upload + "sheets/0/", {"row_kind": "person", **fields})
    imported = ended(browser.post(upload + "import/").headers["Location"])
    assert (imported.state, imported.message) == ("done", None)
    assert real_shop.imports().to_pylist()[0]["file_name"] == "会员_名单.csv"
    refreshed = ended(browser.post("/runs/refresh/", {"as_of": "2024-06-30"}).headers["Location"])
    assert (refreshed.state, refreshed.message) == ("done", None)
    assert refreshed.result["customer_count"] == 2
    assert real_shop.customer_id_of("13912345678")
    assert browser.get("/runs/").content.decode().count("2024年6月30日") >= 1
    assert list((real_shop.folder / "tmp" / "jobs").iterdir()) == []


def test_a_killed_process_is_noticed_and_told(browser: Client, real_shop: Workspace) -> None:
    with (real_shop.folder / "tmp" / "builder.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # so that the job waits, whatever the speed of the machine
        address = browser.post("/runs/refresh/", {"as_of": ""}).headers["Location"]
        job = job_of(address)
        assert job.pid is not None
        os.kill(job.pid, signal.SIGKILL)
        assert ended(address).state == "failed"
    assert "中途停了" in browser.get(address).content.decode()


def test_a_waiting_job_can_be_cancelled(browser: Client, real_shop: Workspace) -> None:
    with (real_shop.folder / "tmp" / "builder.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        address = browser.post("/runs/refresh/", {"as_of": ""}).headers["Location"]
        browser.post(address + "cancel/")
        assert ended(address).state == "cancelled"
    assert "已按您的要求停下" in browser.get(address).content.decode()
