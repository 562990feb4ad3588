"""What the guides show works: the notebook from top to bottom, and the definitions as they are written."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from tests.analyse.made import AS_OF, bring, customers, numbered, sale
from tests.engines import new_lake
from tests.few_tags import check_nothing, keep_few

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.profile import profile
from huaxiang.engine import DuckEngine
from huaxiang.model.compared import check
from huaxiang.model.rules import Rule
from huaxiang.model.segments import segments_from
from huaxiang.model.tags import shipped_tags, tags_from
from huaxiang.town.build import build

#: Kinds of rules whose guides are elsewhere.
COMPUTED_ELSEWHERE = {"model", "given"}
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def blocks(path: Path, kind: str) -> list[str]:
    """The code of one kind in a guide, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run(cell: str, names: dict[str, Any]) -> None:
    """Run a cell of the notebook."""
    exec(compile(cell, "notebook.md", "exec"), names)  # noqa: S102 - the guide is what is tested


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "town", customers=500, days=60, seed=7)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    first, *others = blocks(DOCS / "tutorial" / "notebook.md", "python")
    run(first, names)
    # What the guide shows is about these tags; the tour computes all of them.
    shown = ("lifecycle", "spending_level", "order_days_total", "orders_365d", "net_revenue_365d", "city")
    keep_few(tmp_path / "shop", shown)
    check_nothing(tmp_path / "shop")
    names["workspace"] = names["huaxiang"].open("shop")
    for cell in others:
        run(cell, names)
    assert names["profiles"].num_rows == names["done"].customer_count == len(names["frame"])
    chart = names["bars"](names["rfm"].tables["classes"], label="rfm_class", value="customers", title="<RFM>")
    assert chart._repr_html_().startswith("<figure><figcaption>&lt;RFM&gt;</figcaption><svg")
    assert [mark.value for mark in chart.marks] == [row["customers"] for row in names["rfm"].tables["classes"]]


def test_the_definitions_of_the_guide_hold(tmp_path: Path) -> None:
    segment, tag, kinds = (yaml.safe_load(text) for text in blocks(DOCS / "how-to" / "define.md", "yaml"))
    tags = {**shipped_tags(), **tags_from(tag), **tags_from(kinds)}
    check_tags(tags)
    assert list(tag) == ["mini_program_orders_365d"]
    for one in segments_from(segment).values():
        check(one.condition, portrait_fields(tags))
    shown = {one.rule.kind for one in (*tags_from(tag).values(), *tags_from(kinds).values())}
    assert (
        shown
        == {kind.model_fields["kind"].annotation.__args__[0] for kind in get_args(get_args(Rule)[0])}
        - COMPUTED_ELSEWHERE
    )
    engine = DuckEngine(new_lake(tmp_path))
    facts = bring(engine, {"customer": customers("c1"), "sale": numbered([sale("c1", AS_OF)])})
    row = engine.arrow(profile(engine, with_needed([*kinds], tags), AS_OF, facts)).to_pylist()[0]
    engine.close()
    assert (row["first_channel_90d"], row["worth_a_call"], row["revenue_place"]) == (None, "later", 0.5)


def test_the_tag_of_the_catalogue_guide_holds() -> None:
    (text,) = blocks(DOCS / "how-to" / "tag-catalogue.md", "yaml")
    tag = tags_from(yaml.safe_load(text))["tea_lover"]
    check_tags({**shipped_tags(), tag.key: tag})
    assert (tag.folder, tag.stands_on, tag.rule.kind) == (("goods", "psychological"), "stated", "given")
