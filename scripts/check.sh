#!/bin/sh
# Linters, types and generated documentation; all of them, also after one has failed. Ends with 1 if any did.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

step() {
    name=$1
    shift
    if "$@" </dev/null; then
        echo "ok: $name"
    else
        echo "FAILED: $name" >&2
        status=1
    fi
}

step "ruff check" .venv/bin/ruff check .
step "ruff format" .venv/bin/ruff format --check .
step "mypy" .venv/bin/mypy
step "rule catalogue (gongkai rules --write)" .venv/bin/python -m auditors.catalogue --check
step "generated pages (gongkai docs)" .venv/bin/gongkai docs --check
step "documentation site (make docs)" sh scripts/docs.sh
exit $status
