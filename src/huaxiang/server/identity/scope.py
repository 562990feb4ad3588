"""One ID is about the customers of all stores."""

from __future__ import annotations

from django.http import HttpRequest

from huaxiang.errors import Denied
from huaxiang.release.roles import Access
from huaxiang.server.permissions import access_of


def whole_house(request: HttpRequest) -> Access:
    """Who asks. Raises :class:`Denied` for those who may see some stores only."""
    access = access_of(request)
    if access.stores is not None:
        raise Denied("identity.scope", user=access.user)
    return access
