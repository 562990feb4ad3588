"""The role matrix as declared, deny by default, and refusals that say who could."""

import pytest

from huaxiang.errors import Denied, NotFound
from huaxiang.release.roles import PERMISSIONS, ROLES, Access, require
from huaxiang.words import knows

MATRIX = {
    #                 viewer analyst admin
    "see_page": (True, True, True),
    "see_profile": (True, True, True),
    "reveal_personal": (False, True, True),
    "export_masked": (False, True, True),
    "export_raw": (False, False, True),
    "import_data": (False, True, True),
    "decide_identity": (False, True, True),
    "edit_definitions": (False, True, True),
    "give_tags": (False, True, True),
    "approve_tags": (False, False, True),
    "publish_edition": (False, False, True),
    "manage_users": (False, False, True),
    "see_audit": (False, False, True),
}
ROLE_NAMES = ("viewer", "analyst", "admin")


def test_the_matrix_covers_every_role_and_permission() -> None:
    assert set(MATRIX) == set(PERMISSIONS)
    assert tuple(role.role for role in ROLES) == ROLE_NAMES


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize(("place", "role"), list(enumerate(ROLE_NAMES)))
def test_each_role_may_what_the_matrix_says(place: int, role: str, permission: str) -> None:
    access = Access("li", role, None)
    assert access.may(permission) == MATRIX[permission][place]
    if MATRIX[permission][place]:
        require(access, permission)
        return
    with pytest.raises(Denied):
        require(access, permission)


def test_a_refusal_says_who_asked_for_what_and_who_could() -> None:
    with pytest.raises(Denied) as refused:
        require(Access("王", "viewer", None), "export_masked")
    assert "王" in refused.value.say("en")
    assert "analyst or admin" in refused.value.say("en")
    assert "分析师或管理员" in refused.value.say("zh")
    assert "导出打码后的数据" in refused.value.say("zh")


@pytest.mark.parametrize("permission", ["", "export", "see_pages"])
def test_a_permission_that_does_not_exist_is_denied_to_everybody(permission: str) -> None:
    access = Access("root", "admin", None)
    assert not access.may(permission)
    with pytest.raises(Denied):
        require(access, permission)


def test_a_role_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(NotFound, match="viewer"):
        Access("li", "viewr", None)


@pytest.mark.parametrize(
    ("scope", "stores", "seen"),
    [
        (None, None, True),
        (None, [], True),
        ({"S1"}, ["S1", "S2"], True),
        ({"S1"}, ["S2"], False),
        ({"S1"}, [None], False),
        ({"S1"}, [], False),
        ({"S1"}, None, False),
        (set(), ["S1"], False),
    ],
)
def test_scope(scope: set[str] | None, stores: list[str | None] | None, seen: bool) -> None:
    access = Access("li", "viewer", None if scope is None else frozenset(scope))
    assert access.sees_any(stores) is seen


def test_roles_and_permissions_are_worded() -> None:
    codes = [role.title.code for role in ROLES] + [f"release.permission.{name}" for name in PERMISSIONS]
    assert [code for code in codes if not knows(code)] == []
