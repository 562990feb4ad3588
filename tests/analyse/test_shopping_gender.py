"""The shopping gender: learned from others, without gifts, explained by what was bought; and the slot of model tags."""

import random
from datetime import date, timedelta
from math import log
from typing import Any

import pytest
from tests.analyse.made import AS_OF, Row, bring, customers, line, numbered

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.why import why
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.errors import DefinitionError, NotFound
from huaxiang.model.results import Why
from huaxiang.model.tags import shipped_tags, tags_from

TAGS = with_needed(["shopping_gender", "shopping_female_share"], shipped_tags())
LATER = AS_OF + timedelta(days=1)


def town(women: int = 60, men: int = 60, **changed: str | None) -> dict[str, list[Row]]:
    """Women who buy dresses four times in five, men who seldom do, three lines each, and three who state nothing."""
    dice = random.Random(5)
    rows, people = [], []
    for number in range(women + men):
        name, gender = f"c{number}", "female" if number < women else "male"
        dress = 0.8 if gender == "female" else 0.2
        rows += [line(name, AS_OF, "dress" if dice.random() < dress else "razor", product_no="p") for _ in range(3)]
        people.append((name, changed.get(name, gender)))
    rows += [line("x1", AS_OF, "dress", product_no="p") for _ in range(3)]
    rows += [line("x2", AS_OF, "razor", product_no="p") for _ in range(3)]
    rows += [line("x3", AS_OF, "dress", product_no="p") for _ in range(2)]
    return {
        "customer": customers(*(name for name, _ in people), "x1", "x2", "x3"),
        "account": [{"account_key": f"m:{name}", "customer_id": name} for name, _ in people],
        "person_record": [{"account_key": f"m:{name}", "gender": gender} for name, gender in people],
        "sale_line": numbered(rows),
    }


