"""The package of one finding: a WARC and WACZ that hold what was kept, byte for byte, with a manifest that is true."""

import gzip
import hashlib
import io
import json
import shutil
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from warcio.archiveiterator import ArchiveIterator

from gongkai import evidence_package, sealing
from gongkai.cli import run
from gongkai.wacz import sort_key
from storage import events, findings, pages, runs, seals, store
from storage.database import connect
from storage.findings import Subject
from storage.records import DatumKind, PersonalDatum
from storage.schema import accesses, pictures
from tests.bulletins import two_nights

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SITE = "chengnan"
DEAD, HOME = "http://www.csqfy.example/old/2.htm", "http://www.csqfy.example/index.html"
BODY = "<html><meta charset=gbk><a href='old/2.htm'>法院简介</a></html>".encode("gbk")
LOST = b"<html>404</html>"
PNG = b"\x89PNG picture"
HEADERS = {"content-type": "text/html; charset=GBK", "content-length": "77", "content-encoding": "gzip", "server": "x"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two nights; of one dead link the answer, the page that links to it, and a picture are kept."""
    path = tmp_path_factory.mktemp("package") / "built.db"
    engine = connect(path)
    with engine.begin() as connection:
        two_nights.build(connection)
        run_ = runs.find(connection, SITE, two_nights.SECOND)
        at = two_nights.reading(HOME).fetched_at
        for url, status, body, access in ((DEAD, 404, LOST, "gone"), (HOME, 200, BODY, "ok")):
            pages.keep(connection, [pages.page_row(pages.sha256(body), body, "text/html; charset=GBK")])
            values = {"run": run_.id, "url": url, "at": at, "method": "GET", "access": access, "status": status}
            values |= {"sha256": pages.sha256(body), "headers": HEADERS, "kind": "page", "internal": True}
            connection.execute(sa.insert(accesses).values(**values))
        pages.keep(connection, [pages.page_row(pages.sha256(PNG), PNG, "image/png")])
        print_ = finding_of(connection).fingerprint
        values = {"fingerprint": print_, "url": DEAD, "at": at, "status": 404, "sha256": pages.sha256(PNG)}
        seals.begin(connection)
        made = connection.execute(sa.insert(pictures).values(**values)).inserted_primary_key
        seals.seal_pictures(connection, [made[0]])
        events.append(connection, [events.Event(fingerprint=print_, at=NOW, who="王", what="comment", note="属实")])
    engine.dispose()
    return path


@pytest.fixture
def database(tmp_path, built):
    return shutil.copy(built, tmp_path / "gongkai.db")


def finding_of(connection):
    about = Subject(kind="link", url=DEAD)
    print_ = findings.fingerprint("W-07", SITE, about)
    (found,) = findings.state_at(connection, two_nights.SECOND, beginning=print_)
    kept = {DEAD: pages.sha256(LOST), HOME: pages.sha256(BODY)}
    proofs = tuple(replace(e, sha256=kept.get(e.url, e.sha256)) for e in found.evidence)
    return replace(found, evidence=proofs)


def made(database, **options):
    with connect(database).begin() as connection:
        return evidence_package.make(connection, finding_of(connection), NOW, **options)


def records(warc):
    """Each record of a WARC with its bytes, its digests checked."""
    found = []
    stream = ArchiveIterator(io.BytesIO(warc), check_digests="raise")
    for record in stream:
        found.append((record, record.content_stream().read()))
    return found


def test_a_package_holds_what_was_kept_byte_for_byte(database):
    package = made(database)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        assert archive.testzip() is None
        warc = archive.read("archive/data.warc.gz")
    said = {(r.rec_type, r.rec_headers["WARC-Target-URI"]): (r, body) for r, body in records(warc)}
    record, body = said["response", HOME]
    assert body == BODY
    assert record.rec_headers["WARC-Payload-Digest"] == f"sha256:{pages.sha256(BODY)}"
    assert record.rec_headers["WARC-Date"] == "2026-03-30T18:14:05.678901Z"
    assert record.http_headers.get_header("server") == "x"
    # The kept bytes are unpacked ones: a reader that believed these headers would fail on them.
    assert record.http_headers.get_header("x-archive-orig-content-encoding") == "gzip"
    assert record.http_headers.get_header("content-encoding") is None
    assert record.http_headers.get_header("content-length") == str(len(BODY))
    record, body = said["response", DEAD]
    assert (record.http_headers.get_statuscode(), body) == ("404", LOST)
    assert said["resource", f"urn:fullPage:{DEAD}"][1] == PNG
    assert (package.pages, package.pictures, package.left_out, package.missing) == (2, 1, 0, 0)


def test_a_page_that_was_unchanged_refers_to_the_night_that_read_it(database):
    """A 304 has no bytes of its own: those of the night on which they came are there, and the later reading refers to them."""
    with connect(database).begin() as connection:
        before = runs.find(connection, SITE, two_nights.FIRST)
        first = {name: value for name, value in one_access(connection).items() if name != "run"}
        first |= {"run": before.id, "at": datetime(2026, 3, 29, 18, 0, tzinfo=UTC)}
        connection.execute(sa.insert(accesses).values(**first))
        connection.execute(
            sa.update(accesses).where(accesses.c.url == HOME, accesses.c.run != before.id).values(status=304)
        )
    package = made(database)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        said = [(r.rec_type, r, body) for r, body in records(archive.read("archive/data.warc.gz"))]
        pages_ = [json.loads(line) for line in archive.read("pages/pages.jsonl").decode().splitlines()[1:]]
    (revisit,) = [record for kind, record, _ in said if kind == "revisit"]
    (whole,) = [record for kind, record, body in said if kind == "response" and body == BODY]
    assert revisit.rec_headers["WARC-Refers-To-Date"] == whole.rec_headers["WARC-Date"] == "2026-03-29T18:00:00.000000Z"
    assert revisit.rec_headers["WARC-Payload-Digest"] == f"sha256:{pages.sha256(BODY)}"
    assert revisit.http_headers.get_statuscode() == "304"
    assert [page["ts"] for page in pages_ if page["url"] == HOME] == ["2026-03-29T18:00:00Z"]


def one_access(connection):
    return dict(connection.execute(sa.select(accesses).where(accesses.c.url == HOME)).mappings().one())


def test_the_manifest_names_every_file_with_its_hash(database):
    with zipfile.ZipFile(io.BytesIO(made(database).data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
    manifest = json.loads(files["datapackage.json"])
    listed = {r["path"]: (r["hash"], r["bytes"]) for r in manifest["resources"]}
    others = {name: data for name, data in files.items() if not name.startswith("datapackage")}
    assert listed == {name: (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)) for name, data in others.items()}
    digest = json.loads(files["datapackage-digest.json"])
    assert digest["hash"] == f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
    assert (manifest["wacz_version"], manifest["mainPageUrl"]) == ("1.1.1", DEAD)


def test_the_index_leads_to_each_record(database):
    with zipfile.ZipFile(io.BytesIO(made(database).data)) as archive:
        warc = archive.read("archive/data.warc.gz")
        lines = gzip.decompress(archive.read("indexes/index.cdx.gz")).decode().splitlines()
        meta, block = archive.read("indexes/index.idx").decode().splitlines()
        listed = [json.loads(line) for line in archive.read("pages/pages.jsonl").decode().splitlines()]
    assert lines == sorted(lines)
    assert [line.split(" ")[0] for line in lines][:2] == ["example,csqfy)/index.html", "example,csqfy)/old/2.htm"]
    for line in lines:
        key, _, said = line.split(" ", 2)
        entry = json.loads(said)
        begin, length = int(entry["offset"]), int(entry["length"])
        ((record, body),) = records(warc[begin : begin + length])
        assert record.rec_headers["WARC-Target-URI"] == entry["url"]
        assert entry["digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert key == sort_key(entry["url"])
    assert json.loads(meta.removeprefix("!meta 0 "))["filename"] == "index.cdx.gz"
    assert block.startswith("example,csqfy)/index.html 20260330181405 ")
    assert listed[0]["format"] == "json-pages-1.0"
    assert {page["url"] for page in listed[1:]} == {DEAD, HOME}


def test_the_trail_is_in_it_with_its_links(database):
    with zipfile.ZipFile(io.BytesIO(made(database).data)) as archive:
        told = json.loads(archive.read("evidence/finding.json"))
    (step,) = told["events"]
    assert (step["who"], step["note"], step["link"]["position"]) == ("王", "属实", 10)
    assert list(told["sealed"]) == [f"{SITE} {two_nights.SECOND}"]
    assert told["finding"]["rule"] == "W-07"
    assert told["head"]["position"] == 10


def test_what_shows_personal_data_is_left_out_unless_it_is_asked_for(database):
    with connect(database).begin() as connection:
        datum = PersonalDatum(
            site=SITE, url=HOME, position=0, kind=DatumKind.MOBILE, masked="138****0000", sha256=pages.sha256(BODY)
        )
        store.save(connection, [datum], two_nights.SECOND)
    package = made(database, as_warc=True)
    said = {
        r.rec_headers["WARC-Target-URI"]: (r, body) for r, body in records(package.data) if r.rec_type != "warcinfo"
    }
    assert said[HOME][1] == b""
    assert pages.sha256(BODY) in said[HOME][0].rec_headers["WARC-Gongkai-Left-Out"]
    assert said[f"urn:fullPage:{DEAD}"][1] == b""
    assert (package.left_out, package.personal) == (2, False)
    whole = made(database, personal=True)
    assert (whole.left_out, whole.personal) == (0, True)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.A.cn/B/?y=2&x=1", "cn,a)/b/?x=1&y=2"),
        ("https://a.gov.cn:8443/", "cn,gov,a:8443)/"),
        ("http://a.cn", "cn,a)/"),
        ("urn:fullPage:http://a.cn/", "urn:fullPage:http://a.cn/"),
    ],
)
def test_keys_of_the_index(url, key):
    assert sort_key(url) == key


@pytest.fixture
def folder(tmp_path, database, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONGKAI_LANG", "en")
    (tmp_path / "gongkai.toml").write_text('database = "gongkai.db"\n', encoding="utf-8")
    return tmp_path


def test_export_writes_one_file_and_logs_it_with_its_hash(folder, database, capsys):
    print_ = findings.fingerprint("W-07", SITE, Subject(kind="link", url=DEAD))
    assert run(["evidence", "export", print_[:10]]) == 0
    file = folder / f"{print_}.wacz"
    with connect(database).begin() as connection:
        step = events.read(connection, of=[print_])[print_][-1]
    assert (step.what, step.after["sha256"]) == ("exported", pages.sha256(file.read_bytes()))
    assert step.after["sha256"] in capsys.readouterr().out
    assert run(["evidence", "export", print_, "--out", "proof.zip"]) == 2
    assert run(["evidence", "export", "zzz"]) == 2
    assert run(["evidence", "verify"]) == 0


def test_a_package_with_personal_data_is_readable_by_its_owner_only(folder, database):
    with connect(database).begin() as connection:
        datum = PersonalDatum(site=SITE, url=DEAD, position=0, kind=DatumKind.MOBILE, masked="138****0000")
        store.save(connection, [datum], two_nights.SECOND)
    print_ = findings.fingerprint("W-07", SITE, Subject(kind="link", url=DEAD))
    assert run(["evidence", "export", print_, "--with-personal-data", "--out", "x.wacz"]) == 0
    assert stat.S_IMODE((folder / "x.wacz").stat().st_mode) == 0o600


def test_verify_names_the_first_broken_link(folder, database, capsys):
    sealing.note(connect(database), folder / "out")
    assert run(["evidence", "verify"]) == 0
    assert "held against 1 heads" in capsys.readouterr().out
    with connect(database).begin() as connection:
        connection.execute(sa.text("UPDATE events SET note = '不属实'"))
    assert run(["evidence", "verify"]) == 1
    assert capsys.readouterr().err == "error: link 10 (1): the event was changed\n"
    assert run(["evidence", "verify", "--head", "10"]) == 2


def test_the_head_is_noted_once_for_each_change(folder, database):
    engine = connect(database)
    for _ in range(2):
        sealing.note(engine, folder / "out")
    (anchor,) = sealing.read(folder / "out")
    assert anchor.position == 10
