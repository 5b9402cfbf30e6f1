"""What a program found, what it missed and what it reported falsely, against the answer key."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit


@dataclass(frozen=True, kw_only=True)
class Score:
    """Planted faults by kind: `found` of `planted`; `false` are reported URLs that are in order, with the trap's kind."""

    planted: dict[str, int]
    found: dict[str, int]
    false: tuple[tuple[str, str], ...]

    @property
    def total(self) -> str:
        return f"{sum(self.found.values())} / {len(self.false)}"


def canonical(url: str) -> str:
    """One spelling per target, by bytes: programs differ in what they percent-encode. The fragment does not count."""
    parts = urlsplit(url.strip())
    path = quote_from_bytes(unquote_to_bytes(parts.path), safe="/")
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{parts.query}" if parts.query else "")


def score(key: Path | dict[str, Any], reported: set[tuple[str, ...]]) -> Score:
    """Compares reports with a key written by `generate`.

    Args:
        key: The key or its file.
        reported: One tuple per fault: every URL under which the program names it (as linked, as it ended). It is right
            if one of them is a planted target, false if none is.
    """
    answers = json.loads(key.read_text(encoding="utf-8")) if isinstance(key, Path) else key
    kinds = [(entry["kind"], {canonical(url) for url in (entry["url"], *entry["also"])}) for entry in answers["dead"]]
    traps = {canonical(entry["url"]): entry["kind"] for entry in answers["traps"]}
    names = [{canonical(url) for url in fault} for fault in reported]
    named = set[str]().union(*names)
    dead = set[str]().union(*(urls for _, urls in kinds))
    wrong = sorted({sorted(fault)[0] for fault in names if not fault & dead})
    return Score(
        planted=dict(Counter(kind for kind, _ in kinds)),
        found=dict(Counter(kind for kind, urls in kinds if urls & named)),
        false=tuple((url, traps.get(url, "other")) for url in wrong),
    )