def profiled(engine: Engine, facts: dict[str, list[Row]], as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    """Return the model tags by customer."""
    found = only(engine.arrow(profile(engine, TAGS, as_of, bring(engine, facts))))
    return {str(row["customer_id"]): row for row in found}


def explained(engine: Engine, facts: dict[str, list[Row]], name: str) -> Why:
    """Return why that customer has the shopping gender."""
    return why(engine, bring(engine, facts), TAGS, profiled(engine, facts)[name], "shopping_gender", AS_OF)


def test_those_who_state_nothing_are_told_by_what_they_buy(engine: Engine) -> None:
    """Three dresses speak for a woman, three razors for a man, two lines are too few; the weights are log ratios."""
    facts = town()
    found = profiled(engine, facts)
    assert [found[name]["shopping_gender"] for name in ("x1", "x2", "x3")] == ["female", "male", None]
    assert found["x1"]["shopping_female_share"] > 0.85
    answer = explained(engine, facts, "x1")
    assert answer.analysis == "shopping_gender"
    assert [row["category"] for row in answer.evidence] == ["dress"]
    assert answer.evidence[0]["lines"] == 3
    assert answer.evidence[0]["weight"] == pytest.approx(3 * by_hand(facts, "dress"), abs=1e-6)
    assert explained(engine, facts, "x2").evidence[0]["weight"] == pytest.approx(3 * by_hand(facts, "razor"), abs=1e-6)
    assert [need.tag for need in answer.inputs] == ["gender"]


def by_hand(facts: dict[str, list[Row]], category: str) -> float:
    """Compute the log of the smoothed ratio of a category in plain Python, from all who state a gender."""
    gender = {row["account_key"][2:]: row["gender"] for row in facts["person_record"]}
    bought = [(gender.get(row["customer_id"]), row["category"]) for row in facts["sale_line"]]

    def share(of: str) -> float:
        own = [kind for one, kind in bought if one == of]
        return (own.count(category) + 1) / (len(own) + 2)

    return log(share("female") / share("male"))


def test_nobodys_own_statement_enters_the_own_score(duck: Engine) -> None:
    """A woman who says that she is a man has the same evidence as before; what it means in probability is fitted on
    others, whose points know of her."""
    told, lied = town(), town(c7="male")
    before, after = profiled(duck, told)["c7"], profiled(duck, lied)["c7"]
    assert (before["gender"], after["gender"]) == ("female", "male")
    assert before["shopping_female_share"] == pytest.approx(after["shopping_female_share"], abs=0.01)
    assert explained(duck, told, "c7").evidence == explained(duck, lied, "c7").evidence
    assert profiled(duck, told)["x1"]["shopping_female_share"] != profiled(duck, lied)["x1"]["shopping_female_share"]


def test_gifts_later_rows_and_old_purchases(duck: Engine) -> None:
    """An order with a gift does not count, nor does a row of another day; what is a year old counts half."""
    facts = town()
    extra = [
        line("x1", AS_OF, "razor", order_no="g", is_gift=True), line("x1", AS_OF, "razor", order_no="g", is_gift=False),
        line("x1", LATER, "razor", order_no="l"), line("x1", AS_OF, "razor", order_no="r", is_return=True),
    ]  # fmt: skip
    same = {**facts, "sale_line": [*facts["sale_line"], *extra]}
    assert profiled(duck, same)["x1"] == profiled(duck, facts)["x1"]
    assert (
        profiled(duck, same, LATER)["x1"]["shopping_female_share"]
        < profiled(duck, facts)["x1"]["shopping_female_share"]
    )
    old = [line("x4", AS_OF - timedelta(days=365), "dress", product_no="p", order_no=f"y{n}") for n in range(3)]
    aged = {"customer": [*facts["customer"], *customers("x4")], "sale_line": [*facts["sale_line"], *old]}
    half, whole = (explained(duck, {**facts, **aged}, name).evidence[0]["weight"] for name in ("x4", "x1"))
    assert half == pytest.approx(whole / 2, rel=1e-6)


def test_too_few_to_learn_from_is_unknown(duck: Engine) -> None:
    """Below thirty women or men nobody is judged, and the analysis says so; so does a missing table."""
    facts = town(women=29)
    assert {row["shopping_gender"] for row in profiled(duck, facts).values()} == {None}
    tables = {**bring(duck, facts), "profile": profile(duck, with_needed(["gender"], TAGS), AS_OF, bring(duck, facts))}
    result = analysis_named("shopping_gender").on(duck, tables, {}, AS_OF)
    assert result.answer.code == "shopping_gender.too_few"
    assert result.answer.say("zh")
    assert result.answer.say("en")
    assert explained(duck, facts, "x1").evidence == ()
    del facts["sale_line"]
    assert {row["shopping_gender"] for row in profiled(duck, facts).values()} == {None}


def test_the_analysis_tells_how_it_agrees_with_what_people_state(duck: Engine) -> None:
    """Values with the share of women among those who say, and the categories with what they speak for."""
    facts = town()
    tables = {**bring(duck, facts), "profile": profile(duck, TAGS, AS_OF, bring(duck, facts))}
    result = analysis_named("shopping_gender").on(duck, tables, {}, AS_OF)
    shares = {row["shopping_gender"]: row["female_share"] for row in result.tables["values"]}
    assert shares["female"] > 0.8
    assert shares["male"] < 0.2
    assert [row["category"] for row in result.tables["categories"]] == ["dress", "razor"]
    assert result.figures["stated"] == 120
    assert result.answer.say("zh").startswith("按120位填了性别的顾客")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"analysis": "shopping_gende", "column": "shopping_gender"}, "analysis.unknown"),
        ({"analysis": "shopping_gender", "column": "gender"}, "tag.unknown_column"),
        ({"analysis": "shopping_gender", "column": "lines"}, "tag.model_type"),
        ({"analysis": "shopping_gender", "column": "shopping_gender", "confidence": "sure"}, "tag.unknown_column"),
        (
            {"analysis": "shopping_gender", "column": "shopping_gender", "params": {"half": 3}},
            "analysis.unknown_parameter",
        ),
    ],
)
def test_a_model_tag_must_fit_its_analysis(rule: dict[str, Any], code: str) -> None:
    """Unknown analyses, columns and parameters are named, and so is a type that does not fit."""
    body = {"element": "basic", "zh": "甲", "en": "A", "meaning_zh": "甲。", "meaning_en": "A.", "type": "text"}
    tags = {**TAGS, **tags_from({"own": {**body, "rule": {"kind": "model", **rule}}})}
    with pytest.raises((DefinitionError, NotFound)) as problem:
        check_tags(tags)
    assert problem.value.code == code
    assert problem.value.say("zh")


def test_one_analysis_with_two_sets_of_parameters(duck: Engine) -> None:
    """Each tag has the values of its own parameters."""
    rule = {"kind": "model", "analysis": "shopping_gender", "column": "lines", "params": {"least_lines": 1}}
    body = {"element": "basic", "zh": "甲", "en": "A", "meaning_zh": "甲。", "meaning_en": "A.", "type": "int"}
    tags = {**TAGS, **tags_from({"own": {**body, "rule": rule}})}
    found = {row["customer_id"]: row for row in only(duck.arrow(profile(duck, tags, AS_OF, bring(duck, town()))))}
    assert (found["x3"]["own"], found["x3"]["shopping_gender"]) == (2, None)
    assert "购物性别" in rule_sentence(tags["own"], "zh", tags, AS_OF)
