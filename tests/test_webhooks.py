"""Messages to other programs: signed, told once, tried again, in nobody's way, and without personal data."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gongkai import cli, nightly, webhooks
from gongkai.config import Settings, Webhooks
from gongkai.errors import OK, UNREADABLE, WRONG_USE, UserError
from gongkai.nightly import SiteNight
from gongkai.webhooks import AGAIN, Sender
from storage import deliveries, standing
from storage.database import reading
from tests.bulletins import two_nights

pytest_plugins = ("tests.console_fixtures",)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver():
    """A program on loopback that is told; it answers as `answers` says, then with 200."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            server.hold.wait(10)
            status = server.answers.pop(0) if server.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answers, server.hold = [], [], threading.Event()
    server.hold.set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(receiver):
    return Webhooks(urls=(f"http://127.0.0.1:{receiver.server_port}/hook",))


def announce(engine, told, clock, about="x"):
    with engine.begin() as connection:
        return webhooks.announce(connection, told, webhooks.NIGHT, about, {"night": "2026-03-31"}, clock())


def newest(engine):
    with reading(engine) as connection:
        return deliveries.newest(connection)


def test_the_signature_is_that_of_standard_webhooks():
    # The example of the specification's libraries.
    signed = webhooks.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_sent_once_and_its_signature_fits(engine, told, clock, receiver):
    (id_,) = announce(engine, told, clock)
    announce(engine, told, clock)
    assert webhooks.deliver(engine, SECRET, clock) == 1
    assert webhooks.deliver(engine, SECRET, clock) == 0
    announce(engine, told, clock)
    assert webhooks.deliver(engine, SECRET, clock) == 0
    ((headers, body),) = receiver.got
    moment = int(headers["webhook-timestamp"])
    assert moment == int(clock().timestamp())
    assert headers["webhook-id"] == id_
    assert headers["webhook-signature"] == webhooks.signature(SECRET, id_, moment, body)
    assert json.loads(body)["type"] == "night.finished"


def test_two_processes_send_it_once(engine, told, clock, receiver):
    for n in range(5):
        announce(engine, told, clock, str(n))
    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(webhooks.deliver, engine, SECRET, clock) for _ in range(3)]
        assert sum(one.result() for one in sent) == 5
    assert len(receiver.got) == 5


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_was_not_taken_is_tried_again_ever_later_and_then_given_up(engine, told, clock, receiver, status):
    receiver.answers = [status] * 100
    announce(engine, told, clock)
    for wait in AGAIN:
        assert webhooks.deliver(engine, SECRET, clock) == 0
        assert webhooks.deliver(engine, SECRET, clock) == 0  # not before its time
        (one,) = newest(engine)
        assert (one.due - clock(), one.answer) == (wait, str(status))
        clock.at += wait
    webhooks.deliver(engine, SECRET, clock)
    (one,) = newest(engine)
    assert (one.due, one.delivered, one.tries) == (None, None, len(AGAIN) + 1)
    assert len(receiver.got) == len(AGAIN) + 1  # and no redirect was followed


def test_one_that_is_back_gets_it(engine, told, clock, receiver):
    receiver.answers = [503]
    announce(engine, told, clock)
    webhooks.deliver(engine, SECRET, clock)
    clock.at += AGAIN[0]
    assert webhooks.deliver(engine, SECRET, clock) == 1
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]


def test_one_that_is_gone_for_good_is_not_asked_again(engine, told, clock, receiver):
    receiver.answers = [410]
    announce(engine, told, clock)
    webhooks.deliver(engine, SECRET, clock)
    assert newest(engine)[0].due is None


def test_nobody_there_and_no_secret_are_written_down(engine, clock):
    nobody = Webhooks(urls=("http://127.0.0.1:9/",))
    announce(engine, nobody, clock)
    webhooks.deliver(engine, SECRET, clock)
    assert "refused" in newest(engine)[0].answer
    clock.at += AGAIN[0]
    webhooks.deliver(engine, "", clock)
    assert newest(engine)[0].answer == "GONGKAI_WEBHOOK_SECRET is not set"


