"""Who may do what. A role is a row of permissions; whatever is not listed is denied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from huaxiang.errors import Denied, NotFound, nearest
from huaxiang.words import Message

PERMISSIONS: tuple[str, ...] = (
    "see_page",
    "see_profile",
    "reveal_personal",
    "export_masked",
    "export_raw",
    "import_data",
    "decide_identity",
    "edit_definitions",
    "give_tags",
    "approve_tags",
    "publish_edition",
    "manage_users",
    "see_audit",
)


@dataclass(frozen=True)
class Role:
    """One role: its key and what it may do. Its title is worded as ``release.role.<role>``."""

    role: str
    permissions: frozenset[str]

    @property
    def title(self) -> Message:
        """What people call this role."""
        return Message(f"release.role.{self.role}")


_VIEWER = frozenset({"see_page", "see_profile"})
_ANALYST = _VIEWER | {
    *("export_masked", "import_data", "decide_identity", "edit_definitions", "give_tags", "reveal_personal")
}

ROLES: tuple[Role, ...] = (
    Role("viewer", _VIEWER),
    Role("analyst", _ANALYST),
    Role("admin", frozenset(PERMISSIONS)),
)

_BY_NAME = {role.role: role for role in ROLES}


@dataclass(frozen=True)
class Access:
    """Who asks: the account, its role, and the stores it may see (None: every store; empty: none).

    A role that does not exist raises :class:`NotFound`.
    """

    user: str
    role: str
    stores: frozenset[str] | None

    def __post_init__(self) -> None:
        role_named(self.role)

    def may(self, permission: str) -> bool:
        """Whether the role holds the permission; a permission that does not exist is held by nobody."""
        return permission in role_named(self.role).permissions

    def sees_any(self, stores: Iterable[str | None] | None) -> bool:
        """Whether something that belongs to these stores is in scope; what belongs to no store needs full scope."""
        return self.stores is None or not self.stores.isdisjoint(stores or ())


def role_named(name: str) -> Role:
    """The role called ``name``; :class:`NotFound` names the ones there are."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise NotFound("release.unknown_role", given=name, nearest=nearest(name, _BY_NAME)) from None


def require(access: Access, permission: str) -> None:
    """Do nothing when the role holds the permission; else raise :class:`Denied`, saying who could do it."""
    if permission not in PERMISSIONS:
        raise Denied("release.unknown_permission", given=permission, nearest=nearest(permission, PERMISSIONS))
    if not access.may(permission):
        role, what = role_named(access.role).title, Message(f"release.permission.{permission}")
        raise Denied("release.denied", user=access.user, role=role, what=what, who_can=_holders(permission))


def _holders(permission: str) -> Message:
    titles = [role.title for role in ROLES if permission in role.permissions]
    return reduce(lambda first, second: Message("release.or", {"first": first, "second": second}), titles)
