"""Who calls: the key, its scopes and what it sees; checked before anything else happens."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from huaxiang.errors import Denied
from huaxiang.release.roles import Access, require
from huaxiang.server.api.keys import key_of
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.rates import Rates
from huaxiang.server.api.scopes import scope_named
from huaxiang.server.clock import now
from huaxiang.server.preferences import lang_of

_OPEN: dict[Path, Rates] = {}
_OPENING = threading.Lock()
#: What whoever asks by a rule of their own must be allowed: counting any rule is how single people are told apart.
WRITING = "edit_definitions"


@dataclass(frozen=True)
class Caller:
    """A program that showed its key. ``access`` bounds what it sees, ``lang`` is the language that it asked for."""

    scopes: frozenset[str]
    access: Access
    lang: str

    def require(self, scope: str) -> None:
        """Do nothing when the key has the scope and its role the permission; else raise :class:`Denied`."""
        if scope not in self.scopes:
            raise Denied("api.scope_missing", scope=scope, has=", ".join(sorted(self.scopes)))
        require(self.access, scope_named(scope).permission)


class Key(HttpBearer):
    """A key in the ``Authorization`` header that has the scope of an operation, and a role with the permission ``also``
    where there is one."""

    def __init__(self, scope: str, also: str = "") -> None:
        super().__init__()
        self.scope, self.also = scope_named(scope).scope, also

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller. None when there is no such key; :class:`Denied` without the scope; 429 when it asks too often."""
        at = now()
        key = key_of(token, at)
        if key is None:
            return None
        wait = _rates().admit(key.pk, key.rate_per_minute, at.timestamp())
        if wait:
            raise Problem(
                429, "api.too_often", headers={"Retry-After": str(wait)}, seconds=wait, rate=key.rate_per_minute
            )
        caller = Caller(frozenset(key.scopes), key.access, lang_of(request))
        caller.require(self.scope)
        if self.also:
            require(caller.access, self.also)
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """Whoever made the request; only inside an operation that asks for a key."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Caller):
        raise TypeError("an operation without a key has no caller")
    return caller


def _rates() -> Rates:
    path = Path(settings.HUAXIANG_WORKSPACE) / "app" / "api_rates.bin"
    with _OPENING:
        if path not in _OPEN:
            _OPEN[path] = Rates(path)
        return _OPEN[path]
