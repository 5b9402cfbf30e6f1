"""`gongkai judgments import`, from the command line into the views of rules."""

from __future__ import annotations

import json
from datetime import date

import pytest

from auditors.document_views import DocumentState
from auditors.joins import join
from auditors.views import CaseFile, NoticeEntry
from gongkai import cli
from gongkai.errors import OK, WRONG_USE
from storage.database import connect
from storage.imports import read_dumps
from tests.test_national import NEW

COURT = "示例市示例区人民法院"
NIGHT = date(2026, 3, 31)
WITHHELD = {key: value for key, value in NEW.items() if key != "qwContent"} | {
    "s5": "e" * 32,
    "s7": "（2018）粤9902民初8号",
    "s43": "02",
    "s32": "",
}


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "courts").mkdir()
    (tmp_path / "courts" / "shili.yml").write_text(
        f"id: shili\ncourt: {COURT}\nhome: http://127.0.0.1:1/\n", encoding="utf-8"
    )
    (tmp_path / "gongkai.toml").write_text('profiles = ["courts"]\n', encoding="utf-8")

    def run_(*arguments):
        code = cli.run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.err

    return run_


def views(tmp_path, kind):
    with connect(tmp_path / "var" / "gongkai.db").begin() as connection:
        return join(connection, "shili", NIGHT, []).views[kind]


def write(tmp_path, *records):
    (tmp_path / "dump.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


def test_records_become_publications_and_entries(run, tmp_path):
    write(tmp_path, NEW, WITHHELD, NEW | {"s5": "d" * 32, "s7": "（2018）粤9902民初9号", "s31": "x"})
    code, err = run("judgments", "import", "dump.json", "--site", "shili", "--date", NIGHT)
    assert code == OK
    assert "dump.json record 3 s31: no date: x" in err and "3 used" in err
    documents = {v.subject.case_number: v for v in views(tmp_path, DocumentState)}
    assert sorted(documents) == ["（2018）粤9902民初7号", "（2018）粤9902民初9号"]
    assert documents["（2018）粤9902民初7号"].publication.stated == date(2019, 12, 31)
    (notice,) = views(tmp_path, NoticeEntry)
    assert (notice.entry.case_number, notice.entry.reason) == ("（2018）粤9902民初8号", "")
    assert all(case.platform_complete == () for case in views(tmp_path, CaseFile))


def test_the_same_file_again_replaces_what_it_held(run, tmp_path):
    write(tmp_path, NEW, WITHHELD)
    run("judgments", "import", "dump.json", "--site", "shili", "--date", NIGHT)
    write(tmp_path, NEW)
    period = ("--complete-from", "2018-01-01", "--complete-until", "2018-12-31")
    assert run("judgments", "import", "dump.json", "--site", "shili", "--date", NIGHT, *period)[0] == OK
    assert views(tmp_path, NoticeEntry) == []
    (case,) = views(tmp_path, CaseFile)
    assert case.platform_complete == ((date(2018, 1, 1), date(2018, 12, 31)),)
    with connect(tmp_path / "var" / "gongkai.db").begin() as connection:
        (dump,) = read_dumps(connection, "shili")
    assert (dump.file, dump.rows, dump.unread) == ("dump.json", 1, 0)


def test_a_ledger_folder_may_hold_a_dump(run, tmp_path):
    write(tmp_path, NEW)
    code, err = run("ledger", "import", "dump.json", "--site", "shili", "--date", NIGHT)
    assert code == OK and "records of the national site, 1 used" in err
    assert len(views(tmp_path, DocumentState)) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--complete-from", "2018-01-01"), "belong together"),
        (("--complete-from", "2018-02-01", "--complete-until", "2018-01-01"), "lies after"),
    ],
)
def test_wrong_periods(run, tmp_path, arguments, says):
    write(tmp_path, NEW)
    code, err = run("judgments", "import", "dump.json", "--site", "shili", *arguments)
    assert code == WRONG_USE and says in err and err.count("\n") == 1


def test_a_file_without_records(run, tmp_path):
    (tmp_path / "dump.json").write_text('{"code": 9}', encoding="utf-8")
    code, err = run("judgments", "import", "dump.json", "--site", "shili")
    assert code == WRONG_USE and "dump.json" in err and err.count("\n") == 1
