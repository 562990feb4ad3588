"""Conditions and forms: what boxes can hold comes back from them as the same condition, whatever is posted."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import All, condition_from
from huaxiang.model.segments import shipped_segments
from huaxiang.model.tags import shipped_tags
from huaxiang.model.vocabulary import Vocabulary
from huaxiang.server.crowds.boxes import DEEPEST, KINDS, MOST_BOXES, OUTERMOST, ROLES, Boxes, boxes_from
from huaxiang.server.crowds.cap_field import CapTyped
from huaxiang.server.crowds.draft import Draft, boxes_after, changed, draft_from, draft_of, focus_after, read

KNOWN = Vocabulary(portrait_fields(shipped_tags()), shipped_segments(), frozenset({"buyers"}))
Raw = dict[str, Any]


def of(**fixed: Any) -> st.SearchStrategy[Raw]:
    """Plain data with each of these, drawn where it is a strategy."""
    return st.fixed_dictionaries(
        {key: one if isinstance(one, st.SearchStrategy) else st.just(one) for key, one in fixed.items()}
    )


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)
TESTS = st.one_of(
    of(field="city", op=st.sampled_from(["=", "!=", "contains"]), value=WORDS),
    of(field="orders_total", op=st.sampled_from([">", "<="]), value=st.integers(-5, 10**9)),
    of(field="discount_share", op=">=", value=st.integers(0, 1000).map(lambda n: n / 1000)),
    of(field="lifecycle", op="in", value=["lost", "new"]),
    of(field="rfm_class", op="is known"),
    of(field="first_order_on", op="between", value=["2026-01-01", "2026-02-01"]),
    of(field="first_order_on", op=st.sampled_from(["not in last days", "in next days"]), value=st.integers(1, 36_500)),
    of(field="preferred_brands", op=st.sampled_from(["does not contain", "ends with"]), value=WORDS),
)
ROWS = st.one_of(
    of(field="channel", op="=", value=WORDS),
    of(field="net_revenue", op=">=", value=st.integers(0, 10_000)),
    of(field="is_purchase", op="=", value=st.booleans()),
)
#: Rows of orders that are meant: one test, or two joined.
WHERE = st.one_of(ROWS, of(all=st.lists(ROWS, min_size=2, max_size=2)), of(any=st.lists(ROWS, min_size=2, max_size=2)))
DURING = st.sampled_from(
    [
        {"window_days": 30},
        {"window_days": 7, "skip_days": 2},
        {"from": "2026-01-01"},
        {"from": "2026-01-01", "to": "2026-03-31"},
    ]
)
MEASURED: st.SearchStrategy[Raw] = st.one_of(
    of(measure="count", op=">=", value=st.integers(1, 99)),
    of(measure="sum", column="net_revenue", op="between", value=[1, 500]),
    of(measure="greatest", column="ordered_at", op=">=", value="2026-02-03"),
    of(measure="distinct", column="channel", op="=", value=2),
    st.just({}),
)


def some(raw: st.SearchStrategy[Raw], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Raw]:
    """The same with some of these beside it."""
    return st.builds(lambda first, rest: first | rest, raw, st.fixed_dictionaries({}, optional=more))


STEP = some(of(event="act"), where=of(field="event_name", op="=", value=WORDS))
LATER = st.builds(
    lambda step, gap: step | gap,
    some(STEP, without=some(of(event="sale"), where=ROWS)),
    st.sampled_from([{}, {"within_days": 3}, {"within_hours": 5}]),
)
STEPS = st.builds(lambda first, rest: [first, *rest], STEP, st.lists(LATER, min_size=1, max_size=3))
LEAVES = st.one_of(
    TESTS,
    st.builds(lambda did, figure: did | figure, some(of(did="sale"), where=WHERE, during=DURING), MEASURED),
    some(of(first="sale", has=WHERE), during=DURING),
    some(of(last="sale", has=ROWS), where=WHERE, during=DURING),
    some(
        of(sequence=st.builds(lambda first, rest: [first, *rest], STEP, st.lists(LATER, min_size=1, max_size=3))),
        during=DURING,
    ),
    of(crowd="first_order"),
    of(list="buyers"),
)
PARTS = st.one_of(LEAVES, of(**{"not": LEAVES}))
RULES = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        of(all=st.lists(inner, min_size=2, max_size=3)),
        of(any=st.lists(inner, min_size=2, max_size=3)),
        of(**{"not": inner}),
    ),
    max_leaves=8,
)


@given(raw=RULES)
def test_what_boxes_show_says_the_condition(raw: Raw) -> None:
    """Every leaf, negated or not, with windows, filters and measures, in groups of any kind."""
    condition = condition_from(raw)
    draft = draft_of(condition, KNOWN)
    assert draft.text is None, condition
    found = read(draft, KNOWN)
    assert (found.problems, found.unfinished) == ({}, [])
    assert found.condition == condition


@given(raw=RULES)
def test_a_form_posted_as_shown_is_the_same_draft(raw: Raw) -> None:
    """Writing the boxes into inputs and reading those again loses nothing."""
    boxes = draft_of(condition_from(raw), KNOWN).boxes
    assert boxes_from(posted(boxes)) == boxes


def posted(boxes: Boxes) -> MultiValueDict[str, str]:
    """The form that a browser would post for these boxes."""
    form = MultiValueDict[str, str]()
    form["join-0"] = boxes.join
    for box in boxes.boxes:
        form.appendlist("box", str(box.number))
        form[f"kind-{box.number}"], form[f"in-{box.number}"] = box.kind, str(box.parent)
        form[f"role-{box.number}"] = box.role
        for name, texts in box.typed.items():
            form.setlist(f"{name}-{box.number}", list(texts))
    return form


@pytest.mark.parametrize("text", ['city in ("a,b", c)', 'city = " a"'])
def test_what_boxes_cannot_hold_stays_text(text: str) -> None:
    """Nothing is bent to fit."""
    assert draft_of(condition_from_text(text), KNOWN).text is not None


def test_buttons_grow_move_and_take_away_boxes() -> None:
    """Within what each box may hold, and never deeper or more than allowed."""
    draft = changed(Draft(), "add:sequence:0", KNOWN)
    assert [box.kind for box in draft.boxes.boxes] == ["sequence", "step", "step"]
    draft = changed(draft, "add:without:3", KNOWN)
    draft = changed(draft, "add:test:4:where", KNOWN)
    assert [(box.kind, box.parent, box.role) for box in draft.boxes.boxes[3:]] == [
        ("without", 3, ""),
        ("test", 4, "where"),
    ]
    assert changed(draft, "add:group:2", KNOWN) == draft
    assert changed(draft, "add:test:2:has", KNOWN) == draft
    assert [box.number for box in changed(draft, "up:3", KNOWN).boxes.inside(1)] == [3, 2]
    assert changed(draft, "up:2", KNOWN) == draft
    assert [box.number for box in changed(draft, "remove:3", KNOWN).boxes.boxes] == [1, 2]
    for _ in range(DEEPEST + 3):
        draft = changed(draft, f"add:group:{draft.boxes.boxes[-1].parent}", KNOWN)
    assert max(draft.boxes.depth(box.number) for box in draft.boxes.boxes) <= DEEPEST + 1


def test_any_form_is_read_without_a_fall() -> None:
    """Ten thousand posted forms of nonsense: each gives a condition, or says what is wrong, and stays within bounds."""
    chance = random.Random(3)
    texts = (
        "",
        "0",
        "1",
        "-1",
        "9" * 40,
        "city",
        "sale",
        "act",
        ">=",
        "between",
        "last",
        "fixed",
        "sum",
        "'",
        "\x00",
        "𠮷",
        "first",
    )
    names = (
        "tag",
        "op",
        "value",
        "fact",
        "how",
        "measure",
        "column",
        "edge",
        "during",
        "days",
        "skip",
        "from",
        "to",
        "gap",
        "key",
        "not",
        "join",
    )
    for _ in range(10_000):
        form = MultiValueDict[str, str]()
        for number in range(1, chance.randrange(2, 7)):
            form.appendlist("box", chance.choice((str(number), "x", "1")))
            form[f"kind-{number}"] = chance.choice((*KINDS, "evil"))
            form[f"in-{number}"] = str(chance.randrange(number + 1))
            form[f"role-{number}"] = chance.choice((*ROLES, "other"))
            for name in chance.sample(names, 6):
                form.setlist(f"{name}-{number}", [chance.choice(texts) for _ in range(chance.randrange(1, 3))])
        draft = Draft(boxes_from(form))
        found = read(draft, KNOWN)
        assert len(draft.boxes.boxes) <= MOST_BOXES
        assert (found.condition is None) == bool(found.problems)
        assert all(problem.say("zh") and problem.say("en") for problem in found.problems.values())


def test_a_group_of_nothing_says_nothing() -> None:
    """Unfinished boxes are left out and counted; what is left is the rule."""
    draft = changed(changed(Draft(), "add:group:0", KNOWN), "add:did:0", KNOWN)
    found = read(draft, KNOWN)
    assert found.condition == All(all=())
    assert found.unfinished == [2, 3]


def test_a_cap_over_boxes_is_one_field_and_reads_back() -> None:
    """The number, what is ranked and the order; a rule with a cap by events, or a cap inside, stays text."""
    form = {"cap_customers": ["1,000"], "cap_by": ["net_revenue_365d"], "cap_order": ["lowest"], "cap_seed": ["x"]}
    draft = draft_from(MultiValueDict(form))
    condition = read(draft, KNOWN).condition
    assert condition is not None
    text = "bottom 1000 by net_revenue_365d seed x of (everyone)"
    assert text_of(condition) == text
    assert draft_of(condition, KNOWN).cap == CapTyped("1000", "net_revenue_365d", "lowest", "x")
    assert changed(draft, "to_text", KNOWN).text == text
    back = changed(Draft(text="random 5 of (city = 上海)"), "to_boxes", KNOWN)
    assert (back.text, back.cap.customers, len(back.boxes.boxes)) == (None, "5", 1)
    assert changed(back, "add:test:0", KNOWN).cap == back.cap
    for kept in ("top 5 by did sale count of (everyone)", "city = 上海 and random 5 of (everyone)"):
        assert draft_of(condition_from_text(kept), KNOWN).text == kept


@pytest.mark.parametrize("typed", [{"customers": "0"}, {"customers": "many"}, {"customers": "5", "by": "city"}])
def test_a_wrong_cap_is_a_problem_of_the_whole(typed: dict[str, str]) -> None:
    form = MultiValueDict({f"cap_{name}": [text] for name, text in typed.items()})
    found = read(draft_from(form), KNOWN)
    assert found.condition is None
    assert found.problems[OUTERMOST].code.startswith("condition.cap_")


@pytest.mark.parametrize(
    ("act", "on", "number"),
    [
        ("add:test:0", "choice", 8),
        ("add:group:0", "choice", 9),
        ("add:sequence:0", "choice", 9),
        ("add:edge:0", "choice", 8),
        ("down:1", "down", 1),
        ("down:2", "up", 2),
        ("up:2", "down", 2),
        ("up:1", "down", 1),
        ("remove:1", "remove", 2),
        ("remove:3", "remove", 2),
        ("remove:5", "", 0),
        ("to_text", "", 0),
        ("remove:99", "", 0),
    ],
)
def test_a_keyboard_goes_on_where_something_was_done(act: str, on: str, number: int) -> None:
    """Boxes 1, 2 and the group 3 beside each other, in the group the edge 4 with its test 5 and the tests 6 and 7."""
    boxes = Boxes().with_new("test", OUTERMOST).with_new("test", OUTERMOST).with_new("group", OUTERMOST)
    boxes = boxes.without(4).with_new("edge", 3).with_new("test", 3).with_new("test", 3)
    assert [box.number for box in boxes.boxes] == [1, 2, 3, 4, 5, 6, 7]
    assert focus_after(boxes, boxes_after(boxes, act), act) == (on, number)


def test_a_box_that_gives_way_is_gone_on_from() -> None:
    """What takes the place of the empty test of a group has its number."""
    boxes = Boxes().with_new("group", OUTERMOST)
    given = boxes.without(2).with_new("did", 1)
    assert focus_after(boxes, given, "add:did:1") == ("choice", 2)
