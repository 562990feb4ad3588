"""An expression is worded once: the same words for the same expression, other words for any other."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend
from tests.engines import rows

from huaxiang.engine import DuckEngine, Lake, worded_once

PEOPLE = pa.table({"name": ["一", "二", "三"], "n": [1, 2, 3]})


@pytest.fixture
def wordings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Ibis itself words from now on, with nothing remembered from before."""
    real, made = Backend.compile, list[str]()

    def noted(self: Backend, *args: object, **options: object) -> str:
        made.append(real(self, *args, **options))
        return made[-1]

    monkeypatch.setattr(Backend, "compile", noted)
    monkeypatch.setattr(worded_once, "_worded", worded_once._Worded())
    return made


def above(engine: DuckEngine, least: object) -> ibis.Table:
    """People with more than the least."""
    people = engine.bring("people", PEOPLE)
    return people.filter(people.n > least).order_by("n")


def test_another_session_uses_the_words_on_its_own_rows(lake: Lake, wordings: list[str]) -> None:
    engine, other = DuckEngine(lake), DuckEngine(lake)
    assert [row["n"] for row in rows(engine, above(engine, 1))] == [2, 3]
    other.bring("people", PEOPLE)
    wordings.clear()
    fewer = other.bring("people", PEOPLE.slice(0, 2))
    brought = len(wordings)
    assert [row["n"] for row in rows(other, fewer.filter(fewer.n > 1).order_by("n"))] == [2]
    assert len(wordings) == brought
    engine.close()
    other.close()


def test_what_differs_in_a_value_or_its_type_is_worded_anew(lake: Lake) -> None:
    engine = DuckEngine(lake)
    texts = {engine.sql(above(engine, least)) for least in (1, 2, 1.0, ibis.literal(1, "int64"))}
    assert len(texts) >= 3
    assert [len(rows(engine, above(engine, least))) for least in (0, 1, 2, 3, 1.0, 2.5)] == [3, 2, 1, 0, 2, 1]
    engine.close()


def test_a_table_published_with_other_columns_is_read_with_them(lake: Lake) -> None:
    engine, other = DuckEngine(lake), DuckEngine(lake, read_only=True)
    engine.publish({"people": engine.bring("some", PEOPLE)})
    assert other.table("people").columns == ("name", "n")
    engine.publish({"people": engine.bring("some", PEOPLE.append_column("more", pa.array([7, 8, 9])))})
    for one in (engine, other):
        assert [row["more"] for row in rows(one, one.table("people").order_by("n"))] == [7, 8, 9]
        one.close()


def test_no_more_is_remembered_than_said(lake: Lake, monkeypatch: pytest.MonkeyPatch, wordings: list[str]) -> None:
    monkeypatch.setattr(worded_once, "_MOST", 3)
    engine = DuckEngine(lake)
    for least in range(8):
        engine.sql(above(engine, least))
        assert len(worded_once._worded.texts) <= 3
    engine.close()
