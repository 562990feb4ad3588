#!/usr/bin/env bash
# Installs one pinned set of packages (core, test or spark) and this project itself into a virtual environment.
# What is downloaded must carry the recorded hash; nothing outside the set is installed.
set -euo pipefail

venv=$1
set=$2
pip=("$venv/bin/python" -m pip install --disable-pip-version-check --quiet)

echo "安装依赖 · installing: $set"
"${pip[@]}" --require-hashes -r "constraints/$set.txt"
"${pip[@]}" --no-deps --no-build-isolation --editable .
touch "$venv/.installed-$set"
