"""Every operation of the document: who may ask for it, and that nothing sent to it is a mistake of ours."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.crowds.test_pages import add

from huaxiang.release.roles import ROLES, role_named
from huaxiang.words import LANGUAGES
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
#: What stands in an address for its parts, so that the matrix asks for something that is there.
SAMPLES = {"identifier": "M0003", "key": "townspeople", "purpose": "analysis", "number": "999999", "version": "1"}
BODIES: dict[str, Any] = {
    "identifier": "M0003",
    "crowd": "townspeople",
    "rule": {"field": "city", "op": "=", "value": "上海市"},
    "fields": ["phone"],
    "reason": "测试",
    "zh": "新的人群",
    "name": "系统",
    "url": "https://example.com/hook",
    "down": "member_level",
    "across": "city",
    "tag": "member_level",
    "crowds": ["townspeople", "important_active"],
    # Not past: a past day takes long, and is asked for in tests of its own.
    "day": "2026-12-31",
    "people": ["M0003"],
}


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    scope: str
    also: str
    parameters: tuple[dict[str, Any], ...]
    body: dict[str, Any] | None

    def address(self, values: dict[str, Any]) -> str:
        """The address with these values in path and query."""
        path, query = self.path, {}
        for one in self.parameters:
            value = values.get(one["name"])
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", quote(str(value), safe="") or "%20")
            elif value is not None:
                query[one["name"]] = value
        return path + (f"?{urlencode(query, errors='replace')}" if query else "")


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation that the document names."""
    from huaxiang.server.api.api import document, scopes_of_operations

    told, scopes = document("zh"), scopes_of_operations()
    return tuple(_read(told, scopes))


def _read(told: dict[str, Any], scopes: dict[str, tuple[str, str]]) -> Iterator[Operation]:
    for path, methods in told["paths"].items():
        for method, one in methods.items():
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if body and "$ref" in body:
                body = told["components"]["schemas"][body["$ref"].rpartition("/")[2]]
            name = one["operationId"]
            yield Operation(name, method.upper(), path, *scopes[name], parameters=tuple(one["parameters"]), body=body)


def asked(client: Client, one: Operation, values: dict[str, Any], body: object = None, lang: str = "zh") -> Any:
    """Send one request; a streamed answer is read to its end."""
    text = "" if one.body is None else body if isinstance(body, str) else json.dumps(body)
    headers = {"If-Match": "*", "Accept-Language": lang}
    answer = client.generic(one.method, one.address(values), text, "application/json", headers=headers)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer


def proper(one: Operation) -> dict[str, Any]:
    """A body that holds together."""
    return {name: BODIES[name] for name in (one.body or {}).get("properties", {}) if name in BODIES}


def test_the_document_is_openapi_in_both_languages(workspace: Path, client: Client) -> None:
    for lang in LANGUAGES:
        told = client.get(f"/api/v1/openapi.json?lang={lang}").json()
        assert told["openapi"] == "3.1.0"
        assert told["components"]["securitySchemes"]["Key"]["scheme"] == "bearer"
        names = [one["operationId"] for methods in told["paths"].values() for one in methods.values()]
        assert len(names) == len(set(names)) == len(operations()) >= 17
        for methods in told["paths"].values():
            assert all(one["summary"] and one["security"] == [{"Key": []}] for one in methods.values())


@pytest.mark.parametrize("role", [role.role for role in ROLES])
def test_scope_and_role_open_exactly_what_is_declared(role: str, shop: Workspace, program: Program) -> None:
    from huaxiang.server.api.scopes import SCOPES

    add(shop, "townspeople", "city = 上海市")
    for scope in SCOPES:
        ask = program(scope.scope, role=role)
        permissions = role_named(role).permissions
        for one in operations():
            answer = asked(ask, one, SAMPLES, proper(one))
            allowed = one.scope == scope.scope and {scope.permission, one.also or scope.permission} <= permissions
            is_refused = answer.status_code == 403 and answer.json()["code"] in ("api.scope_missing", "release.denied")
            # Whose crowd it is, and what is raw, is asked behind the door.
            assert is_refused is not allowed, (one.name, scope.scope, role, answer.status_code)
            assert answer.status_code < 500


