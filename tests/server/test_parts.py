"""The parts that pages are made of, rendered by the real templates."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from huaxiang.server.stats import Stat
from huaxiang.server.tables import Column, text_table


def render(source: str, **context: object) -> str:
    """A template in the language ``lang`` (Chinese unless told)."""
    from django.template import engines

    return str(engines["django"].from_string(source).render({"lang": "zh", **context}))


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("{{ count|number:lang }}", "12.3万", "123k"),
        ("{{ share|percent:lang }}", "12.3%", "12.3%"),
        ("{% money revenue 'CNY' %}", "¥123万", "¥1.23M"),
        ("{{ missing|number:lang }}", "—", "—"),
        ("{% say 'part.base' n='<b>' %}", "基于 &lt;b&gt; 位客户", "based on &lt;b&gt; customers"),
    ],
)
def test_numbers_and_sentences_follow_the_language(source: str, zh: str, en: str, workspace: Path) -> None:
    values = {"count": 123_400, "share": 0.1234, "revenue": Decimal("1234567.89"), "missing": None}
    assert (render(source, **values), render(source, **values, lang="en")) == (zh, en)


def test_a_table_heads_its_rows_and_sets_numbers_flush_right(workspace: Path) -> None:
    table = text_table("Crowds", (Column("Name"), Column("Size", numeric=True)), [("<Loyal>", "12")])
    page = render('{% include "parts/_table.html" %}', table=table)
    assert '<th scope="row">&lt;Loyal&gt;</th>' in page
    assert '<td class="num">12</td>' in page
    assert '<caption class="visually-hidden">Crowds</caption>' in page


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        text_table("Crowds", (Column("Name"), Column("Size")), [("Loyal",)])


def test_a_number_carries_its_meaning_base_and_interval(workspace: Path) -> None:
    stat = Stat("Revenue", "¥1.2M", "net of refunds", base=4321, low="1.1M", high="1.3M", element="purchasing")
    page = render('{% include "parts/_stat.html" %}', stat=stat, lang="en")
    assert 'title="net of refunds · between 1.1M and 1.3M with 95% confidence"' in page
    assert "based on 4,321 customers" in page
    assert 'data-element="purchasing"' in page


def test_an_empty_state_teaches_the_next_step(workspace: Path) -> None:
    source = '{% include "parts/_empty.html" %}'
    page = render(source, title="No crowds", next="Make one", address="/crowds/new/", action="New")
    assert '<a class="btn btn-primary" href="/crowds/new/">New</a>' in page
    assert "<a " not in render(source, title="No crowds", next="Make one")
