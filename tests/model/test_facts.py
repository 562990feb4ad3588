"""Columns of facts: their codes have names, in which rules may be written, and no name stands for anything else."""

import pytest

from huaxiang.errors import DefinitionError
from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import Test as Compared
from huaxiang.model.facts import facts_known
from huaxiang.model.fields import Field
from huaxiang.model.mapping import vocabulary
from huaxiang.model.tables import canonical_tables
from huaxiang.shipped import shipped

ACT = facts_known()["act"].columns["event_name"]
CODED = [
    (name, column) for name, fact in facts_known().items() for column in fact.own_columns.values() if column.values
]


def meant(field: Field, text: str) -> object:
    return compared_with(Compared(field=field.key, op="=", value=text), field)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("cart", "cart"),
        ("加入购物车", "cart"),
        ("加购", "cart"),
        ("add to cart", "cart"),
        ("启动app", "open"),
        ("下单", "order"),
    ],
)
def test_an_act_is_named_by_its_code_its_name_or_the_word_of_an_import(written: str, code: str) -> None:
    assert meant(ACT, written) == code


@pytest.mark.parametrize("own", ["试穿", "buy", "AddToCart"])
def test_an_act_of_our_own_is_taken_as_it_came(own: str) -> None:
    assert meant(ACT, own) == own


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("中午", "相近的有：中午（12–14点）（noon）。", "Nearest: noon (12–14) (noon)."),
        ("evning", "相近的有：晚上（18–22点）（evening）", "Nearest: evening (18–22) (evening)"),
        ("xyz", "相近的有：夜间（22–6点）（night）、", "Nearest: night (22–6) (night), "),
    ],
)
def test_a_value_that_a_column_cannot_have_is_refused_with_the_nearest(written: str, zh: str, en: str) -> None:
    """By name in the language of the reader, with the code to write."""
    with pytest.raises(DefinitionError) as refused:
        meant(facts_known()["act"].columns["daypart"], written)
    assert zh in refused.value.say("zh")
    assert en in refused.value.say("en")


@pytest.mark.parametrize(("fact", "column"), CODED, ids=lambda part: getattr(part, "key", part))
def test_every_code_of_a_column_has_a_name_and_no_two_share_one(fact: str, column: Field) -> None:
    for lang in ("zh", "en"):
        assert len({labels.say(lang) for labels in column.values.values()}) == len(column.values)
    table = canonical_tables().get(facts_known()[fact].table)
    known = table.columns[column.key].values if table and column.key in table.columns else None
    if column.key == "concern":
        known = tuple(shipped("lexicon", "concerns.yaml"))
    if column.key == "event_name":
        known = tuple(vocabulary()["event_name"])
    if known:
        assert set(column.values) == set(known)


def test_no_name_of_an_act_could_be_kept_as_an_act_of_its_own() -> None:
    """An import reads each name as the code that it stands for, so no row can have the name itself."""
    read = {word.casefold(): code for code, words in vocabulary()["event_name"].items() for word in [code, *words]}
    for code, labels in ACT.values.items():
        assert {read[labels.zh.casefold()], read[labels.en.casefold()]} == {code}
