"""In a real browser: a bar, a cell and a table row become crowds, by mouse and by keyboard; pages fit a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.server.customers.test_browser import address, browser, opened, state
from tests.server.groups.many import PEOPLE
from tests.server.settled import settled

from huaxiang.workspace import Workspace

# The server, the browser and the sign-in are those of the customers' browser tests, with this shop behind them.
__all__ = ["address", "browser", "opened", "state"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GOLD = [one for one in PEOPLE if one["level"] == "金卡"]
BAR = """() => {
  const chart = echarts.getInstanceByDom(document.querySelector("#province [data-chart-canvas]"));
  const place = chart.getOption().yAxis[0].data.indexOf("广东省");
  const [x, y] = chart.convertToPixel({seriesIndex: 0}, [0, place]);
  const box = chart.getDom().getBoundingClientRect();
  return [box.left + x + 6, box.top + y - 8];
}"""


@pytest.fixture(scope="module")
def made(kept_many: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the shop that the server of these tests may write into."""
    folder = tmp_path_factory.mktemp("served") / "ws"
    shutil.copytree(kept_many.folder, folder, symlinks=True)
    return Workspace.open(folder)


def test_a_bar_that_is_clicked_becomes_a_crowd(opened: Callable[..., Page]) -> None:
    page = opened("/groups/?crowd=gold&tags=province")
    page.wait_for_selector("#province canvas")
    page.locator("#province").scroll_into_view_if_needed()
    x, y = page.evaluate(BAR)
    page.mouse.click(x, y)
    page.wait_for_url("**/crowds/new/?rule=*")
    assert page.inner_text("#count") == str(sum(one["province"] == "广东省" for one in GOLD))
    assert "会员等级为金卡，并且省份为广东省" in page.inner_text("#sentence")


def test_a_row_under_the_chart_becomes_a_crowd_by_keyboard(opened: Callable[..., Page]) -> None:
    page = opened("/groups/?crowd=gold&tags=province")
    page.locator("#province summary").focus()
    page.keyboard.press("Enter")
    page.locator("#province th a", has_text="广东省").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/crowds/new/?rule=*")
    assert page.inner_text("#count") == str(sum(one["province"] == "广东省" for one in GOLD))


def test_a_cell_becomes_a_crowd(opened: Callable[..., Page]) -> None:
    page = opened("/groups/cross/?down=member_level&across=province")
    page.locator("tr", has=page.locator("th", has_text="金卡")).locator("td a").first.click()
    page.wait_for_url("**/crowds/new/?rule=*")
    assert page.inner_text("#sentence").startswith("会员等级为金卡，并且省份为")


def test_tags_are_found_by_what_is_meant(opened: Callable[..., Page]) -> None:
    """In the list of a table the best one is chosen; of the boxes to tick those that were found are left."""
    page = opened("/groups/cross/?down=member_level&across=province")
    with page.expect_response("**/crowds/find/?q=*"):
        page.locator(".tag-find").first.fill("花钱多")
    page.locator("#told", has_text="消费水平").wait_for(state="attached")
    assert [page.input_value(f"[name={name}]") for name in ("down", "across")] == ["spending_level", "province"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "down"
    page.goto(page.url.partition("cross/")[0])
    page.locator(".group-tags summary").click()
    many = page.locator(".pick label:visible").count()
    with page.expect_response("**/crowds/find/?q=*"):
        page.locator(".tag-find").fill("花钱多")
    page.locator("#told", has_text="消费水平").wait_for(state="attached")
    assert 1 <= page.locator(".pick label:visible").count() < many / 2
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.locator(".tag-find").fill("")
    page.locator(".pick label:visible").nth(many - 1).wait_for()
    assert page.locator("[name=tags][value=spending_level]").is_checked()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "path",
    [
        "?crowd=gold", "cross/?down=member_level&across=province", "measures/?tag=member_level", "regions/",
        "overlap/?with=gold&with=buyers", "movement/?tag=lifecycle&from=2026-03-31", "rule/?crowd=gold",
    ],
)  # fmt: skip
def test_pages_fit_and_their_charts_are_drawn(path: str, width: int, opened: Callable[..., Page]) -> None:
    page = settled(opened(f"/groups/{path}", viewport={"width": width, "height": 800}, color_scheme="dark"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-chart-failed]:visible").count() == 0
    assert page.locator("[data-chart]").count() == page.locator("[data-chart] canvas").count()
