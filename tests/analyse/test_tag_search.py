"""Tags are found by what is meant, as people type it."""

from __future__ import annotations

import pytest

from huaxiang.analyse.tag_search import search
from huaxiang.model.tags import shipped_tags

TAGS = {key: tag for key, tag in shipped_tags().items() if not tag.helper}


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("性别", "gender"),
        ("Gender", "gender"),
        ("gneder", "gender"),
        ("xingbie", "gender"),
        ("近365天净消费", "net_revenue_365d"),
        ("净消费365", "net_revenue_365d"),
        ("城市等级", "city_tier"),
        ("营销同意", "marketing_consent"),
        ("lifecycle", "lifecycle"),
        ("lifecyle", "lifecycle"),
        ("沉睡", "lifecycle"),
        ("年龄断", "age_band"),
        ("ＧＥＮＤＥＲ", "gender"),
    ],
)
def test_what_is_meant_is_among_the_first(query: str, key: str) -> None:
    """Names, values, mistyped words, pinyin, full width, Chinese without spaces."""
    assert key in search(query, TAGS)[:5]


def test_every_tag_is_found_first_or_nearly_so_by_its_own_names() -> None:
    """In both languages and by key."""
    for tag in TAGS.values():
        for name in (tag.zh, tag.en, tag.key):
            assert tag.key in search(name, TAGS)[:3], name


def test_nothing_is_found_where_nothing_fits_and_all_without_a_query() -> None:
    """Marks alone ask for nothing."""
    assert search("区块链挖矿", TAGS) == []
    assert search("qwertyuiop", TAGS) == []
    assert search("", TAGS) == search("！？", TAGS) == list(TAGS)


@pytest.mark.parametrize("query", ["'; DROP TABLE tags;--", "<script>", "%_\\", "性" * 5_000, "a " * 500, "\x00\u202e"])
def test_hostile_queries_are_only_text(query: str) -> None:
    """They find something or nothing, and never fail."""
    assert set(search(query, TAGS)) <= set(TAGS)
