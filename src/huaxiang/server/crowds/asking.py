"""Who asks for a count, as a builder page says it in its form."""

from __future__ import annotations

from django.http import HttpRequest

from huaxiang.server.crowds.stopping import Asker, page_name
from huaxiang.server.permissions import access_of

_LONGEST_NAME = 40
_LONGEST_NUMBER = 15


def asker_of(request: HttpRequest) -> Asker:
    """The person, the page (a new name where it has none), and the number that the page gave this request."""
    page = request.POST.get("page", "")[:_LONGEST_NAME] or page_name()
    number = request.POST.get("asked", "")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER
    return Asker(access_of(request).user, page, int(number) if is_number else 0)
