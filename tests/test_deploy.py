"""What is in deploy/ fits together and fits the program: no docker is needed to see that."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from gongkai import config
from gongkai.doctor import OTHER_VARIABLES
from gongkai.reference import commands

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = YAML(typ="safe").load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"] == "gongkai"}


def test_each_service_asks_for_a_command_that_there_is():
    known = set(commands())
    for name in OURS:
        words = tuple(word for word in SERVICES[name]["command"] if not word.startswith("-"))
        assert words in known, name


def test_services_wait_for_others_that_can_be_waited_for():
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert SERVICES[other]["healthcheck"]["test"], name
            else:
                assert how["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no", name


def test_volumes_are_declared_and_folders_are_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if not source.startswith("."):
                assert source in COMPOSE["volumes"]
            else:
                assert (DEPLOY / source).exists()
    assert {"out", "pages"} <= {volume.split(":")[0] for volume in SERVICES["worker"]["volumes"]}


@pytest.mark.parametrize("name", sorted(OURS))
def test_settings_come_by_variables_that_the_program_knows(name):
    given = SERVICES[name]["environment"]
    assert set(given) <= set(config.VARIABLES) | OTHER_VARIABLES
    settings = config.load(DEPLOY / "gongkai.toml", given)
    assert settings.database.startswith("postgresql://") and "@db/" in settings.database
    assert settings.storage.pages == "/srv/gongkai/pages" and settings.nightly.hours is not None
    assert not settings.console.https and settings.console.host == "0.0.0.0"


def test_nothing_listens_beyond_this_machine():
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_passwords_are_asked_for_and_never_given():
    lines = (DEPLOY / "gongkai.env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "=" in line and not line.endswith("=")] == []
    assert "/deploy/gongkai.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_image_is_built_from_what_there_is():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (.+)$", text, re.M):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert all(f"COPY {package} {package}" in text for package in packages)
    (extras,) = re.findall(r"'\.\[([\w,]+)\]'", text)
    assert set(extras.split(",")) <= set(project["project"]["optional-dependencies"])
    assert re.search(r"^USER gongkai$", text, re.M)
