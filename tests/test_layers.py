"""Which package may import what: one direction, four layers and the application that composes them.

The table below is the law; `broken_rules` enforces it and is itself tested on violations.
"""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NETWORK = frozenset({"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "asyncio", "subprocess"})
CLOCK = frozenset({"now", "today", "utcnow", "time", "time_ns", "localtime", "gmtime"})
CLOCK_OWNERS = frozenset({"datetime", "date", "time"})


@dataclass(frozen=True)
class Layer:
    """What one package may use.

    Attributes:
        own: Packages of this project.
        libraries: Third-party modules; `a.b` permits that part of `a` only.
        no_standard: Modules of the standard library that are closed to it.
        clock: It may ask what time it is.
    """

    own: frozenset[str]
    libraries: frozenset[str]
    no_standard: frozenset[str] = frozenset()
    clock: bool = False


def words(text):
    return frozenset(text.split())


LAYERS = {
    "storage": Layer(words(""), words("sqlalchemy alembic backports.zstd filelock fsspec"), NETWORK),
    # Twisted, Protego, tldextract and pyOpenSSL are Scrapy's: its errors, its robots.txt, its host names; yarl is aiohttp's.
    "crawlers": Layer(
        words("storage"),
        words(
            "scrapy aiohttp yarl twisted protego tldextract OpenSSL playwright bs4 selectolax re2 lxml orjson ruamel.yaml pydantic openpyxl "
            "phonenumbers stdnum dateutil m3u8 sqlalchemy olefile pypdf python_calamine striprtf"
        ),
        clock=True,
    ),
    "auditors": Layer(words("storage"), words("ruamel.yaml chinese_calendar dateutil sqlalchemy"), NETWORK),
    # Of SQLAlchemy only the connection that it hands on to storage: it queries no table.
    "reports": Layer(
        words("storage auditors"),
        words(
            "docx docxtpl lxml xlsxwriter typst fontTools jinja2 markupsafe matplotlib rich ruamel.yaml dateutil sqlalchemy.engine"
        ),
        NETWORK,
    ),
    "gongkai": Layer(
        words("storage crawlers auditors reports"),
        words(
            "typer rich pydantic sqlalchemy jinja2 markupsafe ruamel.yaml openpyxl starlette fastapi joserfc uvicorn pwdlib limits "
            "warcio structlog prometheus_client procrastinate psycopg"
        ),
        clock=True,
    ),
}


def modules_of(node):
    """The modules that a statement imports, with the names of `from … import`, as these may be modules too."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def is_within(module, permitted):
    return any(module == p or module.startswith(p + ".") for p in permitted)


def reads_clock(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCK
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr) in CLOCK_OWNERS
    )


def broken_rules(package, source):
    """What a module of a package does that its layer may not; one line each."""
    layer, found = LAYERS[package], []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level > 1:
            found.append(f"line {node.lineno}: imports upwards by dots; write the package's name")
        for module in modules_of(node):
            top = module.split(".")[0]
            if top in LAYERS:
                if top != package and top not in layer.own:
                    found.append(f"line {node.lineno}: {package} imports {top}")
            elif top in sys.stdlib_module_names or top in ("__future__", "compression"):
                if is_within(module, layer.no_standard):
                    found.append(f"line {node.lineno}: {package} imports {module}")
            elif not is_within(module, layer.libraries):
                found.append(f"line {node.lineno}: {package} imports the library {module}")
        if not layer.clock and reads_clock(node):
            found.append(f"line {node.lineno}: {package} reads the clock")
    return found


@pytest.mark.parametrize("package", LAYERS)
def test_layers(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    broken = [
        f"{f.relative_to(ROOT)}: {b}" for f in files for b in broken_rules(package, f.read_text(encoding="utf-8"))
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("package", "source", "complaint"),
    [
        ("storage", "from crawlers.access import x", "storage imports crawlers"),
        ("storage", "import scrapy", "the library scrapy"),
        ("crawlers", "import auditors", "crawlers imports auditors"),
        ("crawlers", "def f():\n    from reports.bulletin import Bulletin", "line 2: crawlers imports reports"),
        ("crawlers", "import typer", "the library typer"),
        ("auditors", "from crawlers import dates", "auditors imports crawlers"),
        ("auditors", "import bs4", "the library bs4"),
        ("auditors", "import urllib.request", "imports urllib.request"),
        ("auditors", "from urllib import request", "imports urllib.request"),
        ("auditors", "from socket import create_connection", "imports socket"),
        ("auditors", "import datetime\nx = datetime.date.today()", "line 2: auditors reads the clock"),
        ("auditors", "from datetime import datetime\nx = datetime.now()", "reads the clock"),
        ("auditors", "import time\ntime.time()", "reads the clock"),
        ("auditors", "from ...crawlers import x", "upwards by dots"),
        ("reports", "from sqlalchemy import select", "the library sqlalchemy.select"),
        ("reports", "import sqlalchemy as sa", "the library sqlalchemy"),
        ("reports", "from gongkai import clock", "reports imports gongkai"),
        ("gongkai", "import scrapy", "the library scrapy"),
        ("gongkai", "if TYPE_CHECKING:\n    import bs4", "the library bs4"),
    ],
)
def test_a_violation_is_seen(package, source, complaint):
    (found,) = broken_rules(package, source)
    assert complaint in found


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("auditors", "from storage.records import Judgment\nfrom urllib.parse import urlsplit\nimport ruamel.yaml"),
        ("auditors", "def f(today):\n    return view.today() or calendar.time()"),
        ("reports", "from sqlalchemy.engine import Connection\nfrom auditors.rule import RULES"),
        ("crawlers", "from . import dates\nfrom datetime import UTC, datetime\nx = datetime.now(UTC)"),
        ("gongkai", "from crawlers import run\nimport storage, auditors, reports"),
    ],
)
def test_what_is_allowed_is_not_complained_of(package, source):
    assert broken_rules(package, source) == []


def test_every_package_of_the_project_has_a_layer():
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"benchmarks", "tests"}
    assert packages == set(LAYERS)


def test_a_night_loads_no_crawler_of_its_own():
    """The parent of a night's crawls takes pictures and reads pages, and asks no site: Scrapy's and Twisted's half second
    and forty megabytes are their own process's."""
    code = "import sys, gongkai.nightly, crawlers.run, crawlers.browser, crawlers.documents; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "crawlers.browser" in loaded
    assert {"scrapy", "twisted", "aiohttp", "matplotlib", "pypdf", "python_calamine"} & set(loaded) == set()
