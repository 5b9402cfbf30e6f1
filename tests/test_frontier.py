"""Each page once, no further than the budget, and no endless series."""

from __future__ import annotations

import pytest

from crawlers.frontier import BARREN_CHAIN, SAME_TEXT, Frontier, Job
from storage.records import LinkKind

HOME = Job("http://h.cn/", LinkKind.PAGE, True, 0)


def admit(frontier: Frontier, url: str, parent: Job = HOME, **how: bool) -> Job | None:
    return frontier.admit(url, LinkKind.PAGE, internal=True, parent=parent, **how)


def test_once() -> None:
    frontier = Frontier(100)
    assert admit(frontier, "http://h.cn/a//b;") is not None
    assert admit(frontier, "http://h.cn/a/b;") is None


def test_budget_counts_pages_of_the_site_only() -> None:
    frontier = Frontier(1)
    assert admit(frontier, "http://h.cn/a") is not None
    assert admit(frontier, "http://h.cn/b") is None
    assert frontier.over_budget == 1
    assert frontier.admit("http://other.cn/", LinkKind.PAGE, internal=False, parent=HOME) is not None
    assert frontier.admit("http://h.cn/a.png", LinkKind.IMAGE, internal=True, parent=HOME) is not None


def test_an_endless_calendar_is_cut_off_and_said() -> None:
    frontier, parent = Frontier(10_000), HOME
    asked = 0
    for month in range(1, 500):
        job = admit(frontier, f"http://h.cn/cal?year={2026 + month // 12}&month={month}", parent, fruitful=False)
        if job is None:
            break
        asked, parent = asked + 1, job
    assert asked <= BARREN_CHAIN + 2
    assert frontier.traps() == {"h.cn/cal?month&year": 1}


def test_a_long_list_is_no_calendar() -> None:
    frontier, parent = Frontier(10_000), HOME
    for page in range(2, 300):
        job = admit(frontier, f"http://h.cn/list_{page}.html", parent, fruitful=True)
        assert job is not None
        parent = job
    assert frontier.traps() == {}


def test_a_list_goes_on_as_long_as_it_lists_what_it_has_not() -> None:
    frontier = Frontier(10_000)
    pages = [[f"http://h.cn/d{number}.html" for number in range(page, page + 3)] for page in range(0, 9, 3)]
    assert [frontier.lists_more(f"http://h.cn/list_{n}.html", rows) for n, rows in enumerate(pages)] == [True] * 3
    shuffled = [pages[0][0], pages[2][1]]
    assert not frontier.lists_more("http://h.cn/list_9.html", shuffled)
    assert not frontier.lists_more("http://h.cn/list_10.html", [])
    assert frontier.lists_more("http://h.cn/other/list_1.html", shuffled)


def test_articles_that_lead_to_the_next_one_are_found_by_their_list_after_all() -> None:
    frontier, parent = Frontier(10_000), HOME
    refused = []
    for number in range(60):
        url = f"http://h.cn/show/{number}.html"
        job = admit(frontier, url, parent, fruitful=False)
        if job is None:
            refused.append(url)
        else:
            parent = job
    assert refused
    page = Job("http://h.cn/list.html", LinkKind.PAGE, True, 1, from_pattern="h.cn/list.html")
    assert all(admit(frontier, url, page) is not None for url in refused)
    assert frontier.traps() == {}


def test_a_parameter_that_changes_nothing_closes_its_pattern() -> None:
    frontier = Frontier(10_000)
    closed = [frontier.says_the_same(f"http://h.cn/x?r={i}", 7) for i in range(SAME_TEXT + 2)]
    assert closed[SAME_TEXT - 1] is False
    assert closed[-1] is True
    assert admit(frontier, "http://h.cn/x?r=9999") is None
    assert frontier.traps() == {"h.cn/x?r": 1}
    assert not frontier.says_the_same("http://h.cn/y/1.html", 7)


@pytest.mark.parametrize(
    "url", ["http://h.cn/a/b/a/b/a/b/", "http://h.cn/xx/xx/xx/1.html", "http://h.cn/" + "x" * 2_000]
)
def test_addresses_that_repeat_themselves_or_have_no_end(url: str) -> None:
    assert admit(Frontier(100), url) is None


def test_excluded() -> None:
    assert admit(Frontier(100, ("/oa/",)), "http://h.cn/oa/login") is None
