"""What people did, as files: the trail with its links, and false alarms as test cases without anybody's personal data."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from gongkai.cli import run as command
from gongkai.false_alarms import _SERIAL, NotReproduced, case_of, dismissed, tables
from gongkai.trail import trail
from storage import chain, standing
from storage.database import reading
from tests.console_fixtures import CASE, csrf, print_of, sign_in
from tests.test_rules import build

pytest_plugins = ("tests.console_fixtures", "tests.recheck_fixtures")


def act(client, engine, print_, what, **more):
    version = standing.table.select().where(standing.table.c.fingerprint == print_)
    with reading(engine) as connection:
        now = connection.execute(version).mappings().one()["version"]
    form = {"csrf": csrf(engine), "version": now, "what": what, **more}
    assert client.post(f"/findings/{print_}", data=form).status_code == 303


@pytest.fixture
def handled(client, engine):
    """A finding that was confirmed, assigned and commented on with what a spreadsheet would take for a formula."""
    sign_in(client)
    print_ = print_of(engine, CASE)
    for what, more in (("confirmed", {}), ("assigned", {}), ("comment", {"note": "=HYPERLINK(1)"})):
        act(client, engine, print_, what, **more)
    return print_


def test_the_trail_has_every_step_and_its_link(client, engine, handled):
    rows = json.loads(client.get(f"/findings/{handled}/trail.json").text)
    assert [row["what"] for row in rows] == ["confirmed", "assigned", "comment"]
    assert rows[1]["before"]["stage"] == "confirmed" and rows[1]["after"]["deadline"]
    with reading(engine) as connection:
        links = {link.position: link for part in chain.walk(connection) for link in part}
    assert [links[row["position"]].digest for row in rows] == [row["digest"] for row in rows]
    assert [links[row["position"]].previous for row in rows] == [row["previous"] for row in rows]


def test_the_trail_of_a_list_as_csv_is_no_formula(client, engine, handled):
    answer = client.get("/trail.csv", params={"rule": "D-01"})
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["事项"] for row in rows] == ["确认", "分派", "说明"]
    assert rows[2]["说明"] == "'=HYPERLINK(1)"
    assert client.get("/trail.csv", params={"rule": "W-07"}).text.count("\n") == 1
    assert client.get("/trail.exe").status_code == 404
    assert client.get("/trail.csv", params={"order": "no"}).status_code == 400


def test_nobody_takes_away_the_trail_of_what_he_may_not_see(client, engine, handled):
    sign_in(client, "li")  # of another court
    assert client.get(f"/findings/{handled}/trail.json").status_code == 404
    assert client.get("/trail.json", params={"stage": ""}).json() == []
    assert client.get(f"/findings/{handled}/case.yml").status_code == 404
    sign_in(client, "min1")
    assert len(client.get("/trail.json", params={"stage": ""}).json()) == 3


def test_the_trail_by_the_command(engine, handled, tmp_path, capsys):
    settings = tmp_path / "gongkai.toml"
    settings.write_text(f'database = "{engine.url.database}"\n', encoding="utf-8")
    line = ["findings", "export-trail", "--config", str(settings), "--to"]
    assert command([*line, str(tmp_path / "t.json"), handled[:8]]) == 0
    assert len(json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))) == 3
    assert command([*line, str(tmp_path / "t.csv")]) == 0
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert command([*line, str(tmp_path / "t.doc")]) == 2
    assert command([*line, str(tmp_path / "no" / "t.csv")]) == 2
    assert sorted(p.name for p in tmp_path.glob("*t.*")) == ["t.csv", "t.json"]
    with reading(engine) as connection:
        assert list(trail(connection, sa.false())) == []


def test_a_false_alarm_without_what_the_night_knew_is_no_case(client, engine, handled):
    """The trial nights have findings, but no pages and ledgers to make them of again."""
    assert client.get(f"/findings/{handled}/case.yml").status_code == 422
    act(client, engine, handled, "false_alarm", note="台账日期录错")
    assert "测试用例" in client.get(f"/findings/{handled}").text
    assert client.get(f"/findings/{handled}/case.yml").status_code == 422
    with reading(engine) as connection:
        assert dismissed(connection) == [handled]
        with pytest.raises(NotReproduced):
            case_of(connection, handled)


def test_a_waiver_that_has_run_out_comes_back_and_one_that_has_not_stays_away(client, engine, handled, clock):
    until = clock().date() + timedelta(days=8)
    act(client, engine, handled, "waived", note="系统升级", until=str(until))
    running_out = {"running_out": "1"}
    assert handled not in client.get("/findings", params=running_out).text
    assert handled not in client.get("/findings").text
    clock.at += timedelta(days=1)
    sign_in(client)
    assert handled in client.get("/findings", params=running_out).text
    with engine.begin() as connection:
        standing.renew(connection, until)
        assert connection.execute(sa.select(standing.table.c.stage).where(_is(handled))).scalar() == "waived"
        standing.renew(connection, until + timedelta(days=1))
        assert connection.execute(sa.select(standing.table.c.stage).where(_is(handled))).scalar() == "confirmed"


def _is(print_):
    return standing.table.c.fingerprint == print_


@pytest.mark.parametrize(
    ("number", "without"),
    [
        ("（2025）粤9902民初1690号之一", "（2025）粤9902民初#号之一"),
        ("（2026）最高法知民终12号", "（2026）最高法知民终#号"),
        ("(2010)示民初字第7号", "(2010)示民初字第#号"),
        ("（2026）粤9903民初×××号", "（2026）粤9903民初×××号"),
    ],
)
def test_the_serial_number_of_a_case_is_taken_out_and_its_court_is_not(number, without):
    assert _SERIAL.sub(r"\1#", number) == without


def test_cases_of_the_demonstration_court_go_into_the_rules_tables(trial):
    """Each finding as if it were a false alarm: the exported case says the same to the rule, and names nobody."""
    made = []
    with reading(trial.engine) as connection:
        for finding in trial.findings:
            case = case_of(connection, finding.fingerprint)
            made.append(case)
            (row,) = YAML(typ="safe", pure=True).load(case.text)
            outcome = case.rule(build(case.rule.view, row["given"]), row["today"])
            assert (case.rule.id, outcome.verdict) == (finding.rule, finding.raw_grade)
            assert row["expect"] == "pass"
            assert "127.0.0.1" not in case.text
            assert not re.search(r"judges: \[(?!某某)|clerk: (?!某某)|\d{15}", case.text)
    assert len(made) > 15
    written = tables(made)
    assert {str(path).split("/")[0] for path in written} >= {"website", "privacy", "withheld"}
    for path, text in written.items():
        rows = YAML(typ="safe", pure=True).load(text)
        assert len(rows) == sum(case.path == path for case in made)
