"""The catalogue in a real browser: searched while typing, published by two people, retired, on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.server.customers.test_browser import address, browser, opened, state
from tests.server.settled import settled

from huaxiang.model.condition_text import text_of
from huaxiang.model.rules import Layers, Preference
from huaxiang.server.tags.shelves import Shelves
from huaxiang.workspace import Workspace

# The server, the browser and the sign-in are those of the customers' browser tests, with this shop behind them.
__all__ = ["address", "browser", "opened", "state"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATHS = ("/tags/", "/tags/one/lifecycle/", "/tags/one/promotion_level/", "/tags/new/")
#: Owners, keys of tags, and what the two languages and the text form are called.
NAMES = {"huaxiang", "xiezuo", "laoban", "lifecycle", "promotion_level", "yaml", "english", "female"}


@pytest.fixture(scope="module")
def made(kept_tag_shop: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the shop that the server of these tests may write into, without its tags of hostile names."""
    folder = tmp_path_factory.mktemp("served") / "ws"
    shutil.copytree(kept_tag_shop.folder, folder, symlinks=True)
    for own in ("vip", "trail"):
        (folder / "definitions" / "tags" / f"{own}.yaml").unlink()
    return Workspace.open(folder)


@pytest.fixture
def writer(address: tuple[str, str], browser: Browser, opened: Callable[..., Page]) -> Iterator[Page]:
    """The page of a second person, an analyst whom the administrator invited."""
    page = opened("/users/")
    page.fill("#id_username", "xiezuo")
    page.select_option("#id_role", "analyst")
    page.click("form[action='/users/invite/'] button")
    link = page.locator("#link").input_value()
    context = browser.new_context(locale="zh-CN")
    mine = context.new_page()
    mine.set_default_timeout(120_000)
    mine.goto(address[0] + "/link/" + link.split("/link/")[1])
    mine.fill("#id_new_password", "seven quiet herons 7")
    mine.fill("#id_repeated_password", "seven quiet herons 7")
    mine.click("button.btn-primary")
    mine.wait_for_selector(".rail")
    yield mine
    context.close()


def test_a_tag_is_found_while_it_is_typed_and_opened(opened: Callable[..., Page]) -> None:
    page = opened("/tags/")
    everything = page.locator(".tag-line").count()
    page.locator("#tag-q").focus()
    page.keyboard.insert_text("多久没买")
    page.locator(f".tag-lines:not(:has(> :nth-child({everything})))").wait_for()
    assert 0 < page.locator(".tag-line").count() < everything
    page.fill("#tag-q", "shengmingzhouqi")
    first = page.locator(".tag-line").first
    first.get_by_role("link", name="生命周期", exact=True).wait_for()
    assert "q=shengmingzhouqi" in page.url
    first.get_by_role("link", name="生命周期", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".lede", has_text="生命周期：").wait_for()
    assert page.locator("#lineage a[href='/tags/one/order_days_total/']").count() == 1
    page.go_back()
    page.fill("#tag-q", "区块链挖矿")
    page.locator("main", has_text="没有这样的标签").wait_for()


def test_a_sensitive_tag_needs_a_second_person_and_is_retired(
    made: Workspace, writer: Page, address: tuple[str, str], opened: Callable[..., Page]
) -> None:
    """The writer has no button to publish or approve; the other person reads why, approves, and the writer retires."""
    writer.goto(address[0] + "/tags/new/")
    for name, text in (
        ("zh", "恋爱状态"),
        ("en", "Love life"),
        ("meaning_zh", "自己说的。"),
        ("meaning_en", "As told."),
    ):
        writer.fill(f"[name={name}]", text)
    writer.select_option("[name=sensitivity]", "sensitive")
    writer.click("button[value=save]")
    draft = writer.locator("#draft")
    draft.wait_for()
    assert draft.locator("button[value=publish], button[value=approve]").count() == 0
    writer.fill("#why-propose", "写信时要用")
    writer.locator("#why-propose").press("Enter")
    draft.get_by_text("写信时要用").wait_for()
    assert draft.locator("button[value=approve]").count() == 0
    assert "love_life" not in Workspace.open(made.folder).definitions.catalogue
    other = opened("/tags/one/love_life/")
    assert "写信时要用" in other.locator("#draft").inner_text()
    other.click("button[value=approve]")
    other.locator("#versions", has_text="批准发布").wait_for()
    assert Workspace.open(made.folder).definitions.catalogue["love_life"].status == "published"
    writer.reload()
    writer.click("button[value=retire]")
    writer.locator("#versions", has_text="下架").wait_for()
    assert Workspace.open(made.folder).definitions.catalogue["love_life"].status == "retired"
    assert writer.locator("button[value=retire]").count() == 0


