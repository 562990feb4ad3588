"""The mappings that people corrected and saved, one YAML file a source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from huaxiang.model.mapping import Mapping

_PART = re.compile(r"([_\-\s(（]*(part|copy|副本|第)?[_\-\s]*\d+[月日年期号\])）]*)+$", re.IGNORECASE)
_UNNAMED_SHEET = re.compile(r"^(sheet|工作表)\s*\d*$", re.IGNORECASE)
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\\/:*?"<>|]')


@dataclass(frozen=True)
class SavedMappings:
    """The folder of saved mappings."""

    folder: Path

    def save(self, mapping: Mapping, source: str, header: Sequence[str]) -> Path:
        """Keep the mapping for later files of that source or with the same headers; an earlier one is replaced."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{_file_name(source)}.yaml"
        kept = mapping.model_copy(update={"header": tuple(header)})
        path.write_text(kept.to_yaml(), encoding="utf-8")
        return path

    def find(self, source: str, header: Sequence[str]) -> Mapping | None:
        """The mapping saved under that source when all its columns are there, else one for exactly these headers."""
        named = self.folder / f"{_file_name(source)}.yaml"
        others = [path for path in sorted(self.folder.glob("*.yaml")) if path != named]
        for path in [*([named] if named.exists() else []), *others]:
            mapping = Mapping.from_yaml(path.read_text(encoding="utf-8"), path.name)
            fits = {match.header for match in mapping.columns.values()} <= set(header)
            if fits and (path == named or set(mapping.header) == set(header)):
                return mapping
        return None


def source_of(path: Path, sheet: str | None) -> str:
    """The name of a source account from a file's name: dates, part numbers and copies do not make a new source."""
    stem = path.name.split(".")[0]
    bare = _PART.sub("", stem).strip(" _-")
    name = bare or stem or path.name
    return f"{name}/{sheet}" if sheet and not _UNNAMED_SHEET.match(sheet) else name


def _file_name(source: str) -> str:
    return _NOT_IN_FILE_NAMES.sub("_", source).strip(". ")[:80] or "_"
