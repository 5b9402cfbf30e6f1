"""What a section's title says, against cases/titles.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from crawlers.titles import cadence_of, record_of

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "titles.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("title", "cadence", "record"), CASES, ids=[c[0] for c in CASES])
def test_title(title: str, cadence: str, record: str) -> None:
    assert (cadence_of(title).value, record_of(title)) == (cadence, record)


def test_spaces_in_a_title_do_not_matter() -> None:
    assert cadence_of("法 院 概 况").value == "static"
