"""``segment import``: crowds of other tools, each saved as a segment where it means the same here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from huaxiang.cli.desk import Desk
from huaxiang.cli.failures import GIVEN_WRONG
from huaxiang.cli.output import table
from huaxiang.errors import DefinitionError, HuaxiangError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import Condition
from huaxiang.model.foreign.names import Names, read_names
from huaxiang.model.foreign.reading import foreign_crowds, tool_named
from huaxiang.model.foreign.report import Translated
from huaxiang.model.vocabulary import Vocabulary
from huaxiang.server.crowds.saved import save
from huaxiang.server.shelf import LONGEST_MEANING, Naming

_LONGEST_SENTENCE = LONGEST_MEANING - 10


def import_rules(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="cli.argument.foreign_file", metavar="cli.metavar.file")],
    tool: Annotated[
        str | None, typer.Option("--format", help="cli.option.foreign_format", metavar="cli.metavar.name")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="cli.option.foreign_map", metavar="cli.metavar.file")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.option.foreign_dry_run")] = False,
    approximate: Annotated[bool, typer.Option("--approximate", help="cli.option.foreign_approximate")] = False,
) -> None:
    """Translate every crowd of a file, say what of it cannot be carried over, and save those that hold."""
    desk = Desk.of(context)
    workspace = desk.workspace()
    defined, lists = workspace.definitions, frozenset(workspace.id_lists)
    known = Vocabulary(defined.fields, defined.segments, lists, unread=defined.unreadable_segments)
    found = foreign_crowds(file, tool_named(tool) if tool else None, _names(mapping), known)
    told = [_one(desk, one, one.name or file.stem, approximate=approximate, dry_run=dry_run) for one in found]
    desk.answer({"crowds": [document for document, _ in told]}, *(part for _, parts in told for part in parts))
    if any(document["status"] == "refused" for document, _ in told):
        raise typer.Exit(GIVEN_WRONG)


def _names(path: Path | None) -> Names | None:
    if path is None:
        return None
    try:
        return read_names(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise DefinitionError("foreign.names_character", given=path.name) from None


def _one(
    desk: Desk, one: Translated, name: str, *, approximate: bool, dry_run: bool
) -> tuple[dict[str, Any], list[RenderableType]]:
    condition, said, document = one.allowed(approximate=approximate), [], {"name": name, "key": None, "status": "saved"}
    if condition is None:
        document["status"] = "refused"
        code = "cli.segment.foreign_refused" if one.condition is None else "cli.segment.foreign_changed"
        said.append(desk.say(code, name=name))
    elif dry_run:
        document["status"] = "dry_run"
        said.append(desk.say("cli.segment.foreign_would_save", name=name))
    else:
        said.append(_kept(desk, one, name, condition, document))
    said += _rule(desk, condition or one.condition, document)
    return {**document, "findings": _findings(one, desk.lang)}, [*said, *_remarks(desk, one)]


def _kept(desk: Desk, one: Translated, name: str, condition: Condition, document: dict[str, Any]) -> str:
    # Opened anew, so that names and keys of those saved just now are known.
    workspace = desk.workspace()
    meanings = [
        one.meaning or workspace.definitions.sentence(condition, lang)[:_LONGEST_SENTENCE] for lang in ("zh", "en")
    ]
    try:
        segment = save(workspace, condition, Naming(name, name, *meanings), desk.access, desk.now())
    except HuaxiangError as problem:
        document["status"] = "refused"
        return desk.say(problem.code, **problem.params)
    document["key"] = segment.key
    return desk.say("cli.segment.foreign_saved", name=name, key=segment.key)


def _rule(desk: Desk, condition: Condition | None, document: dict[str, Any]) -> list[str]:
    if condition is None:
        return []
    rule = desk.workspace().definitions.sentence(condition, desk.lang)
    document |= {"rule": text_of(condition), "sentence": rule}
    return [desk.say("cli.segment.rule", rule=rule)]


def _findings(one: Translated, lang: str) -> list[dict[str, str]]:
    return [{"path": each.path, "weight": each.weight, "said": each.message.say(lang)} for each in one.findings]


def _remarks(desk: Desk, one: Translated) -> list[RenderableType]:
    if not one.findings:
        return []
    rows = [
        (desk.say(f"foreign.weight.{each.weight}"), each.message.say(desk.lang), each.path) for each in one.findings
    ]
    return [table([desk.say(f"cli.column.foreign.{name}") for name in ("weight", "said", "path")], rows)]
