"""The button of the re-check: who may press it, that nobody waits for it, and what it says when it goes wrong."""

import json
import subprocess
import threading
from datetime import UTC, datetime

import pytest

from gongkai.console import rechecking
from gongkai.console.rechecking import Rechecks
from storage import events
from storage.database import reading
from tests.console_fixtures import CASE, LINK, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)
ANOTHER = "0" * 20


class Child:
    """In place of the process that reads the pages."""

    def __init__(self):
        self.tasks, self.go, self.code = [], threading.Event(), 0

    def run(self, _command, *, input, **_):
        self.tasks.append(json.loads(input))
        self.go.wait(20)
        if self.code is None:
            raise subprocess.TimeoutExpired("gongkai.recheck", 1)
        return subprocess.CompletedProcess([], self.code, "", "Traceback: a bug" if self.code else "")


@pytest.fixture
def child(monkeypatch):
    made = Child()
    monkeypatch.setattr(rechecking.subprocess, "run", made.run)
    yield made
    made.go.set()


def ended(application, print_):
    for _ in range(400):
        if application.state.rechecks.state(print_) is None:
            return True
        threading.Event().wait(0.02)
    return False


def press(client, engine, print_):
    return client.post(f"/findings/{print_}/recheck", data={"csrf": csrf(engine)})


def test_nobody_waits_for_it(client, engine, application, child):
    sign_in(client)
    print_ = print_of(engine, LINK)
    assert "立即复查" in client.get(f"/findings/{print_}").text
    answer = press(client, engine, print_)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/findings/{print_}#recheck")
    press(client, engine, print_)  # twice is once
    page = client.get(f"/findings/{print_}").text
    assert "立即复查" not in page and ("正在复查" in page or "已排队" in page)
    assert client.get(f"/findings/{print_}/recheck").json()["state"] in ("waiting", "reading")
    child.go.set()
    assert ended(application, print_)
    assert client.get(f"/findings/{print_}/recheck").json() == {"state": None, "text": "复查已有结果。"}
    (task,) = child.tasks
    assert (task["prints"], task["who"], task["allow_private"]) == ([print_], "wang", False)
    assert task["settings"]["database"] == str(engine.url)


@pytest.mark.parametrize(("name", "code"), [("min1", 403), ("li", 403), ("admin", 303)])
def test_who_may_press_it(client, engine, child, name, code):
    sign_in(client, name)
    visible = print_of(engine, CASE)
    child.go.set()
    if name == "min1":  # it sees this one, and may not have it looked at; of another's it does not know
        assert press(client, engine, visible).status_code == code
        assert press(client, engine, print_of(engine, LINK)).status_code == 404
        assert client.get(f"/findings/{print_of(engine, LINK)}/recheck").status_code == 404
        assert "立即复查" not in client.get(f"/findings/{visible}").text
    elif name == "admin":
        assert press(client, engine, print_of(engine, LINK)).status_code == code
    assert press(client, engine, ANOTHER).status_code == 404
    assert child.tasks == [] or name == "admin"


def test_without_the_forms_secret_nothing_is_asked(client, engine, child):
    sign_in(client)
    assert client.post(f"/findings/{print_of(engine, LINK)}/recheck", data={"csrf": "x"}).status_code == 403
    assert client.post("/findings/recheck", data={"finding": print_of(engine, LINK)}).status_code == 403
    assert child.tasks == []


def test_what_takes_a_night_is_said_to_take_a_night(client, engine, child):
    sign_in(client)
    print_ = print_of(engine, CASE)  # a ledger against the site
    page = client.get(f"/findings/{print_}").text
    assert "须等下一次夜间巡查" in page and f"/findings/{print_}/recheck" not in page
    assert press(client, engine, print_).status_code == 422
    assert child.tasks == []


def test_many_at_once(client, engine, application, child):
    sign_in(client)
    link, case = print_of(engine, LINK), print_of(engine, CASE)
    form = {"csrf": csrf(engine), "finding": [link, case, ANOTHER]}
    page = client.post("/findings/recheck", data=form).text
    assert "已安排复查1条" in page and "1条没有安排：要对照" in page and "1条没有安排：没有这个问题" in page
    child.go.set()
    assert ended(application, link)
    assert [task["prints"] for task in child.tasks] == [[link]]


@pytest.mark.parametrize(("code", "said"), [(1, "程序出错"), (None, "超过时限")])
def test_a_process_that_fails_says_so_and_changes_no_stage(
    client, engine, application, child, code, said, tmp_path, monkeypatch
):
    monkeypatch.setattr(type(application.state.console.settings), "logs", tmp_path / "logs")
    child.code = code
    child.go.set()
    sign_in(client)
    print_ = print_of(engine, LINK)
    press(client, engine, print_)
    assert ended(application, print_)
    with reading(engine) as connection:
        (step,) = events.read(connection, of=[print_])[print_]
    assert (step.who, step.what, step.after["verdict"], step.after["stage"]) == ("wang", "recheck", "unread", "new")
    assert said in step.note
    assert said in client.get(f"/findings/{print_}").text
    (log,) = (tmp_path / "logs").iterdir()
    assert ("a bug" if code else "900") in log.read_text(encoding="utf-8")


def test_a_failure_after_the_outcome_was_written_is_said_once(engine, application):
    from gongkai.recheck import note_failure
    from storage.events import RECHECK, Event

    print_, asked = print_of(engine, LINK), datetime(2026, 4, 1, tzinfo=UTC)
    made = Event(fingerprint=print_, at=asked, who="wang", what=RECHECK, after={"verdict": "unread"})
    with engine.begin() as connection:
        events.append(connection, [made])
    note_failure(engine, [print_], "bug", asked, "wang")
    with reading(engine) as connection:
        assert len(events.read(connection, of=[print_])[print_]) == 1


def test_a_bug_in_one_does_not_stop_the_next(application, monkeypatch, caplog):
    done = threading.Event()

    def run(self, job):
        if job.prints == ("a",):
            raise RuntimeError("a bug")
        done.set()

    monkeypatch.setattr(rechecking, "AT_ONCE", 1)
    monkeypatch.setattr(Rechecks, "_run", run)
    rechecks = Rechecks(application.state.console)
    rechecks.ask(["a"], "wang")
    rechecks.ask(["b"], "wang")
    assert done.wait(20)
    assert "a bug" in caplog.text
