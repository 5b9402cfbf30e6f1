#!/bin/sh
# Runs all tests, in two goes: what needs a browser runs apart from the rest, one at a time.
# GONGKAI_NO_BROWSER=1 leaves the browser's out, GONGKAI_NO_FONTS=1 those that print Chinese, GONGKAI_NO_POSTGRES=1 those on a server.
# Ends with 1 if anything failed.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

if [ "${GONGKAI_NO_FONTS:-}" != 1 ]; then
    PYTHONPATH=. .venv/bin/python scripts/fetch_fonts.py </dev/null || status=1
fi
# One process more than cores: many tests wait for a child or a socket.
processes=${GONGKAI_TEST_PROCESSES:-$(.venv/bin/python -c "import os; print((os.cpu_count() or 1) + 1)")}
.venv/bin/python -m pytest -m "not browser" -n "$processes" "$@" </dev/null || status=1
if [ "${GONGKAI_NO_BROWSER:-}" = 1 ]; then
    echo "browser tests left out (GONGKAI_NO_BROWSER=1)"
elif PYTHONPATH=. .venv/bin/python scripts/fetch_browser.py; then
    .venv/bin/python -m pytest -m browser "$@" </dev/null || status=1
else
    status=1
fi
exit $status
