"""A court on loopback with a leak of every class and look-alikes: all found, nothing else, and no value in any output."""

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa
from docx import Document
from ruamel.yaml import YAML
from stdnum import luhn
from stdnum.cn import ric

from auditors.audit import audit_site
from crawlers.profile import bare_profile
from crawlers.run import run_site
from crawlers.task import CrawlTask
from storage import runs, store
from storage.database import connect, reading
from storage.findings import state_at
from storage.records import NamedPerson, PageScan, PersonalDatum
from storage.schema import metadata
from tests.fault_server import FaultServer

NIGHT, NEXT = date(2026, 3, 30), date(2026, 3, 31)
SITE = YAML(typ="safe", pure=True).load((Path(__file__).parent / "cases" / "personal" / "site.yml").read_text("utf-8"))
MENU = "<ul class='nav'><li><a href='/'>首页</a></li>{}</ul>"
FOOTER = (
    "<div>地址：示例市东湖区天府路1号 邮编：310000 电话：0571-88123400 手机：13700007777 网站维护：zhang@qq.com</div>"
)
VALUES = {
    "ID": "44990219900307123" + ric.calc_check_digit("449902199003071230"),
    "ID2": "44990219850101456" + ric.calc_check_digit("449902198501014560"),
    "CONTRACT": "44990220200307123" + ric.calc_check_digit("449902202003071230"),
    "CARD": "622202123456789012" + luhn.calc_check_digit("622202123456789012"),
    "MOBILE": "13912345678",
    "MOBILE2": "13812345679",
}
SECRETS = [*[VALUES[n] for n in ("ID", "ID2", "CARD", "MOBILE", "MOBILE2")], *SITE["secrets"]]


def filled(text):
    for name, value in VALUES.items():
        text = text.replace("{" + name + "}", value)
    return text


def court():
    """Path → HTML."""
    sections = SITE["sections"]
    menu = MENU.format("".join(f"<li><a href='/{s['path']}/'>{s['name']}</a></li>" for s in sections))
    head = f"<title>示例市东湖区人民法院</title>{menu}"
    pages = {"/": f"{head}<p>示例市东湖区人民法院网站</p>{FOOTER}"}
    for section in sections:
        rows = []
        for number, item in enumerate(section["items"], 1):
            path = f"/{section['path']}/{number}.html"
            title = filled(item["title"])
            day = item.get("published", f"2026-03-{number:02d}")
            rows.append(f"<li><a href='{path}'>{title}</a><span>{day}</span></li>")
            body = "".join(f"<p>{line}</p>" for line in filled(item["text"]).strip().splitlines())
            body += "".join(f"<p><a href='{file}'>附件：名单</a></p>" for file in item.get("files", ()))
            pages[path] = f"{head}<h1>{title}</h1><p>发布时间：{day}</p><div id='zoom'>{body}</div>{FOOTER}"
        rows += [
            f"<li><a href='/{section['path']}/p{i}.html'>东湖区人民法院第{i}次会议简报</a><span>2026-03-{i:02d}</span></li>"
            for i in range(11, 17)
        ]
        for i in range(11, 17):
            pages[f"/{section['path']}/p{i}.html"] = (
                f"{head}<h1>东湖区人民法院第{i}次会议简报</h1><p>发布时间：2026-03-{i:02d}</p><div id='zoom'><p>会议强调精神文明建设。</p></div>{FOOTER}"
            )
        pages[f"/{section['path']}/"] = (
            f"{head}<div>当前位置：<a href='/'>首页</a> &gt; {section['name']}</div><ul class='list'>{''.join(rows)}</ul>{FOOTER}"
        )
    return pages


def attachments():
    """Path → bytes: the sheets that articles offer."""
    return {path: sheet(rows) for path, rows in SITE["files"].items()}


def sheet(rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([filled(cell) for cell in row])
    book.save(file)
    return file.getvalue()


def expected():
    pages = [
        (rule, grade, f"/{section['path']}/{number}.html")
        for section in SITE["sections"]
        for number, item in enumerate(section["items"], 1)
        for rule, grade in (item.get("finds") or {}).items()
    ]
    return sorted([*pages, *(tuple(one) for one in SITE["file_findings"])])


@pytest.fixture(scope="module")
def server():
    with FaultServer(pages=court(), files=attachments()) as running:
        yield running


@pytest.fixture(scope="module")
def inspected(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("personal")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gongkai",
            "inspect",
            server.url("/"),
            "--allow-private",
            "--json",
            "--as-of",
            str(NIGHT),
            "--out",
            "found",
        ],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )
    return folder, done


def personal(document, base):
    return sorted(
        (f["rule"], f["grade"], f["subject"]["url"].removeprefix(base))
        for f in document["findings"]
        if f["rule"] in SITE["rules"]
    )


