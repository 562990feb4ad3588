"""The list of customers: searched, filtered, ordered, page by page; the whole page or only what was found."""

from __future__ import annotations

import ibis.expr.types as ir
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from huaxiang.analyse.customers import Listed, customer_list, in_stores
from huaxiang.analyse.tag_shares import shares
from huaxiang.number_words import short_number
from huaxiang.server.customers.filters import CHOICES, PAGE_SIZE, Filters, filters_of, offered
from huaxiang.server.customers.list_rows import COLUMNS, list_table
from huaxiang.server.data import reading, workspace
from huaxiang.server.not_refreshed import CUSTOMERS
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import Portrait, latest, published
from huaxiang.words import say


@page(permission="see_profile")
def customers(request: HttpRequest) -> HttpResponse:
    """The customers that the filters of the address leave, of the visitor's stores."""
    return _list(request, filters_of(request.GET))


@page(permission="see_profile")
def search(request: HttpRequest) -> HttpResponse:
    """The search box of every page: straight to the customer when only one is meant, else the list of those meant."""
    return _list(request, filters_of(request.GET), jump=True)


def _list(request: HttpRequest, filters: Filters, *, jump: bool = False) -> HttpResponse:
    shop, lang, access = workspace(), lang_of(request), access_of(request)
    definitions = shop.definitions
    with reading() as engine:
        if "profile" not in published(engine):
            return CUSTOMERS.page(request)
        portrait, wanted = latest(engine), filters.wanted(access.stores)
        listed = customer_list(engine, portrait.tables, definitions.tags, definitions.identity.names, wanted, COLUMNS)
        if jump and listed.total == 1:
            return HttpResponseRedirect(reverse("customers:one", args=[listed.rows.column("customer_id")[0].as_py()]))
        table = list_table(engine, portrait, definitions.tags, access, listed, lang, shop.settings.currency)
        context = {"filters": filters, "table": table, **_found(filters, listed, lang)}
        if getattr(request, "htmx", False):
            return render(request, "customers/_found.html", context)
        counts = shares(engine, _visible(portrait, access.stores), CHOICES)
    return render(request, "customers/list.html", {**context, "offered": offered(definitions.tags, counts, lang)})


def _visible(portrait: Portrait, stores: frozenset[str] | None) -> ir.Table:
    return in_stores(portrait.tables["profile"], portrait.tables["sale"], stores)


def _found(filters: Filters, listed: Listed, lang: str) -> dict[str, object]:
    pages = max(-(-listed.total // PAGE_SIZE), 1)
    code = "customer.list.found" if filters.filtered else "customer.list.all"
    return {
        "sentence": say(code, lang, n=short_number(listed.total, lang)),
        "total": listed.total,
        "pages": pages,
        "before": filters.address(filters.page - 1) if filters.page > 1 else "",
        "after": filters.address(filters.page + 1) if filters.page < pages else "",
    }
