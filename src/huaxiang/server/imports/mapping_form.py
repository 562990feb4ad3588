"""The form in which a person corrects how a sheet is read."""

from __future__ import annotations

from collections.abc import Mapping as Lookup

from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.model.mapping import Form, Mapping, Match, forms

UNUSED = ""
_TRUTH = {"yes": True, "no": False, "": None}


def mapping_from(form_data: Lookup[str, str], header: list[str], before: Mapping) -> Mapping:
    """The mapping as the form says it: ``field-<n>`` names the field of the n-th column, the options stand beside.

    What a person changed is sure; what was left alone keeps its confidence and ground. When two columns are given the
    same field, the one that was changed just now has it. Raises :class:`InputError` for two changed at once, and for
    fields and options that there are not.
    """
    form = forms()[before.form]
    columns = _columns(form_data, header, form, before)
    return before.model_copy(update={"columns": columns, **_options(form_data, before)})


def _columns(form_data: Lookup[str, str], header: list[str], form: Form, before: Mapping) -> dict[str, Match]:
    fields = {match.header: field for field, match in before.columns.items()}
    changed: dict[str, Match] = {}
    kept: dict[str, Match] = {}
    for number, name in enumerate(header):
        field = form_data.get(f"field-{number}", fields.get(name, UNUSED))
        if field == UNUSED:
            continue
        _known(field, form)
        if fields.get(name) == field:
            kept[field] = before.columns[field]
        elif field in changed:
            raise InputError("imports.field_twice", first=changed[field].header, second=name)
        else:
            changed[field] = Match(header=name, confidence=1.0, ground="person")
    found = kept | changed
    return {field: found[field] for field in form.all_fields if field in found}


def _known(field: str, form: Form) -> None:
    if field not in form.all_fields:
        raise NotFound("imports.unknown_field", given=field[:40], nearest=nearest(field[:40], form.all_fields))


def _options(form_data: Lookup[str, str], before: Mapping) -> dict[str, object]:
    source = form_data.get("source", before.source).strip()
    if not 1 <= len(source) <= 80:
        raise InputError("imports.source_length", count=len(source))
    return {
        "source": source,
        "month_first": _truth(form_data, "month_first", before.month_first) is True,
        "paid_is_net": _truth(form_data, "paid_is_net", before.paid_is_net) is True,
        "phone_is_verified": _truth(form_data, "phone_is_verified", before.phone_is_verified),
    }


def _truth(form_data: Lookup[str, str], name: str, before: bool | None) -> bool | None:
    if name not in form_data:
        return before
    given = form_data[name]
    if given not in _TRUTH:
        raise InputError("server.preference_unknown", given=given[:40], known="yes, no")
    return _TRUTH[given]
