"""Each role's main job on a court that is really served, from sign-in to the closed finding; and two inspectors at once."""

import pytest

from gongkai import clock
from storage import accounts
from storage.accounts import User
from tests.console_fixtures import enter, faultless, served
from tests.recheck_fixtures import CHALLENGE

pytest_plugins = ("tests.console_fixtures", "tests.recheck_fixtures")
pytestmark = pytest.mark.browser
OFFICE = "信息技术科"
PEOPLE = (
    ("li", "viewer", None),
    ("wang", "inspector", None),
    ("chen", "inspector", None),
    ("office", "department", OFFICE),
    ("admin", "administrator", None),
)


@pytest.fixture
def console(trial, kept_password):
    """The console on the court's database; its re-checks ask the court that is served on loopback."""
    with trial.engine.begin() as connection:
        for name, role, department in PEOPLE:
            accounts.add(
                connection,
                User(name=name, role=role, department=department, password=kept_password, made=clock.now()),
            )
    with served(trial.engine, trial.settings, clock.now, allow_private=True) as address:
        yield address


@pytest.fixture
def visitor(chromium, console):
    """Opens a tab for somebody who has signed in and looks at a page."""
    contexts = []

    def opened(name, there):
        contexts.append(chromium.new_context())
        tab = contexts[-1].new_page()
        enter(tab, console, name, there)
        return tab

    yield opened
    for context in contexts:
        context.close()


def press_recheck(tab):
    """Press the button, go on reading, and look when it says that it is done."""
    tab.click("#recheck button")
    tab.wait_for_selector("[data-recheck]")
    faultless(tab)
    tab.fill("#note", "还在写")
    tab.wait_for_selector("[data-recheck]:text-is('复查已有结果。')", timeout=120_000)
    assert tab.input_value("#note") == "还在写"
    faultless(tab)
    tab.click("#recheck a")
    tab.wait_for_selector("#recheck button, h2#steps")


def test_each_role_does_its_part_until_the_finding_is_closed(trial, console, visitor):
    hidden, other = trial.finding("W-11"), trial.finding("W-07", "id=9999")
    there = f"/findings/{hidden.fingerprint}"

    viewer = visitor("li", there)
    assert "读者看不见的站外链接" in viewer.inner_text(".facts")
    assert viewer.locator("form.deed, #recheck").count() == 0
    faultless(viewer)

    inspector = visitor("wang", there)
    inspector.fill("#note", "已核实")
    inspector.click("button[value=confirmed]")
    inspector.fill("input[name=department]", OFFICE)
    inspector.click("button[value=assigned]")
    assert "已分派" in inspector.inner_text(".marks")

    department = visitor("office", "/findings")
    assert department.locator("tbody tr").count() == 1
    department.click("tbody a")
    assert department.locator("#recheck, button[value=closed]").count() == 0
    department.fill("#note", "已删除")
    department.click("button[value=rectified]")
    assert "已报整改，待复查" in department.inner_text(".marks")
    assert department.request.get(f"{console}/findings/{other.fingerprint}").status == 404

    administrator = visitor("admin", there)
    trial.answer({"/about.asp?id=3": CHALLENGE})
    press_recheck(administrator)
    assert "已报整改，待复查" in administrator.inner_text(".marks")
    assert "没有正常打开" in administrator.inner_text(".steps")

    trial.answer(
        {"/about.asp?id=3": lambda body: body[: body.index(b"<DIV style")] + body[body.index(b"</DIV>") + 6 :]}
    )
    press_recheck(administrator)
    assert "已办结" in administrator.inner_text(".marks")
    assert "复查符合要求" in administrator.inner_text(".steps")
    faultless(administrator)


def test_of_two_inspectors_at_once_the_second_is_told_and_loses_nothing(trial, visitor):
    there = f"/findings/{trial.finding('W-11').fingerprint}"
    first, second = visitor("wang", there), visitor("chen", there)
    first.click("button[value=confirmed]")
    assert "已确认" in first.inner_text(".marks")
    second.fill("#note", "整改情况属实")
    with second.expect_response(lambda answer: answer.request.method == "POST") as answer:
        second.click("button[value=closed]")
    assert answer.value.status == 409
    assert "别人已经处理过" in second.inner_text("[role=alert]")
    assert (second.input_value("#note"), "已确认" in second.inner_text(".marks")) == ("整改情况属实", True)
    faultless(second)
    second.click("button[value=closed]")
    assert "已办结" in second.inner_text(".marks")
    first.reload()
    assert [name in first.inner_text(".steps") for name in ("wang", "chen")] == [True, True]
