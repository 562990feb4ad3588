"""The front-end files: exact versions, refused when altered, only what is listed is taken."""

import base64
import hashlib
import io
import json
import re
import tarfile
from pathlib import Path

import pytest

from tools import collect_assets


def archive(folder: Path, files: dict[str, bytes]) -> Path:
    """Return an archive as npm packs it."""
    path = folder / "package.tgz"
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return path


def integrity(path: Path) -> str:
    """Return an archive's hash in the form that package.json holds."""
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def test_every_package_has_an_exact_version_and_a_hash() -> None:
    manifest = json.loads(collect_assets.MANIFEST.read_text("utf-8"))
    assert set(manifest["dependencies"]) == set(manifest["vendored"])
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in manifest["dependencies"].values())
    assert all(wanted["integrity"].startswith("sha512-") for wanted in manifest["vendored"].values())


def test_an_altered_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.js": b"1"})
    recorded = integrity(path)
    collect_assets.verify(path, recorded)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SystemExit, match="hash"):
        collect_assets.verify(path, recorded)


@pytest.mark.parametrize(
    "map_line", [b"\n//# sourceMappingURL=a.js.map", b"\n/*# sourceMappingURL=a.css.map */\n", b""]
)
def test_listed_files_arrive_without_the_line_that_points_at_a_map(tmp_path: Path, map_line: bytes) -> None:
    path = archive(tmp_path, {"dist/a.js": b"let a = 1;\nlet b = 2;" + map_line, "dist/unwanted.js": b"x"})
    collect_assets.unpack(path, {"dist/a.js": "kept/a.js"}, tmp_path / "out")
    found = {file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*.*")}
    assert found == {"kept/a.js"}
    assert (tmp_path / "out/kept/a.js").read_bytes().strip() == b"let a = 1;\nlet b = 2;"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.js": b"1"})
    with pytest.raises(SystemExit, match=r"b\.js"):
        collect_assets.unpack(path, {"b.js": "b.js"}, tmp_path / "out")
