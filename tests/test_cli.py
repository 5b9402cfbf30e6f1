"""The command as its user runs it: exit codes, what stands on which stream, one line per mistake, files and evidence."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from gongkai import cli, nightly
from gongkai.demo.ledgers import write_ledgers
from gongkai.demo.server import DemoCourts
from gongkai.errors import BUG, FOUND, OK, UNREADABLE, WRONG_USE
from storage import runs
from storage.database import connect
from tests.bulletins.files import FILES

ROOT = Path(__file__).parents[1]
NIGHT = date(2026, 3, 30)


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """A working folder of its own, English, no settings from outside."""
    for name in [n for n in os.environ if n.startswith("GONGKAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def courts():
    with DemoCourts(NIGHT) as served:
        yield served


@pytest.fixture
def run(capsys):
    """Run a command line in this process: exit code, standard output, standard error."""

    def run_(*arguments):
        code = cli.run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


MISTAKES = [
    (["nightly", "--date", "2026-3-30"], "2026-3-30: not a date; it should be YYYY-MM-DD"),
    (["nightly", "--date", "2026-02-30"], "2026-02-30: not a date; it should be YYYY-MM-DD"),
    (["nightly", "--date", "2100-01-01"], "2100-01-01: not between 2000-01-01 and 2099-12-31"),
    (["inspect", "http://a.example.cn/", "--as-of", "1999-12-31"], "1999-12-31: not between 2000-01-01 and"),
    (["nightly", "--config", "none.toml"], "none.toml: no such configuration file"),
    (["nightly", "nowhere"], "nowhere: "),
    (["nightly", "http://"], "http://: not a web address"),
    (["crawl", "ftp://court.example.cn/"], "ftp://court.example.cn/: not a web address"),
    (["audit"], "var/gongkai.db: "),
    (["bulletin"], "var/gongkai.db: "),
    (["findings", "list"], "var/gongkai.db: "),
    (["diagnose", "a"], "var/gongkai.db: "),
    (["inspect", "court.example.cn"], "court.example.cn: not a web address"),
    (["inspect", "--json"], "missing URL"),
    (["inspect", "http://a.example.cn/", "--profile", "none.yml"], "none.yml: "),
    (["inspect", "http://a.example.cn/", "--ledger", "none.xlsx"], "none.xlsx"),
    (["inspect", "http://a.example.cn/", "--max-pages", "0"], "'--max-pages'"),
    (["inspect", "http://a.example.cn/", "--max-page", "3"], "No such option: --max-page"),
    (["inspect", "--portal", "http://p.example.cn/"], "--portal: name the court whose hearings are meant with --court"),
    (["inspect", "http://a.example.cn/", "--policy", "nowhere"], "local norms: nowhere: 没有这个地方规范"),
    (["inspekt"], "No such command 'inspekt'"),
    (["rules", "--write", "--check"], "--write and --check exclude each other"),
    (["docs"], "one of --write and --check is needed"),
    (["ledger", "import", "a.xlsx"], "Missing option"),
]


@pytest.mark.parametrize(("arguments", "said"), MISTAKES, ids=[" ".join(a) for a, _ in MISTAKES])
def test_a_mistake_is_one_line_and_exit_code_two(run, alone, arguments, said):
    code, out, err = run(*arguments)
    assert (code, out) == (WRONG_USE, "")
    assert err.startswith("error: ") and said in err
    assert err.count("\n") == 1 and "Traceback" not in err
    assert list(alone.iterdir()) == [], "nothing is made by a mistake"


def test_mistakes_are_in_chinese_where_the_locale_is(monkeypatch):
    said = subprocess.run(
        [sys.executable, "-m", "gongkai", "inspect", "http://a.example.cn/", "--max-pages", "x"],
        env={**os.environ, "GONGKAI_LANG": "", "LC_ALL": "zh_CN.UTF-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (said.returncode, said.stderr) == (WRONG_USE, "错误: --max-pages: 应为整数\n")


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "GONGKAI_LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "GONGKAI_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_language_is_that_of_the_locale(environment, lang):
    from gongkai.messages import language

    assert language(environment) == lang


def test_a_bug_is_one_line_and_its_traceback_is_in_a_file(run, alone, monkeypatch):
    def fail(*_):
        raise RuntimeError("broken\nin two lines")

    monkeypatch.setattr("gongkai.targets.configured", fail)
    code, out, err = run("site", "list")
    assert (code, out) == (BUG, "")
    assert err.count("\n") == 1 and "Traceback" not in err
    (log,) = (alone / "out" / "logs").iterdir()
    assert log.name in err
    assert "Traceback" in log.read_text(encoding="utf-8") and "broken" in log.read_text(encoding="utf-8")


def test_the_completion_script_is_there():
    done = subprocess.run(
        [sys.executable, "-m", "gongkai", "--show-completion"],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", "SHELL": "/bin/bash"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode in (0, 2)
    completed = subprocess.run(
        [sys.executable, "-m", "gongkai"],
        env={**os.environ, "_GONGKAI_COMPLETE": "complete_bash", "COMP_WORDS": "gongkai ni", "COMP_CWORD": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert completed.stdout.split() == ["nightly"]


def test_without_a_command_the_help_is_shown(run):
    code, out, _ = run()
    assert code == WRONG_USE and "inspect" in out


# --- inspect ---


@pytest.fixture(scope="module")
def inspected(courts, tmp_path_factory):
    """One inspection of a demonstration court with its ledger, in a process of its own."""
    folder = tmp_path_factory.mktemp("inspect")
    ledger = write_ledgers(folder / "ledgers")["donghu"][0]
    arguments = ["inspect", courts.homes["donghu"], "--allow-private", "--json", "--as-of", str(NIGHT)]
    done = subprocess.run(
        [sys.executable, "-m", "gongkai", *arguments, "--ledger", str(ledger), "--out", "found"],
        cwd=folder,
        env={**os.environ, "GONGKAI_LANG": "en"},
        capture_output=True,
        encoding="utf-8",
    )
    return folder, done


def test_inspect_prints_the_findings_and_nothing_else(inspected):
    folder, done = inspected
    assert done.returncode == FOUND, done.stderr
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs" / "findings.schema.json").read_text(encoding="utf-8")))
    assert done.stdout == (folder / "found" / "findings.json").read_text(encoding="utf-8")
    assert (document["schema"], document["as_of"]) == ("gongkai.findings/1", "2026-03-30")
    assert document["generated_at"].endswith("+08:00")
    assert {"W-01", "W-05", "W-07", "D-01", "N-02"} <= {f["rule"] for f in document["findings"]}
    assert "found/bulletin.html" in done.stderr


def test_inspect_leaves_bulletin_and_evidence_and_nothing_else(inspected):
    folder, done = inspected
    assert {p.name for p in folder.iterdir()} == {"found", "ledgers"}
    assert {p.name for p in (folder / "found").iterdir()} - {"hearings.ics"} == FILES | {"evidence"}
    kept = {p.stem: p for p in (folder / "found" / "evidence").iterdir()}
    assert kept
    for digest, path in kept.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        assert path.suffix in (".html", ".bin")
    findings = json.loads(done.stdout)["findings"]
    cited = [e for f in findings for e in f["evidence"] if e["sha256"] and e["status"] == 200]
    assert cited and {e["sha256"] for e in cited} <= set(kept)


def test_inspect_cites_the_kept_page_that_says_so(inspected):
    folder, done = inspected
    finding = next(f for f in json.loads(done.stdout)["findings"] if f["rule"] == "D-01")
    page = next(e for e in finding["evidence"] if e["sha256"])
    shown = (folder / "found" / "bulletin.html").read_text(encoding="utf-8")
    assert f'href="evidence/{page["sha256"]}.html"' in shown
    body = (folder / "found" / "evidence" / f"{page['sha256']}.html").read_text(encoding="utf-8")
    assert finding["subject"]["case_number"].strip("（）").split("）")[1] in body


def test_without_its_leave_a_private_address_is_refused(run, courts):
    code, out, err = run("inspect", courts.homes["xishan"], "--as-of", NIGHT, "--quiet")
    assert (code, out) == (UNREADABLE, "")
    assert err.count("\n") == 1 and err.startswith("error: the site could not be read: ")


def test_a_site_that_cannot_be_read_is_exit_code_three_and_says_why(run, alone):
    code, out, err = run(
        "inspect", f"http://127.0.0.1:{free_port()}/", "--allow-private", "--json", "--out", "o", "--quiet"
    )
    assert code == UNREADABLE
    document = json.loads(out)
    assert document["coverage"][0]["complete"] is False and document["coverage"][0]["why"]
    assert document["findings"] == []
    assert "could not be read" in err
    assert {p.name for p in (alone / "o").iterdir()} >= FILES


def test_an_unreadable_ledger_is_said_before_the_site_is_asked(run, courts, alone):
    (alone / "ledger.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    courts.clear_hits()
    code, out, err = run("inspect", courts.homes["xishan"], "--allow-private", "--ledger", "ledger.csv")
    assert (code, out) == (WRONG_USE, "")
    assert "ledger.csv" in err and err.count("\n") == 1
    assert courts.hits("xishan") == 0


@pytest.mark.parametrize("out", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_made_is_said_before_the_site_is_asked(run, courts, alone, monkeypatch, out):
    (alone / "taken").write_text("a file", encoding="utf-8")
    monkeypatch.setattr(nightly, "crawl", lambda *_: pytest.fail("the site was asked"))
    code, said, err = run("inspect", courts.homes["xishan"], "--allow-private", "--out", out, "--quiet")
    assert (code, said) == (WRONG_USE, "")
    assert f"{out}: not a folder" in err and err.count("\n") == 1


def test_a_ledgers_faults_are_said_in_the_users_language(run, crawled, monkeypatch):
    file = write_ledgers(crawled / "l")["xishan"][0]
    for language, said in (
        ("zh", "第33行 I列“生效日期”：没有这个日期"),
        ("en", "row 33 column I “生效日期”: no such day"),
    ):
        monkeypatch.setenv("GONGKAI_LANG", language)
        _, _, err = run("ledger", "import", file, "--site", "xishan", "--date", NIGHT)
        assert said in err
        code, _, err = run("ledger", "import", "absent.csv", "--site", "xishan", "--date", NIGHT)
        assert code == WRONG_USE and ("没有这个文件" if language == "zh" else "no such file") in err


def test_ledger_rows_that_cannot_be_read_are_named_and_the_rest_is_used(run, courts, alone):
    (alone / "ledger.csv").write_text(
        "案号,生效日期,结案时间\n（2026）粤9903民初1号,2026年2月31日,2026-02-01\n（2026）粤9903民初2号,2026-02-02,2026-02-01\n",
        encoding="utf-8",
    )
    code, out, err = run(
        "inspect", courts.homes["xishan"], "--allow-private", "--ledger", "ledger.csv", "--as-of", NIGHT,
        "--max-pages", 3, "--out", "o", "--quiet", "--json",
    )  # fmt: skip
    assert code in (OK, FOUND), err
    assert err.count("\n") == 1 and "ledger.csv row 2 column B" in err and "2026年2月31日" in err
    assert json.loads(out)["coverage"][0]["complete"] is False


def test_a_bug_in_a_rule_is_logged_and_the_rest_is_still_issued(run, courts, alone, monkeypatch):
    def fail(engine, site, night, policy):
        raise nightly.AuditCrashed("W-07: Traceback …")

    monkeypatch.setattr(nightly, "audit", fail)
    code, out, err = run(
        "inspect", courts.homes["xishan"], "--allow-private", "--as-of", NIGHT, "--max-pages", 2, "--json", "--quiet"
    )
    assert code == BUG
    assert json.loads(out)["coverage"][0]["complete"] is False
    (log,) = (alone / "out" / "logs").iterdir()
    assert log.name in err and "W-07" in log.read_text(encoding="utf-8")


def test_the_folder_is_named_after_host_and_date(run, courts, alone):
    run("inspect", courts.homes["xishan"], "--allow-private", "--as-of", NIGHT, "--max-pages", 2, "--quiet")
    (folder,) = (alone / "out").iterdir()
    port = courts.homes["xishan"].rstrip("/").rpartition(":")[2]
    assert folder.name == f"inspect-127.0.0.1-{port}-2026-03-30"


def test_a_profile_names_the_court(run, courts, alone):
    profile = f"id: x\ncourt: 示例市样板法院\nhome: {courts.homes['xishan']}\n"
    (alone / "x.yml").write_text(profile, encoding="utf-8")
    code, out, _ = run(
        "inspect", "--profile", "x.yml", "--allow-private", "--as-of", NIGHT, "--max-pages", 5, "--json", "--quiet"
    )
    assert code in (OK, FOUND)
    assert json.loads(out)["coverage"][0]["site"] == "x"
    (alone / "x.yml").write_text("id: x\ncourt: 甲\nhmoe: 乙\nhome: http://a.example.cn/\n", encoding="utf-8")
    code, _, err = run("inspect", "--profile", "x.yml")
    assert code == WRONG_USE and "x.yml:3" in err and "hmoe" in err and err.count("\n") == 1


# --- on a database ---


@pytest.fixture
def crawled(courts, alone):
    """A database with one small crawl, and settings and a profile for it."""
    (alone / "courts").mkdir()
    (alone / "courts" / "xishan.yml").write_text(
        f"id: xishan\ncourt: 示例市西山区人民法院\nhome: {courts.homes['xishan']}\nmax_pages: 40\n", encoding="utf-8"
    )
    (alone / "gongkai.toml").write_text('profiles = ["courts"]\n', encoding="utf-8")
    return alone


def test_the_night_step_by_step_and_looking_at_it(run, crawled):
    night = ("--date", NIGHT)
    code, out, _ = run("site", "list")
    assert code == OK and "xishan" in out
    code, _, err = run("audit", "xishan", *night)
    assert code == WRONG_USE and "no such database" in err
    code, out, err = run("crawl", "xishan", "--allow-private", *night)
    assert (code, out) == (OK, "") and err.startswith("xishan: ")
    code, _, err = run("audit", *night)
    assert code == OK and "xishan: audited" in err
    code, out, _ = run("bulletin", *night, "--out", "b")
    assert code == OK and {p.name for p in (crawled / "b").iterdir()} - {"hearings.ics"} == FILES
    first = (crawled / "b" / "findings.json").read_bytes()
    code, out, _ = run("findings", "list", "--rule", "W-01")
    assert code == OK and "W-01" in out
    fingerprint = out.splitlines()[1].split()[0]
    code, out, _ = run("findings", "show", fingerprint)
    assert code == OK and "history: 2026-03-30 " in out and "basis: 《" in out
    code, _, err = run("findings", "show", "zzz")
    assert code == WRONG_USE and "zzz: no such finding" in err
    code, out, _ = run("diagnose", "xishan")
    assert code == OK and "2026-03-30" in out and "法院新闻" in out
    code, out, _ = run("site", "suggest", "xishan")
    assert code == OK and out.startswith("#") and "platform: asp_table" in out
    code, _, err = run("nightly", "xishan", "--allow-private", *night, "--out", "b")
    assert code == OK and "done before" in err
    assert (crawled / "b" / "findings.json").read_bytes() == first
    code, _, err = run("nightly", "xishan", "--allow-private", "--date", "2026-03-29")
    assert code == WRONG_USE and "2026-03-30 was audited already" in err


def test_a_suggested_profile_can_be_used(run, courts, alone):
    (alone / "gongkai.toml").write_text('profiles = ["courts"]\n', encoding="utf-8")
    arguments = ("site", "suggest", courts.homes["xishan"], "--allow-private", "--output")
    code, _, _ = run(*arguments, "draft.yml", "--quiet")
    assert code == OK
    text = (alone / "draft.yml").read_text(encoding="utf-8")
    name = next(line.split(": ")[1] for line in text.splitlines() if line.startswith("id: ")).strip("'\"")
    (alone / "courts").mkdir()
    (alone / "draft.yml").rename(alone / "courts" / f"{name}.yml")
    code, _, err = run("crawl", name, "--allow-private", "--date", NIGHT)
    assert code == OK, err
    code, out, err = run("site", "check", name)
    assert (code, out) == (OK, ""), out
    code, _, err = run(*arguments, f"courts/{name}.yml")
    assert code == WRONG_USE and "not overwritten" in err


def test_ledgers_are_imported_and_listed(run, crawled):
    file = write_ledgers(crawled / "l")["xishan"][0]
    code, out, err = run("ledger", "import", file, "--site", "xishan", "--date", NIGHT)
    assert (code, out) == (OK, "") and "row 33" in err and "55 rows, 1 not readable" in err
    code, out, _ = run("ledger", "list")
    assert code == OK and "xishan_cases.csv" in out and "55" in out


def test_doctor_names_what_is_wrong_and_makes_nothing(run, crawled, monkeypatch):
    before = sorted(p.name for p in crawled.rglob("*"))
    code, out, _ = run("doctor")
    assert code == OK and "1 valid" in out and "holidays" in out and "contact" in out
    (crawled / "courts" / "broken.yml").write_text("id: other\n", encoding="utf-8")
    monkeypatch.setenv("GONGKAI_DATABSE", "x")
    code, out, _ = run("doctor")
    assert code == FOUND and "broken.yml" in out and "GONGKAI_DATABSE: no such variable" in out
    assert sorted(p.name for p in crawled.rglob("*")) == sorted([*before, "broken.yml"])


def test_doctor_says_that_a_file_is_no_database(run, crawled):
    (crawled / "var").mkdir()
    (crawled / "var" / "gongkai.db").write_text("no database at all, only words " * 99, encoding="utf-8")
    code, out, _ = run("doctor")
    assert code == FOUND and "database: " in out and "not a database" in out


def test_the_catalogue_of_rules(run):
    code, out, _ = run("rules")
    assert code == OK and "W-07" in out and "D-01" in out


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_is_exit_code_130_and_the_night_goes_on_afterwards(courts, crawled, run):
    """Interrupt `nightly` once it has read some pages; nothing that was read is asked for again."""
    courts.clear_hits()
    arguments = ["nightly", "xishan", "--allow-private", "--date", str(NIGHT), "--delay", "0.2", "--concurrency", "1"]
    child = subprocess.Popen(
        [sys.executable, "-m", "gongkai", *arguments],
        env={**os.environ, "GONGKAI_LANG": "en"},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        # A shell's background job ignores Ctrl-C, and so would everything that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while courts.hits("xishan") < 12 and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "interrupted" in err and "Traceback" not in err
    assert not (crawled / "out" / "logs").exists()
    with connect(nightly_database(crawled)).connect() as connection:
        assert runs.find(connection, "xishan", NIGHT).status not in runs.FINISHED
    code, _, err = run("nightly", "xishan", "--allow-private", "--date", NIGHT)
    assert code == OK, err
    home_pages = {a: n for a, n in courts.requested("xishan").items() if a.startswith("/show.asp")}
    assert home_pages and max(home_pages.values()) <= 3


def nightly_database(folder: Path) -> str:
    return str(folder / "var" / "gongkai.db")


def test_the_demonstration_does_not_remove_a_folder_of_the_user(run, alone):
    (alone / "out" / "demo").mkdir(parents=True)
    (alone / "out" / "demo" / "mine.txt").write_text("mine", encoding="utf-8")
    code, _, err = run("demo")
    assert code == WRONG_USE and "no demonstration's folder" in err
    assert (alone / "out" / "demo" / "mine.txt").exists()
