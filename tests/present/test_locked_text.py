"""Sentences say numbers only through facts: whoever types one in is refused."""

from __future__ import annotations

import copy
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.document_facts import DocumentFact
from huaxiang.errors import DefinitionError
from huaxiang.model.fields import Labels
from huaxiang.present.document.locked_text import check_text, filled, keys_in
from huaxiang.present.document.outline import outline_from, shipped_outline
from huaxiang.present.document.parts import Stated, Text

FACTS = {"a": DocumentFact("a", 1234, "count", Labels(zh="甲", en="A"), "q", "a", n=9)}
GOOD = Labels(zh="有{fact:a|count}位。", en="There are {fact:a|count}.")


def outline() -> Any:
    """Return the shipped outline as it is written."""
    text = (files("huaxiang") / "definitions" / "document" / "outline.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def test_template_is_filled_with_the_fact() -> None:
    check_text(GOOD, "here")
    assert filled(GOOD, "zh", FACTS, "CNY") == (Text("有"), Stated("a", "1,234"), Text("位。"))
    assert keys_in(Labels(zh="{fact:*.known|count}", en=""), "tag.x") == {"tag.x.known"}


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("有708位", "many"), ("有７０８位", "many"), ("近三成", "some"), ("翻了两倍", "some"), ("百分之十", "some"),
        ("五万人", "some"), ("三分之一", "some"), ("好", "about half of them"), ("好", "twenty customers"),
        ("好", "a dozen"), ("好", "10% more"), ("增长%", "some"), ("好", "½ of all"), ("十二位", "some"),
    ],
)  # fmt: skip
def test_bare_number_is_refused(zh: str, en: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_text(Labels(zh=zh, en=en), "here")
    assert refused.value.code == "document.bare_number"
    assert "{fact:" in refused.value.say("zh")


@given(st.integers(), st.sampled_from(("zh", "en")), st.integers(0, 10))
def test_a_number_put_anywhere_into_a_good_sentence_is_refused(number: int, lang: str, place: int) -> None:
    text = GOOD.say(lang)
    start = min(place, text.index("{"))
    tampered = GOOD.model_copy(update={lang: text[:start] + str(number) + text[start:]})
    with pytest.raises(DefinitionError):
        check_text(tampered, "here")


def test_tampered_outline_is_refused() -> None:
    shipped_outline()
    raw = outline()
    for section, body in enumerate(raw["sections"]):
        for line, said in enumerate(body.get("lines", [])):
            if "say" in said:
                tampered = copy.deepcopy(raw)
                tampered["sections"][section]["lines"][line]["say"]["zh"] += "共708位。"
                with pytest.raises(DefinitionError):
                    outline_from(tampered)


def test_both_languages_must_say_the_same_facts() -> None:
    with pytest.raises(DefinitionError) as refused:
        check_text(Labels(zh="{fact:a|count}", en="{fact:b|count}"), "here")
    assert refused.value.code == "document.languages_differ"


@pytest.mark.parametrize("text", ["{fact:a}", "{fact:a|count", "{a}", "fact:a|count}"])
def test_broken_place_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_text(Labels(zh=text, en=text), "here")
    assert refused.value.code == "document.bad_place"


def test_unknown_fact_names_the_nearest_and_wrong_format_the_right_one() -> None:
    with pytest.raises(DefinitionError, match="Nearest: a"):
        filled(Labels(zh="{fact:aa|count}", en=""), "zh", FACTS, "CNY")
    with pytest.raises(DefinitionError, match="write “count”"):
        filled(Labels(zh="{fact:a|money}", en=""), "zh", FACTS, "CNY")


def test_outline_that_does_not_hold_together_says_where() -> None:
    raw = outline()
    raw["sections"][1]["lines"][0]["shows"] = "x"
    with pytest.raises(DefinitionError, match=r"sections\.1\.lines\.0"):
        outline_from(raw)
