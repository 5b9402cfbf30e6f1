"""The catalogue of faults as values, for tests that walk it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CATALOGUE = Path(__file__).with_name("catalogue.yml")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One line of the catalogue: a path and what a right crawler says about it.

    `accesses` are the values of `storage.records.Access` that are right, the preferred one first. `text` must be
    readable in the decoded page; `links` are paths that must be found in it; `linked` says whether `/` leads here.
    """

    path: str
    accesses: tuple[str, ...]
    about: str
    text: str | None = None
    links: tuple[str, ...] = ()
    linked: bool = True
    attempts: int = 1  # how often it must be asked before it shows its last state


def catalogue() -> tuple[Fault, ...]:
    """Everything in `catalogue.yml`, in its order. Raises `KeyError` for an entry without path, access or about."""
    rows = YAML(typ="safe").load(CATALOGUE.read_text(encoding="utf-8"))
    return tuple(_fault(row) for row in rows)


def _fault(row: dict[str, Any]) -> Fault:
    access = row["access"]
    known = {"path", "access", "about", "text", "links", "linked", "attempts"}
    if unknown := set(row) - known:
        raise KeyError(f"{row['path']}: unknown {sorted(unknown)}")
    return Fault(
        path=row["path"],
        accesses=(access,) if isinstance(access, str) else tuple(access),
        about=row["about"],
        text=row.get("text"),
        links=tuple(row.get("links", ())),
        linked=row.get("linked", True),
        attempts=row.get("attempts", 1),
    )
