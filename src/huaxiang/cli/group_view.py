"""The portrait of a segment on a terminal: the tags that most set it apart, with n, index, interval and verdict."""

from __future__ import annotations

from typing import Any

from huaxiang.analyse.groups.contrast import GroupPortrait, TagContrast
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.said import portrait_said, rule_said, strongest, tag_said
from huaxiang.analyse.sentences import sentence
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.model.condition_text import text_of
from huaxiang.model.fields import Fields
from huaxiang.number_words import percent
from huaxiang.words import Message

_MOST = 12


def show_portrait(desk: Desk, found: GroupPortrait, name: Message | str) -> None:
    """The sentence, then one line per tag that differs, the most distinguishing first; all tags with ``--json``."""
    said = [portrait_said(found, name).say(desk.lang)]
    names = ("tag", "value", "customers", "share", "base", "tgi", "tgi_interval", "by_chance")
    rows = [_row(desk, tag) for tag in found.ranked[:_MOST]]
    shown = [table([desk.say(f"cli.column.{each}") for each in names], rows, right=[2, 3, 4, 5, 6, 7])] if rows else []
    notes = [desk.say("cli.portrait.corrected", tags=len(found.tags))]
    desk.answer(_document(found, desk.lang), *said, *shown, *notes)


def show_rule(desk: Desk, found: Suggested, fields: Fields) -> None:
    """The suggested rule in words and as text, and how well it does on the half that was kept apart."""
    said = [rule_said(found).say(desk.lang)]
    document: dict[str, Any] = {"rule": None, "judged_on": found.judged}
    if found.condition is not None and found.quality is not None:
        quality = found.quality
        document |= {"rule": text_of(found.condition), "separates": quality.separates, **quality.__dict__}
        document |= {"precision": quality.precision, "recall": quality.recall, "lift": quality.lift}
        said = [sentence(found.condition, desk.lang, fields), text_of(found.condition), *said]
    desk.answer(document, *said)


def _row(desk: Desk, tag: TagContrast) -> list[str]:
    best = strongest(tag)
    if best is None:
        return [tag.field.name.say(desk.lang)]
    bar, share = best
    high = "∞" if share.index_high is None else f"{share.index_high:.0f}"
    echo = f" ({desk.say('groups.echo')})" if tag.echo else ""
    return [
        tag.field.name.say(desk.lang) + echo,
        bar.words(tag.field).say(desk.lang),
        f"{share.inside:,}",
        percent(share.share, desk.lang),
        percent(share.base, desk.lang),
        "—" if share.index is None else f"{share.index:.0f}",
        f"{share.index_low or 0:.0f}–{high}",
        "—" if share.q is None else f"{share.q:.2g}",
    ]


def _document(found: GroupPortrait, lang: str) -> dict[str, Any]:
    return {
        "base": found.base,
        "known_only": found.known_only,
        "customers": found.customers,
        "others": found.others,
        "tags": [_tag(tag, found, lang) for tag in found.tags.values()],
    }


def _tag(tag: TagContrast, found: GroupPortrait, lang: str) -> dict[str, Any]:
    bars = [{"kind": bar.kind, "value": bar.words(tag.field).say(lang), **share.__dict__} for bar, share in tag.bars]
    return {
        "tag": tag.field.key,
        "said": tag_said(tag, found.base).say(lang),
        "distance": tag.distance,
        "cramers_v": tag.v,
        "difference": tag.difference,
        "q": tag.q,
        "echo": tag.echo,
        "bars": bars,
    }
