"""The API as one object: its routes, how errors are told, and its OpenAPI document in either language."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version as installed_version
from typing import Any

from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext

from huaxiang.server.api import (
    comparison_routes,
    crowd_routes,
    foreign_routes,
    giving_routes,
    group_routes,
    history_routes,
    identity_routes,
    list_routes,
    profile_routes,
    rule_routes,
    tag_routes,
    webhook_routes,
    why_routes,
)
from huaxiang.server.api.parsing import StrictParser
from huaxiang.server.api.problems import MEDIA_TYPE, handle_errors
from huaxiang.server.api.shapes import ProblemTold
from huaxiang.words import knows, say

PREFIX = "/api/v1"
#: Refusals that every operation may answer with.
_REFUSALS = {"400": "unreadable", "401": "no_key", "403": "denied", "404": "not_found", "429": "too_often"}
#: A path of words comes before one in which any identifier may stand.
_ROUTES = (
    identity_routes, profile_routes, why_routes, tag_routes, giving_routes, crowd_routes, history_routes,
    group_routes, comparison_routes, rule_routes, list_routes,
    foreign_routes, webhook_routes,
)  # fmt: skip


class _Api(NinjaAPI):
    """Keeps what was given with each error of a body or query, so that the answer can say it."""

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """Ninja's own, with the input that it leaves out."""
        found = super().validation_error_from_error_contexts(error_contexts)
        given = (one["input"] for each in error_contexts for one in each.pydantic_validation_error.errors())
        for error, value in zip(found.errors, given, strict=True):
            error["input"] = value
        return found


def _made() -> NinjaAPI:
    api = _Api(
        title="Huaxiang",
        version="1",
        urls_namespace="api",
        # The document and its page are our own: in two languages, and without scripts from elsewhere.
        openapi_url=None,
        docs_url=None,
        parser=StrictParser(),
    )
    handle_errors(api)
    for one in _ROUTES:
        api.add_router("", one.router)
    return api


API = _made()


@cache
def document(lang: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API with its words in ``zh`` or ``en``."""
    found: dict[str, Any] = dict(API.get_openapi_schema(path_prefix=PREFIX.lstrip("/") + "/"))
    found["info"] = {
        "title": say("api.title", lang),
        "version": installed_version("huaxiang"),
        "description": say("api.about", lang),
    }
    for title, schema in found["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            own = f"api.gives.{title}.{name}"
            field["description"] = say(own if knows(own) else f"api.part.{name}", lang)
    found["components"]["schemas"]["Problem"] = ProblemTold.model_json_schema()
    for path in found["paths"].values():
        for operation in path.values():
            _word(operation, lang)
    return found


def _word(operation: dict[str, Any], lang: str) -> None:
    name = operation["operationId"]
    scope, also = scopes_of_operations()[name]
    operation["summary"] = say(f"api.op.{name}", lang)
    needs = say("api.needs_scope", lang, scope=scope, what=say(f"api.scope.{scope}", lang))
    role = say("api.needs_role", lang, what=say(f"release.permission.{also}", lang)) if also else ""
    operation["description"] = " ".join(part for part in (say(f"api.op.{name}.about", lang), needs, role) if part)
    for part in operation["parameters"]:
        own = f"api.part.{name}.{part['name']}"
        part["description"] = say(own if knows(own) else f"api.part.{part['name']}", lang)
    schema = {"$ref": "#/components/schemas/Problem"}
    for status, code in _REFUSALS.items():
        described = say(f"api.refusal.{code}", lang)
        answer = {"description": described, "content": {MEDIA_TYPE.partition(";")[0]: {"schema": schema}}}
        operation["responses"].setdefault(status, answer)


def scopes_of_operations() -> dict[str, tuple[str, str]]:
    """The scope that each operation asks for, and the permission that the role of the key must have beside that of the
    scope (empty: no other), by its name."""
    found: dict[str, tuple[str, str]] = {}
    for router in API._get_bound_routers():  # noqa: SLF001 - Ninja has no public way to list operations
        for view in router.path_operations.values():
            for operation in view.operations:
                (key,) = operation.auth_callbacks
                found[str(operation.operation_id)] = key.scope, key.also  # type: ignore[attr-defined]
    return found
