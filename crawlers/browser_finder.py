"""Placeholder until the finder lands."""
from pathlib import Path


def find_browser() -> Path | None:
    return None
