"""Rules of tags in words: what a value is computed from, and over which days."""

from __future__ import annotations

from datetime import date, timedelta

from huaxiang.analyse.sentences import sentence
from huaxiang.model.facts import fact_named
from huaxiang.model.formulas import Arithmetic, Node
from huaxiang.model.rules import (
    Everyone,
    Favourite,
    Formula,
    Golden,
    Layers,
    Rule,
    Since,
    Statistic,
)
from huaxiang.model.tags import Tag, Tags, fields_of
from huaxiang.number_words import date_words, short_number
from huaxiang.words import say

_SIGNS = {"add": " + ", "subtract": " − ", "multiply": " × ", "divide": " ÷ "}


def rule_sentence(tag: Tag, lang: str, tags: Tags, as_of: date) -> str:
    """What the tag is computed from and how, in ``zh`` or ``en``, with the days that its window covers."""
    match tag.rule:
        case Golden() | Statistic() | Favourite() as rule:
            text = _fact_rule(rule, lang, as_of)
        case Formula() as rule:
            text = _formula(rule.formula, lang, tags)
        case Layers() as rule:
            text = _layers(tag, rule, lang, tags)
        case Everyone() as rule:
            text = say("rule.everyone", lang, divide=_name(rule.divide, lang, tags), by=_name(rule.by, lang, tags))
        case rule:
            text = say(_code(rule), lang, of=_name(rule.of, lang, tags))
    return text


def _code(rule: Rule) -> str:
    return f"rule.since_{rule.unit}" if isinstance(rule, Since) else f"rule.{rule.kind}"


def _fact_rule(rule: Golden | Statistic | Favourite, lang: str, as_of: date) -> str:
    fact = fact_named(rule.fact)
    said = {"fact": fact.row.say(lang)}
    if rule.column:
        said["column"] = fact.columns[rule.column].name.say(lang)
    if isinstance(rule, Golden):
        shown = sentence(rule.where, lang, fact.columns) if rule.where else ""
        said["where"] = say("rule.golden_where", lang, condition=shown) if shown else ""
        return say(f"rule.golden.{rule.policy}", lang, **said, sources=" > ".join(rule.sources))
    said["where"] = (
        say("rule.where", lang, condition=sentence(rule.where, lang, fact.columns))
        if rule.where
        else say("rule.no_where", lang)
    )
    said["window"] = _window(rule.window_days, lang, as_of)
    if isinstance(rule, Statistic):
        return say(f"rule.{rule.measure}", lang, **said).strip()
    if rule.by:
        return say("rule.favourite_by", lang, **said, by=fact.columns[rule.by].name.say(lang))
    return say("rule.favourite", lang, **said)


def _window(days: int | None, lang: str, as_of: date) -> str:
    if days is None:
        return say("rule.no_window", lang)
    first = as_of - timedelta(days=days - 1)
    return say("rule.window", lang, days=days, first=date_words(first, lang), last=date_words(as_of, lang))


def _formula(node: Node, lang: str, tags: Tags) -> str:
    if isinstance(node, str):
        return _name(node, lang, tags)
    if not isinstance(node, Arithmetic):
        return short_number(node, lang)
    said = [_formula(part, lang, tags) for part in node.parts]
    if node.act not in _SIGNS:
        return f"{'min' if node.act == 'least' else 'max'}({', '.join(said)})"
    bound = [
        f"({text})" if isinstance(part, Arithmetic) and part.act in _SIGNS else text
        for part, text in zip(node.parts, said, strict=True)
    ]
    return _SIGNS[node.act].join(bound)


def _layers(tag: Tag, rule: Layers, lang: str, tags: Tags) -> str:
    fields = fields_of(tags)
    said = [
        say("rule.layer", lang, value=tag.label(layer.value, lang), when=sentence(layer.when, lang, fields))
        for layer in rule.layers
    ]
    return say("rule.layers", lang, layers=say("rule.layer_join", lang).join(said))


def _name(key: str, lang: str, tags: Tags) -> str:
    return tags[key].name.say(lang)