def test_without_a_key_everything_is_refused(shop: Workspace, client: Client, signed_in_client: Program) -> None:
    browser = signed_in_client("admin")
    for one in operations():
        for nobody in (client, browser):
            answer = asked(nobody, one, SAMPLES, proper(one))
            assert (answer.status_code, answer.json()["code"]) == (401, "api.no_key"), one.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for token in ("hx_", "hx_aaaaaaaa_" + "x" * 43, "Bearer", "\x00", "x" * 9_000):
        answer = client.get("/api/v1/tags", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_LEAF = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["city", "orders_total", "net_revenue_total", "birth_date", "rfm_class"]) | st.text(),
        "op": st.sampled_from(["=", "!=", "in", ">=", "between", "contains", "is known", "~"]),
    },
    optional={"value": _ANY},
)
_RULE = st.recursive(
    _LEAF | _ANY,
    lambda inner: (
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=8,
)


def _value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Something for a parameter, of its kind more often than not."""
    kind = schema.get("type")
    proper_one: st.SearchStrategy[Any] = st.text(max_size=12)
    if kind == "integer":
        proper_one = st.integers(-5, 2_000)
    elif kind == "boolean":
        proper_one = st.sampled_from(["true", "false", "1", ""])
    return proper_one | st.sampled_from([*SAMPLES.values(), "2026-03-31", "city", ""]) | st.text(max_size=40)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Operation, dict[str, Any], object]:
    """Any operation with any values and any body."""
    one = draw(st.sampled_from(operations()))
    values = {part["name"]: draw(_value(part["schema"])) for part in one.parameters}
    body: Any = None
    if one.body is not None:
        body = proper(one)
        for name in one.body["properties"]:
            if draw(st.booleans()):
                body[name] = draw(_RULE if name == "rule" else _ANY)
        body = draw(st.sampled_from([body, body, body, draw(_ANY)]))
    return one, values, body


def test_nothing_that_is_sent_is_a_mistake_of_ours(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    from huaxiang.server.api.scopes import SCOPES

    ask = program(*(scope.scope for scope in SCOPES), role="admin", rate_per_minute=600_000)

    @given(request=requests())
    @settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    def fuzz(request: tuple[Operation, dict[str, Any], object]) -> None:
        one, values, body = request
        answer = asked(ask, one, values, body)
        assert answer.status_code < 500, (one.name, values, body, answer.content)
        if answer.status_code >= 400 and one.path in answer.request["PATH_INFO"]:
            told = answer.json()
            assert {"type", "status", "code", "detail"} <= set(told)
            assert "Traceback" not in answer.content.decode()

    fuzz()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 422), ("{", 400), ("[" * 100_000, 400), ('{"rule":' * 90 + "1" + "}" * 90, 400), ('{"rule": NaN}', 400),
        ('{"rule": "\\ud800"}', 400), ('{"rule": "\\u0000"}', 400), ('{"rule": "a", "rule": "b"}', 400),
        ('{"rule": ' + "1" * 5_000 + "}", 400), ('{"rule": 1e999}', 422), ("null", 422), ('"text"', 422), ("[]", 422),
        ('{"rule": "a", "more": 1}', 422), ('{"rule": "' + "x" * 3_000_000 + '"}', 413),
    ],
)  # fmt: skip
def test_bodies_that_are_no_requests(shop: Workspace, program: Program, text: str, status: int) -> None:
    ask = program("crowd:read")
    answer = ask.generic("POST", "/api/v1/rules/validate", text, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"][:24]) == (status, "application/problem+json")


def test_what_does_not_fit_is_said_in_both_languages(shop: Workspace, program: Program) -> None:
    """Every field of every operation with nothing that fits: where, what was expected and what was given."""
    from huaxiang.server.api.scopes import SCOPES

    ask = program(*(scope.scope for scope in SCOPES), role="admin", rate_per_minute=600_000)
    seen = 0
    for one in (one for one in operations() if one.body):
        for wrong in (None, 5, [5], {"a": "b"}, "x" * 5_000, -1):
            body = dict.fromkeys((one.body or {}).get("properties", {}), wrong) | {"more": 1}
            told = [asked(ask, one, SAMPLES, body, lang).json() for lang in LANGUAGES]
            for zh, en in zip(told[0]["errors"], told[1]["errors"], strict=True):
                seen += 1
                assert zh["at"] == en["at"]
                assert zh["at"].startswith("/")
                assert zh["reason"] != en["reason"], (one.name, zh)
                assert "Input" not in en["reason"]
                assert not zh["reason"].isascii()
    assert seen > 100


@pytest.mark.parametrize(
    ("text", "at", "reason"),
    [
        ('{"rule": 5}', "/rule", ("名称: 值", "要写文字，写的是 5")),
        ('{"rule": "a", "more": 1}', "/more", ("没有这样的一项",)),
        ("{}", "/rule", ("缺少这一项",)),
    ],
)
def test_a_wrong_field_is_named_with_what_it_expects(
    shop: Workspace, program: Program, text: str, at: str, reason: tuple[str, ...]
) -> None:
    ask = program("crowd:read")
    told = ask.generic("POST", "/api/v1/rules/validate", text, content_type="application/json").json()
    assert [each["at"] for each in told["errors"]] == [at]
    assert all(part in told["errors"][0]["reason"] for part in reason), told
    assert at in told["detail"]


def test_bytes_that_are_no_text(shop: Workspace, program: Program) -> None:
    ask = program("crowd:read")
    answer = ask.generic("POST", "/api/v1/rules/validate", b'{"rule": "\xff"}', content_type="application/json")
    assert answer.status_code == 400


def naughty(shared_data: Path) -> list[str]:
    """Some lines of every corpus, the same in every run."""
    corpora = shared_data / "corpora"
    lines: list[str] = json.loads((corpora / "blns" / "blns.json").read_text("utf-8"))
    for path in sorted((corpora / "payloads").rglob("*.txt")):
        if any(word in path.name.lower() for word in ("sqli", "sql", "xss", "ssti", "traversal")):
            lines += path.read_text("utf-8", "replace").splitlines()
    return random.Random(3).sample(sorted(set(lines)), 150)


def test_naughty_strings_in_every_parameter(shop: Workspace, program: Program, shared_data: Path) -> None:
    from huaxiang.server.api.scopes import SCOPES

    add(shop, "townspeople", "city = 上海市")
    ask = program(*(scope.scope for scope in SCOPES), role="admin", rate_per_minute=600_000)
    before = shop.profiles()
    chance = random.Random(5)
    for text in naughty(shared_data):
        one = chance.choice(operations())
        values = {**SAMPLES, **{part["name"]: text for part in one.parameters if chance.random() < 0.7}}
        body = {name: text if chance.random() < 0.5 else value for name, value in proper(one).items()}
        if isinstance(body.get("fields"), str):
            body["fields"] = [text]
        answer = asked(ask, one, values, body)
        assert answer.status_code < 500, (one.name, text, answer.content)
        leaf = {"field": "city", "op": chance.choice(["=", "contains", "starts with"]), "value": text}
        rule = {"all": [leaf, {"field": text, "op": "=", "value": 1}]} if chance.random() < 0.3 else leaf
        told = ask.generic(
            "POST", "/api/v1/rules/evaluate", json.dumps({"rule": rule}), content_type="application/json"
        )
        assert told.status_code in (200, 400, 422), (text, told.content)
        if told.status_code == 200:
            assert told.json()["customers"] == 0, "no customer has such a city"
    assert Workspace.open(shop.folder).profiles() == before