def test_a_preference_is_written_with_its_weights_and_seen_while_it_is_written(
    made: Workspace, opened: Callable[..., Page]
) -> None:
    """Kind chosen, rows filled and put in order by keys; a wrong name is told at once, a right one put in."""
    page = opened("/tags/new/")
    for name, text in (("zh", "近来爱买"), ("en", "Bought lately"), ("meaning_zh", "。"), ("meaning_en", ".")):
        page.fill(f"[name={name}]", text)
    page.select_option("#tag-kind", "preference")
    page.locator("#tag-top").wait_for()
    assert (page.input_value("#tag-top"), page.input_value("#tag-half_life_days")) == ("5", "90")
    for number, (column, weight) in enumerate((("act.category", "1"), ("sale_line.category", "5"))):
        page.select_option(f"[id='tag-parts.{number}.column']", column)
        page.locator(f"[id='tag-parts.{number}.weight']").focus()
        page.keyboard.insert_text(weight)
    page.locator("#tried", has_text="的客户会有值").wait_for()
    page.fill("[id='tag-parts.1.where']", "is_countd = true")
    page.locator("#tried a", has_text="第 2 行").wait_for()
    assert "is_counted" in page.locator("#tried").inner_text()
    page.fill("[id='tag-parts.1.where']", "")
    page.locator("#up-parts-1").focus()
    page.keyboard.press("Enter")
    page.locator("[id='tag-parts.0.column']").locator("option:checked[value='sale_line.category']").wait_for(
        state="attached"
    )
    page.locator("#tag-hints summary").focus()
    page.keyboard.press("Enter")
    page.locator("[id='tag-parts.0.where']").focus()
    page.fill("#hint-find", "计入")
    page.locator(".hint-groups li:visible button").first.press("Enter")
    assert page.input_value("[id='tag-parts.0.where']") == "is_counted"
    page.keyboard.insert_text(" = true")
    page.locator("#tried .rule-words", has_text="计入统计为是").wait_for()
    page.click("button[value=save]")
    page.locator("#draft").wait_for()
    rule = Shelves(made).draft_tags["bought_lately"].rule
    assert isinstance(rule, Preference)
    assert [(part.fact, part.weight, part.where is not None) for part in rule.parts] == [
        ("sale_line", 5, True), ("act", 1, False)
    ]  # fmt: skip
    assert rule.half_life_days == 90


def test_layers_are_built_with_the_keyboard(made: Workspace, opened: Callable[..., Page]) -> None:
    """Event and segment are chosen, the layers change places, and the tag is kept as it reads."""
    page = opened("/tags/new/")
    for name, text in (("zh", "热度"), ("en", "Warmth"), ("meaning_zh", "。"), ("meaning_en", ".")):
        page.fill(f"[name={name}]", text)
    page.select_option("#tag-kind", "layers")
    layers = page.locator(".layer-boxes")
    layers.nth(1).wait_for()
    page.locator("[id='tag-layers.0.value']").focus()
    page.keyboard.insert_text("热")
    layers.nth(0).locator("button[value^='add:did']").press("Enter")
    fact = page.locator("select[name^=fact-]:focus")
    fact.wait_for()
    page.select_option("select[name^=fact-]", "sale")
    page.locator("select[name^=measure-]").wait_for()
    page.locator("[id='tag-layers.1.value']").focus()
    page.keyboard.insert_text("熟")
    layers.nth(1).locator("button[value^='add:crowd']").press("Enter")
    page.locator("select[name^=key-]:focus").wait_for()
    page.select_option("select[name^=key-]", "first_order")
    page.locator("#tried .rule-words", has_text="属于人群").wait_for()
    page.locator("#up-layers-1").press("Enter")
    page.locator("[id='tag-layers.0.value']:is([value='熟'])").wait_for()
    page.locator("button[value=save]").press("Enter")
    page.locator("#draft").wait_for()
    rule = Shelves(made).draft_tags["warmth"].rule
    assert isinstance(rule, Layers)
    assert [(one.value, text_of(one.when)) for one in rule.layers] == [("熟", "crowd first_order"), ("热", "did sale")]


@pytest.mark.parametrize(("lang", "foreign"), [("zh-CN", r"[A-Za-z][A-Za-z_]+"), ("en", r"[\u4e00-\u9fff]+")])
def test_pages_hold_no_foreign_words(
    lang: str, foreign: str, address: tuple[str, str], browser: Browser, state: Path
) -> None:
    """But names: of the owner, of keys, and of the two languages."""
    context = browser.new_context(storage_state=state, locale=lang)
    page = context.new_page()
    for path in PATHS:
        page.goto(address[0] + path)
        text = page.locator("main").inner_text()
        told = set(re.findall(foreign, text)) - {"中文"}
        assert {word for word in told if word.lower() not in NAMES} == set(), path
        assert len(text) > 200, path
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_everything_without_scrolling_sideways(scheme: str, opened: Callable[..., Page]) -> None:
    for path in PATHS:
        page = settled(opened(path, viewport={"width": 390, "height": 800}, color_scheme=scheme))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.locator("[data-chart-failed]:visible").count() == 0
        assert page.locator("[data-chart]").count() == page.locator("[data-chart] canvas").count()
        # Ink on paper, or the other way round.
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(int(part) for part in re.findall(r"\d+", ground)[:3]) / 3
        assert (light > 128) == (scheme == "light")
