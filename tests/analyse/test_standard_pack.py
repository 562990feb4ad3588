"""Tags of the standard pack that rest on facts made of others: recommendations, matters named, coupons, invitations."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.analyse.made import AS_OF, Row, bring, customers, line, numbered, sale

from huaxiang.analyse.in_force import in_force
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.tags import shipped_tags

NOON = datetime.combine(AS_OF, datetime.min.time()) + timedelta(hours=12)


def ago(days: int) -> datetime:
    """Return noon so many days before the day of the profile."""
    return NOON - timedelta(days=days)


def of_one(engine: Engine, facts: dict[str, list[Row]], *keys: str) -> dict[str, Any]:
    """Return those shipped tags of customer c1."""
    tags = with_needed(keys, shipped_tags())
    given = {"customer": customers("c1", "c2"), **facts}
    rows = only(engine.arrow(profile(engine, tags, AS_OF, bring(engine, given))))
    return next({key: row[key] for key in keys} for row in rows if row["customer_id"] == "c1")


def said(days: int, kind: str = "survey", **more: Any) -> Row:
    """Return a piece of feedback of customer c1."""
    return {
        "customer_id": "c1",
        "occurred_at": ago(days),
        "feedback_kind": kind,
        "source": "s",
        "source_row": days,
        **more,
    }


@pytest.mark.parametrize(
    ("answers", "movement"),
    [
        ([9], "new_promoter"), ([6], "new_detractor"), ([8], "passive"), ([10, 9], "still_promoter"),
        ([9, 0], "lost_promoter"), ([9, 7], "cooled"), ([3, 10], "won_promoter"), ([3, 3], "still_detractor"),
        ([3, 8], "eased"), ([7, 9], "warmed"), ([8, 6], "soured"), ([7, 8], "passive"), ([0, 10, 10], "still_promoter"),
        ([], None),
    ],
)  # fmt: skip
def test_movement_of_recommendation(duck: Engine, answers: list[int], movement: str | None) -> None:
    """The latest answer beside the one before it; pieces without an answer lie between them and change nothing."""
    rows = [said(40 - place, recommend_0_10=answer) for place, answer in enumerate(answers)]
    later = {**said(1, recommend_0_10=5), "occurred_at": ago(-1)}
    facts = {"feedback_fact": [*rows, said(2, satisfaction_1_5=3), later]}
    assert of_one(duck, facts, "nps_movement")["nps_movement"] == movement


def test_matters_named_in_feedback(engine: Engine) -> None:
    """Complaints by topic and words, praise by words, and what the customer speaks of most, from two mentions on."""
    rows = [
        said(9, "ticket", topic="物流查询"), said(8, "ticket", topic="物流查询", text="快递三天没到，包装破了"),
        said(7, "review", text="质量很好，送人包装有面子", sentiment=0.9),
        said(6, "review", text="Great QUALITY", sentiment=0.5),
        said(5, "survey", text="还行", satisfaction_1_5=1), said(4, "survey", text="价格太贵", recommend_0_10=3),
    ]  # fmt: skip
    keys = ("complaint_matters", "praised_matters", "stated_value")
    found = of_one(engine, {"feedback_fact": rows}, *keys)
    assert found["complaint_matters"] == ["logistics", "price", "packaging"]
    assert found["praised_matters"] == ["quality", "packaging"]
    assert found["stated_value"] == "quality"
    one = of_one(engine, {"feedback_fact": rows[3:4]}, *keys)
    assert one == {"complaint_matters": None, "praised_matters": ["quality"], "stated_value": None}


def test_coupons_in_hand(duck: Engine) -> None:
    """Neither used by the day nor past their last day; a use after the day has not happened yet."""
    granted = [
        {"coupon_no": number, "account_key": "m:1", "occurred_at": ago(9), "expires_at": ends, "source_row": place}
        for place, (number, ends) in enumerate(
            [("open", ago(-5)), ("last day", ago(0)), ("over", ago(1)), ("used", ago(-5)), ("later", None)]
        )
    ]
    used = [{"coupon_no": "used", "occurred_at": ago(1)}, {"coupon_no": "later", "occurred_at": ago(-1)}]
    facts: dict[str, list[Row]] = {
        "account": [{"account_key": "m:1", "customer_id": "c1"}], "coupon": granted, "coupon_redemption": used,
    }  # fmt: skip
    found = of_one(duck, facts, "coupons_open_total", "coupon_redemption_share")
    assert found == {"coupons_open_total": 3, "coupon_redemption_share": 0.2}


def test_who_came_by_invitation(duck: Engine) -> None:
    """The one invited, not the one who invites; without any referral nothing is known."""
    account: list[Row] = [{"account_key": f"m:{n}", "customer_id": f"c{n}"} for n in (1, 2)]
    invited = {"account": account, "referral": [{"account_key": "m:1", "referrer_account_key": "m:2"}]}
    assert of_one(duck, invited, "was_invited") == {"was_invited": "invited"}
    inviting = {"account": account, "referral": [{"account_key": "m:2", "referrer_account_key": "m:1"}]}
    assert of_one(duck, inviting, "was_invited") == {"was_invited": "unaided"}
    nobody: list[Row] = []
    assert of_one(duck, {"account": account, "referral": nobody}, "was_invited") == {"was_invited": None}


def test_money_given_back_in_every_form(duck: Engine) -> None:
    """A refund, a whole order returned, and a return slip; another currency stays out."""
    rows = [
        sale("c1", date(2026, 5, 1), 100, refund_amount=Decimal(30), net_revenue=Decimal(70)),
        sale("c1", date(2026, 5, 2), 50, net_revenue=Decimal(0), is_return=True, order_status="returned"),
        sale("c1", date(2026, 5, 3), -20, is_return=True, order_status="returned"),
        sale("c1", date(2026, 5, 4), 999, net_revenue=Decimal(0), is_other_currency=True),
    ]
    found = of_one(duck, {"sale": numbered(rows)}, "refunds_total", "net_revenue_total")
    assert found == {"refunds_total": Decimal(100), "net_revenue_total": Decimal(50)}


@pytest.mark.parametrize(
    ("days", "gift", "person", "stage"),
    [
        ((1, 2, 3), False, {}, "small_child"), ((1, 2), False, {}, None), ((1, 2, 3), True, {}, None),
        ((400, 401, 402), False, {}, None), ((), False, {"birth_date": date(2008, 1, 1)}, "student"),
        ((), False, {"birth_date": date(1980, 1, 1)}, "midlife"),
        ((), False, {"birth_date": date(1950, 1, 1)}, "retired"),
        ((1, 2, 3), False, {"birth_date": date(1950, 1, 1)}, "small_child"),
    ],
)  # fmt: skip
def test_life_stage_needs_evidence(
    duck: Engine, days: tuple[int, ...], gift: bool, person: dict[str, Any], stage: str | None
) -> None:
    """Baby goods on three days of a year, for oneself; else what is stated; else nothing is guessed."""
    lines = [line("c1", ago(day).date(), "母婴", is_gift=gift) for day in days]
    facts = {
        "account": [{"account_key": "m:1", "customer_id": "c1"}], "sale_line": numbered(lines),
        "person_record": [{"account_key": "m:1", **person}],
    }  # fmt: skip
    assert of_one(duck, facts, "life_stage")["life_stage"] == stage


def test_needs_are_what_was_looked_at_and_not_bought(duck: Engine) -> None:
    """Cart before favourite before view; what was bought since is no need any more."""
    seen = [("view", "酒"), ("cart", "茶"), ("favourite", "杯"), ("cart", "米"), ("view", "米")]
    acts = [
        {"customer_id": "c1", "event_name": name, "category": kind, "occurred_at": ago(3), "row_key": str(place)}
        for place, (name, kind) in enumerate(seen)
    ]
    facts = {"act": acts, "sale_line": numbered([line("c1", ago(2).date(), "米")])}
    assert of_one(duck, facts, "needs_30d")["needs_30d"] == ["茶", "杯", "酒"]


def test_sensitive_tags_wait_for_a_purpose() -> None:
    """Where somebody lives and how old a child is are switched off, with all that is computed from them."""
    tags = shipped_tags()
    off = {key for key in tags if key not in in_force(tags, ())}
    assert {"resident_place_180d", "child_age_band"} <= off
    assert all(tags[key].needs_purpose and tags[key].sensitivity == "sensitive" for key in off)
    assert "resident_place_180d" in in_force(tags, {"resident_place_180d"})


def test_what_is_inferred_says_so() -> None:
    """Psychological lines and other conclusions are marked; stated gender and shopping gender are told apart."""
    tags = shipped_tags()
    inferred = ("shopping_gender", "life_stage", "motive", "attitude", "stated_value", "price_sensitivity",
                "promotion_sensitivity", "purchasing_power", "child_age_band", "resident_place_180d")  # fmt: skip
    assert [key for key in inferred if tags[key].stands_on != "inferred"] == []
    assert tags["gender"].stands_on == "stated"
    assert tags["shopping_gender"].stated_twin == "gender"
    assert 100 <= sum(not tag.helper for tag in tags.values()) <= 140


@pytest.mark.parametrize(
    ("felt", "rated", "mood", "rating"),
    [(0.25, 4, "positive", "positive"), (-0.25, 2, "negative", "negative"), (0.1, 3, "unclear", None)],
)
def test_the_words_of_a_customer_are_told_apart_from_the_rating(
    duck: Engine, felt: float, rated: int, mood: str, rating: str | None
) -> None:
    """Each by itself, so that one can be measured by the other."""
    found = of_one(
        duck, {"feedback_fact": [said(3, sentiment=felt, satisfaction_1_5=rated)]}, "text_mood", "rating_mood"
    )
    assert found == {"text_mood": mood, "rating_mood": rating}
