"""A workspace with few tags and checks: what a test is not about need not be computed again at each refresh."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import yaml

from huaxiang.analyse.order import with_needed
from huaxiang.model.quality import quality_rules
from huaxiang.model.tags import Tag, shipped_tags


def keep_few(folder: Path, keys: Collection[str]) -> None:
    """Retire every shipped tag of the workspace in ``folder`` but those of ``keys`` and what they need, as its own
    definitions may. A refresh takes half the time then."""
    known = shipped_tags()
    kept = with_needed(tuple(keys), known)
    path = folder / "definitions" / "tags" / "few.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    retired = {key: _retired(tag) for key, tag in known.items() if key not in kept}
    path.write_text(yaml.safe_dump(retired, allow_unicode=True), encoding="utf-8")


def check_nothing(folder: Path) -> None:
    """Let no check of the data's quality run in the workspace, which is a third of a refresh of few rows."""
    rules = quality_rules()
    none = {part: {key: {"run": False} for key in getattr(rules, part)} for part in ("checks", "contradictions")}
    (folder / "definitions" / "quality.yaml").write_text(yaml.safe_dump(none), encoding="utf-8")


def _retired(tag: Tag) -> dict[str, object]:
    """The least that a definition has to say."""
    said = tag.model_dump(mode="json", include={"element", "type", "zh", "en", "meaning_zh", "meaning_en"})
    return {**said, "rule": {"kind": "given"}, "status": "retired"}
