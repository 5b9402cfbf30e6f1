"""The words that forms are filled with: `forms/pools.yml`. And how forms are read at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FORMS = Path(__file__).parent / "forms"


def load(name: str) -> Any:
    """A file of `forms/` as plain lists and dictionaries."""
    with (FORMS / f"{name}.yml").open(encoding="utf-8") as file:
        return YAML(typ="safe").load(file)


POOLS: dict[str, list[str]] = load("pools")
