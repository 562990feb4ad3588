"""The contradiction board: whoever's data are worst comes first, and every kind has a name of its own."""

from collections import Counter
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from tests.engines import new_lake

from huaxiang.analyse.quality_board import BoardWanted, board
from huaxiang.analyse.quality_words import contradiction_title
from huaxiang.engine import DuckEngine
from huaxiang.model.quality import quality_rules
from huaxiang.prepare.quality.contradictions import CONTRADICTION
from huaxiang.words import LANGUAGES

TOLD = ("customer_id", "check", "severity", "left_trait", "right_trait", "source_row")
#: By customer the contradictions, all of them of equal weight but for the last.
FOUND = {
    "c1": ["married_too_young", "degree_too_young"],
    "c2": ["gender_and_id_card", "city_and_address"],
    "c3": ["city_and_address", "landline_and_city", "city_and_deliveries", "registered_after_first_order"],
    "c4": ["gender_and_id_card", "birth_date_and_id_card"],
}


def test_of_customers_with_as_much_wrong_the_gravest_comes_first(tmp_path: Path) -> None:
    rules, duck = quality_rules(), DuckEngine(new_lake(tmp_path))
    kinds = [(customer, check, rules.contradictions[check]) for customer, checks in FOUND.items() for check in checks]
    rows = [(customer, check, kind.severity, kind.left, kind.right, 2) for customer, check, kind in kinds]
    tables = {
        "contradiction": pa.Table.from_pylist(
            [dict(zip(TOLD, row, strict=True)) for row in rows], schema=ibis.schema(CONTRADICTION).to_pyarrow()
        ),
        "import": pa.table({name: pa.array([], pa.string()) for name in ("import_id", "file_name", "sheet")}),
        "sale": pa.table({name: pa.array([], pa.string()) for name in ("customer_id", "store_no")}),
    }
    duck.publish({name: duck.bring(f"new_{name}", rows) for name, rows in tables.items()})
    found = board(duck, rules, BoardWanted())
    duck.close()
    assert [(row["customer_id"], row["weight"]) for row in found.rows] == [("c4", 6), ("c2", 4), ("c1", 4), ("c3", 4)]
    assert [one["severity"] for one in found.rows[1]["details"]] == [3, 1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_kinds_of_contradiction_have_one_name(lang: str) -> None:
    rules = quality_rules()
    titles = Counter(contradiction_title(key, rules, lang) for key in rules.contradictions)
    assert max(titles.values()) == 1, titles.most_common(1)
