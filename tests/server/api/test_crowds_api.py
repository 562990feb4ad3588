"""Crowds and rules for programs: the same numbers as everywhere, pages and files that hold everybody once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import member
from tests.server.crowds.test_pages import add

from huaxiang.analyse.crowd_sizes import crowd_count
from huaxiang.analyse.population import published_population
from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
SHANGHAI = [one["member_no"] for one in PEOPLE if one["city"] == "上海市"]
ALL = ("crowd:read", "crowd:members", "rules:write", "profile:read", "personal:read")


def read(answer: Any) -> bytes:
    """The whole of a streamed answer; reading it to its end closes it."""
    return b"".join(answer.streaming_content)


def sent(client: Client, method: str, path: str, body: object, **headers: str) -> Any:
    """A request with a JSON body."""
    return client.generic(method, path, json.dumps(body), content_type="application/json", headers=headers)


def test_editor_api_notebook_and_file_count_the_same(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    add(shop, "broken", "no_such_tag = 1")
    ask = program(*ALL, role="analyst")
    listed = {one["key"]: one["sentence"] for one in ask.get("/api/v1/crowds").json()["crowds"]}
    assert "no_such_tag" in listed["broken"], "which stops no other"
    condition = Workspace.open(shop.folder).definitions.segments["townspeople"].condition
    with shop.reading() as engine:
        population = published_population(engine, shop.definitions.tags, {}, shop.as_of())
        notebook = crowd_count(population, condition)
    size = ask.get("/api/v1/crowds/townspeople/count").json()
    evaluated = sent(ask, "POST", "/api/v1/rules/evaluate", {"rule": "city = 上海市"}).json()
    assert {notebook, size["customers"], evaluated["customers"]} == {len(SHANGHAI)}
    assert (size["is_few"], size["all_customers"]) == (False, 40)
    inside = [value["inside"] for value in size["composition"]["member_level"]]
    assert all(count is None or count == 0 or count >= 5 for count in inside), "small counts are hidden"


def test_pages_hold_every_customer_once_and_are_in_the_ledger(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    ask = program("crowd:members", role="analyst")
    path, seen, pages = "/api/v1/crowds/townspeople/members?purpose=analysis&limit=4&tags=city", [], 0
    answer = ask.get(path).json()
    while True:
        pages += 1
        seen += [row["customer_id"] for row in answer["members"]]
        assert {row["city"] for row in answer["members"]} == {"上海市"}
        if answer["next"] is None:
            break
        answer = ask.get(f"{path}&cursor={answer['next']}").json()
    assert sorted(seen) == sorted({shop.customer_id_of(one) for one in SHANGHAI})
    assert seen == sorted(seen)
    with Ledger.open(shop.ledger_path) as ledger:
        entries = list(ledger.entries("export.created"))
    assert len(entries) == pages
    assert sum(entry.body["rows"] for entry in entries) == len(seen)
    assert {entry.actor[:4] for entry in entries} == {"key:"}


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_file_has_as_many_rows_as_the_crowd_and_leaves_nothing_behind(
    shop: Workspace, program: Program, kind: str
) -> None:
    add(shop, "townspeople", "city = 上海市")
    answer = program("crowd:members", role="analyst").get(
        f"/api/v1/crowds/townspeople/members/file?purpose=analysis&kind={kind}"
    )
    lines = read(answer).decode().strip().splitlines()
    assert len(lines) - (kind == "csv") == len(SHANGHAI) == int(answer.headers["Huaxiang-Rows"])
    with Ledger.open(shop.ledger_path) as ledger:
        (entry,) = ledger.entries("export.created")
    assert entry.body["rows"] == len(SHANGHAI)
    assert entry.body["export_id"] == answer.headers["Huaxiang-Export"]
    assert not any(one["phone"] in "\n".join(lines) for one in PEOPLE)
    assert list((shop.folder / "exports").iterdir()) == []


def test_marketing_leaves_out_who_did_not_agree(shop: Workspace, program: Program) -> None:
    agreed = {shop.customer_id_of(one["member_no"]) for one in PEOPLE if one["consent"] == "是"}
    ask = program("crowd:members", "rules:write", "crowd:read", role="analyst")
    sent(ask, "POST", "/api/v1/crowds", {"rule": {"all": []}, "zh": "所有人", "en": "everyone"})
    page = ask.get("/api/v1/crowds/everyone/members?purpose=marketing&limit=1000").json()
    assert {row["customer_id"] for row in page["members"]} == agreed
    file = ask.get("/api/v1/crowds/everyone/members/file?purpose=marketing")
    assert {json.loads(line)["customer_id"] for line in read(file).decode().splitlines()} == agreed
    assert int(file.headers["Huaxiang-Without-Consent"]) == 40 - len(agreed)


def test_raw_values_need_a_role_and_a_scope(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    path = "/api/v1/crowds/townspeople/members/file?purpose=service&raw=true"
    assert program("crowd:members", role="admin").get(path).status_code == 403
    assert program("crowd:members", "personal:read", role="analyst").get(path).status_code == 403
    answer = program("crowd:members", "personal:read", role="admin").get(path)
    assert PEOPLE[2]["phone"] in read(answer).decode()


def test_a_cursor_of_another_version_begins_anew(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    ask = program("crowd:members", role="analyst")
    path = "/api/v1/crowds/townspeople/members?purpose=analysis&limit=2"
    cursor = ask.get(path).json()["next"]
    add(shop, "townspeople", "city = 北京市", version=2)
    answer = ask.get(f"{path}&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (409, "api.old_cursor")
    assert ask.get(f"{path}&cursor=AAAA").json()["code"] == "api.no_cursor"


def test_a_customer_is_in_a_crowd_for_reasons(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市 and orders_total >= 1")
    ask = program("crowd:read")
    told = {one: ask.get(f"/api/v1/crowds/townspeople/members/{one}").json() for one in ("M0003", "M0001", "M0030")}
    truth = {one: [test["true"] for test in answer["tests"]] for one, answer in told.items()}
    assert truth == {"M0003": [True, True], "M0001": [False, True], "M0030": [True, False]}
    assert [answer["inside"] for answer in told.values()] == [True, False, False]
    assert told["M0003"]["tests"][0]["sentence"] == "城市为上海市"


def test_saving_says_which_version_it_follows(shop: Workspace, program: Program) -> None:
    ask = program(*ALL, role="analyst")
    made = sent(ask, "POST", "/api/v1/crowds", {"rule": "orders_total >= 1", "en": "buyers"})
    path, first = "/api/v1/crowds/buyers", made.headers["ETag"]
    assert (made.status_code, first, ask.get(path).headers["ETag"]) == (201, '"buyers.v1"', first)
    change = {"rule": "orders_total >= 2"}
    assert sent(ask, "PUT", path, change).status_code == 428
    second = sent(ask, "PUT", path, change, **{"If-Match": first})
    assert (second.status_code, second.json()["version"], second.json()["name"]) == (200, 2, "buyers")
    refused = sent(ask, "PUT", path, change, **{"If-Match": first})
    assert (refused.status_code, refused.headers["ETag"]) == (412, '"buyers.v2"')
    other = program("rules:write", role="analyst")
    assert sent(other, "PUT", path, change, **{"If-Match": '"buyers.v2"'}).status_code == 403, "not its own"
    bound = sent(ask, "PUT", path, {**change, "least_customers": 3, "most_customers": 9}, **{"If-Match": "*"}).json()
    kept = sent(ask, "PUT", path, {**change, "most_customers": None}, **{"If-Match": "*"}).json()
    crossed = sent(ask, "PUT", path, {**change, "most_customers": 1}, **{"If-Match": "*"})
    assert [(one["least_customers"], one["most_customers"]) for one in (bound, kept)] == [(3, 9), (3, None)]
    assert (crossed.status_code, crossed.json()["code"]) == (400, "crowds.bounds.crossed")
    assert ask.generic("DELETE", path, headers={"If-Match": '"buyers.v4"'}).status_code == 204
    assert ask.get(path).status_code == 404


def test_a_program_goes_back_to_an_earlier_version(shop: Workspace, program: Program) -> None:
    ask, path = program(*ALL, role="analyst"), "/api/v1/crowds/buyers"
    sent(ask, "POST", "/api/v1/crowds", {"rule": "orders_total >= 1", "en": "buyers"})
    sent(ask, "PUT", path, {"rule": "orders_total >= 2"}, **{"If-Match": '"buyers.v1"'})
    back = f"{path}/versions/1/restore"
    assert sent(ask, "POST", back, None).status_code == 428
    assert sent(ask, "POST", back, None, **{"If-Match": '"buyers.v1"'}).status_code == 412
    for number in (2, 7):
        missing = sent(ask, "POST", f"{path}/versions/{number}/restore", None, **{"If-Match": '"buyers.v2"'})
        assert (missing.status_code, missing.json()["code"]) == (404, "crowds.no_such_version")
    assert sent(program("crowd:read", role="analyst"), "POST", back, None).status_code == 403
    other = program("rules:write", role="analyst")
    assert sent(other, "POST", back, None, **{"If-Match": "*"}).status_code == 403, "not its own"
    third = sent(ask, "POST", back, None, **{"If-Match": '"buyers.v2"'})
    assert (third.status_code, third.headers["ETag"]) == (200, '"buyers.v3"')
    assert third.json()["text"] == "orders_total >= 1"
    listed = ask.get(f"{path}/versions")
    told = listed.json()["versions"]
    assert listed.headers["ETag"] == '"buyers.v3"'
    assert [(one["version"], one["text"], one["is_latest"]) for one in told] == [
        (3, "orders_total >= 1", True), (2, "orders_total >= 2", False), (1, "orders_total >= 1", False)]  # fmt: skip
    assert [one["acts"][0]["change"] for one in told] == ["rolled_back", "saved", "saved"]
    assert told[0]["changed"][:2] == [{"sign": "minus", "text": "累计订单数不小于2"},
                                  {"sign": "plus", "text": "累计订单数不小于1"}]  # fmt: skip
    assert ask.get(f"{path}/history").status_code == 200


@pytest.mark.parametrize(
    ("rule", "code", "at"),
    [
        ({"all": [{"any": [{"field": "city", "op": "=", "value": "x"}, {"field": "ctiy", "op": "=", "value": "x"}]}]},
         "condition.unknown_field", "/rule/all/0/any/1"),
        ({"not": {"field": "city", "op": "~", "value": "x"}}, "condition.unknown_operator", "/rule/not"),
        ({"all": [{"field": "orders_total", "op": ">=", "value": "many"}]}, "condition.value_unfit", "/rule/all/0"),
        ("ctiy = x", "condition.unknown_field", "/rule"),
        ("city = ", None, "/rule"),
        ({"all": [3]}, "condition.not_a_condition", "/rule/all/0"),
        ({"all": [{"all": []}] * 600}, "condition.too_large", "/rule"),
        ({"did": "sale", "where": {"all": [{"field": "channel", "op": "=", "value": "x"},
                                           {"field": "chanel", "op": "=", "value": "x"}]}},
         "condition.unknown_field", "/rule/where/all/1"),
        ({"not": {"did": "sael", "where": "channel = 门店"}}, "condition.unknown_fact", "/rule/not/did"),
        ({"did": "sale", "where": "chanel = 门店"}, "condition.unknown_field", "/rule/where"),
        ({"did": "sale", "measure": "sum", "column": "net_revenu", "op": ">", "value": 1}, "condition.unknown_column",
         "/rule"),
        ({"first": "sale", "has": {"not": {"field": "channel", "op": "~", "value": "x"}}},
         "condition.unknown_operator", "/rule/has/not"),
        ({"sequence": [{"event": "act"}, {"event": "sale", "where": {"field": "chanel", "op": "=", "value": "x"}}]},
         "condition.unknown_field", "/rule/sequence/1/where"),
        ({"sequence": [{"event": "acts"}, {"event": "sale"}]}, "condition.unknown_fact", "/rule/sequence/0/event"),
        ({"any": [{"sequence": [{"event": "act"},
                                {"event": "sale", "without": {"event": "act", "where": "nme = x"}}]}]},
         "condition.unknown_field", "/rule/any/0/sequence/1/without/where"),
        ({"sequence": [{"event": "act"}, {"event": "sale", "within_days": -1}]}, None, "/rule/sequence/1"),
        ({"cap": {"customers": 2, "by": {"did": "sale", "where": "chanel = x"}}, "of": {"all": []}},
         "condition.unknown_field", "/rule/cap/by/where"),
        ({"cap": {"customers": 2}, "of": {"field": "ctiy", "op": "=", "value": "x"}}, "condition.unknown_field",
         "/rule/of"),
    ],
)  # fmt: skip
def test_a_rule_that_does_not_hold_together_says_where(
    shop: Workspace, program: Program, rule: object, code: str | None, at: str
) -> None:
    answer = sent(program("crowd:read"), "POST", "/api/v1/rules/validate", {"rule": rule})
    told = answer.json()
    assert (answer.status_code, told["at"]) == (400, at), told
    assert code in (None, told["code"])


def test_a_question_that_computes_too_long_is_stopped(
    shop: Workspace, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.errors import EngineError

    def stopped(*_: object) -> None:
        raise EngineError("engine.too_long", seconds="30")

    monkeypatch.setattr("huaxiang.server.api.rule_routes.told_size", stopped)
    ask = program("crowd:read", role="analyst")
    answer = sent(ask, "POST", "/api/v1/rules/evaluate", {"rule": "city = 上海市"})
    assert (answer.status_code, answer.json()["code"]) == (503, "engine.too_long")


def test_a_rule_calls_other_crowds_by_their_names_as_the_pages_do(shop: Workspace, program: Program) -> None:
    """In the sentence, in the meaning that is kept, and among the tests of one customer: never by the key."""
    add(shop, "townspeople", "city = 上海市")
    wanted, ask = "属于人群“人群 townspeople”，并且累计订单数不小于1", program(*ALL, role="analyst")
    rule = {"rule": "crowd townspeople and orders_total >= 1"}
    made = sent(ask, "POST", "/api/v1/crowds", {"zh": "城里买家", "en": "Buyers in town", **rule}).json()
    assert (made["sentence"], made["meaning"]) == (wanted, wanted)
    evaluated = sent(ask, "POST", "/api/v1/rules/evaluate", rule).json()
    assert evaluated["sentence"] == wanted
    tests = ask.get(f"/api/v1/crowds/{made['key']}/members/{SHANGHAI[0]}").json()["tests"]
    assert [one["sentence"] for one in tests] == wanted.split("，并且")
