"""What a key may be allowed to do. A scope is a row; whatever is not listed is denied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huaxiang.errors import InputError, nearest


@dataclass(frozen=True)
class Scope:
    """One scope, worded as ``api.scope.<scope>``. The key's role must hold ``permission`` as well."""

    scope: str
    permission: str


SCOPES: tuple[Scope, ...] = (
    Scope("profile:read", "see_profile"),
    Scope("crowd:read", "see_profile"),
    Scope("crowd:members", "export_masked"),
    Scope("rules:write", "edit_definitions"),
    Scope("tags:give", "give_tags"),
    Scope("personal:read", "reveal_personal"),
    Scope("webhooks:write", "manage_users"),
)

_BY_NAME = {scope.scope: scope for scope in SCOPES}


def scope_named(name: str) -> Scope:
    """The scope of that name; :class:`InputError` names the ones there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise InputError("api.unknown_scope", given=name[:40], nearest=nearest(name, _BY_NAME, 6)) from None


def scopes_from(names: Iterable[str]) -> list[str]:
    """The scopes in their order, each once. Raises :class:`InputError` for one that is unknown, or for none."""
    wanted = {scope_named(name).scope for name in names}
    if not wanted:
        raise InputError("api.no_scope", known=", ".join(_BY_NAME))
    return [scope.scope for scope in SCOPES if scope.scope in wanted]
