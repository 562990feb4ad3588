"""One customer for a program: by any name, masked, within its stores, as the page and the command line say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import AS_OF, NOW, member

from huaxiang.engine.points import Points
from huaxiang.errors import nearest
from huaxiang.ledger import Ledger
from huaxiang.maintain.serving import NEW
from huaxiang.words import LANGUAGES, say
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
ONE = member(1)


def test_a_customer_is_found_by_every_name_and_is_the_published_one(shop: Workspace, program: Program) -> None:
    ask = program("profile:read")
    row = shop.profile("M0001")
    names = ("M0001", ONE["phone"], f"+86 {ONE['phone'][:3]} {ONE['phone'][3:]}", row["customer_id"])
    answers = [ask.get(f"/api/v1/customers/{name}").json() for name in names]
    answers += [
        ask.post("/api/v1/customers/find", {"identifier": name}, content_type="application/json").json()
        for name in names
    ]
    assert all(answer == answers[0] for answer in answers)
    found = answers[0]
    assert (found["customer_id"], found["as_of"], found["former_id"]) == (row["customer_id"], AS_OF.isoformat(), None)
    assert found["tags"]["orders_total"] == {"value": row["orders_total"], "label": f"{row['orders_total']} 单"}
    assert found["tags"]["net_revenue_total"]["value"] == format(row["net_revenue_total"], "f")
    tags = {key for key, tag in shop.definitions.tags.items() if not tag.helper}
    assert tags < set(found["tags"])


def test_who_came_since_everybody_was_computed_has_no_unknown_place_among_others(
    shop: Workspace, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks at others is not computed yet where it has no value; what is the customer's own is known or not."""
    read = Points.row
    absent = {"spending_place": None, "purchasing_power": None, "education": None}

    def row_of_a_newcomer(points: Points, customer_id: str, names: Any = None) -> dict[str, Any]:
        return (read(points, customer_id, names) or {}) | absent | {NEW: True}

    monkeypatch.setattr(Points, "row", row_of_a_newcomer)
    asked = "/api/v1/customers/M0001?tags=spending_place,purchasing_power,education,orders_total"
    told = program("profile:read").get(asked).json()["tags"]
    later = {"value": None, "label": "还没有算", "not_computed": True}
    assert (told["spending_place"], told["purchasing_power"]) == (later, later)
    assert told["education"] == {"value": None, "label": "未知"}
    assert told["orders_total"]["value"] == len(ONE["orders"])


def test_the_crowds_of_a_customer_are_those_of_the_last_refresh(shop: Workspace, program: Program) -> None:
    with shop.reading() as engine:
        members = engine.arrow(engine.table("crowd_member")).to_pylist()
    (someone, *_) = sorted({row["customer_id"] for row in members})
    found = program("profile:read").get(f"/api/v1/customers/{someone}?tags=city").json()["crowds"]
    expected = {(row["crowd"], row["since_run"]) for row in members if row["customer_id"] == someone}
    assert {(one["crowd"], one["since_run"]) for one in found} == expected
    assert {one["since_as_of"] for one in found} == {AS_OF.isoformat()}


def test_personal_data_are_masked_and_revealed_only_with_scope_role_and_reason(
    shop: Workspace, program: Program
) -> None:
    answer = program("profile:read").get("/api/v1/customers/M0001").content.decode()
    assert ONE["phone"] not in answer
    assert "136****0001" in answer
    body = {"identifier": "M0001", "fields": ["phone", "person_name"], "reason": f"回电 {ONE['phone']}"}

    def asked(client: Client, **changes: Any) -> Any:
        return client.post("/api/v1/customers/reveal", {**body, **changes}, content_type="application/json")

    assert asked(program("profile:read", role="admin")).status_code == 403
    assert asked(program("personal:read", role="viewer")).status_code == 403
    entitled = program("personal:read", role="analyst")
    assert asked(entitled, reason=" ").status_code == 400
    assert asked(entitled, fields=["orders_total"]).status_code == 400
    with Ledger.open(shop.ledger_path) as ledger:
        assert list(ledger.entries("reveal.shown")) == []
    assert asked(entitled).json()["fields"] == {"phone": ONE["phone"], "person_name": ONE["person_name"]}
    with Ledger.open(shop.ledger_path) as ledger:
        entries = list(ledger.entries("reveal.shown"))
    assert [entry.body["field"] for entry in entries] == ["phone", "person_name"]
    assert ONE["phone"] not in str(entries)


