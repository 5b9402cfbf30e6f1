#!/bin/sh
# Makes .venv ready: finds Python 3.11 or newer, makes the environment, installs the project with its tools.
# A second run looks at a stamp and is done. Needs nothing but Python; PYTHON=… chooses which.
set -u
cd "$(dirname "$0")/.." || exit 1
stamp=.venv/.installed
wanted="$(pwd) $(cat pyproject.toml constraints.txt scripts/setup.sh | cksum)"

fail() {
    echo "setup: $*" >&2
    exit 1
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not Python 3.11 or newer"
        echo "$PYTHON"
        return
    fi
    # Where Homebrew and python.org's installer put theirs, for shells that do not look there.
    PATH="$PATH:/opt/homebrew/bin:/usr/local/bin"
    for version in 3.14 3.13 3.12 3.11; do
        PATH="$PATH:/Library/Frameworks/Python.framework/Versions/$version/bin"
    done
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        found=$(command -v "$name") || continue
        if is_new_enough "$found"; then
            echo "$found"
            return
        fi
    done
    fail "no Python 3.11 or newer found; install it (Debian: apt-get install python3 python3-venv; macOS: brew install python) or set PYTHON"
}

make_environment() {
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 && return
    rm -rf .venv
    # Debian keeps venv's pip in a package of its own. Where there is a pip, virtualenv does without it.
    tools=$(mktemp -d) || fail "no temporary folder"
    if "$python" -m pip --disable-pip-version-check install -q --target "$tools" virtualenv >/dev/null 2>&1 &&
        PYTHONPATH="$tools" "$python" -m virtualenv -q .venv >/dev/null 2>&1; then
        rm -rf "$tools"
        return
    fi
    rm -rf "$tools" .venv
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: $python has no venv; installing $package" >&2
        apt-get -q update >/dev/null 2>&1
        DEBIAN_FRONTEND=noninteractive apt-get -qy install "$package" >/dev/null 2>&1 </dev/null
        "$python" -m venv .venv >/dev/null 2>&1 && return
        rm -rf .venv
    fi
    fail "$python cannot make an environment; on Debian: sudo apt-get install $package"
}

python=$(find_python) || exit 1
echo "setup: $("$python" --version) at $python"
# An environment that works and is where it was made is brought up to date; any other is made anew.
if ! { [ "$(cat .venv/.place 2>/dev/null)" = "$(pwd)" ] && is_new_enough .venv/bin/python; }; then
    make_environment
    pwd >.venv/.place
fi
rm -f "$stamp"
pip() {
    .venv/bin/python -m pip --disable-pip-version-check --no-input "$@" </dev/null
}
# An old pip may drop extras whose names were normalised later, and says nothing of it.
pip install -qq --upgrade "pip>=25" || fail "pip could not be upgraded (is the package index reachable?)"
echo "setup: installing into .venv (a minute or two the first time)"
pip install -qq -c constraints.txt -e '.[dev,docs,fleet,s3]' || fail "installation failed; what pip says stands above"
echo "$wanted" >"$stamp"
echo "setup: done"
