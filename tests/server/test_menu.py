"""Which pages are tabs of which."""

import pytest

from huaxiang.server.menu import PAGES, pages_of, tabs_beside


def routes(beside: str) -> list[str]:
    """The routes of the tabs beside a page."""
    return [page.route for page in tabs_beside(beside)]


def test_a_page_and_its_tabs_show_the_same_ones_and_the_rail_shows_none() -> None:
    tabs = [page.route for page in PAGES if page.tab_of == "identity:dashboard"]
    assert tabs
    for route in ("identity:dashboard", *tabs):
        assert routes(route) == ["identity:dashboard", *tabs]
    assert not {page.route for page in pages_of("prepare")} & set(tabs)


@pytest.mark.parametrize("route", ["", "customers:list", "customers:one", "groups:movement", "identity:decide"])
def test_other_pages_have_no_tabs(route: str) -> None:
    assert routes(route) == []