def test_a_key_for_some_stores_sees_their_customers_only(shop: Workspace, program: Program) -> None:
    ask = program("profile:read", stores=("S1",))
    mine, other, nowhere = "M0002", "M0001", "M0010"
    assert ask.get(f"/api/v1/customers/{mine}").status_code == 200
    refused = [ask.get(f"/api/v1/customers/{one}") for one in (other, nowhere, "nobody")]
    assert [answer.status_code for answer in refused] == [404] * 3
    given = (other, nowhere, "nobody")
    told = {answer.json()["detail"].replace(one, "…") for answer, one in zip(refused, given, strict=True)}
    assert len(told) == 1, "nobody can tell a customer of another store from none"


def test_a_former_id_says_so_and_a_shared_name_names_its_customers(shop: Workspace, program: Program) -> None:
    ids = {one: shop.customer_id_of(one) for one in ("M0003", "M0004")}
    shop.merge("M0003", "M0004", "一个人", NOW, actor="kim")
    shop.refresh(NOW, AS_OF)
    shop = Workspace.open(shop.folder)
    kept = shop.customer_id_of("M0003")
    (gone,) = set(ids.values()) - {kept}
    answer = program("profile:read").get(f"/api/v1/customers/{gone}").json()
    assert (answer["customer_id"], answer["former_id"]) == (kept, gone)


def test_a_name_of_several_customers_is_a_conflict(
    shop: Workspace, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.engine.points import Meant, Points

    one, two = (shop.customer_id_of(name) for name in ("M0001", "M0002"))
    monkeypatch.setattr(Points, "meant", lambda *_: [Meant(one, "identifier"), Meant(two, "identifier")])
    answer = program("profile:read").get("/api/v1/customers/13900000000")
    assert answer.status_code == 409
    assert answer.json()["customers"] == sorted((one, two))
    scoped = program("profile:read", stores=("S1",)).get("/api/v1/customers/13900000000")
    assert (scoped.status_code, scoped.json()["customer_id"]) == (200, two)


def test_a_past_day_is_that_day(shop: Workspace, program: Program) -> None:
    day = AS_OF.replace(month=3, day=31)
    answer = program("profile:read").get(f"/api/v1/customers/M0003?as_of={day}&tags=orders_total,city").json()
    past = shop.profile("M0003", day)
    assert (answer["as_of"], answer["tags"]["orders_total"]["value"]) == (day.isoformat(), past["orders_total"])
    assert past["orders_total"] != shop.profile("M0003")["orders_total"]
    later = program("profile:read").get("/api/v1/customers/M0003?as_of=2027-01-01")
    assert (later.status_code, later.json()["code"]) == (400, "customer.day_to_come")


def test_tags_say_what_they_mean_in_both_languages(shop: Workspace, program: Program) -> None:
    tag, fields = shop.definitions.tags["city"], shop.definitions.fields
    for lang in LANGUAGES:
        ask = program("profile:read", lang=lang)
        (own,) = ask.get("/api/v1/customers/M0001/tags?tags=city").json()["tags"]
        assert (own["name"], own["meaning"]) == (tag.name.say(lang), getattr(tag, f"meaning_{lang}"))
        assert ask.get("/api/v1/tags/city").json() == {
            key: own[key] for key in own if key not in ("value", "label", "confidence")
        }
        told = ask.get("/api/v1/tags/citty").json()
        assert told["detail"] == say("api.unknown_tag", lang, given="citty", nearest=nearest("citty", fields))


def test_since_when_a_value_stands_is_told_when_asked(shop: Workspace, program: Program) -> None:
    """After one refresh nobody knows for how long it had stood; a past day tells none."""
    ask = program("profile:read")
    tags = "/api/v1/customers/M0001/tags?tags=city,orders_total"
    for own in ask.get(f"{tags}&since=true").json()["tags"]:
        assert (own["since"], own["since_or_earlier"]) == (AS_OF.isoformat(), True)
    assert all("since" not in own for own in ask.get(tags).json()["tags"])
    day = AS_OF - timedelta(days=40)
    assert all("since" not in own for own in ask.get(f"{tags}&since=true&as_of={day}").json()["tags"])


def test_before_the_first_refresh_a_program_is_told_what_to_do(empty_shop: Workspace, program: Program) -> None:
    answer = program("profile:read").get("/api/v1/customers/M0001")
    assert (answer.status_code, answer.json()["code"]) == (400, "workspace.never_refreshed")
