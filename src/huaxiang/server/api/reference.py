"""The document of the API, for programs, and the same as a page for people: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.server.api.api import document, scopes_of_operations
from huaxiang.server.api.saying import json_answer
from huaxiang.server.permissions import PUBLIC, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import LANGUAGES, say


@dataclass(frozen=True)
class Part:
    """One thing that a request takes or an answer has."""

    name: str
    place: str
    kind: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Shown:
    """One operation as the page shows it."""

    key: str
    method: str
    path: str
    title: str
    about: str
    scope: str
    parts: tuple[Part, ...]
    answer: tuple[Part, ...]
    example: str


@page(permission=PUBLIC)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document; ``?lang=`` chooses its language."""
    lang = request.GET.get("lang", "")
    return json_answer(document(lang if lang in LANGUAGES else lang_of(request)))


@page(permission="see_page")
def reference(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes, what it gives and one line that calls it."""
    lang = lang_of(request)
    address = request.build_absolute_uri("/").rstrip("/")
    listed = list(operations(lang, address))
    groups: dict[str, list[Shown]] = {}
    for tag, shown in listed:
        groups.setdefault(say(f"api.group.{tag}", lang), []).append(shown)
    return render(request, "api/reference.html", {"groups": groups.items(), "count": len(listed)})


def operations(lang: str, address: str) -> Iterator[tuple[str, Shown]]:
    """Every operation with the group that it belongs to."""
    told, scopes = document(lang), scopes_of_operations()
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            parts = tuple(_parts(operation, told))
            answer = tuple(_answered(operation, told))
            name = operation["operationId"]
            example = _example(method.upper(), address + path, operation, told)
            shown = Shown(
                name,
                method.upper(),
                path,
                operation["summary"],
                operation["description"],
                scopes[name][0],
                parts,
                answer,
                example,
            )
            yield operation["tags"][0], shown


def _parts(operation: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Part]:
    for one in operation["parameters"]:
        schema = one["schema"]
        yield Part(one["name"], one["in"], _kind(schema), one["required"], one["description"])
    if "requestBody" in operation:
        yield from _of_schema(operation["requestBody"]["content"]["application/json"]["schema"], told, "body")


def _answered(operation: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[Part]:
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if str(status).startswith("2") and content:
            yield from _of_schema(content["schema"], told, "")


def _of_schema(schema: Mapping[str, Any], told: Mapping[str, Any], place: str) -> Iterator[Part]:
    found = _resolved(schema, told)
    for name, one in found.get("properties", {}).items():
        yield Part(name, place, _kind(one), name in found.get("required", ()), one.get("description", ""))


def _resolved(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = told["components"]["schemas"][name] if name else schema
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " / ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    named = str(schema.get("$ref", "")).rpartition("/")[2]
    return named or schema.get("format") or str(schema.get("type", "any"))


def _example(method: str, address: str, operation: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    needed = [one for one in operation["parameters"] if one["in"] == "query" and one["required"]]
    query = "&".join(f"{one['name']}={_SAMPLES.get(one['name'], 'x')}" for one in needed)
    for name, sample in _SAMPLES.items():
        address = address.replace(f"{{{name}}}", sample)
    lines = [f'curl -H "Authorization: Bearer $HUAXIANG_KEY" "{address}{"?" + query if query else ""}"']
    if method != "GET":
        lines.insert(1, f"  -X {method}")
    if method in ("PUT", "DELETE"):
        lines.append("  -H 'If-Match: \"high_value.v1\"'")
    if "requestBody" in operation:
        body = _resolved(operation["requestBody"]["content"]["application/json"]["schema"], told)
        given = {name: _BODIES.get(name, "x") for name in body.get("required", ())}
        lines.append(f"  --json '{json.dumps(given, ensure_ascii=False)}'")
    return " \\\n".join(lines)


_SAMPLES = {"identifier": "M0001", "key": "high_value", "purpose": "analysis"}
_BODIES: dict[str, Any] = {
    "identifier": "13800138000",
    "rule": {"field": "net_revenue_365d", "op": ">=", "value": 500},
    "fields": ["phone"],
    "reason": "…",
}
