"""Units and cron lines: the right paths, whatever stands in them, and nothing but files."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from gongkai import cli, services
from gongkai.services import Place
from gongkai.window import Window

PLAIN = Place(
    ("/srv/gongkai/.venv/bin/gongkai",), Path("/srv/gongkai"), Path("/srv/gongkai/gongkai.toml"), "court", "zh"
)
ODD = Place(("/srv/a b/100%/gongkai",), Path("/srv/a b/100%"), Path("/srv/a b/100%/it's.toml"), None, "en")


def unit(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    parser.optionxform = str
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


def test_the_nights_are_a_service_that_stops_cleanly():
    night = unit(services.units(PLAIN)["gongkai-nightly.service"])
    assert night["Service"]["ExecStart"] == (
        "/srv/gongkai/.venv/bin/gongkai nightly --schedule --quiet --config /srv/gongkai/gongkai.toml"
    )
    assert (night["Service"]["User"], night["Service"]["WorkingDirectory"]) == ("court", "/srv/gongkai")
    assert (night["Service"]["KillMode"], night["Install"]["WantedBy"]) == ("mixed", "multi-user.target")


def test_the_nights_begin_when_the_database_comes_up_after_the_machine():
    service = unit(services.units(PLAIN)["gongkai-nightly.service"])["Service"]
    assert (service["Restart"], service["RestartSec"]) == ("always", "60")  # slow enough for systemd's own limit
    assert not [key for key in service if key.startswith("RestartPrevent")]


def test_a_worker_is_a_service_that_comes_back_whatever_ended_it(tmp_path, monkeypatch, capsys):
    service = unit(services.worker_unit(PLAIN)["gongkai-worker.service"])["Service"]
    assert service["ExecStart"].startswith("/srv/gongkai/.venv/bin/gongkai worker --quiet --config ")
    assert (service["Restart"], service["KillMode"]) == ("always", "mixed")
    assert (
        "RestartPreventExitStatus" not in service
    )  # while others are of an older version, it is refused and tries again
    monkeypatch.chdir(tmp_path)
    Path("gongkai.toml").write_text('[nightly]\nwindow = "23:00-06:00"\n', encoding="utf-8")
    assert cli.run(["install-service", "--worker", "--out", "units"]) == 0
    assert "enable --now gongkai-worker.service" in capsys.readouterr().out
    assert [p.name for p in Path("units").iterdir()] == ["gongkai-worker.service"]
    assert cli.run(["install-service", "--worker", "--cron"]) == 2


def test_the_check_has_a_timer_of_its_own():
    files = services.units(PLAIN)
    assert "status --alert" in unit(files["gongkai-check.service"])["Service"]["ExecStart"]
    assert unit(files["gongkai-check.timer"])["Timer"] == {
        "OnCalendar": "*-*-* 07:30:00 Asia/Shanghai",
        "Persistent": "true",
    }


def test_paths_with_blanks_and_per_cent_signs():
    text = services.units(ODD)["gongkai-nightly.service"]
    assert '"/srv/a b/100%%/gongkai" nightly --schedule --quiet --config "/srv/a b/100%%/it\'s.toml"' in text
    assert "User=" not in text and "WantedBy=default.target" in text
    line = services.crontab(ODD, Window.parse("00:30-06:00")).splitlines()[3]
    assert line.startswith("30 23 * * * ") and r"100\%" in line
    words = shlex.split(line.split(" ", 5)[5].replace(r"\%", "%"))
    assert words[:3] == ["cd", "/srv/a b/100%", "&&"] and "/srv/a b/100%/it's.toml;" in words


@pytest.mark.parametrize(
    ("file", "said"), [("# mail\nGONGKAI_MAIL_PASSWORD='p$x 100%'\n", "p$x 100% en"), (None, " en")]
)
def test_a_line_of_cron_knows_the_passwords_that_stand_beside_the_settings(tmp_path, file, said):
    folder = tmp_path / "it's 100%"
    folder.mkdir()
    if file is not None:
        (folder / "gongkai.env").write_text(file, encoding="utf-8")
    program = folder / "gongkai"
    program.write_text('#!/bin/sh\necho "$GONGKAI_MAIL_PASSWORD $GONGKAI_LANG"\n', encoding="utf-8")
    program.chmod(0o755)
    line = services.crontab(Place((str(program),), folder, folder / "gongkai.toml", None, "en"), None).splitlines()[-1]
    assert "status --alert" in line and "%" not in line.replace(r"\%", "")
    subprocess.run(["sh", "-c", line.split(" ", 5)[5].replace(r"\%", "%")], check=True, env={"PATH": "/usr/bin:/bin"})
    assert (folder / "gongkai-cron.log").read_text(encoding="utf-8") == said + "\n"


def test_cron_without_a_window_runs_one_night():
    lines = services.crontab(PLAIN, None).splitlines()
    assert [line for line in lines if "nightly" in line] == [line for line in lines if line.startswith("0 1 * * *")]
    assert "--schedule" not in "".join(lines)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path):
    paths = services.written(tmp_path, services.units(PLAIN) | services.worker_unit(PLAIN))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, paths)], capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr and "Failed to parse" not in done.stderr


def test_the_command_writes_files_and_says_what_to_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("gongkai.toml").write_text('[nightly]\nwindow = "23:00-06:00"\n', encoding="utf-8")
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("nothing is run"))
    assert cli.run(["install-service", "--out", "units"]) == 0
    said = capsys.readouterr().out
    assert "enable --now gongkai-nightly.service gongkai-check.timer" in said
    assert {p.name for p in Path("units").iterdir()} == set(services.units(PLAIN))
    assert f"--config {tmp_path}/gongkai.toml" in Path("units/gongkai-nightly.service").read_text(encoding="utf-8")
    assert cli.run(["install-service", "--user", "--cron", "--out", "cron"]) == 0
    assert [p.name for p in Path("cron").iterdir()] == ["gongkai.cron"]


def test_units_need_a_window_and_a_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("gongkai.toml").write_text("", encoding="utf-8")
    assert cli.run(["install-service", "--out", "units"]) == 2
    assert "[nightly] window" in capsys.readouterr().err
    Path("gongkai.toml").write_text('[nightly]\nwindow = "23:00-06:00"\n', encoding="utf-8")
    Path("units").write_text("", encoding="utf-8")
    assert cli.run(["install-service", "--out", "units"]) == 2
    assert "units: " in capsys.readouterr().err
