"""Rules for one cell: is it there, has it the right form, does it lie within limits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.model import quality_rules as rules
from huaxiang.model.places import city_of
from huaxiang.prepare.names import comparable_name
from huaxiang.prepare.quality.id_card import read_id_card
from huaxiang.prepare.quality.judging import Round, Verdict
from huaxiang.prepare.quality.person_names import has_known_surname, title_of
from huaxiang.prepare.unify.placeholders import is_placeholder


def filled(_: Round, rows: ir.Table, column: str, __: rules.Filled) -> Verdict:
    """Fails where the cell is empty."""
    return Verdict(rows, rows[column], ibis.literal(True), rows[column].isnull())


def matches(_: Round, rows: ir.Table, column: str, rule: rules.Matches) -> Verdict:
    """Fails where the text does not match."""
    return Verdict(rows, rows[column], rows[column].notnull(), ~rows[column].re_search(rule.pattern))


def name(now: Round, rows: ir.Table, column: str, _: rules.IsName) -> Verdict:
    """Fails where the text is nobody's name."""
    known = now.worked_out(rows, column, lambda text: comparable_name(text, now.names) is not None)
    return Verdict(known, known[column], known[column].notnull(), ~known.holds)


def no_title(now: Round, rows: ir.Table, column: str, _: rules.NoTitle) -> Verdict:
    """Fails where a form of address is part of the name."""
    known = now.worked_out(rows, column, lambda text: title_of(text, now.names) is None)
    return Verdict(known, known[column], known[column].notnull(), ~known.holds)


def surname(now: Round, rows: ir.Table, column: str, _: rules.KnownSurname) -> Verdict:
    """Fails where a Chinese name begins with no surname that is in use; other names are not judged."""
    known = now.worked_out(rows, column, lambda text: has_known_surname(text, now.names))
    return Verdict(known, known[column], known.holds.notnull(), ~known.holds)


def no_placeholder(now: Round, rows: ir.Table, column: str, rule: rules.NoPlaceholder) -> Verdict:
    """Fails where the value stands for none."""
    known = now.worked_out(rows, column, lambda text: not is_placeholder(rule.identifier_type, text, now.identity))
    return Verdict(known, known[column], known[column].notnull(), ~known.holds)


def no_typo(_: Round, rows: ir.Table, column: str, rule: rules.NoTypo) -> Verdict:
    """Fails where the domain is one of the mistyped ones."""
    domain = rows[column].lower().re_replace("^[^@]*@", "")
    return Verdict(rows, rows[column], rows[column].notnull(), domain.isin(sorted(rule.typos)))


def id_card(now: Round, rows: ir.Table, column: str, _: rules.IdCardRule) -> Verdict:
    """Fails where the number cannot be right."""
    known = now.worked_out(rows, column, lambda text: read_id_card(text) is not None)
    return Verdict(known, known[column], known[column].notnull(), ~known.holds)


def city(now: Round, rows: ir.Table, column: str, _: rules.KnownCity) -> Verdict:
    """Fails where no city of China is named."""
    known = now.worked_out(rows, column, lambda text: city_of(text) is not None)
    return Verdict(known, known[column], known[column].notnull(), ~known.holds)


def age(now: Round, rows: ir.Table, column: str, rule: rules.Age) -> Verdict:
    """Fails where the age on the day of the data lies outside the limits."""
    born = rows[column]
    later_in_year = born.month() * 100 + born.day() > now.as_of.month * 100 + now.as_of.day
    years = now.as_of.year - born.year() - later_in_year.cast("int64")
    return Verdict(rows, born, born.notnull(), ~years.between(rule.least, rule.most))


def between(_: Round, rows: ir.Table, column: str, rule: rules.Between) -> Verdict:
    """Fails where the number lies outside the limits or is the one that it must not be."""
    number = rows[column]
    outside = ~number.between(_exact(rule.least), _exact(rule.most))
    fails = outside if rule.but_not is None else outside | (number == _exact(rule.but_not))
    return Verdict(rows, number, number.notnull(), fails)


def not_one_of(_: Round, rows: ir.Table, column: str, rule: rules.NotOneOf) -> Verdict:
    """Fails where the value is one of those listed."""
    text = rows[column].cast("string")
    return Verdict(rows, text, text.notnull(), text.isin(rule.values))


def day(now: Round, rows: ir.Table, column: str, rule: rules.Day) -> Verdict:
    """Fails before the first day and after the day of the data."""
    moment = rows[column]
    outside = (moment < _instant(rule.least)) | (moment >= _instant(now.as_of + timedelta(days=1)))
    return Verdict(rows, moment, moment.notnull(), outside)


def _exact(number: object) -> ir.Value:
    return ibis.literal(number).cast("decimal(18, 4)")


def _instant(start: date) -> ir.Value:
    return ibis.literal(datetime.combine(start, time())).cast("timestamp(6)")
