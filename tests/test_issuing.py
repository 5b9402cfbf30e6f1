"""Bulletins of a period from the command line: drafts, numbers, corrections, the register, e-mail, and what goes wrong."""

import os
import socket
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import docx as python_docx
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from gongkai import cli, evidence
from reports.formats import example_template
from storage import bulletins, pages, schema
from storage.database import connect, reading
from storage.findings import state_at
from storage.pages import pack
from storage.schema import bulletin_files
from tests.bulletins import two_nights

OFFICE = """
database = "trial.db"
[bulletin]
body = "某市某区人民法院司法公开领导小组办公室"
code = "某法公开"
addressee = "全院各部门"
copies = ["院领导", "政治部"]
"""
MARCH = ("--month", "2026-03")
FIRST, SECOND = "某法公开〔2026〕1号", "某法公开〔2026〕2号"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder with the trial nights in a database and the settings of an office."""
    for name in [n for n in os.environ if n.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    engine = connect(tmp_path / "trial.db")
    with engine.begin() as connection:
        two_nights.build(connection)
    (tmp_path / "gongkai.toml").write_text(OFFICE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(capsys):
    def run_(*arguments):
        code = cli.run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err.replace("error: ", "")

    return run_


@pytest.fixture
def register(folder):
    def read():
        with reading(connect(folder / "trial.db")) as connection:
            return bulletins.all_issued(connection)

    return read


def issue(run, *more, day="2026-04-02"):
    return run("bulletin", *MARCH, "--issue", "--signed-on", day, *more)


def test_a_draft_is_written_and_not_registered(run, register, folder):
    code, _, said = run("bulletin", *MARCH)
    assert code == 0, said
    written = {path.name for path in (folder / "out/2026-03").iterdir()}
    assert {"findings.json", "bulletin.html", "bulletin.docx", "bulletin.xlsx"} <= written
    assert register() == []


def test_each_department_gets_a_form_of_its_own(run, folder):
    code, _, said = run("bulletin", *MARCH, "--forms")
    written = sorted(path.name for path in (folder / "out/2026-03/反馈表").iterdir())
    assert (code, f"feedback forms: {len(written)}" in said) == (0, True)
    assert written and all(name.startswith("整改情况反馈表-") and name.endswith(".xlsx") for name in written)
    for path in (folder / "out/2026-03/反馈表").iterdir():
        assert run("findings", "import-feedback", path)[0] == 0


def test_an_issued_bulletin_has_the_next_number_of_its_year_and_keeps_its_files(run, register, folder):
    code, _, said = issue(run)
    assert (code, f"issued: {FIRST}" in said) == (0, True)
    assert run("bulletin", "--quarter", "2026-Q1", "--issue", "--signed-on", "2026-04-02")[0] == 0
    assert run("bulletin", "--year", "2026", "--issue", "--signed-on", "2027-01-05")[0] == 0
    assert [one.number for one in register()] == [FIRST, SECOND, "某法公开〔2027〕1号"]
    assert [one.kind for one in register()] == ["month", "quarter", "year"]
    with reading(connect(folder / "trial.db")) as connection:
        kept = bulletins.files_of(connection, FIRST)
    assert kept == {path.name: path.read_bytes() for path in (folder / "out/2026-03").iterdir()}


def test_the_office_s_own_serial_is_taken_and_no_number_twice(run, register):
    assert issue(run, "--serial", "7")[0] == 0
    code, _, said = run("bulletin", "--quarter", "2026Q1", "--issue", "--signed-on", "2026-04-02", "--serial", "7")
    assert (code, said.strip()) == (2, "某法公开〔2026〕7号 is taken")
    assert run("bulletin", "--quarter", "2026Q1", "--issue", "--signed-on", "2026-04-02")[0] == 0
    assert [one.serial for one in register()] == [7, 8]


def test_a_period_has_one_bulletin_and_a_second_only_as_its_correction(run, register):
    assert issue(run)[0] == 0
    code, _, said = issue(run)
    assert code == 2
    assert said.strip() == (
        f"the bulletin of 2026-03-01 to 2026-03-31 was issued as {FIRST}; to correct it: --corrects {FIRST} --reason TEXT"
    )
    assert issue(run, "--corrects", FIRST, "--reason", "补正台账")[0] == 0
    assert [(one.number, one.corrects, one.reason) for one in register()] == [
        (FIRST, None, None),
        (SECOND, FIRST, "补正台账"),
    ]
    code, _, said = issue(run, "--corrects", FIRST, "--reason", "再次补正")
    assert (code, f"(that is {SECOND})" in said) == (2, True)
    code, out, _ = run("issued", "list")
    assert (code, f"corrects {FIRST}" in out, f"corrected by {SECOND}" in out) == (0, True, True)


def test_a_department_has_its_own_extract_beside_the_whole(run, register, folder):
    assert issue(run)[0] == 0
    assert issue(run, "--department", "民事审判第一庭")[0] == 0
    assert [one.department for one in register()] == [None, "民事审判第一庭"]
    assert (folder / "out/2026-03/民事审判第一庭/bulletin.docx").exists()


def test_what_was_issued_is_fetched_to_the_byte_and_an_altered_file_is_noticed(run, folder):
    issue(run)
    code, out, _ = run("issued", "fetch", FIRST, "--out", "copy")
    assert code == 0
    for line in out.split():
        assert (folder / line).read_bytes() == (folder / "out/2026-03" / line.rpartition("/")[2]).read_bytes()
    assert run("issued", "verify")[0] == 0
    engine = connect(folder / "trial.db")
    with engine.begin() as connection:
        table = bulletin_files
        connection.execute(
            sa.update(table).where(table.c.name == "bulletin.html").values(body=pack("<p>没有问题</p>".encode()))
        )
    code, _, said = run("issued", "verify")
    assert (code, said.strip()) == (1, f"{FIRST}: bulletin.html was altered")
    assert run("issued", "fetch", FIRST, "--out", "again")[0] == 2


def test_a_draft_leads_to_the_kept_pages(run, folder):
    body = "<title>旧页</title>".encode()
    digest = pages.sha256(body)
    with connect(folder / "trial.db").begin() as connection:
        pages.keep(connection, [pages.page_row(digest, body, "text/html")])
        finding = next(f for f in state_at(connection, two_nights.SECOND) if f.evidence and f.grade == "certain")
        proof = [{**schema.evidence_to_json(finding.evidence[0]), "sha256": digest}]
        of_it = schema.sightings.c.fingerprint == finding.fingerprint
        connection.execute(sa.update(schema.sightings).where(of_it).values(evidence=proof))
    assert run("bulletin", *MARCH, "--evidence")[0] == 0
    assert (folder / f"out/2026-03/evidence/{digest}.html").read_bytes() == body
    assert f'href="evidence/{digest}.html"' in (folder / "out/2026-03/bulletin.html").read_text(encoding="utf-8")


def test_what_a_leak_once_cited_stays_for_its_owner_only(folder):
    """The records know the page's present body only."""
    with reading(connect(folder / "trial.db")) as connection:
        finding = next(f for f in state_at(connection, two_nights.SECOND) if f.evidence)
        earlier = replace(finding, evidence=(replace(finding.evidence[0], sha256="f" * 64),))
        leak = evidence.personal_among(connection, [replace(earlier, rule="P-01")])
        other = evidence.personal_among(connection, [replace(earlier, rule="W-07")])
    assert leak - other == {"f" * 64}