def test_a_receiver_that_hangs_does_not_hold_up_the_night(engine, told, clock, receiver, monkeypatch):
    monkeypatch.setenv(webhooks.SECRET, SECRET)
    monkeypatch.setattr(webhooks, "EVERY", 0.01)
    monkeypatch.setattr(webhooks, "LAST", 0.1)
    receiver.hold.clear()
    announce(engine, told, clock)
    sender = Sender(engine, told)
    with sender:
        while not receiver.got:
            threading.Event().wait(0.01)
    assert sender._thread.is_alive()  # left behind, and not waited for
    receiver.hold.set()
    sender._thread.join(10)
    assert newest(engine)[0].delivered is not None


def test_new_red_lines_are_told_without_what_they_are_about(engine, told, clock, receiver):
    with engine.begin() as connection:
        rows = connection.execute(standing.table.select()).mappings().all()
        fresh = [r for r in rows if r["first_seen"] == two_nights.SECOND and r["grade"] == "certain"]
        connection.execute(standing.table.update().values(severity="S0"))
        for site in {row["site"] for row in rows}:
            webhooks.red_lines(connection, told, site, two_nights.SECOND, clock())
    webhooks.deliver(engine, SECRET, clock)
    bodies = [body for _, body in receiver.got]
    assert {json.loads(body)["data"]["fingerprint"] for body in bodies} == {r["fingerprint"] for r in fresh}
    assert fresh != []
    for row in rows:
        assert not any(row["subject"] in body or row["message"] in body for body in bodies)


def test_the_night_tells_how_it_ended_once(engine, told, clock, receiver, monkeypatch, tmp_path):
    from crawlers.profile import Profile

    outcome = {"status": "complete"}
    monkeypatch.setattr(
        nightly,
        "site_night",
        lambda _engine, profile, *_, **_more: SiteNight(site=profile.id, status=outcome["status"]),
    )
    monkeypatch.setattr(nightly, "write_bulletin", lambda *_: (None, []))
    settings = Settings(database=str(engine.url), webhooks=told)
    profile = Profile(id="hekou", home="http://www.hkxfy.example/", court="示例市河口县人民法院")

    def night():
        nightly.run_night(two_nights.SECOND, [profile], settings, nightly.Options(), tmp_path)
        webhooks.deliver(engine, SECRET)

    night()
    night()
    ((_, body),) = receiver.got
    assert json.loads(body)["data"]["sites"] == [{"site": "hekou", "status": "complete", "pages": 0, "links": 0}]
    outcome["status"] = "incomplete"
    night()
    assert len(receiver.got) == 2


def test_what_is_not_asked_for_is_not_told(engine, told, clock):
    only = told.model_copy(update={"events": ("finding.red_line",)})
    assert announce(engine, only, clock) == []


@pytest.mark.parametrize(
    "url", ["http://evil.example/", "ftp://x/", "https://", "file:///etc/passwd", "http://localhost"]
)
def test_an_address_is_https_or_on_this_machine(url, tmp_path):
    from gongkai import config

    (tmp_path / "gongkai.toml").write_text(f'[webhooks]\nurls = ["{url}"]\n')
    with pytest.raises(UserError, match="webhooks"):
        config.load(tmp_path / "gongkai.toml", {})


def test_the_command_sends_a_trial_message(engine, told, receiver, monkeypatch, tmp_path, capsys):
    settings = tmp_path / "gongkai.toml"
    settings.write_text(f'database = "{engine.url.database}"\n[webhooks]\nurls = ["{told.urls[0]}"]\n')
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.delenv(webhooks.SECRET, raising=False)
    assert cli.run(["webhooks", "--test", "--config", str(settings)]) == WRONG_USE
    monkeypatch.setenv(webhooks.SECRET, SECRET)
    assert cli.run(["webhooks", "--test", "--config", str(settings)]) == OK
    assert "delivered" in capsys.readouterr().out
    assert json.loads(receiver.got[0][1])["type"] == "test"
    receiver.answers = [500]
    monkeypatch.setattr(webhooks, "_id", lambda *_: "msg_second")
    assert cli.run(["webhooks", "--test", "--config", str(settings)]) == UNREADABLE


def test_old_messages_are_forgotten_and_waiting_ones_are_not(engine, told, clock):
    announce(engine, told, clock, "delivered")
    webhooks.deliver(engine, SECRET, clock)
    clock.at += deliveries.KEPT + timedelta(days=1)
    announce(engine, told, clock, "new")
    assert len(newest(engine)) == 1
