"""What the console says: the sentences of its `words.yml`; labels of codes are those of the bulletin where it has them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from reports import words as bulletin

WORDS = Path(__file__).with_name("words.yml")


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))
    return loaded


def say(key: str, **values: object) -> str:
    """The sentence under a dotted key, its braces filled in.

    Raises:
        KeyError: No such sentence, or a value for it is missing.
    """
    found: Any = _words()
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise KeyError(f"{WORDS.name}: {key}")
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(f"{WORDS.name}: {key} is no sentence")
    return found.format(**values)


def label(group: str, code: str) -> str:
    """The Chinese label of a code; a code without one is shown as it is."""
    own = _words()["labels"].get(group)
    return str(own.get(code, code)) if own is not None else bulletin.label(group, code)