MISTAKES = [
    ((*MARCH, "--evidence", "--issue"), "--evidence goes with a draft"),
    (("--month", "2026-13"), "2026-13: should be --month YYYY-MM"),
    (("--month", "2026-3"), "2026-3: should be --month YYYY-MM"),
    (("--quarter", "2026-Q5"), "2026-Q5: should be --quarter YYYY-QN"),
    (("--year", "26"), "26: should be --year YYYY"),
    (("--month", "2026-03", "--year", "2026"), "only one of --month, --year can be given"),
    (("--from", "2026-03-01"), "--from and --to go together"),
    (("--from", "2026-03-02", "--to", "2026-03-01"), "--to 2026-03-01 is before --from 2026-03-02"),
    (("--month", "2026-01"), "nothing was crawled in 2026-01-01 to 2026-01-31"),
    (("--date", "2026-01-01"), "nothing was crawled in 2026-01-01"),
    ((*MARCH, "nowhere"), "nowhere: the database knows no such site"),
    ((*MARCH, "--department", "民一庭"), "--department: no 民一庭; there are: "),
    ((*MARCH, "--serial", "3"), "--serial goes with --issue"),
    ((*MARCH, "--issue", "--corrects", FIRST), "--corrects and --reason go together"),
    ((*MARCH, "--issue", "--corrects", FIRST, "--reason", "错"), f"--corrects: no {FIRST} was issued"),
    ((*MARCH, "--send"), "gongkai.toml: [mail] host: needed to send mail"),
    ((*MARCH, "--out", "gongkai.toml"), "gongkai.toml: cannot be written: "),
]


