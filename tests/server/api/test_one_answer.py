"""One rule with all that a rule may hold has one answer: in Python, CLI, API, builder, pages, files and document."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.few_tags import keep_few
from tests.server.crowds.shop import AS_OF, NOW, member
from tests.server.crowds.test_export import exported
from tests.server.crowds.test_pages import add

from huaxiang.analyse.crowd_sizes import crowd_count
from huaxiang.cli import main
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
LISTED = [one for number, one in enumerate(PEOPLE) if number % 7]
RULE = (
    "city in (上海市, 北京市) and did sale where (is_purchase = true) in last 150 days"
    " and (sequence (sale then within 70 days sale) in last 200 days or crowd newcomers)"
    " and list buyers and not orders_total = 4"
)


def bought_on(one: dict[str, Any]) -> list[date]:
    """The days of somebody's orders, as the file of orders says them."""
    return sorted(date(2026, 1 + (number + order * 2) % 6, 1 + number % 27) for number, order in one["orders"])


def follows(one: dict[str, Any]) -> bool:
    """Whether an order follows another one within 70 days, both in the last 200 days."""
    days = [day for day in bought_on(one) if day > AS_OF - timedelta(days=200)]
    return any(0 < (later - day).days <= 70 for day in days for later in days)


#: The parts of the rule in plain Python over what the files say: all of them hold, and one of the last two.
ALL_OF: dict[str, Callable[[dict[str, Any]], bool]] = {
    "tag": lambda one: one["city"] in ("上海市", "北京市"),
    "window": lambda one: any(day > AS_OF - timedelta(days=150) for day in bought_on(one)),
    "list": lambda one: one in LISTED,
    "not": lambda one: len(one["orders"]) != 4,
}
ONE_OF: dict[str, Callable[[dict[str, Any]], bool]] = {"sequence": follows, "crowd": lambda one: len(one["orders"]) < 2}


def meant(without: str = "") -> set[str]:
    """The member numbers for which the rule holds, or the rule without one of its parts."""
    every = [part for name, part in ALL_OF.items() if name != without]
    some = [part for name, part in ONE_OF.items() if name != without]
    return {one["member_no"] for one in PEOPLE if all(part(one) for part in every) and any(part(one) for part in some)}


MEANT = meant()


@pytest.fixture
def asked(shop: Workspace, tmp_path: Path) -> Workspace:
    """The shop with the crowd and the list that the rule names, and the rule itself saved as the crowd ``chosen``."""
    path = tmp_path / "买家.csv"
    path.write_text("电话\n" + "".join(f"{one['phone']}\n" for one in LISTED), encoding="utf-8")
    shop.upload_list(path, "买家名单", "Buyers", NOW, actor="kim")
    add(shop, "newcomers", "orders_total < 2")
    add(shop, "chosen", RULE)
    return Workspace.open(shop.folder)


def from_command_line(shop: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What ``huaxiang segment … --json`` answers."""
    capsys.readouterr()
    assert main(["segment", *words, "--json", "-w", str(shop.folder)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("part", [*ALL_OF, *ONE_OF])
def test_every_part_of_the_rule_decides_about_somebody(part: str) -> None:
    """Else a part that is left out somewhere would not be noticed."""
    assert meant(without=part) != MEANT
    assert len(MEANT) >= 5, "fewer are hidden in the document"


def test_everybody_counts_the_same(
    asked: Workspace,
    tmp_path: Path,
    program: Program,
    signed_in_client: Browser,
    capsys: pytest.CaptureFixture[str],
) -> None:
    condition = asked.condition(RULE)
    with asked.reading() as engine:
        population = asked.population(engine)
        counted = {"Python": crowd_count(population, condition)}
        ids = engine.arrow(population.members(condition).select("customer_id")).column(0).to_pylist()
    assert set(ids) == {asked.customer_id_of(one) for one in MEANT}

    for words in ((RULE,), ("chosen",)):
        counted[f"CLI {words[0][:6]}"] = from_command_line(asked, capsys, *words, "--count")["customers"]
    taken = tmp_path / "taken.csv"
    counted["CLI export"] = from_command_line(asked, capsys, "chosen", "--export", str(taken))["rows"]
    assert len(list(csv.DictReader(io.StringIO(taken.read_text("utf-8-sig"))))) == counted["CLI export"]

    ask = program("crowd:read", "crowd:members", "rules:write", role="analyst")
    rule = json.dumps({"rule": RULE})
    counted["API rule"] = ask.post("/api/v1/rules/evaluate", rule, content_type="application/json").json()["customers"]
    counted["API crowd"] = ask.get("/api/v1/crowds/chosen/count").json()["customers"]
    listed = ask.get("/api/v1/crowds/chosen/members?purpose=analysis&limit=1000").json()["members"]
    assert {row["customer_id"] for row in listed} == set(ids)
    file = ask.get("/api/v1/crowds/chosen/members/file?purpose=analysis")
    counted["API file"] = len(b"".join(file.streaming_content).splitlines())  # type: ignore[attr-defined]

    browser = signed_in_client("analyst")
    built = browser.get("/crowds/new/", {"rule": RULE}).content.decode()
    counted["builder"] = int(found_in(built, r'id="count">(\d+)<'))
    page = browser.get("/crowds/saved/chosen/").content.decode()
    counted["page"] = int(found_in(page, r"有 (\d+) 位客户"))
    _, taken_page = exported(browser, "chosen")
    counted["page file"] = len(list(csv.DictReader(io.StringIO(taken_page.decode("utf-8-sig")))))

    facts = json.loads(asked.document(NOW).read("facts.json"))["facts"]
    counted["document"] = next(int(fact["value"]["int"]) for fact in facts if fact["key"] == "crowd.chosen.customers")

    # The other tags are nothing to the rule, and most of what a refresh takes.
    keep_few(asked.folder, ("city", "orders_total"))
    Workspace.open(asked.folder).refresh(NOW, as_of=AS_OF)
    with asked.reading() as engine:
        members = engine.table("crowd_member")
        counted["refresh"] = engine.arrow(members.filter(members.crowd == "chosen")).num_rows
    assert counted == dict.fromkeys(counted, len(MEANT))


def test_what_a_merge_would_change_leaves_the_rule_with_a_list_to_the_next_refresh(asked: Workspace) -> None:
    seen = asked.preview("merge", asked.sides_of_two("M0003", "M0006", even_so=True))
    assert "chosen" in seen.later
    assert "chosen" not in seen.segments


def found_in(page: str, pattern: str) -> str:
    """What the pattern finds in a page."""
    found = re.search(pattern, page)
    assert found is not None, page[:2_000]
    return found[1]