def test_every_leak_is_found_and_nothing_else(inspected, server):
    _, done = inspected
    assert done.returncode == 1, done.stderr
    assert personal(json.loads(done.stdout), server.url("")) == expected()


def test_no_output_holds_a_value(inspected):
    folder, done = inspected
    outputs = {"stdout": done.stdout, "stderr": done.stderr}
    for path in folder.rglob("*"):
        if path.is_file() and "evidence" not in path.parts:
            outputs[path.name] = text_of(path)
    assert {"findings.json", "bulletin.html", "bulletin.docx", "bulletin.xlsx"} <= set(outputs)
    if "bulletin.pdf" in outputs:  # where there are no Chinese fonts there is none
        assert "个人信息保护" in outputs["bulletin.pdf"]
    leaked = {(name, secret) for name, text in outputs.items() for secret in SECRETS if secret in text}
    assert leaked == set()


def text_of(path):
    if path.suffix == ".docx":
        document = Document(path)
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    if path.suffix == ".pdf":  # a value may be broken over lines
        return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)
    return path.read_text(encoding="utf-8")


def test_evidence_with_personal_data_is_for_its_owner_only(inspected):
    folder, done = inspected
    modes = {}
    for path in (folder / "found" / "evidence").iterdir():
        text = path.read_text(encoding="utf-8", errors="replace")
        if VALUES["ID"] in text and "<ul class='list'>" not in text:
            modes[path.name] = path.stat().st_mode & 0o077
    assert modes and set(modes.values()) == {0}
    assert "含未隐去的个人信息" in done.stderr or "personal data" in done.stderr


@pytest.fixture(scope="module")
def nights(server, tmp_path_factory):
    """Two nights on one database, the second of an unchanged site."""
    path = tmp_path_factory.mktemp("nights") / "g.db"
    profile = bare_profile(server.url("/"))
    engine = connect(path)
    states = []
    for night in (NIGHT, NEXT):
        with engine.begin() as connection:
            runs.save_site(connection, runs.Site(id=profile.id, court="示例市东湖区人民法院", home=profile.home))
        run_site(CrawlTask(database=str(path), night=night, profile=profile, allow_private=True, timeout=5))
        with engine.begin() as connection:
            assert audit_site(connection, profile.id, night).crashed == {}
            states.append(state_at(connection, night, site=profile.id))
    yield engine, profile.id, states
    engine.dispose()


def test_no_table_holds_a_value(nights):
    """But for the kept bodies and the crawl's own notes on them: those are the evidence."""
    engine, _, _ = nights
    with reading(engine) as connection:
        for table in metadata.sorted_tables:
            if table.name in ("pages", "extracts"):
                continue
            for row in connection.execute(sa.select(table)):
                said = str(row)
                assert not [secret for secret in SECRETS if secret in said], table.name


def test_an_unchanged_page_keeps_its_findings_and_is_not_read_again(nights, monkeypatch):
    engine, site, (first, second) = nights
    found = {(f.rule, f.subject.identity, f.grade) for f in first if f.rule in SITE["rules"]}
    assert found == {(f.rule, f.subject.identity, f.grade) for f in second if f.rule in SITE["rules"]}
    assert all(f.status == "continuing" for f in second if f.rule in SITE["rules"])
    with reading(engine) as connection:
        for kind in (PageScan, PersonalDatum, NamedPerson):
            rows = store.read(connection, kind, site=site)
            assert rows and {(r.first_seen, r.last_seen) for r in rows} == {(NIGHT, NEXT)}


def test_a_cleaned_page_ends_its_finding(tmp_path):
    pages = {path: html for path, html in court().items() if path == "/" or path.startswith("/tz/")}
    with FaultServer(pages=pages) as server:
        profile = bare_profile(server.url("/"))
        engine = connect(tmp_path / "g.db")
        states = []
        for night in (NIGHT, NEXT):
            with engine.begin() as connection:
                runs.save_site(connection, runs.Site(id=profile.id, court="示例市东湖区人民法院", home=profile.home))
            run_site(
                CrawlTask(database=str(tmp_path / "g.db"), night=night, profile=profile, allow_private=True, timeout=5)
            )
            with engine.begin() as connection:
                audit_site(connection, profile.id, night)
                found = {
                    f.subject.url: f.status for f in state_at(connection, night, site=profile.id) if f.rule == "P-01"
                }
            states.append(found[server.url("/tz/3.html")])
            pages["/tz/3.html"] = pages["/tz/3.html"].replace(VALUES["ID"], "4499**************")
        engine.dispose()
    assert states == ["new", "resolved"]
