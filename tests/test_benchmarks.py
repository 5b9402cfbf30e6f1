"""The benchmarks measure what they say: a site that follows from its size, a key that is true, and honest counting."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import benchmarks
from benchmarks import document, manuals, second_night, two_sites
from benchmarks.generate import changed, generate
from benchmarks.links import Run, kinds_table, pages_sent, table
from benchmarks.manuals import Verdicts, disagreements, explained
from benchmarks.measure import Cost, run
from benchmarks.planted import DEAD, PARTNER_PORT, PORT, REFUSED_PORT, TRAPS
from benchmarks.programs import PROGRAMS
from benchmarks.score import canonical, score
from benchmarks.serve import Logged, SmallServer

PAGES = 120
COST = Cost(wall=2.0, cpu=1.0, peak=50.0, code=0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("benchmark") / "site-120"
    generate(directory, PAGES)
    return directory


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    """The small server, on a free port."""
    special = json.loads((site / "special.json").read_text(encoding="utf-8"))
    for what in special.values():
        what["do"] = {"slow": "plain"}.get(what["do"], what["do"])
    loop = asyncio.new_event_loop()
    small = SmallServer(site / "site", special, None)
    server = loop.run_until_complete(asyncio.start_server(small.accept, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def key(site: Path) -> dict:
    return json.loads((site / "key.json").read_text(encoding="utf-8"))


def digest(directory: Path) -> str:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return hashlib.sha256(
        b"".join(str(p.relative_to(directory)).encode("utf-8", "surrogateescape") + p.read_bytes() for p in files)
    ).hexdigest()


def follow(port: int, path: str, method: str = "GET") -> tuple[str, bytes]:
    """Where a path ends for a browser: a status, "loop", or "cut"."""
    for _ in range(10):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
        except (http.client.IncompleteRead, http.client.RemoteDisconnected):
            return "cut", b""
        finally:
            connection.close()
        if response.status not in (301, 302):
            return str(response.status), body
        path = response.headers["Location"]
    return "loop", b""


def test_same_size_same_bytes(site: Path, tmp_path: Path) -> None:
    generate(tmp_path / "again", PAGES)
    assert digest(tmp_path / "again") == digest(site)
    generate(tmp_path / "other", PAGES + 30)
    assert digest(tmp_path / "other") != digest(site)


def test_pages_are_as_promised(site: Path) -> None:
    pages = [path.read_bytes() for path in (site / "site").glob("*/20*/*/t*.html")]
    assert 0.9 * PAGES < key(site)["pages"] < 1.1 * PAGES
    assert 25_000 < sum(map(len, pages)) / len(pages) < 33_000
    links = [page.count(b"href=") + page.count(b"src=") for page in pages]
    assert all(40 <= count <= 80 for count in links), (min(links), max(links))
    gbk = [page for page in pages if not _is_utf8(page)]
    assert 0.03 < len(gbk) / len(pages) < 0.07
    assert any(b"charset" not in page for page in gbk)


def _is_utf8(page: bytes) -> bool:
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_every_kind_is_planted(site: Path) -> None:
    assert {entry["kind"] for entry in key(site)["dead"]} == set(DEAD)
    assert {entry["kind"] for entry in key(site)["traps"]} == set(TRAPS)
    urls = [canonical(entry["url"]) for entry in key(site)["dead"] + key(site)["traps"]]
    assert len(urls) == len(set(urls))


ENDS = {
    "page 410": "410", "500": "500", "redirect loop": "loop", "connection cut": "cut", "wrong length": "cut",
    "soft 404": "200",
}  # fmt: skip


def test_dead_targets_are_dead(site: Path, port: int) -> None:
    for entry in key(site)["dead"]:
        parts = urlsplit(entry["url"])
        if parts.port == REFUSED_PORT:
            continue
        end, body = follow(port, parts.path)
        assert end == ENDS.get(entry["kind"], "404"), entry
        assert ("页面出错了" in body.decode()) is (entry["kind"] == "soft 404")


def test_traps_are_in_order(site: Path, port: int) -> None:
    for entry in key(site)["traps"]:
        parts = urlsplit(entry["url"])
        if parts.port == PARTNER_PORT:
            assert (site / "partner" / parts.path[1:]).is_file()
        elif entry["kind"] == "403":
            assert follow(port, parts.path)[0] == "403"
        elif entry["kind"] in ("in a comment", "in a script's text"):
            assert follow(port, parts.path)[0] == "404"  # nothing stands there, and nothing links there
        elif entry["kind"] == "busy once":
            assert [follow(port, parts.path)[0] for _ in range(2)] == ["503", "200"]
        else:
            assert follow(port, parts.path)[0] == "200", entry
    heads = [
        follow(port, urlsplit(e["url"]).path, "HEAD")[0] for e in key(site)["traps"] if e["kind"] == "HEAD refused"
    ]
    assert set(heads) == {"405"}


def test_files_have_validators(site: Path, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/fyyw/")
    response = connection.getresponse()
    response.read()
    for name, value in (
        ("If-None-Match", response.headers["ETag"]),
        ("If-Modified-Since", response.headers["Last-Modified"]),
    ):
        connection.request("GET", "/fyyw/", headers={name: value})
        again = connection.getresponse()
        assert (again.status, again.read()) == (304, b"")
    connection.request("GET", "/../key.json")
    assert connection.getresponse().status == 404  # nothing outside the site is served


def test_second_night_changes_and_is_undone(site: Path) -> None:
    before = digest(site)
    with changed(site, 0.1) as targets:
        assert digest(site) != before
        text = b"".join(path.read_bytes() for path in (site / "site").glob("*/20*/*/t*.html"))
        assert targets and all(urlsplit(target).path.encode() in text for target in targets)
        for target, page in targets.items():
            assert urlsplit(target).path.encode() in (site / "site" / urlsplit(page).path.lstrip("/")).read_bytes()
    assert digest(site) == before


KEY = {
    "dead": [
        {"url": "http://h/a%20b", "kind": "404", "also": []},
        {"url": "http://h/old", "kind": "redirect", "also": ["http://h/new"]},
        {"url": "http://h/%CB%F9", "kind": "404", "also": []},
    ],
    "traps": [{"url": "http://h/fine", "kind": "403", "also": []}],
}
SCORES = [
    ({("http://h/a b",), ("http://h/new",), ("http://h/%cb%f9#x",)}, {"404": 2, "redirect": 1}, ()),
    ({("http://h/old", "http://h/new")}, {"redirect": 1}, ()),
    ({("http://h/fine",), ("http://h/unplanted",)}, {}, (("http://h/fine", "403"), ("http://h/unplanted", "other"))),
    (set(), {}, ()),
]


@pytest.mark.parametrize(("reported", "found", "false"), SCORES)
def test_score(reported: set, found: dict, false: tuple) -> None:
    result = score(KEY, reported)
    assert (result.found, result.false) == (found, false)
    assert result.planted == {"404": 2, "redirect": 1}


def test_reports_are_read(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    link = {"kind": "link", "url": "http://h/x"}
    findings = [
        {"subject": link, "grade": "certain"},
        {"subject": {**link, "url": "http://h/y"}, "grade": "unclear"},
        {"subject": {"kind": "page", "url": "http://h/z"}, "grade": "certain"},
    ]
    (tmp_path / "report" / "findings.json").write_text(json.dumps({"findings": findings}))
    (tmp_path / "report.csv").write_text(
        "# comment\nurlname;parentname;valid;url\n../a;http://h/b/c;False;http://h/d\n/e;http://h/;True;http://h/e\n"
    )
    (tmp_path / "dead.jsonl").write_text('{"urls": ["http://h/f", "http://h/g"], "why": "404"}\n')
    states = [{"url": "http://h/i", "state": "BROKEN"}, {"url": "http://h/j", "state": "OK"}]
    (tmp_path / "log.txt").write_text("warning\n" + json.dumps({"links": states}) + "\nERROR\n")
    assert PROGRAMS["gongkai"].faults(tmp_path) == {("http://h/x",)}
    assert PROGRAMS["linkchecker"].faults(tmp_path) == {("http://h/d", "http://h/a")}
    assert PROGRAMS["scrapy"].faults(tmp_path) == {("http://h/f", "http://h/g")}
    assert PROGRAMS["linkinator"].faults(tmp_path) == {("http://h/i",)}
    (tmp_path / "dead.txt").write_text("http://h/k\nhttp://h/l\n")
    assert PROGRAMS["bare"].faults(tmp_path) == {("http://h/k",), ("http://h/l",)}
    (tmp_path / "log.txt").write_text("... 404\nFound 2 broken links.\n\nhttp://h/m\nhttp://h/n\n\nFINISHED --2026--\n")
    assert PROGRAMS["wget"].faults(tmp_path) == {("http://h/m",), ("http://h/n",)}
    (tmp_path / "log.txt").write_text("http://h/m 200\n")
    with pytest.raises(ValueError, match="end"):
        PROGRAMS["wget"].faults(tmp_path)


def test_the_bare_limit_reads_the_whole_site(site: Path, port: int, tmp_path: Path) -> None:
    command = [sys.executable, str(Path(benchmarks.__file__).with_name("bare.py")), f"http://127.0.0.1:{port}/"]
    assert run([*command, str(tmp_path / "dead.txt")], tmp_path / "log", timeout=120).code == 0
    dead = [urlsplit(url) for (url,) in PROGRAMS["bare"].faults(tmp_path)]
    planted = {urlsplit(entry["url"]).path for entry in key(site)["dead"] if entry["kind"] == "page 404"}
    assert planted and planted <= {url.path for url in dead if url.port == port}


def test_two_sites_are_told_in_pages_of_both() -> None:
    said = two_sites.table([100.0, 90.0, 110.0], [190.0, 150.0, 200.0])
    assert "| one site alone | 100 | 1.00 |" in said and "both together | 190 | 1.90 |" in said


def test_run_measures_the_child(tmp_path: Path) -> None:
    code = "import sys; b = bytearray(80_000_000); print(len(b)); sum(range(3_000_000)); sys.exit(3)"
    cost = run([sys.executable, "-c", code], tmp_path / "log", timeout=60)
    assert cost.code == 3
    assert (tmp_path / "log").read_text() == "80000000\n"
    assert cost.peak > 80 and cost.cpu > 0 and cost.wall > 0


def test_run_kills_what_does_not_end(tmp_path: Path) -> None:
    cost = run([sys.executable, "-c", "import threading; threading.Event().wait()"], tmp_path / "log", timeout=1)
    assert cost.code == -9


LOG = [
    Logged(at=0, status=200, size=100, method="GET", type="text/html", target="/a"),
    Logged(at=0, status=200, size=100, method="GET", type="text/html", target="/a"),
    Logged(at=0, status=404, size=100, method="GET", type="text/html", target="/b"),
    Logged(at=0, status=200, size=100, method="GET", type="image/png", target="/c"),
    Logged(at=0, status=304, size=10, method="GET", type="", target="/d"),
]


def test_pages_are_distinct_and_html() -> None:
    assert pages_sent(LOG) == 1


def test_tables_take_medians_and_show_what_was_missed() -> None:
    result = score(KEY, {("http://h/old",), ("http://h/fine",)})
    runs = [
        Run(program="p", cost=Cost(wall=wall, cpu=1, peak=10, code=0), pages=100, requests=1, megabytes=1, score=result)
        for wall in (1.0, 2.0, 10.0)
    ]
    assert "| p | 50 | 10.00 | 10 | 100 | 1 | 1 / 1 |" in table(runs, 3)
    assert "| 404 | 2 | 0 |" in kinds_table(runs)
    assert "| *false: 403* | | 1 |" in kinds_table(runs)
    assert "no report" in table([Run(program="q", cost=COST, pages=0, requests=0, megabytes=0, score=None)], 3)


def test_a_night_is_counted_by_the_server(tmp_path: Path) -> None:
    findings = tmp_path / "findings.json"
    findings.write_text(json.dumps({"findings": [{"subject": {"kind": "link", "url": "http://h/new"}}]}))
    targets = {"http://h/new": f"http://h{LOG[0].target}", "http://h/newer": "http://h/never-asked"}
    night = second_night.count("2026-04-01", COST, LOG, findings, targets, second_night.paths(LOG))
    assert (night.requests, night.parsed, night.unchanged, night.found, night.of, night.planted) == (5, 2, 1, 1, 1, 2)
    assert "| new faults found, of those on visited pages |  | 1 of 1 |  |" in second_night.table(night, night)
    assert "| 2 | 5 (100.0%) |" in second_night.round_table([night, night])


def test_disagreements_name_both_verdicts() -> None:
    ours = Verdicts(
        name="ours",
        cost=COST,
        dead=frozenset({"http://h/x", "http://h/y"}),
        asked={"http://h/x": 404, "http://h/y": 404},
    )
    theirs = Verdicts(
        name="theirs", cost=COST, dead=frozenset({"http://h/x"}), asked={"http://h/x": 404, "http://h/z": 200}
    )
    said = {one.target: (one.ours, one.theirs) for one in disagreements(ours, theirs)}
    assert said == {"http://h/y": ("dead", "never asked"), "http://h/z": ("never asked", "asked, 200, not reported")}
    assert disagreements(ours, ours) == []


def test_explanations() -> None:
    known = {r"/a\.html": "one", "/b/.*": "many"}
    assert [explained(path, known) for path in ("/a.html", "/b/c", "/a.html/d")] == [
        "one",
        "many",
        "**not looked at yet**",
    ]
    assert isinstance(manuals.explanations(), dict)


def test_document_is_replaced_between_its_marks() -> None:
    text = "before\n<!-- t -->\nold \\1\n<!-- /t -->\nafter"
    assert document.replaced(text, "t", "new \\1") == "before\n<!-- t -->\nnew \\1\n<!-- /t -->\nafter"
    with pytest.raises(ValueError, match="must each stand once"):
        document.replaced(text, "u", "x")


@pytest.mark.parametrize("name", ["links-1000", "links-10000", "second-night-1000", "second-night-10000", "manuals"])
def test_document_has_a_place_for_every_table(name: str) -> None:
    assert document.replaced(document.DOCUMENT.read_text(encoding="utf-8"), name, "x")


def test_ports_are_four_in_a_row() -> None:
    assert PARTNER_PORT == PORT + 1
    assert REFUSED_PORT == PORT + 3