@pytest.mark.parametrize(("arguments", "line"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_one_line_and_leaves_nothing(run, register, folder, arguments, line):
    before = sorted(folder.rglob("*"))
    code, out, said = run("bulletin", *arguments)
    assert (code, out) == (2, "")
    assert said.startswith(line)
    assert said.count("\n") == 1
    assert (register(), sorted(folder.rglob("*"))) == ([], before)


def test_without_an_office_nothing_is_issued(run, register, folder):
    (folder / "gongkai.toml").write_text('database = "trial.db"\n', encoding="utf-8")
    code, _, said = issue(run)
    assert (code, said.strip()) == (2, "gongkai.toml: [bulletin] body: needed to issue a bulletin")
    assert run("bulletin", *MARCH)[0] == 0
    assert register() == []


def test_the_offices_own_red_head_is_filled_in(run, folder):
    (folder / "红头.docx").write_bytes(example_template.example())
    (folder / "gongkai.toml").write_text(OFFICE + 'template = "红头.docx"\n', encoding="utf-8")
    assert issue(run)[0] == 0
    (written,) = (folder / "out").rglob("bulletin.docx")
    told = [p.text for p in python_docx.Document(str(written)).paragraphs]
    assert told[:2] == ["司法公开工作通报", "第1期"]
    assert "一、总体情况" in told


def test_a_red_head_with_an_unknown_field_is_one_line_and_leaves_nothing(run, register, folder):
    document = python_docx.Document()
    document.add_paragraph("{{ 签发人 }}{{ 正文 }}")
    document.save(folder / "红头.docx")
    (folder / "gongkai.toml").write_text(OFFICE + 'template = "红头.docx"\n', encoding="utf-8")
    before = sorted(folder.rglob("*"))
    for code, _, said in (issue(run), run("bulletin", *MARCH)):
        assert code == 2
        *fonts, line = said.splitlines()  # a machine may lack typefaces
        assert line.startswith("红头.docx: {{ 签发人 }}: no such field; there are 发文机关标志, ")
        assert all(other.startswith("fonts: ") for other in fonts)
    assert (register(), sorted(folder.rglob("*"))) == ([], before)


def test_a_red_head_that_is_away_is_one_line(run, folder):
    (folder / "gongkai.toml").write_text(OFFICE + 'template = "weg.docx"\n', encoding="utf-8")
    code, _, said = run("bulletin", *MARCH)
    assert (code, said.splitlines()[-1]) == (2, "weg.docx: cannot be read: No such file or directory")


def test_a_full_disk_leaves_no_file_and_no_number(run, register, folder, monkeypatch):
    def full(*_arguments, **_more):
        raise OSError(28, "No space left on device")

    before = sorted(folder.rglob("*"))
    monkeypatch.setattr("reports.formats._write_beside", full)
    code, _, said = issue(run, "--out", str(folder))
    assert (code, said.strip()) == (2, f"{folder}: cannot be written: No space left on device; no file is new")
    assert (register(), sorted(folder.rglob("*"))) == ([], before)


def test_a_disk_that_fills_up_half_way_leaves_the_old_files_as_they_were(run, folder, monkeypatch):
    assert run("bulletin", *MARCH)[0] == 0
    before = {path: path.read_bytes() for path in (folder / "out/2026-03").iterdir()}
    from reports import formats

    write, done = formats._write_beside, []

    def nearly_full(path, content):
        done.append(path)
        if len(done) > 2:
            raise OSError(28, "No space left on device")
        return write(path, content)

    monkeypatch.setattr("reports.formats._write_beside", nearly_full)
    assert run("bulletin", *MARCH)[0] == 2
    assert {path: path.read_bytes() for path in (folder / "out/2026-03").iterdir()} == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(run, folder):
    (folder / "locked").mkdir(mode=0o500)
    code, _, said = run("bulletin", *MARCH, "--out", "locked")
    assert (code, said.startswith("locked")) == (2, True)


class Inbox:
    """Keeps what it is sent."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.letters.append(
            (envelope.mail_from, envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default))
        )
        return "250 OK"


@pytest.fixture
def server():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Inbox(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def with_mail(folder, port):
    text = OFFICE + (
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "gongkai@court.example"\n'
        'to = ["office@court.example", "president@court.example"]\n'
        '[mail.departments]\n"民事审判第一庭" = "civil@court.example"\n'
    )
    (folder / "gongkai.toml").write_text(text, encoding="utf-8")


def test_a_bulletin_is_sent_with_its_documents(run, folder, server):
    with_mail(folder, server.port)
    assert issue(run, "--send")[0] == 0
    ((sender, to, letter),) = server.handler.letters
    assert (sender, to) == ("gongkai@court.example", ["office@court.example", "president@court.example"])
    assert letter["Subject"].endswith(FIRST)
    assert letter.get_body().get_content().startswith("全院各部门：")
    attached = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
    assert {"bulletin.docx", "bulletin.xlsx"} <= set(attached)
    assert not {"findings.json", "bulletin.html"} & set(attached)
    for name, content in attached.items():
        assert content == (folder / "out/2026-03" / name).read_bytes()


def test_an_extract_goes_to_its_department(run, folder, server):
    with_mail(folder, server.port)
    assert run("bulletin", *MARCH, "--department", "民事审判第一庭", "--send")[0] == 0
    assert server.handler.letters[0][1] == ["civil@court.example"]


def test_a_server_that_is_away_is_one_line_and_the_files_are_there(run, folder):
    with_mail(folder, 9)
    code, _, said = run("bulletin", *MARCH, "--send", "--quiet")
    assert code == 3
    (line,) = [one for one in said.splitlines() if not one.startswith("fonts: ")]  # a machine may lack typefaces
    assert line.startswith("127.0.0.1:9: the mail was not sent: ")
    assert (folder / "out/2026-03/bulletin.docx").exists()


def test_a_password_is_asked_of_the_environment(run, folder, server):
    with_mail(folder, server.port)
    path = folder / "gongkai.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("[mail]\n", '[mail]\nuser = "gongkai"\n'), encoding="utf-8"
    )
    code, _, said = run("bulletin", *MARCH, "--send")
    assert (code, said.strip()) == (2, "environment: GONGKAI_MAIL_PASSWORD: the mail password is not set")
