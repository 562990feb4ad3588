"""All commands, in the order in which somebody new needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import typer
from typer.core import TyperGroup

from huaxiang.cli.computing import rebuild, refresh, runs
from huaxiang.cli.crowd_versions import restore, versions
from huaxiang.cli.demo import demo
from huaxiang.cli.documents import document
from huaxiang.cli.foreign import import_rules
from huaxiang.cli.groups import GROUP
from huaxiang.cli.identity import IDENTITY
from huaxiang.cli.importing import import_files
from huaxiang.cli.lists import LIST
from huaxiang.cli.profiles import profile
from huaxiang.cli.programs import KEYS, WEBHOOKS
from huaxiang.cli.quality import QUALITY
from huaxiang.cli.quarantines import list_rows, replay, show_row
from huaxiang.cli.segments import segment
from huaxiang.cli.serving import serve
from huaxiang.cli.setting_up import init, town, version
from huaxiang.cli.shared import Function, shared, show_help
from huaxiang.cli.split import split
from huaxiang.cli.tags import TAG

#: Commands by name; what is no function is a group of commands.
Commands: TypeAlias = Mapping[str, "Function | Commands"]

_QUARANTINE: dict[str, Function] = {"list": list_rows, "show": show_row, "replay": replay}
#: The first command of a group is meant where none is named.
_SEGMENT: dict[str, Function] = {
    "show": segment,
    "split": split,
    "versions": versions,
    "restore": restore,
    "import": import_rules,
}
_COMMANDS: Commands = {
    "demo": demo,
    "init": init,
    "town": town,
    "import": import_files,
    "quarantine": _QUARANTINE,
    "refresh": refresh,
    "identity": IDENTITY,
    "quality": QUALITY,
    "profile": profile,
    "tag": TAG,
    "segment": _SEGMENT,
    "list": LIST,
    "group": GROUP,
    "document": document,
    "runs": runs,
    "key": KEYS,
    "webhook": WEBHOOKS,
    "rebuild": rebuild,
    "serve": serve,
}

_WITH_DEFAULT = frozenset({"segment"})

#: Typer's own completion, help and markup stay off: help is worded in two languages, and words are never markup.
_PLAIN: dict[str, Any] = {"add_completion": False, "add_help_option": False, "rich_markup_mode": None}


class WithDefault(TyperGroup):
    """A group of commands, of which the first is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name of the first command before arguments that begin with no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ("--help", "-h"))
        return super().parse_args(ctx, args if named else [next(iter(self.commands)), *args])


def commands() -> TyperGroup:
    """The whole command line, ready to run."""
    app = _group("huaxiang", _COMMANDS)
    app.command("version", help="cli.about.version", hidden=True, add_help_option=False)(shared(version))
    return cast("TyperGroup", typer.main.get_command(app))


def _group(about: str, inside: Commands) -> typer.Typer:
    alone = shared(_help_alone)
    kind = WithDefault if about in _WITH_DEFAULT else TyperGroup
    group = typer.Typer(cls=kind, help=f"cli.about.{about}", callback=alone, invoke_without_command=True, **_PLAIN)
    for name, one in inside.items():
        code = name if about == "huaxiang" else f"{about}.{name}"
        if isinstance(one, Mapping):
            group.add_typer(_group(code, one), name=name)
        else:
            group.command(name, help=f"cli.about.{code}", add_help_option=False)(shared(one))
    return group


def _help_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        show_help(context)
