#!/usr/bin/env bash
# Makes a virtual environment with the newest suitable Python that the machine has.
set -euo pipefail

venv=$1

for candidate in python3.13 python3.12 python3.11 python3 python; do
    command -v "$candidate" >/dev/null 2>&1 || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if ! "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        lacking=$candidate
        continue
    fi
    "$candidate" -m venv "$venv"
    exit 0
done

if [ -n "${lacking:-}" ]; then
    echo "找到了 $lacking，但缺少 venv 模块。在 Debian 或 Ubuntu 上请先运行：sudo apt install $lacking-venv" >&2
    echo "$lacking was found, but its venv module is missing. On Debian or Ubuntu run: sudo apt install $lacking-venv" >&2
else
    echo "需要 Python 3.11 或更高版本，这台机器上没有找到。请安装后重试。" >&2
    echo "Python 3.11 or newer is needed and none was found on this machine. Install it and try again." >&2
fi
exit 1
