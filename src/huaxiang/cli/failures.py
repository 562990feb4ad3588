"""What went wrong, as one sentence and an exit code: 2 input or definition, 3 busy, 4 denied, 5 engine, 130 stopped."""

from __future__ import annotations

import os
import re
from typing import Any, cast

import typer

from huaxiang.cli.starting import STOPPED
from huaxiang.errors import BusyError, Cancelled, Denied, EngineError, HuaxiangError, InputError, nearest

#: Every mistake in the writing of a command; Typer gives only its children a public name.
UsageError = cast("type[Exception]", typer.BadParameter.__bases__[0])

UNEXPECTED, GIVEN_WRONG = 1, 2
_CODES: tuple[tuple[type[HuaxiangError], int], ...] = (
    (BusyError, 3),
    (Denied, 4),
    (EngineError, 5),
    (Cancelled, STOPPED),
)


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
    return HuaxiangError(
        "cli.unexpected", kind=type(problem).__name__, reason=str(problem).splitlines()[0] if str(problem) else "-"
    )


def _usage(problem: Any) -> HuaxiangError:
    """Typer's own sentences are English only, so the mistakes that people make are said again in our words."""
    context = problem.ctx
    line = f"{context.command_path if context else 'huaxiang'} --help"
    match type(problem).__name__:
        case "MissingParameter" if problem.param is not None:
            return InputError("cli.parameter_missing", name=_name(problem.param), help=line)
        case "BadParameter" if problem.param is not None:
            return InputError("cli.not_a_whole_number", name=_name(problem.param), help=line)
        case "BadOptionUsage":
            return InputError("cli.option_needs_value", given=problem.option_name, help=line)
        case "NoSuchOption":
            known = [word for one in context.command.params for word in one.opts] if context else []
            near = nearest(problem.option_name, known)
            return InputError("cli.no_such_option", given=problem.option_name, nearest=near, help=line)
        case _:
            return _word_too_many(problem, line)


def _word_too_many(problem: Any, line: str) -> HuaxiangError:
    commands = getattr(problem.ctx.command, "commands", {}) if problem.ctx else {}
    unknown = re.match(r"No such command '(.*?)'", problem.message)
    if unknown:
        return InputError("cli.no_such_command", given=unknown[1], nearest=nearest(unknown[1], commands), help=line)
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", problem.message)
    if extra:
        return InputError("cli.too_many_arguments", given=extra[1], help=line)
    return InputError("cli.usage", reason=problem.message, help=line)


def _name(parameter: Any) -> str:
    return str(parameter.name).upper() if parameter.param_type_name == "argument" else str(parameter.opts[0])
