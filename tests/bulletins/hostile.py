"""Trial data written by an enemy: every text that a site, a ledger or a profile brings in is an attack on the page.

`python -m tests.bulletins.hostile FILE` writes the page, to be looked at.
"""

import sys
from dataclasses import replace
from pathlib import Path

from reports.bulletin import compose
from reports.formats import html
from reports.period import Period
from storage import database, findings, runs
from storage.findings import Sighting, Subject
from storage.records import Evidence
from storage.statistics import Statistic, save_statistics
from tests.bulletins.two_nights import FIRST, GENERATED, SECOND

# What a visitor of a page must never notice: an alert, a request, a changed title, a form, a frame, a style.
MARKUP = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><script>alert(3)</script>",
    "</title><img src=x onerror=alert(4)>",
    "--><svg onload=alert(5)>",
    "]]><svg/onload=alert(6)>",
    "<img src='http://evil.example/pixel.png'>",
    "<iframe srcdoc='<script>parent.alert(7)</script>'></iframe>",
    "<base href='http://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<form action=http://evil.example/><button autofocus onfocus=alert(8)>",
    "<style>@import url(http://evil.example/);body{display:none}</style>",
    "<details open ontoggle=alert(9)><summary>",
    "<math><mtext></table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(10)&gt;'>",
    "<template><script>alert(11)</script></template>",
    "<a href=javascript:alert(12)>看</a>",
    "<textarea autofocus onfocus=alert(13)>",
    "<input type=hidden id=filter name=filter>",
    "<div id=main style='position:fixed;inset:0;background:#fff'>系统已停用",
    '" onmouseover="alert(14)" x="',
    "' autofocus onfocus='alert(15)",
    "` onclick=`alert(16)",
    "\" style=\"background:url(http://evil.example/)",
    "&lt;script&gt;alert(17)&lt;/script&gt;",
    "&#60;script&#62;alert(18)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(19)\\u003c/script\\u003e",
    "＜script＞alert(20)＜/script＞",
    "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>#{7*7}",
    "{0}{night}%s%(x)s",
    "\x00<scr\x00ipt>alert(21)</scr\x00ipt>",
    "\u202e\u2066<script>alert(22)</script>\u2069",
    "长" * 900,
    "W" * 900,
    "﷽" * 40,
    "Z" + "\u0300\u0301\u0316" * 60,
)  # fmt: skip
ADDRESSES = (
    "javascript:alert(30)",
    "JaVaScRiPt:alert(31)",
    " javascript:alert(32)",
    "java\nscript:alert(33)",
    "vbscript:msgbox(34)",
    "data:text/html,<script>alert(35)</script>",
    "file:///etc/passwd",
    "//evil.example/x",
    "http://court.example@evil.example/",
    'http://a.example/"><script>alert(36)</script>',
    "http://a.example/' onclick='alert(37)",
    "http://a.example/`x`<!--",
    "http://a.example/%22%3E%3Cscript%3Ealert(38)%3C/script%3E",
    'http://a"onmouseover=alert(39)x=".example/',
    "http://[half/",
    "ledger:<script>alert(40)</script>.xlsx/案件台账#1",
    "ledger:../../../etc/passwd#1",
)
RULES = ("D-01", "W-07", "W-01", "N-01", "D-03")
GRADES = ("certain", "certain", "suspected", "unclear")
KINDS = ("link", "page", "section", "case", "site", "ledger")


def attacks():
    """Sightings in which each text stands in every place where a text can stand, each address wherever one can."""
    for place, text in enumerate(MARKUP):
        address = ADDRESSES[place % len(ADDRESSES)]
        yield _attack(place, text, address)
    for place, address in enumerate(ADDRESSES):
        yield _attack(100 + place, MARKUP[place], address)


def _attack(place, text, address):
    kind = KINDS[place % len(KINDS)]
    subject = Subject(kind=kind, url=address, section=text, case_number=f"{text}{place}" if kind == "case" else None)
    proof = Evidence(url=address, fetched_at=GENERATED, status=404, sha256=text[:64], excerpt=text)
    law = {"instrument": text, "number": text, "article": text, "text": text}
    rule, grade = RULES[place % len(RULES)], GRADES[place % len(GRADES)]
    return Sighting(
        rule=rule,
        title=text,
        severity=f"S{place % 4}",
        verdict=grade,
        raw_grade=grade,
        site=SITE.id,
        court=text if place % 2 else SITE.court,
        department=text,
        subject=subject,
        message=text,
        remedy=text,
        due=SECOND,
        basis=(law,),
        evidence=(proof, replace(proof, sha256="0" * 64)),
    )


SITE = runs.Site(id="a", court='示例<b onclick="alert(50)">法院</b>', home="javascript:alert(51)")


def build(connection):
    """One court, two nights: what was open on the first is rectified on the second."""
    runs.save_site(connection, SITE)
    for night in (FIRST, SECOND):
        run = runs.start(connection, SITE.id, night, GENERATED)
        runs.update(
            connection, run.id, status="incomplete", pages=3, links=5, sections=2, why=MARKUP[0], audited=GENERATED
        )
        causes = ("denied", "timeout", "<b>cause</b>", "row", "dns")
        issues = [runs.Issue(cause=c, subject=s) for c, s in zip(causes, MARKUP + ADDRESSES, strict=False)]
        runs.save_issues(connection, run.id, issues)
        reads = [
            {"site": SITE.id, "url": url, "night": night, "complete": False, "why": text, "items": 1, "newest": None,
             "oldest": None}
            for url, text in zip(ADDRESSES, MARKUP, strict=False)
        ]  # fmt: skip
        runs.save_section_reads(connection, reads)
    old = [replace(found, rule="P-01") for found in list(attacks())[:6]]
    findings.record_night(connection, FIRST, SITE.id, old, {})
    ended = {s.fingerprint: findings.PASSED for s in old}
    findings.record_night(connection, SECOND, SITE.id, list(attacks()), ended)
    save_statistics(connection, SITE.id, SECOND, list(_statistics()))


def _statistics():
    for place, text in enumerate(MARKUP[:8]):
        kind = ("metric", "estimate")[place % 2]
        yield Statistic(
            site=SITE.id, kind=kind, name=f"n{place // 4}", title=text, scope=text, unit="share", numerator=1,
            denominator=2, value=0.5, denominator_name=text, method=text, period=text, note=text,
        )  # fmt: skip


def hostile():
    """The bulletin of it."""
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        build(connection)
        return compose(connection, Period.of_night(SECOND), generated_at=GENERATED)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(html.render(hostile()), encoding="utf-8")
