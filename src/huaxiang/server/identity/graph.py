"""The graph of accounts that are one customer, and the links in it as a table; keys of accounts masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from huaxiang.number_words import chance
from huaxiang.prepare.unify.reasons import link_reason
from huaxiang.prepare.unify.records import LIKENESS
from huaxiang.present.charts.link_graph import Joint, link_graph
from huaxiang.server.charts import ChartPart
from huaxiang.server.customers.values import account_words
from huaxiang.server.identity.words import type_words
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import say

_HEADS = ("left", "right", "reason")
_ENDS = ("account_key_a", "account_key_b")
Rows = Sequence[Mapping[str, Any]]


def links_table(links: Rows, masked: Rows, lang: str) -> Table:
    """One row per link: both accounts and the reason. ``masked``: the same rows as the visitor may see them."""
    rows = [
        (*(account_words(row[side], lang) for side in _ENDS), _reason(link, lang))
        for link, row in zip(links, masked, strict=True)
    ]
    return text_table(say("customer.link", lang), _columns(lang), rows)


def links_chart(key: str, links: Rows, masked: Rows, lang: str, weakest: int | None = None) -> ChartPart:
    """The graph with that table; the link at place ``weakest`` stands out."""
    # Different accounts can read alike once they are masked, so the unmasked keys say which is which.
    names: dict[str, str] = {}
    for link, shown in zip(links, masked, strict=True):
        for side in _ENDS:
            names.setdefault(link[side], account_words(shown[side], lang))
    places = {name: place for place, name in enumerate(names)}
    joints = [replace(_joint(link, places, lang), is_weakest=place == weakest) for place, link in enumerate(links)]
    title, said = say("customer.graph", lang), say("customer.graph.description", lang, accounts=len(names))
    return ChartPart(key, title, said, link_graph(list(names.values()), joints), links_table(links, masked, lang))


def held_chart(key: str, accounts: Rows, links: Rows, held: tuple[str, str], lang: str) -> ChartPart:
    """The graph of accounts of several customers that one value could join, which stands out, and what joins them
    already. ``accounts``: ``account_key`` as the visitor may see it, ``key`` as it is, and ``customer_id``. ``held``:
    the type of the value, and why it joins nobody."""
    names = [account_words(row["account_key"], lang) for row in accounts]
    places = {row["key"]: place for place, row in enumerate(accounts)}
    first: dict[str, int] = {}
    for place, row in enumerate(accounts):
        first.setdefault(row["customer_id"], place)
    start, *others = first.values()
    bridges = [Joint(start, other, type_words(held[0], lang), is_sure=False, is_weakest=True) for other in others]
    inner = [link for link in links if all(link[side] in places for side in _ENDS)]
    joints = [*bridges, *(_joint(link, places, lang) for link in inner)]
    reasons = [held[1]] * len(bridges) + [_reason(link, lang) for link in inner]
    rows: list[tuple[str, ...]] = [
        (names[one.left], names[one.right], reason) for one, reason in zip(joints, reasons, strict=True)
    ]
    title, said = say("identity.case.graph", lang), say("customer.graph.description", lang, accounts=len(names))
    table = text_table(title, _columns(lang), rows)
    return ChartPart(key, title, said, link_graph(names, joints), table)


def _columns(lang: str) -> tuple[Column, ...]:
    return tuple(Column(say(f"customer.link.{head}", lang)) for head in _HEADS)


def _joint(link: Mapping[str, Any], places: Mapping[str, int], lang: str) -> Joint:
    kind = type_words(link["identifier_type"], lang)
    label = say("alone.joint", lang, type=kind) if link.get("is_lone") else f"{kind} {_share(link, lang)}".rstrip()
    left, right = (places[link[side]] for side in _ENDS)
    return Joint(left, right, label, is_sure=bool(link["is_verified"]) and not link.get("is_lone"))


def _share(link: Mapping[str, Any], lang: str) -> str:
    """How likely a link by likeness is; empty for the others."""
    return chance(float(link["identifier_value"]), lang) if link["identifier_type"] == LIKENESS else ""


def _reason(link: Mapping[str, Any], lang: str) -> str:
    told = link_reason(
        link["identifier_type"], link["rule"], is_verified=link["is_verified"], detail=link.get("detail") or ""
    )
    said, share = told.say(lang), _share(link, lang)
    if link.get("is_lone"):
        return say("alone.link", lang, reason=said)
    return say("customer.link.likely", lang, reason=said, share=share) if share else said
