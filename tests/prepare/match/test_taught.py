"""What people's answers teach: on 150 people of febrl 3 with little to compare and with much, and on housemates whom
nothing but people tells apart, beside one shift of all weights by the same answers."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.prepare.match.people import _GIVEN, _SURNAMES, linked, listed, matched, record, town
from tests.prepare.match.test_febrl import FIELDS, NOW, f1, person

import huaxiang
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.identity import identity_rules
from huaxiang.model.mapping import Mapping, Match
from huaxiang.model.matching import TrainedModel, matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import match_records, matches
from huaxiang.prepare.match.matching import Matched
from huaxiang.prepare.match.model import Answer, with_answers
from huaxiang.prepare.match.teaching import Answers

pytestmark = pytest.mark.slow
PEOPLE, MOST_ANSWERS = 150, 100
NAME_AND_BIRTH = ("shop_account", "first_name", "last_name", "birth_date")


def some_people(whole: Path, part: Path) -> list[str]:
    """Write the records of some people of the set to ``part``, and return the keys of their accounts."""
    head, *rows = whole.read_text(encoding="utf-8").splitlines()
    everybody = sorted({person(row) for row in rows})
    chosen = set(random.Random(1).sample(everybody, PEOPLE))
    kept = [row for row in rows if person(row) in chosen]
    part.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return [f"shop_account:{row.split(',')[0].strip()}" for row in kept]


def judged(engine: Engine, found: Matched, keys: list[str]) -> tuple[float, float, list[tuple[str, str]]]:
    """Return F1 of the probable pairs and of the linked ones, and the pairs that are asked about."""
    rows = only(engine.arrow(found.pairs.order_by("account_key_a", "account_key_b")))
    pairs = {str(row["band"]): list[tuple[str, str]]() for row in rows} | {"probable": [], "link": [], "ask": []}
    for row in rows:
        pair = (str(row["account_key_a"]), str(row["account_key_b"]))
        pairs[str(row["band"])].append(pair)
        if float(str(row["probability"])) >= matching_rules().bands.link:
            pairs["probable"].append(pair)
    return f1(pairs["probable"], keys), f1(pairs["link"], keys), pairs["ask"]


@pytest.mark.parametrize(("fields", "gain"), [(NAME_AND_BIRTH, 0.03), (tuple(FIELDS), 0.0)])
def test_answers_help_where_little_is_known_and_never_harm(
    fields: tuple[str, ...], gain: float, shared_data: Path, tmp_path: Path
) -> None:
    part = tmp_path / "some.csv"
    keys = some_people(shared_data / "febrl" / "dataset3.csv", part)
    workspace = huaxiang.init(tmp_path / "ws", memory_limit="1GB")
    columns = {name: Match(header=FIELDS[name]) for name in fields}
    workspace.import_files(workspace.look(part, mapping=Mapping(form="person", source="some", columns=columns)), NOW)
    rules, matching = identity_rules(), matching_rules()
    with workspace.reading() as engine:
        everybody = engine.keep("taught_accounts", accounts(engine, rules))
        records = match_records(engine, everybody, rules, matching)
        before = matches(engine, records, rules, matching)
        probable, linked, asked = judged(engine, before, keys)
        said: Answers = {pair: (person(pair[0]) == person(pair[1]), 1.0) for pair in asked[:MOST_ANSWERS]}
        after = matches(engine, records, rules, matching, answers=said)
        probable_then, linked_then, _ = judged(engine, after, keys)
    assert probable_then >= probable + gain
    assert linked_then >= linked + gain
    if said:
        assert levels(before.model) != levels(after.model)


def housemates(homes: int) -> list[dict[str, Any]]:
    """Two records of each home, ``x<number>`` and ``y<number>``: siblings whose names differ in the last character, on
    one phone at one address."""
    chance = random.Random(9)
    found = []
    for place in range(homes):
        phone, surname = f"137{chance.randrange(10**8):08d}", chance.choice(_SURNAMES)
        given = "".join(chance.choices(_GIVEN, k=2))
        other = given[0] + chance.choice([one for one in _GIVEN if one != given[1]])
        home = f"黄河路{chance.randrange(1, 400)}号{chance.randrange(100, 999)}室"
        told = {"city": chance.choice(("北京市", "上海市")), "address": home}
        names = {"x": surname + given, "y": surname + other}
        found += [record(f"{side}{place:04d}", phone, person_name=name, **told) for side, name in names.items()]
    return found


def is_one(pair: tuple[str, str]) -> bool:
    """Whether the two records of the made-up town are one person's."""
    one, other = (key.split(":")[1] for key in pair)
    return one[1:] == other[1:] and {one[0], other[0]} == {"a", "b"}


def share_right(pairs: set[tuple[str, str]], people: int) -> float:
    """Return F1 of linked pairs in a town of people with two records each."""
    return 2 * sum(map(is_one, pairs)) / (len(pairs) + people)


def test_answers_about_housemates_help_more_than_one_shift_does(engine: Engine) -> None:
    people = 300
    records = [*town(people), *housemates(150)]
    before = matched(engine, records)
    known = listed(engine, before)
    plain = share_right({pair for pair, row in known.items() if row["band"] == "link"}, people)
    sides = [[pair for pair in sorted(known) if is_one(pair) is same] for same in (True, False)]
    some = [pair for side in sides for pair in random.Random(20).sample(side, 20)]
    assert before.model is not None
    shifted = with_answers(before.model, [Answer(known[pair]["weight"], is_one(pair), 1.0) for pair in some])
    by_shift = share_right(linked(engine, matched(engine, records, trained=shifted)), people)
    taught = matched(engine, records, answers={pair: (is_one(pair), 1.0) for pair in some})
    assert plain < 0.85
    assert share_right(linked(engine, taught), people) > max(by_shift, 0.97)


def levels(model: TrainedModel | None) -> object:
    """Return how often values agree, by comparison and level."""
    assert model is not None
    return model.levels
