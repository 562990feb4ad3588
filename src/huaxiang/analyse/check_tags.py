"""Whether tags hold together: what their rules name exists, and what they give fits what the tags declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from huaxiang.analyse.further_columns import check_read
from huaxiang.analyse.in_force import resting_on
from huaxiang.analyse.layer_crowds import NO_CROWDS, Crowds
from huaxiang.analyse.order import levels, needed_by, with_needed
from huaxiang.analyse.registry import analysis_named
from huaxiang.errors import DefinitionError, HuaxiangError, nearest
from huaxiang.model.compared import check
from huaxiang.model.conditions import Condition
from huaxiang.model.expression_types import check_expression
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.fields import NUMERIC, Fields
from huaxiang.model.rule_extras import extras_of
from huaxiang.model.rules import (
    Distribution,
    Expression,
    FactRule,
    Favourite,
    Formula,
    Golden,
    Layers,
    Lookup,
    Model,
    Percentile,
    Preference,
    Rule,
    Statistic,
)
from huaxiang.model.tags import Tag, Tags, fields_of, groups_of
from huaxiang.model.vocabulary import MOST_EXTRAS, check_layer
from huaxiang.words import Message


def check_tags(tags: Tags) -> None:
    """Raise :class:`DefinitionError` at the first tag that does not hold together with the others."""
    fields = fields_of(tags)
    for tag in tags.values():
        _check_expression(tag, fields)
    levels(tags)
    for tag in tags.values():
        _check_rule(tag, fields)


def check_tag(tag: Tag, catalogue: Tags, crowds: Crowds = NO_CROWDS) -> Tag:
    """The tag with the rules of the ``crowds`` that it names. Raises :class:`DefinitionError` where it, in force or
    not, does not hold together with them and with the tags of a catalogue, or needs itself in a circle."""
    tag = crowds.meant(tag)
    tags = {**catalogue, tag.key: tag}
    _check_one(tag, tags, fields_of(tags), tags)
    levels(with_needed([tag.key], tags))
    return tag


def broken_tags(tags: Tags, catalogue: Tags, crowds: Crowds = NO_CROWDS) -> dict[str, HuaxiangError]:
    """The tags in force that cannot be computed, each with why: those that do not hold together, in their order, then
    those that are computed from them. What is left of ``tags`` passes :func:`check_tags`.

    ``catalogue`` has every tag, so that one which is needed and not in force can be told from one that nobody knows.
    ``crowds`` say of a crowd that a tag names what is wrong with it.
    """
    fields = fields_of(tags)
    found = _problems(tags, lambda key: _check_one(crowds.meant(tags[key]), tags, fields, catalogue))
    resting = resting_on(tags, {key: key for key in found})
    found |= _in_circles({key: tag for key, tag in tags.items() if key not in resting})
    resting = resting_on(tags, {key: key for key in found})
    return found | {key: _needs_broken(tags[key], tags[need]) for key, need in resting.items() if key not in found}


def _in_circles(tags: Tags) -> dict[str, HuaxiangError]:
    try:
        levels(tags)
    except HuaxiangError:
        return _problems(tags, lambda key: levels(with_needed([key], tags)))
    return {}


def _problems(tags: Tags, check_key: Callable[[str], object]) -> dict[str, HuaxiangError]:
    found: dict[str, HuaxiangError] = {}
    for key in tags:
        try:
            check_key(key)
        except HuaxiangError as problem:
            found[key] = problem
    return found


def _needs_broken(tag: Tag, need: Tag) -> DefinitionError:
    return DefinitionError("tag.needs_broken", tag=tag.name.message, given=need.name.message, key=need.key)


def _check_one(tag: Tag, tags: Tags, fields: Fields, catalogue: Tags) -> None:
    _check_expression(tag, fields)
    for need in needed_by(tag.rule):
        if need not in tags and need in catalogue:
            status = Message(f"tag.status.{catalogue[need].status}")
            raise DefinitionError("tag.needs_unpublished", tag=tag.key, given=need, status=status)
        if need not in tags:
            raise DefinitionError("tag.needs_unknown", tag=tag.key, given=need, nearest=nearest(need, tags))
    _check_rule(tag, fields)


def _check_expression(tag: Tag, fields: Fields) -> None:
    # Before unknown tags are missed elsewhere, where nobody knows their place in the text.
    if isinstance(tag.rule, Expression):
        check_expression(tag.rule.tree, fields, tag.field)


def _check_rule(tag: Tag, fields: Fields) -> None:
    check_read(tag)
    named = {column for _, column in extras_of(tag.rule)}
    if len(named) > MOST_EXTRAS:
        raise DefinitionError("condition.too_many_extras", count=len(named), most=MOST_EXTRAS)
    if isinstance(tag.rule, FactRule):
        _check_facts(tag, tag.rule)
    else:
        _check_inputs(tag, tag.rule, fields)
    for value in _values(tag.rule):
        if value not in tag.values:
            raise DefinitionError("tag.value_without_name", tag=tag.key, given=value)


def _values(rule: Rule) -> Iterator[str]:
    """The codes that a rule gives, each of which needs names."""
    match rule:
        case Layers():
            yield from (layer.value for layer in rule.layers)
        case Lookup():
            yield from (*groups_of(rule.groups), *([rule.otherwise] if rule.otherwise else []))
        case Percentile():
            yield from (layer.value for layer in rule.layers)
        case Distribution():
            yield from (*(band.value for band in rule.bands), *([rule.unclear] if rule.unclear else []))


def _check_inputs(tag: Tag, rule: Rule, fields: Fields) -> None:
    match rule:
        case Layers():
            for layer in rule.layers:
                check_layer(layer.when, fields)
        case Formula():
            check_expression(rule.tree, fields, tag.field)
        case Model():
            _check_model(tag, rule)
        case Percentile():
            if fields[rule.of].type not in NUMERIC:
                raise DefinitionError(
                    "tag.type_unfit", tag=rule.of, type=fields[rule.of].type, fitting=_listed(NUMERIC)
                )
            _fit(tag, {"text"} if rule.layers else {"share", "number"})
            cuts = [layer.least for layer in rule.layers]
            if cuts != sorted(set(cuts), reverse=True):
                raise DefinitionError("tag.percentile_order", tag=tag.key)


def _check_model(tag: Tag, rule: Model) -> None:
    analysis = analysis_named(rule.analysis)
    analysis.complete(rule.params)
    _, columns = analysis.outputs.get("members", (None, ()))
    known = {column.name: column for column in columns}
    for name in (rule.column, *([rule.confidence] if rule.confidence else [])):
        if name not in known:
            said = {"tag": tag.key, "fact": rule.analysis, "given": name}
            raise DefinitionError("tag.unknown_column", nearest=nearest(name, known), **said)
    if known[rule.column].type != tag.type:
        given, expected = tag.type, known[rule.column].type
        raise DefinitionError("tag.model_type", tag=tag.key, column=rule.column, given=given, expected=expected)


def _check_facts(tag: Tag, rule: FactRule) -> None:
    match rule:
        case Preference():
            _fit(tag, {"list", "text"})
            for part in rule.parts:
                fact = fact_named(part.fact)
                _check_column(tag, fact, part.column)
                _check_rows(fact, part.where)
                _check_time(tag, fact, rule)
        case Distribution():
            _fit(tag, {"text"} if rule.bands else {"int"})
            fact = fact_named(rule.fact)
            if fact.at is None:
                raise DefinitionError("tag.no_time", tag=tag.key, fact=fact.name)
            _check_rows(fact, rule.where)
        case Golden() | Statistic() | Favourite():
            _check_one_column(tag, rule, fact_named(rule.fact))


def _check_one_column(tag: Tag, rule: Golden | Statistic | Favourite, fact: Fact) -> None:
    if rule.column or not (isinstance(rule, Statistic) and rule.measure == "count"):
        _check_column(tag, fact, rule.column)
    if isinstance(rule, Favourite) and rule.by:
        _check_column(tag, fact, rule.by)
    _check_rows(fact, rule.where)
    _check_time(tag, fact, rule)
    if rule.when_empty == "zero":
        _fit(tag, NUMERIC)


def _check_column(tag: Tag, fact: Fact, name: str | None) -> None:
    if name is None or name not in fact.columns:
        given, close = name or "—", nearest(name or "", fact.own_columns)
        raise DefinitionError("tag.unknown_column", tag=tag.key, fact=fact.name, given=given, nearest=close)


def _check_rows(fact: Fact, where: Condition | None) -> None:
    if where:
        check(where, fact.columns)


def _check_time(tag: Tag, fact: Fact, rule: FactRule) -> None:
    timed = rule.has_window or rule.expires_after_days is not None or getattr(rule, "half_life_days", None) is not None
    if timed and fact.at is None:
        raise DefinitionError("tag.no_time", tag=tag.key, fact=fact.name)


def _fit(tag: Tag, fitting: set[str] | frozenset[str]) -> None:
    if tag.type not in fitting:
        raise DefinitionError("tag.type_unfit", tag=tag.key, type=tag.type, fitting=_listed(fitting))


def _listed(names: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(names))
