"""Writes docs/reference from what the program declares: run it after changing commands, tables, tags or words.

python tools/make_reference.py
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from huaxiang.analyse.registry import analyses
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.sentences import sentence
from huaxiang.cli.app import commands
from huaxiang.cli.failures import exit_code
from huaxiang.cli.help import children_of, help_code, parameters_of, usage_of
from huaxiang.errors import HuaxiangError
from huaxiang.model.condition_text import text_of
from huaxiang.model.mapping import forms, source_fields
from huaxiang.model.segments import shipped_segments
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import fields_of, shipped_tags
from huaxiang.settings import Settings
from huaxiang.words import catalogue, say

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
#: Windows in the sentences of rules are shown for this day.
DAY = date(2026, 6, 30)
_MADE = "<!-- Made by tools/make_reference.py from the program's own declarations; edit those, not this. -->"
_RAISED = re.compile(r"\b([A-Z]\w*(?:Error)|Denied|NotFound|Cancelled)\(\s*\"([a-z_0-9.]+)\"")

Page = Callable[[], Iterator[str]]


def pages() -> dict[str, str]:
    """Every page by file name."""
    return {f"{name}.md": "\n".join([_MADE, *body(), ""]) for name, body in _PAGES.items()}


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _line(headers)
    yield _line(["---"] * len(headers))
    yield from (_line(row) for row in rows)
    yield ""


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _commands() -> Iterator[str]:
    yield from ("# 命令 · Commands", "")
    yield from _command(commands(), "huaxiang", 2)
    yield from ("## 退出码 · Exit codes", "")
    codes = [
        (0, "完成", "done"),
        (1, "程序出错", "a mistake of the program"),
        (2, "输入或定义有问题", "input or definition"),
        (3, "另一个进程正在写入", "another process is writing"),
        (4, "没有权限", "not allowed"),
        (5, "计算引擎出错", "the engine failed"),
        (130, "被停止", "stopped by the person"),
    ]
    yield from _table(["code", "zh", "en"], codes)


def _command(command: Any, path: str, depth: int) -> Iterator[str]:
    yield from (f"{'#' * min(depth, 4)} `{path}`", "")
    yield from (f"{say(help_code(command), 'zh')} · {say(help_code(command), 'en')}", "")
    yield from ("```text", usage_of(command, path, "en"), "```", "")
    both = zip(parameters_of(command, "zh"), parameters_of(command, "en"), strict=True)
    yield from _table(["", "zh", "en"], [(f"`{en.human}`", zh.meaning, en.meaning) for zh, en in both])
    for child in children_of(command):
        yield from _command(child, f"{path} {child.name}", depth + 1)


def _tables() -> Iterator[str]:
    yield from ("# 标准表 · Canonical tables", "")
    headers = ["column", "type", "unit", "zh", "en", "meaning", "element", "sensitivity"]
    for table in canonical_tables().values():
        yield from (f"## `{table.name}` {table.zh} · {table.en}", "", f"{table.row_zh} · {table.row_en}", "")
        key = ", ".join(table.key) or "-"
        yield from (f"key: {key}{' (first wins)' if table.first_wins else ''}", "")
        yield from _table(headers, [_column(column) for column in table.columns.values()])


def _column(column: Any) -> tuple[object, ...]:
    meaning = " · ".join(text for text in (column.meaning_zh, column.meaning_en) if text)
    values = f" ({', '.join(column.values)})" if column.values else ""
    name = f"`{column.name}`{' *' if column.required else ''}"
    return name, column.type, column.unit, column.zh, column.en, meaning + values, column.element, column.sensitivity


def _forms() -> Iterator[str]:
    yield from ("# 文件内容与字段 · Forms and fields", "", "## 内容 · Forms", "")
    rows = [
        (f"`{form.name}`", form.zh, form.en, f"`{form.table}`", ", ".join(f"`{name}`" for name in form.all_fields))
        for form in forms().values()
    ]
    yield from _table(["--as", "zh", "en", "table", "fields"], rows)
    yield from ("## 字段 · Fields", "")
    headers = ["field", "zh", "en", "kind", "a bad cell", "headers"]
    known = source_fields().values()
    yield from _table(headers, [(f"`{f.name}`", f.zh, f.en, f.kind, f.on_bad, ", ".join(f.words)) for f in known])


def _tags() -> Iterator[str]:
    tags = shipped_tags()
    yield from ("# 标签 · Tags", "")
    yield from (f"规则中的日期以 {DAY} 为例。The days in the rules are those of {DAY}, as an example.", "")
    for tag in tags.values():
        yield from (f"## `{tag.key}` {tag.zh} · {tag.en}", "")
        facts = [*tag.folder, tag.type, tag.unit or "-", tag.stands_on, tag.sensitivity, f"v{tag.version}"]
        facts += ["needs a purpose"] if tag.needs_purpose else []
        yield from (" · ".join(facts), "", f"{tag.meaning_zh} · {tag.meaning_en}", "")
        rules = (f"- {lang}: {_cell(rule_sentence(tag, lang, tags, DAY))}" for lang in ("zh", "en"))
        yield from (*rules, "")
        if tag.values:
            yield from _table(["value", "zh", "en"], [(f"`{k}`", one.zh, one.en) for k, one in tag.values.items()])


def _segments() -> Iterator[str]:
    fields = fields_of(shipped_tags())
    yield from ("# 人群 · Segments", "")
    for one in shipped_segments().values():
        yield from (f"## `{one.key}` {one.zh} · {one.en}", "", f"{one.meaning_zh} · {one.meaning_en}", "")
        yield from ("```text", text_of(one.condition), "```", "")
        yield from (*(f"- {lang}: {_cell(sentence(one.condition, lang, fields))}" for lang in ("zh", "en")), "")
        if one.advice_words:
            yield from (f"{one.advice_words.say('zh')} · {one.advice_words.say('en')}", "")


def _analyses() -> Iterator[str]:
    yield from ("# 分析 · Analyses", "")
    for one in analyses().values():
        yield from (
            f"## `{one.key}` {one.title.zh} · {one.title.en}",
            "",
            one.explanation.zh,
            "",
            one.explanation.en,
            "",
        )
        yield from (f"{one.source.zh} · {one.source.en}", "")
        headers = ["parameter", "type", "default", "range", "zh", "en"]
        yield from _table(headers, [_parameter(parameter) for parameter in one.parameters])
        for name, (row, columns) in one.outputs.items():
            yield from (f"### {one.key} / `{name}`", "", f"{row.zh} · {row.en}", "")
            rows = [(f"`{c.name}`", c.type, c.unit, c.labels.zh, c.labels.en) for c in columns]
            yield from _table(["column", "type", "unit", "zh", "en"], rows)


def _parameter(parameter: Any) -> tuple[object, ...]:
    bounds = [parameter.least, parameter.greatest]
    reach = " / ".join(parameter.choices) or ("" if bounds == [None, None] else f"{bounds[0]} – {bounds[1]}")
    words = (f"{getattr(parameter.labels, lang)}: {getattr(parameter.help, lang)}" for lang in ("zh", "en"))
    return f"`{parameter.name}`", parameter.type, parameter.default, reach, *words


def _settings() -> Iterator[str]:
    yield from ("# 设置 · Settings", "", "`huaxiang.yaml`", "", *(Settings.__doc__ or "").strip().split("\n"), "")
    fields = Settings.model_fields.items()
    yield from _table(["setting", "type", "default"], [(f"`{k}`", _type(f.annotation), f.default) for k, f in fields])


def _type(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _errors() -> Iterator[str]:
    yield from ("# 错误 · Errors", "")
    known = catalogue()
    rows = [
        (f"`{code}`", kind, exit_code(_kinds()[kind](code)), known[code]["zh"], known[code]["en"])
        for code, kind in sorted(_raised().items())
        if code in known
    ]
    yield from _table(["code", "kind", "exit code", "zh", "en"], rows)


def _raised() -> dict[str, str]:
    """Code to kind of every error that the sources raise by name."""
    found: dict[str, str] = {}
    for module in sorted((ROOT / "src" / "huaxiang").rglob("*.py")):
        for kind, code in _RAISED.findall(module.read_text(encoding="utf-8")):
            if kind in _kinds():
                found.setdefault(code, kind)
    return found


def _kinds() -> dict[str, type[HuaxiangError]]:
    kinds: list[type[HuaxiangError]] = [HuaxiangError, *HuaxiangError.__subclasses__()]
    return {kind.__name__: kind for kind in kinds}


def _api() -> Iterator[str]:
    # The document needs Django, which is set up once in a process: here for none but this page.
    command = [sys.executable, "-m", "tools.make_reference", "api"]
    yield from subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def _api_here() -> Iterator[str]:
    from huaxiang.server.settings import configure

    configure(Path(mkdtemp()))
    from huaxiang.server.api.reference import operations

    yield from ("# 接口 · API", "", f"{say('api.about', 'zh')}", "", f"{say('api.about', 'en')}", "")
    both = zip(operations("zh", _ADDRESS), operations("en", _ADDRESS), strict=True)
    group = ""
    for (tag, zh), (_, en) in both:
        if tag != group:
            yield from (f"## {say(f'api.group.{tag}', 'zh')} · {say(f'api.group.{tag}', 'en')}", "")
            group = tag
        yield from (f"### `{zh.method} {zh.path}`", "", f"{zh.title} · {en.title}", "", zh.about, "", en.about, "")
        for title, own, others in (("takes", zh.parts, en.parts), ("gives", zh.answer, en.answer)):
            pairs = zip(own, others, strict=True)
            rows = [(f"`{one.name}`", one.place, one.kind, one.meaning, other.meaning) for one, other in pairs]
            if rows:
                yield from (f"{say(f'api.reference.{title}', 'zh')} · {say(f'api.reference.{title}', 'en')}", "")
                yield from _table(["name", "where", "type", "zh", "en"], rows)
        yield from ("```bash", zh.example, "```", "")


_ADDRESS = "http://127.0.0.1:8000"
_PAGES: dict[str, Page] = {
    "api": _api,
    "commands": _commands,
    "tables": _tables,
    "forms": _forms,
    "tags": _tags,
    "segments": _segments,
    "analyses": _analyses,
    "settings": _settings,
    "errors": _errors,
}


def write() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["api"]:
        sys.stdout.writelines(f"{line}\n" for line in _api_here())
    else:
        write()
