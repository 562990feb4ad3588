#!/usr/bin/env bash
# Runs every check to the end, so that one look shows all that is wrong; the test summary comes last.
# With --static the tests are left out.
set -uo pipefail

bin=${VENV:-.venv}/bin
failed=()

check() {
    local name=$1
    shift
    echo "── $name"
    "$@" || failed+=("$name")
}

check "ruff check" "$bin/ruff" check benchmarks src tests tools
check "ruff format" "$bin/ruff" format --check benchmarks src tests tools
check "mypy" "$bin/mypy"
check "import-linter" "$bin/lint-imports" --no-logo

if [ "${1:-}" != "--static" ]; then
    if [ -n "${PYTEST_ARGS:-}" ]; then
        # shellcheck disable=SC2086 -- several arguments may be given
        check "pytest" "$bin/python" -m pytest $PYTEST_ARGS
    else
        # tests/conftest.py says which tests stay together, and which groups come first.
        check "pytest" "$bin/python" -m pytest --numprocesses=3 --no-loadscope-reorder --durations=60
    fi
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf '未通过 · failed: %s\n' "${failed[@]}"
    exit 1
fi
