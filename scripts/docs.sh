#!/bin/sh
# Builds the documentation site into site/. A link that leads nowhere, or a page outside the navigation, is an error.
set -u
cd "$(dirname "$0")/.." || exit 1
# Our constraints rule out the mkdocs 2 that the theme warns of.
if said=$(NO_MKDOCS_2_WARNING=1 "${PYTHON:-.venv/bin/python}" -m mkdocs build --strict 2>&1); then
    echo "site/index.html"
else
    echo "$said" >&2
    exit 1
fi
