"""What a page says before the first refresh: that there is nothing yet, and the next step."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


@dataclass(frozen=True)
class Beginning:
    """Codes of words: the page's ``title`` and ``lede``, what is not there yet (``empty``), what to do (``next``), and
    where (``action``); ``route`` leads there, with ``stage`` for one of the six stages."""

    title: str
    lede: str
    empty: str
    next: str
    action: str
    route: str = "overview:stage"
    stage: str = "collect"

    def page(self, request: HttpRequest) -> HttpResponse:
        """The page that takes the place of the one that was asked for."""
        address = reverse(self.route, args=[self.stage] if self.stage else [])
        return render(request, "not_refreshed.html", {**asdict(self), "address": address})


_CROWDS = ("crowds.empty.title", "crowds.empty.next", "crowds.empty.do")
SEGMENTS = Beginning("crowds.title", "crowds.empty.lede", *_CROWDS)
GROUPS = Beginning("groups.title", "crowds.empty.lede", *_CROWDS)
RFM = Beginning("rfm.title", "rfm.empty", *_CROWDS)
TAGS = Beginning("tags.title", "", "tags.nothing_yet", "tags.nothing_yet_next", "crowds.empty.do")
CUSTOMERS = Beginning(
    "customer.list.title",
    "customer.list.none_yet",
    "customer.list.none_yet_title",
    "customer.list.none_yet_next",
    "customer.list.none_yet_do",
)
QUALITY = Beginning(
    "quality.title", "", "quality.empty", "quality.empty_next", "quality.to_imports", route="imports:list", stage=""
)
