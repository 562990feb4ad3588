"""The settings of one workspace: the file ``huaxiang.yaml`` in its folder."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator

from huaxiang.errors import WorkspaceError

FILE = "huaxiang.yaml"
#: Raised when the folder layout changes; an older program refuses a newer workspace.
LAYOUT = 1


class Settings(BaseModel):
    """What holds for the whole workspace.

    ``timezone`` is where business days begin and end; ``currency`` (ISO 4217) is that of amounts without one.
    ``memory_limit`` and ``temp_limit`` bound one session of the engine. ``smallest_cell`` is the least count of
    people that leaves the house in a table of counts. ``engine`` computes the refresh: DuckDB in this process, or
    Spark on ``spark_master`` when the data outgrow the machine. Beside public hosts webhooks go only to those hosts and
    networks that ``webhook_hosts`` names: ``erp.local``, ``127.0.0.1:9000``, ``10.1.0.0/16``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: int = LAYOUT
    name: str = "我的店"
    timezone: str = "Asia/Shanghai"
    currency: str = Field(default="CNY", pattern="^[A-Z]{3}$")
    memory_limit: str = "6GB"
    temp_limit: str = "40GB"
    threads: int | None = None
    smallest_cell: int = Field(default=5, ge=1)
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str = "local[*]"
    webhook_hosts: tuple[str, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {value!r}; write it like Asia/Shanghai") from None

    @field_validator("webhook_hosts")
    @classmethod
    def _known_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if "/" in one:
                ip_network(one, strict=False)
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.timezone)

    def save(self, folder: Path) -> None:
        """Write the file into the workspace folder."""
        text = yaml.safe_dump(self.model_dump(mode="json", exclude_none=True), allow_unicode=True, sort_keys=False)
        (folder / FILE).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """The settings of an existing workspace; :class:`WorkspaceError` when there is none or it is not readable."""
        path = folder / FILE
        if not path.exists():
            raise WorkspaceError("workspace.missing", folder=str(folder))
        try:
            settings = cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        except (yaml.YAMLError, ValueError) as problem:
            raise WorkspaceError("workspace.settings_unreadable", file=str(path), reason=str(problem)) from None
        if settings.layout > LAYOUT:
            raise WorkspaceError("workspace.newer", folder=str(folder), given=settings.layout, known=LAYOUT)
        return settings
