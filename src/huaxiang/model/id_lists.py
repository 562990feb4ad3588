"""Uploaded lists: people named by numbers or addresses in a file, used in rules like any other crowd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Option

from huaxiang.errors import DefinitionError, NotFound, nearest
from huaxiang.model.fields import Labels
from huaxiang.model.rule_parts import TagKey


class IdList(BaseModel):
    """One uploaded list: its names, who brought it, and where the numbers stood.

    ``header`` is the column of ``file_name`` that names the people, in ``rows`` rows; ``values`` is the SHA-256 of the
    file of them in the landing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: TagKey
    zh: str
    en: str
    owner: str
    file_name: str
    header: str
    rows: Annotated[int, Option(ge=1)]
    values: Annotated[str, Option(pattern=r"^[0-9a-f]{64}$")]

    @property
    def name(self) -> Labels:
        """The list's name."""
        return Labels(zh=self.zh, en=self.en)


def id_lists_from(raw: Mapping[str, Any]) -> dict[str, IdList]:
    """The lists that a definition file holds, key to body. Raises :class:`DefinitionError` naming the list."""
    return {key: _id_list(key, body) for key, body in raw.items()}


def id_list_named(key: str, lists: Mapping[str, IdList]) -> IdList:
    """The list of that key; :class:`NotFound` names the nearest ones."""
    if key not in lists:
        raise NotFound("list.unknown", given=key, nearest=nearest(key, lists))
    return lists[key]


def _id_list(key: str, body: Any) -> IdList:
    try:
        return IdList.model_validate({"key": key, **body})
    except (ValidationError, TypeError) as problem:
        raise DefinitionError("list.invalid", list=key, reason=str(problem)[:200]) from problem
