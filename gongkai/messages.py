"""Chinese for an office's terminal, English for everyone else: which of two texts is said."""

from __future__ import annotations

import os
from collections.abc import Mapping

VARIABLES = ("GONGKAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language(environment: Mapping[str, str] = os.environ) -> str:
    """`zh` or `en`, by the first of GONGKAI_LANG, LC_ALL, LC_MESSAGES and LANG that is set."""
    for name in VARIABLES:
        value = environment.get(name, "").strip().lower()
        if value:
            return "zh" if value.startswith(("zh", "chinese")) else "en"
    return "en"


def say(zh: str, en: str) -> str:
    """The one of two texts that the user's locale asks for."""
    return zh if language() == "zh" else en
