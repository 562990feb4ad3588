"""The reference is what the program declares; a page that is out of date is made anew by tools/make_reference.py."""

from collections.abc import Iterable

import pytest
from tools.make_reference import FOLDER, pages

from huaxiang.model.segments import shipped_segments
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import shipped_tags

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name], "run: python tools/make_reference.py"


def test_the_pages_cover_what_there_is() -> None:
    shown: dict[str, Iterable[str]] = {
        "tags.md": shipped_tags(),
        "segments.md": shipped_segments(),
        "tables.md": canonical_tables(),
    }
    for page, keys in shown.items():
        assert [key for key in keys if f"\n## `{key}` " not in PAGES[page]] == []
    for table in canonical_tables().values():
        assert [column for column in table.columns if f"`{column}`" not in PAGES["tables.md"]] == []
