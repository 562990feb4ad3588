"""What a program is told when something cannot be done: RFC 9457 problem details, with our codes and sentences."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huaxiang.errors import HuaxiangError, InputError
from huaxiang.model.faults import reason_of
from huaxiang.server.error_pages import status_of
from huaxiang.server.preferences import lang_of
from huaxiang.words import Message, say

MEDIA_TYPE = "application/problem+json; charset=utf-8"
#: What the problems of the API have in common as their ``type``.
TYPE = "urn:huaxiang:problem:"
_MOST_FAULTS = 20

_log = logging.getLogger("django.request")


class Problem(InputError):
    """A problem with a status of its own, and with ``headers`` and ``members`` that belong to the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code, **params)
        self.status = status
        self.headers = dict(headers or {})
        self.members = dict(members or {})


def problem(request: HttpRequest, error: HuaxiangError | type[HuaxiangError]) -> HttpResponse:
    """The answer for an error of ours."""
    if isinstance(error, type):
        return _mistake(request, error)
    if isinstance(error, Problem):
        return _answer(request, error.status, error.message, error.members, error.headers)
    status = status_of(error)
    return _answer(request, status, error.message, _reported(error) if status == 503 else {})


def handle_errors(api: NinjaAPI) -> None:
    """Let the API answer every error as a problem; what is a mistake of ours is logged under the number it names."""
    api.add_exception_handler(HuaxiangError, problem)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _no_key)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _nothing_here)
    api.add_exception_handler(SuspiciousOperation, _refused)
    api.add_exception_handler(Exception, _mistake)


def nothing_here(request: HttpRequest) -> HttpResponse:
    """404: the API has no such address."""
    return _answer(request, 404, Message("api.nothing_here", {"path": request.path[:200]}))


def wrong_method(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """405: the address answers other methods."""
    told = ", ".join(sorted(allowed))
    message = Message("api.wrong_method", {"given": (request.method or "-")[:20], "allowed": told})
    return _answer(request, 405, message, {}, {"Allow": told})


def _nothing_here(request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
    return nothing_here(request)


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    found = error.errors if isinstance(error, ValidationError) else []
    lang, reasons = lang_of(request), dict[str, list[str]]()
    for one in found[:_MOST_FAULTS]:
        reasons.setdefault(_pointer(one["loc"]), []).append(reason_of(one).say(lang))
    # Where several types would do, each says what it expects.
    either = say("api.either", lang)
    faults = [{"at": at, "reason": either.join(dict.fromkeys(told))} for at, told in reasons.items()]
    first = faults[0] if faults else {"at": "/", "reason": say("fault.other", lang, given="…")}
    return _answer(request, 422, Message("api.invalid", first), {"errors": faults})


def _pointer(place: tuple[Any, ...]) -> str:
    # The name of the function's argument stands first for bodies; the program never sent it.
    steps = place[2:] if place and place[0] == "body" else place[1:]
    # What Pydantic calls the branches of a type that may be several is no place in the body.
    return "/" + "/".join(str(step)[:80] for step in steps if "[" not in str(step) and step not in ("str", "int"))


def _no_key(request: HttpRequest, _error: Exception | type[Exception]) -> HttpResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="huaxiang"'}
    return _answer(request, 401, Message("api.no_key"), {}, headers)


def _http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    if isinstance(error, HttpError) and isinstance(error.__cause__, Problem):
        # Ninja wraps whatever a parser of bodies raises.
        return problem(request, error.__cause__)
    status = error.status_code if isinstance(error, HttpError) else 400
    return _answer(request, status, Message("api.unreadable"))


def _refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        return _answer(request, 413, Message("api.too_big"))
    return _answer(request, 400, Message("api.unreadable"))


def _mistake(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return _answer(request, 500, Message("api.mistake"), _reported(error))


def _reported(error: Exception | type[Exception]) -> dict[str, str]:
    number = secrets.token_hex(6)
    # The traceback goes to the log of the machine's owner; the program gets its number only.
    _log.error("API problem %s", number, exc_info=error if isinstance(error, BaseException) else None)
    return {"instance": f"urn:huaxiang:report:{number}"}


def _answer(
    request: HttpRequest,
    status: int,
    message: Message,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    body = {
        "type": TYPE + message.code,
        "status": status,
        "code": message.code,
        "detail": message.say(lang_of(request)),
        **(members or {}),
    }
    text = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))
