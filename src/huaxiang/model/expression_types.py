"""What kind of value an expression gives, checked against the tags that it names."""

from __future__ import annotations

from datetime import date

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.expression_functions import ACTS, Function, Kind
from huaxiang.model.expressions import AS_OF, Call, Case, Name, Node, Value, nodes, results
from huaxiang.model.fields import NUMERIC, Field, Fields, FieldType

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(NUMERIC, "number"),
    "text": "text",
    "bool": "bool",
    "date": "date",
    "timestamp": "date",
}


def kind_of_field(field_type: FieldType) -> Kind | None:
    """The kind of the values of a field; None for lists, with which expressions do not compute."""
    return _KINDS.get(field_type)


def check_expression(node: Node, fields: Fields, wanted: Field) -> None:
    """Raise :class:`DefinitionError` where the expression names no tag, mixes kinds, or does not give the wanted field.

    Texts that are compared with, or become, a field whose values are codes must be among these codes. Errors name the
    place in the text.
    """
    found, needed = _kind(node, fields), kind_of_field(wanted.type)
    if needed is None or found not in (needed, None):
        raise DefinitionError("expression.result", given=found or "null", wanted=wanted.type)
    for one in nodes(node):
        if isinstance(one, Call) and one.act in ("=", "!=", "in", "not in"):
            _check_codes(one, fields)
    if wanted.values:
        for one in results(node):
            _check_code(one, wanted)


def _kind(node: Node, fields: Fields) -> Kind | None:
    match node:
        case Value():
            return _kind_of_value(node.value)
        case Name():
            return _kind_of_name(node, fields)
        case Call():
            return _kind_of_call(node, ACTS[node.act], fields)
        case Case():
            for condition, _ in node.whens:
                _agree([condition], "bool", fields)
            return _agree([*(value for _, value in node.whens), node.otherwise], "any", fields)


def _kind_of_value(value: object) -> Kind | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, date):
        return "date"
    return "text" if isinstance(value, str) else "number"


def _kind_of_name(node: Name, fields: Fields) -> Kind:
    if node.key == AS_OF:
        return "date"
    if node.key not in fields:
        known = nearest(node.key, fields)
        raise DefinitionError("expression.unknown_tag", given=node.key, at=node.at, nearest=known)
    kind = kind_of_field(fields[node.key].type)
    if kind is None:
        raise DefinitionError("expression.kind_of_tag", given=node.key, at=node.at, type=fields[node.key].type)
    return kind


def _kind_of_call(node: Call, function: Function, fields: Fields) -> Kind | None:
    last = function.parts[-1]
    if last == "any":
        found = _agree(node.parts, "any", fields)
        return found if function.result == "any" else function.result
    wanted = (*function.parts, *[last] * len(node.parts))[: len(node.parts)]
    for part, kind in zip(node.parts, wanted, strict=True):
        _agree([part], kind, fields)
    return None if function.result == "any" else function.result


def _agree(parts: list[Node] | tuple[Node, ...], wanted: str, fields: Fields) -> Kind | None:
    """The one kind of all the parts; nothing fits every kind."""
    found: Kind | None = None
    for part in parts:
        kind = _kind(part, fields)
        expected = found if wanted == "any" else wanted
        if kind is not None and expected is not None and kind != expected:
            raise DefinitionError("expression.kind", at=part.at, given=kind, wanted=expected)
        found = found or kind
    return found


def _check_codes(call: Call, fields: Fields) -> None:
    coded = [fields[part.key] for part in call.parts if isinstance(part, Name) and part.key in fields]
    for field in coded:
        for part in call.parts if field.values else ():
            _check_code(part, field)


def _check_code(node: Node, field: Field) -> None:
    if isinstance(node, Value) and isinstance(node.value, str) and node.value not in field.values:
        known = nearest(node.value, field.values)
        raise DefinitionError("expression.unknown_value", given=node.value, at=node.at, tag=field.key, nearest=known)
