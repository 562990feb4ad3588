"""The mapping table of one sheet in words: per column of the file its samples, its field, how sure and why."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.model.mapping import Form, Mapping, Match, forms, source_fields
from huaxiang.release.roles import Access
from huaxiang.server.imports.counts import form_title, sheet_title
from huaxiang.server.imports.protection import masked_rows
from huaxiang.server.imports.sheets import Sheet, messages_of
from huaxiang.words import say

#: From this confidence on a guess is called sure, or likely; below it is doubtful.
SURE, LIKELY = 0.95, 0.8


@dataclass(frozen=True)
class Choice:
    """One option of a select."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class FieldRow:
    """One column of the file. ``grade`` is ``sure``, ``likely``, ``doubtful`` or empty for an unused column."""

    number: int
    header: str
    samples: tuple[str, ...]
    choices: tuple[Choice, ...]
    grade: str
    confidence: str
    why: str


@dataclass(frozen=True)
class ShownSheet:
    """One sheet of an upload as its page shows it."""

    number: int
    title: str
    forms: tuple[Choice, ...]
    rows: tuple[FieldRow, ...]
    source: str
    options: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    warnings: tuple[str, ...]
    messages: tuple[str, ...]
    is_ready: bool
    is_left_out: bool
    is_saved: bool
    summary: str


def shown_sheet(number: int, sheet: Sheet, access: Access, lang: str) -> ShownSheet:
    """The sheet in words of ``zh`` or ``en``, its personal samples masked."""
    reading = sheet.reading
    return ShownSheet(
        number=number,
        title=sheet_title(sheet.file, sheet.sheet),
        forms=_form_choices(reading, lang),
        rows=_rows(sheet, reading, access, lang) if reading else (),
        source=reading.source if reading else "",
        options=_options(reading, lang) if reading else (),
        warnings=tuple(_warnings(sheet, lang)),
        messages=tuple(message.say(lang) for message in messages_of(sheet)),
        is_ready=sheet.is_ready,
        is_left_out=sheet.is_left_out,
        is_saved=sheet.is_saved,
        summary=_summary(sheet, reading, lang),
    )


def _summary(sheet: Sheet, reading: Mapping | None, lang: str) -> str:
    if reading is None:
        return say("imports.sheet.unknown", lang)
    used = len(reading.columns)
    return say("imports.sheet.summary", lang, form=form_title(reading.form, lang), used=used, all=len(sheet.header))


def _form_choices(reading: Mapping | None, lang: str) -> tuple[Choice, ...]:
    chosen = reading.form if reading else ""
    nothing = Choice("", say("imports.form.none", lang), not chosen)
    return (nothing, *(Choice(name, getattr(form, lang), name == chosen) for name, form in forms().items()))


def _rows(sheet: Sheet, reading: Mapping, access: Access, lang: str) -> tuple[FieldRow, ...]:
    form = forms()[reading.form]
    fields = {match.header: field for field, match in reading.columns.items()}
    # Whoever brought the file has it; masked all the same, for whoever looks over their shoulder.
    shown = masked_rows(sheet.rows, reading, Access(access.user, access.role, stores=None))
    return tuple(
        _row(number, name, form, reading, fields.get(name), shown, lang) for number, name in enumerate(sheet.header)
    )


def _row(
    number: int, header: str, form: Form, reading: Mapping, field: str | None, shown: list[dict[str, str]], lang: str
) -> FieldRow:
    match = reading.columns[field] if field else None
    samples = tuple(dict.fromkeys(text for row in shown if (text := row.get(header, ""))))[:3]
    unused = Choice("", say("imports.field.unused", lang), field is None)
    choices = tuple(Choice(name, getattr(source_fields()[name], lang), name == field) for name in form.all_fields)
    return FieldRow(number, header, samples, (unused, *choices), *_sureness(match, lang))


def _sureness(match: Match | None, lang: str) -> tuple[str, str, str]:
    if match is None:
        return "", "", say("imports.ground.none", lang)
    grade = "sure" if match.confidence >= SURE else "likely" if match.confidence >= LIKELY else "doubtful"
    words = say(f"imports.sure.{grade}", lang, share=f"{match.confidence:.0%}")
    return grade, words, say(f"imports.ground.{match.ground}", lang)


def _options(reading: Mapping, lang: str) -> tuple[tuple[str, str, tuple[Choice, ...]], ...]:
    found = []
    for name, value, known in (
        ("month_first", reading.month_first, ("no", "yes")),
        ("paid_is_net", reading.paid_is_net, ("no", "yes")),
        ("phone_is_verified", reading.phone_is_verified, ("", "yes", "no")),
    ):
        if _concerns(name, reading):
            given = {True: "yes", False: "no", None: ""}[value]
            titles = {one: say(f"imports.option.{name}.{one or 'unsaid'}", lang) for one in known}
            choices = tuple(Choice(one, title, one == given) for one, title in titles.items())
            found.append((name, say(f"imports.option.{name}", lang), choices))
    return tuple(found)


def _concerns(option: str, reading: Mapping) -> bool:
    kinds = {source_fields()[field].kind for field in reading.columns}
    if option == "month_first":
        return bool(kinds & {"time", "date", "birth_date"})
    if option == "paid_is_net":
        return {"paid_amount", "refund_amount"} <= set(reading.columns)
    return "phone" in reading.columns


def _warnings(sheet: Sheet, lang: str) -> list[str]:
    found = []
    for group in sheet.missing:
        names = [getattr(source_fields()[field], lang) for field in group]
        found.append(say("imports.warning.missing", lang, fields=say("imports.or", lang).join(names)))
    if sheet.names_nobody:
        found.append(say("imports.warning.nobody", lang))
    return found
