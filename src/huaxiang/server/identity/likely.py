"""The queue of pairs of accounts that look like one person, side by side, with what each detail weighs; masked."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.identity_records import Tables, named
from huaxiang.analyse.likely_pairs import compared_by, likenesses, strongest
from huaxiang.analyse.waiting_pairs import OpenPair, WaitingPairs, open_pairs
from huaxiang.engine import DuckEngine
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.maintain.match_models import MatchModels
from huaxiang.prepare.unify import Decisions, standing
from huaxiang.release.roles import Access
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.likeness import Pair, worded
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.imports.paging import page_number
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.snapshot_values import once_per_snapshot

PAGE_PAIRS = 10
Key = tuple[str, str]


@page(permission="see_profile")
def likely(request: HttpRequest) -> HttpResponse:
    """The pairs that wait, the most probable first. Who sees some stores only may not see it: it is about all."""
    access, at = whole_house(request), page_number(request)
    waiting, shown = _shown(at, access, lang_of(request))
    context = {
        "pairs": shown,
        "all": waiting.total,
        "held": waiting.held,
        "page": at,
        "next": at + 1 if waiting.total > PAGE_PAIRS * at else None,
        "may_decide": access.may("decide_identity"),
    }
    return render(request, "identity/likely.html", context)


def waiting_likely(engine: DuckEngine, decided: Decisions) -> int:
    """How many pairs wait as the published tables and the standing decisions have them, counted once."""
    asked, tables = ("likely", tuple(one.seq for one in decided.standing)), latest(engine).tables
    return once_per_snapshot(engine, asked, lambda: open_pairs(engine, tables, decided, 0).total)


def likeness_between(customers: Sequence[str], access: Access, lang: str) -> Pair | None:
    """Why the accounts of two customers that look most alike do; None when none of them were compared."""
    home = workspace()
    with reading() as engine, Ledger.open(home.ledger_path) as ledger:
        tables, version = latest(engine).tables, compared_by(engine, latest(engine).tables)
        pair = strongest(engine, tables, *(named(engine, tables, given).accounts for given in customers))
        if version is None or pair is None:
            return None
        model = MatchModels(home.models_folder, ledger).named(version)
        return worded(likenesses(engine, tables, model, [pair])[pair], access, lang)


def likenesses_of(
    visited: tuple[DuckEngine, Tables], pairs: Sequence[Key], access: Access, lang: str, stores: Sequence[str]
) -> list[Pair]:
    """Why pairs of accounts of one customer, who buys at ``stores``, look like one person."""
    engine, tables = visited
    version = compared_by(engine, tables)
    if version is None:
        return []
    home = workspace()
    with Ledger.open(home.ledger_path) as ledger:
        model = MatchModels(home.models_folder, ledger).named(version)
    found = likenesses(engine, tables, model, pairs)
    return [worded(found[pair], access, lang, stores) for pair in pairs if pair in found]


def _shown(at: int, access: Access, lang: str) -> tuple[WaitingPairs, list[tuple[OpenPair, Pair]]]:
    """How many pairs wait, and those of one page."""
    home = workspace()
    with reading() as engine, Ledger.open(home.ledger_path) as ledger:
        tables, version = latest(engine).tables, compared_by(engine, latest(engine).tables)
        decided = standing(ledger, Pseudonym.of_workspace(home.folder))
        waiting = open_pairs(engine, tables, decided, PAGE_PAIRS, PAGE_PAIRS * (at - 1))
        if version is None or not waiting.pairs:
            return waiting, []
        model = MatchModels(home.models_folder, ledger).named(version)
        why = likenesses(engine, tables, model, [pair[:2] for pair in waiting.pairs])
    return waiting, [(pair, worded(why[pair[:2]], access, lang)) for pair in waiting.pairs if pair[:2] in why]
