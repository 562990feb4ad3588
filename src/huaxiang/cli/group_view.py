"""The portrait of a segment on a terminal: the tags that most set it apart, with n, index, interval and verdict."""

from __future__ import annotations

from huaxiang.analyse.groups.contrast import GroupPortrait, TagContrast
from huaxiang.analyse.groups.records import portrait_record, suggestion_record
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.said import portrait_said, strongest
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
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
    desk.answer(portrait_record(found, desk.lang), *said, *shown, *notes)


def show_rule(desk: Desk, found: Suggested, fields: Fields) -> None:
    """The suggested rule in words and as text, and how well it does on the half that was kept apart."""
    told = suggestion_record(found, desk.lang, fields)
    lines = [told["sentence"], told["text"], told["said"]] if told["text"] else [told["said"]]
    desk.answer(told, *lines)


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
