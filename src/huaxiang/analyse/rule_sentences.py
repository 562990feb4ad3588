"""Rules of tags in words: what a value is computed from, and over which days."""

from __future__ import annotations

from datetime import date
from typing import Any

from huaxiang.analyse.expression_words import expression_words
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.sentences import sentence
from huaxiang.model.conditions import Condition
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.rule_parts import Windowed
from huaxiang.model.rules import (
    Distribution,
    Everyone,
    Expression,
    FactRule,
    Favourite,
    Formula,
    Given,
    Golden,
    Layers,
    Model,
    Percentile,
    Preference,
    Rule,
    Since,
    Statistic,
)
from huaxiang.model.tags import Tag, Tags, fields_of
from huaxiang.number_words import date_words, percent, short_number
from huaxiang.words import say


def rule_sentence(tag: Tag, lang: str, tags: Tags, as_of: date) -> str:
    """What the tag is computed from and how, in ``zh`` or ``en``, with the days that its window covers."""
    match tag.rule:
        case Golden() | Statistic() | Favourite() | Preference() | Distribution() as rule:
            text = _fact_rule(rule, lang, as_of)
        case Formula() | Expression() as rule:
            text = expression_words(rule.tree, lang, tags, tag.field)
        case Layers() as rule:
            text = _layers(tag, rule, lang, tags)
        case Everyone() as rule:
            text = say("rule.everyone", lang, divide=_name(rule.divide, lang, tags), by=_name(rule.by, lang, tags))
        case Percentile() as rule:
            text = _percentile(tag, rule, lang, tags)
        case Model() as rule:
            text = _model(rule, lang)
        case Given():
            text = say("rule.given", lang)
        case rule:
            text = say(_code(rule), lang, of=_name(rule.of, lang, tags))
    return text


def _code(rule: Rule) -> str:
    return f"rule.since_{rule.unit}" if isinstance(rule, Since) else f"rule.{rule.kind}"


def _fact_rule(rule: FactRule, lang: str, as_of: date) -> str:
    said = {"window": _window(rule, lang, as_of)}
    match rule:
        case Golden():
            text = _golden(rule, lang, said)
        case Preference():
            text = _preference(rule, lang, said)
        case Distribution():
            text = _distribution(rule, lang, said)
        case _:
            text = _figure(rule, lang, said)
    if rule.when_empty == "keep_last":
        text = say("rule.keeps_last", lang, rule=text)
    if rule.expires_after_days is not None:
        text = say("rule.expires", lang, rule=text, days=rule.expires_after_days)
    return text


def _golden(rule: Golden, lang: str, said: dict[str, Any]) -> str:
    fact = fact_named(rule.fact)
    shown = sentence(rule.where, lang, fact.columns) if rule.where else ""
    said["where"] = say("rule.golden_where", lang, condition=shown) if shown else ""
    happened = not fact.states and rule.policy in ("newest", "oldest")
    code = f"rule.golden.{rule.policy}{'_event' if happened else ''}"
    return say(code, lang, **said, **_about(fact, rule.column, lang), sources=" > ".join(rule.sources)).strip()


def _figure(rule: Statistic | Favourite, lang: str, said: dict[str, Any]) -> str:
    fact = fact_named(rule.fact)
    said |= {"where": _where(rule.where, fact, lang), **_about(fact, rule.column, lang)}
    if isinstance(rule, Statistic):
        return say(f"rule.{rule.measure}", lang, **said).strip()
    if rule.by:
        return say("rule.favourite_by", lang, **said, by=fact.columns[rule.by].name.say(lang))
    return say("rule.favourite", lang, **said)


def _preference(rule: Preference, lang: str, said: dict[str, Any]) -> str:
    parts = []
    for part in rule.parts:
        fact = fact_named(part.fact)
        shown = sentence(part.where, lang, fact.columns) if part.where else ""
        where = say("rule.preference_where", lang, condition=shown) if shown else ""
        weight = short_number(part.weight, lang)
        parts.append(say("rule.preference_part", lang, weight=weight, where=where, **_about(fact, part.column, lang)))
    listed = say("rule.layer_join", lang).join(parts)
    rarity = say("rule.idf", lang) if rule.idf else ""
    return say("rule.preference", lang, top=rule.top, parts=listed, decay=_decay(rule, lang), idf=rarity, **said)


def _distribution(rule: Distribution, lang: str, said: dict[str, Any]) -> str:
    fact = fact_named(rule.fact)
    said |= {"where": _where(rule.where, fact, lang), **_about(fact, None, lang), "decay": _decay(rule, lang)}
    smooth, clear = short_number(rule.smooth, lang), percent(rule.clear_share, lang)
    return say("rule.distribution", lang, smooth=smooth, clear=clear, **said)


def _percentile(tag: Tag, rule: Percentile, lang: str, tags: Tags) -> str:
    said = {"of": _name(rule.of, lang, tags)}
    if rule.within:
        place = say("rule.percentile_within", lang, within=_name(rule.within, lang, tags), **said)
    else:
        place = say("rule.percentile", lang, **said)
    if not rule.layers:
        return place
    layers = [
        say("rule.percentile_layer", lang, value=tag.label(layer.value, lang), least=percent(layer.least, lang))
        for layer in rule.layers
    ]
    return say("rule.percentile_layers", lang, place=place, layers=say("rule.layer_join", lang).join(layers))


def _about(fact: Fact, column: str | None, lang: str) -> dict[str, str]:
    said = {"fact": fact.row.say(lang)}
    return said | ({"column": fact.columns[column].name.say(lang)} if column else {})


def _where(where: Condition | None, fact: Fact, lang: str) -> str:
    if where is None:
        return say("rule.no_where", lang)
    return say("rule.where", lang, condition=sentence(where, lang, fact.columns))


def _decay(rule: Preference | Distribution, lang: str) -> str:
    return say("rule.half_life", lang, days=short_number(rule.half_life_days, lang)) if rule.half_life_days else ""


def _window(rule: Windowed, lang: str, as_of: date) -> str:
    if not rule.has_window:
        return say("rule.no_window", lang)
    first, last = rule.days(as_of)
    if first is None:
        return say("rule.window_until", lang, last=date_words(last, lang))
    if rule.window_days is None and rule.last_day is None:
        return say("rule.window_since", lang, first=date_words(first, lang))
    code = (
        "rule.window_fixed" if rule.window_days is None else "rule.window_skipping" if rule.skip_days else "rule.window"
    )
    return say(code, lang, days=rule.window_days, first=date_words(first, lang), last=date_words(last, lang))


def _layers(tag: Tag, rule: Layers, lang: str, tags: Tags) -> str:
    fields = fields_of(tags)
    said = [
        say("rule.layer", lang, value=tag.label(layer.value, lang), when=sentence(layer.when, lang, fields))
        for layer in rule.layers
    ]
    return say("rule.layers", lang, layers=say("rule.layer_join", lang).join(said))


def _model(rule: Model, lang: str) -> str:
    analysis = analysis_named(rule.analysis)
    column = next(column for column in analysis.outputs["members"][1] if column.name == rule.column)
    title, about = analysis.title.say(lang), analysis.explanation.say(lang)
    return say("rule.model", lang, analysis=title, column=column.labels.say(lang), about=about)


def _name(key: str, lang: str, tags: Tags) -> str:
    return tags[key].name.say(lang)
