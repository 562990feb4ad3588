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

# The tests take most of the time, so they run as two processes: what the reader of a terminal sees in one, the rest,
# with all that needs Spark, in the other. Arguments for pytest choose tests, and one process runs those.
readers=(tests/server tests/docs tests/cli tests/present tests/collect tests/workspace)

both_halves() {
    local log
    log=$(mktemp)
    "$bin/python" -m pytest "${readers[@]/#/--ignore=}" >"$log" 2>&1 &
    local rest=$! outcome=0
    "$bin/python" -m pytest "${readers[@]}" || outcome=$?
    wait "$rest" || outcome=$?
    echo "── pytest, the other half"
    cat "$log"
    rm -f "$log"
    return "$outcome"
}

check "ruff check" "$bin/ruff" check src tests tools
check "ruff format" "$bin/ruff" format --check src tests tools
check "mypy" "$bin/mypy"
check "import-linter" "$bin/lint-imports" --no-logo

if [ "${1:-}" != "--static" ]; then
    if [ -n "${PYTEST_ARGS:-}" ]; then
        # shellcheck disable=SC2086 -- several arguments may be given
        check "pytest" "$bin/python" -m pytest $PYTEST_ARGS
    else
        check "pytest" both_halves
    fi
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf '未通过 · failed: %s\n' "${failed[@]}"
    exit 1
fi
