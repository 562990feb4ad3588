"""What a workspace says of rules that are shipped, over them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from huaxiang.errors import DefinitionError

Rules = TypeVar("Rules", bound=BaseModel)


def with_own(rules: Rules, said: Mapping[str, Any], allowed: Collection[str], file: str) -> Rules:
    """The rules with what ``said`` says otherwise: key by key all the way down, a list as a whole.

    ``allowed`` are the keys of ``said`` that there may be, ``file`` names where it stands. Raises
    :class:`DefinitionError` naming the key when it is another one or its value does not hold.
    """
    if unknown := sorted(map(str, said.keys() - set(allowed))):
        raise unknown_key(file, ", ".join(unknown), allowed)
    try:
        return type(rules).model_validate(_over(rules.model_dump(by_alias=True), said))
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DefinitionError("definitions.own_value", file=file, where=where, reason=first["msg"]) from None


def unknown_key(file: str, given: str, allowed: Collection[str]) -> DefinitionError:
    """The error for a key that a workspace cannot say anything about."""
    return DefinitionError("definitions.own_key", file=file, given=given, expected=", ".join(allowed))


def _over(shipped: Any, said: Any) -> Any:
    if not (isinstance(shipped, Mapping) and isinstance(said, Mapping)):
        return said
    return {**shipped, **{key: _over(shipped.get(key), value) for key, value in said.items()}}
