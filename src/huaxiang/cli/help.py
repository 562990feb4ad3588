"""Help pages, worded in both languages from the declarations of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType

from huaxiang.cli.output import heading, table
from huaxiang.words import knows, say


def page_of(command: Any, path: str, lang: str) -> Iterator[RenderableType]:
    """The parts of a help page: how to call it, what it does, its arguments, options and commands."""
    yield heading(usage_of(command, path, lang))
    yield say(help_code(command), lang)
    for part, rows in (
        ("arguments", [(one.human, one.meaning) for one in parameters_of(command, lang) if one.is_argument]),
        ("options", [(one.human, one.meaning) for one in parameters_of(command, lang) if not one.is_argument]),
        ("commands", [(child.name, say(help_code(child), lang)) for child in children_of(command)]),
    ):
        if rows:
            yield table([say(f"cli.help.part.{part}", lang), ""], rows)


class Parameter:
    """One argument or option as people read it: ``human`` is how it is written, ``meaning`` what it does."""

    def __init__(self, declared: Any, lang: str) -> None:
        self.is_argument = declared.param_type_name == "argument"
        self.required = bool(declared.required)
        metavar = _metavar(declared, lang)
        dots = "…" if declared.nargs == -1 or getattr(declared, "multiple", False) else ""
        self.human = (
            metavar + dots if self.is_argument else " ".join([", ".join(declared.opts), metavar + dots]).strip()
        )
        self.meaning = say(str(declared.help), lang) + _default(declared, lang)


def parameters_of(command: Any, lang: str) -> list[Parameter]:
    """Arguments and options of a command, in their order."""
    return [Parameter(one, lang) for one in command.params if not getattr(one, "hidden", False)]


def children_of(command: Any) -> list[Any]:
    """The commands under a group that are shown, in their order."""
    return [child for child in getattr(command, "commands", {}).values() if not child.hidden]


def help_code(command: Any) -> str:
    """The code of the sentence that says what a command does."""
    return str(command.help)


def usage_of(command: Any, path: str, lang: str) -> str:
    """The line that says how a command is called."""
    found = parameters_of(command, lang)
    named = [one.human if one.required else f"[{one.human}]" for one in found if one.is_argument]
    deeper = [say("cli.metavar.command", lang)] if children_of(command) else []
    return say("cli.help.usage", lang, line=" ".join([path, *deeper, *named, say("cli.metavar.options", lang)]))


def _metavar(declared: Any, lang: str) -> str:
    if getattr(declared, "is_flag", False):
        return ""
    code = declared.metavar or f"cli.metavar.{declared.name}"
    return say(code, lang) if knows(code) else str(declared.name).upper()


def _default(declared: Any, lang: str) -> str:
    value = declared.default
    if value is None or callable(value) or isinstance(value, bool | list | tuple) or value == "":
        return ""
    return say("cli.help.default", lang, value=value)
