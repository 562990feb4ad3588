"""Which page of a long list is asked for."""

from __future__ import annotations

from django.http import HttpRequest


def page_number(request: HttpRequest) -> int:
    """The ``page`` of the address, from 1; 1 for anything that is no page number."""
    given = request.GET.get("page", "")
    return max(int(given), 1) if given.isdecimal() and given.isascii() and len(given) < 7 else 1
