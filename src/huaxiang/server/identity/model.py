"""How records are compared: the model that stands, those that wait for approval, and learning another one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.analyse.match_words import left_out_words
from huaxiang.maintain.match_models import KnownModel
from huaxiang.maintain.match_run import MatchRun, last_run, said
from huaxiang.maintain.matching import FIRST
from huaxiang.model.matching import TrainedModel
from huaxiang.number_words import short_number, signed
from huaxiang.prepare.match import estimate
from huaxiang.server.clock import now
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.likeness import level_words
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.jobs.queue import start
from huaxiang.server.jobs.shown import moment
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import say
from huaxiang.workspace.matching import MOST_MOVED


@dataclass(frozen=True)
class Version:
    """One model in words; ``approve`` is what approving it is called, empty for the one that stands."""

    version: str
    state: str
    trained: str
    unused: str
    approved: str
    changes: str
    approve: str


@page(permission="see_profile")
def model(request: HttpRequest) -> HttpResponse:
    """The versions, the newest first, with what each would change, and what each detail weighs."""
    whole_house(request)
    home, lang, access = workspace(), lang_of(request), access_of(request)
    with reading() as engine:
        latest(engine)
        run = last_run(engine)
    known = home.match_models()
    context = {
        "versions": [_version(one, lang) for one in known],
        "answer": next((_answer(one, lang) for one in known if one.is_standing), say("model.none", lang)),
        "levels": _levels(known, lang),
        "last": _last(run, lang) if known else "",
        "why_none": [] if known or run is None else [one.say(lang) for one in said(run)],
        "is_off": home.definitions.matching.use.mode == "leave",
        "least": home.definitions.matching.use.least_records,
        "may_decide": access.may("decide_identity"),
    }
    return render(request, "identity/model.html", context)


@page(permission="see_profile")
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """Which customers a version would join and take apart, each with a way to look at it."""
    whole_house(request)
    lang, home = lang_of(request), workspace()
    known = next((one for one in home.match_models() if one.version == key), None)
    context = {
        "version": key,
        "moved": home.moved_by(key),
        "answer": changes_words(known.changed, lang) if known else "",
    }
    return render(request, "identity/model_changes.html", context | {"most": MOST_MOVED})


@page(permission="see_profile")
def cost(request: HttpRequest) -> HttpResponse:
    """The part that says what learning again would cost, and what brings no records together; it is counted, so it
    comes after the page."""
    access, lang, home = whole_house(request), lang_of(request), workspace()
    rules = home.definitions.matching
    with reading() as engine:
        records = latest(engine).tables["match_record"]
        found = once_per_snapshot(engine, ("match cost", rules.version), lambda: estimate(engine, records, rules))
    words = {
        "pairs": short_number(found.pairs, lang),
        "seconds": short_number(round(found.seconds), lang),
        "memory": short_number(round(found.memory_mb), lang),
        "answers": sum(one.undone_by is None for one in home.decisions()),
    }
    told = say("model.train.help", lang, **words)
    left_out, may = left_out_words(found, lang), access.may("decide_identity") and rules.use.mode != "leave"
    return render(request, "identity/_cost.html", {"told": told, "left_out": left_out, "may_decide": may})


@page(permission="decide_identity", methods=("POST",))
def train(request: HttpRequest) -> HttpResponse:
    """Starts the job that learns from the records and decisions of today."""
    whole_house(request)
    with reading() as engine:
        latest(engine)
    job = start("train", {}, actor=access_of(request).user)
    return redirect("jobs:job", job.pk)


@page(permission="decide_identity", methods=("POST",))
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """Lets a version compare from the next refresh on."""
    whole_house(request)
    why = request.POST.get("why", "")
    workspace().approve_model(key, why, now(), actor=access_of(request).user)
    messages.success(request, say("model.approved", lang_of(request)))
    return redirect("identity:model")


def _last(run: MatchRun | None, lang: str) -> str:
    """How many records the last comparing looked at, and how many pairs of them it had to compare."""
    if run is None or run.model_version is None:
        return ""
    counts = {"records": run.record_count, "pairs": run.compared_count}
    return say("model.last_run", lang, **{name: short_number(count, lang) for name, count in counts.items()})


def _answer(standing: KnownModel, lang: str) -> str:
    return say("model.lede", lang, day=moment(standing.trained_at), pairs=short_number(standing.pairs, lang))


def _version(known: KnownModel, lang: str) -> Version:
    counts = {name: short_number(getattr(known, name), lang) for name in ("records", "pairs", "answers")}
    approve = "" if known.is_standing else "model.approve.back" if known.approved_at else "model.approve"
    return Version(
        version=known.version,
        state=say(f"model.{known.state}", lang),
        trained=say("model.trained", lang, who=known.trained_by, at=moment(known.trained_at), **counts),
        unused=unused_words(known, lang),
        approved=_approved(known, lang),
        changes=changes_words(known.changed, lang),
        approve=say(approve, lang) if approve else "",
    )


def unused_words(known: KnownModel, lang: str) -> str:
    """That answers of people were not used for a version, and why; empty where all of them were."""
    counts = short_number(known.unused_answers, lang)
    return say("model.unused", lang, n=counts) if known.unused_answers else ""


def _approved(known: KnownModel, lang: str) -> str:
    if known.approved_at is None:
        return ""
    why = say("model.first", lang) if known.why == FIRST else known.why
    return say("model.by", lang, who=known.approved_by, at=moment(known.approved_at), why=why)


def changes_words(changed: Mapping[str, int], lang: str) -> str:
    """What a version would change; nothing for the first one, which had nothing to change."""
    return (
        say("model.changes", lang, **{name: short_number(count, lang) for name, count in changed.items()})
        if changed
        else ""
    )


def _levels(known: list[KnownModel], lang: str) -> Table | None:
    """What each level weighs in the model that stands, and beside it in the newest one that waits."""
    standing = [one.version for one in known if one.is_standing]
    waiting = [one.version for one in known if not one.approved_at][:1]
    models = [workspace().match_model(version) for version in (*standing, *waiting)]
    if not models:
        return None
    heads = ["model.levels.now"] * len(standing) + ["model.levels.then"] * len(waiting)
    meaning = say("model.levels.meaning", lang)
    columns = (
        Column(say("likely.column.detail", lang)),
        Column(say("likely.column.level", lang)),
        *(Column(say(head, lang), numeric=True, meaning=meaning) for head in heads),
    )
    return text_table(say("model.levels", lang), columns, _level_rows(models, lang))


def _level_rows(models: list[TrainedModel], lang: str) -> list[tuple[str, ...]]:
    weights: list[dict[tuple[str, str], float]] = [
        {(name, odds.label): math.log2(odds.m / odds.u) for name, levels in one.levels.items() for odds in levels}
        for one in models
    ]
    places: dict[tuple[str, str], Any] = {place: None for each in weights for place in each}
    return [
        (
            say(f"match.comparison.{name}", lang),
            level_words(level, lang),
            *(signed(each[name, level]) if (name, level) in each else "—" for each in weights),
        )
        for name, level in places
    ]
