"""What went wrong, as one sentence and an exit code: 2 input or definition, 3 busy, 4 denied, 5 engine, 130 stopped."""

from __future__ import annotations

import os
from typing import Any, cast

import typer

from huaxiang.errors import BusyError, Cancelled, Denied, EngineError, HuaxiangError, InputError, nearest

#: Every mistake in the writing of a command; Typer gives only its children a public name.
UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])

STOPPED, UNEXPECTED, GIVEN_WRONG = 130, 1, 2
_CODES: tuple[tuple[type[HuaxiangError], int], ...] = ((BusyError, 3), (Denied, 4), (EngineError, 5), (Cancelled, STOPPED))


def exit_code(problem: BaseException) -> int:
    """The exit code that tells other programs what kind of problem it was."""
    if isinstance(problem, HuaxiangError):
        return next((code for kind, code in _CODES if isinstance(problem, kind)), GIVEN_WRONG)
    return GIVEN_WRONG if isinstance(problem, UsageError | OSError) else UNEXPECTED


def told(problem: BaseException) -> HuaxiangError:
    """The problem as one that can be put into words."""
    if isinstance(problem, HuaxiangError):
        return problem
    if isinstance(problem, UsageError):
        return _usage(problem)
    if isinstance(problem, OSError):
        return InputError("cli.os_error", file=str(problem.filename or "-"), reason=os.strerror(problem.errno or 0))
    return HuaxiangError("cli.unexpected", kind=type(problem).__name__, reason=str(problem).splitlines()[0] if str(problem) else "-")


def _usage(problem: Any) -> HuaxiangError:
    """Typer's own sentences are English only, so the common mistakes are said again in our words."""
    kind, context = type(problem).__name__, problem.ctx
    help_line = f"{context.command_path} --help" if context else "huaxiang --help"
    if kind == "MissingParameter" and problem.param is not None:
        return InputError("cli.parameter_missing", name=_name(problem.param), help=help_line)
    if kind == "NoSuchOption":
        known = [word for one in context.command.params for word in one.opts] if context else []
        return InputError("cli.no_such_option", given=problem.option_name, nearest=nearest(problem.option_name, known), help=help_line)
    if kind == "BadParameter" and problem.param is not None:
        return InputError("cli.parameter_wrong", name=_name(problem.param), reason=problem.message, help=help_line)
    return InputError("cli.usage", reason=problem.format_message(), help=help_line)


def _name(parameter: Any) -> str:
    return str(parameter.name).upper() if parameter.param_type_name == "argument" else str(parameter.opts[0])
