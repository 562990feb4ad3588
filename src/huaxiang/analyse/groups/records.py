"""A group portrait and a suggested rule as records: what the command line, programs and notebooks write down."""

from __future__ import annotations

from typing import Any

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.contrast import GroupPortrait, TagContrast
from huaxiang.analyse.groups.rule_quality import Suggested
from huaxiang.analyse.groups.said import rule_said, tag_said
from huaxiang.analyse.groups.verdicts import Share
from huaxiang.analyse.sentences import sentence
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import record_of
from huaxiang.model.fields import Field, Fields


def portrait_record(found: GroupPortrait, lang: str) -> dict[str, Any]:
    """The whole portrait: both sides, and each tag with its bars, the most distinguishing first.

    Of a bar ``rule`` is the text of the condition that finds its customers, the numbers are those of
    :class:`huaxiang.analyse.groups.verdicts.Share`; a hidden bar has neither counts nor shares.
    """
    ranked = {tag.field.key: tag for tag in found.ranked}
    return {
        "base": found.base,
        "known_only": found.known_only,
        "customers": found.customers,
        "others": found.others,
        "shared": found.shared,
        "tags": [_tag(tag, found, lang) for tag in (ranked | dict(found.tags)).values()],
    }


def suggestion_record(found: Suggested, lang: str, fields: Fields) -> dict[str, Any]:
    """The rule as record, text and sentence, with what it was judged on; without a rule these are None."""
    told: dict[str, Any] = {"rule": None, "text": None, "sentence": None, "said": rule_said(found).say(lang)}
    told |= {"judged_on": found.judged, "group": found.group, "others": found.others}
    if found.condition is None or found.quality is None:
        return told
    quality = found.quality
    told |= {"rule": record_of(found.condition), "text": text_of(found.condition)}
    told |= {"sentence": sentence(found.condition, lang, fields), "separates": quality.separates, **quality.__dict__}
    told |= {"precision": quality.precision, "precision_interval": quality.precision_ends}
    return told | {"recall": quality.recall, "recall_interval": quality.recall_ends, "lift": quality.lift}


def _tag(tag: TagContrast, found: GroupPortrait, lang: str) -> dict[str, Any]:
    return {
        "tag": tag.field.key,
        "name": tag.field.name.say(lang),
        "said": tag_said(tag, found.base).say(lang),
        "differs": tag.differs,
        "distance": tag.distance,
        "of_values": tag.of_values,
        "values_differ": tag.values_differ,
        "cramers_v": tag.v,
        "means": tag.means,
        "difference": tag.difference,
        "q": tag.q,
        "echo": tag.echo,
        "bars": [_bar(bar, share, tag.field, lang) for bar, share in tag.bars],
    }


def _bar(bar: Bar, share: Share, field: Field, lang: str) -> dict[str, Any]:
    told = {**share.__dict__}
    if share.hidden:
        told |= dict.fromkeys(("inside", "beside", "low", "high"))
    return {"kind": bar.kind, "value": bar.words(field).say(lang), "rule": text_of(bar.condition(field)), **told}
