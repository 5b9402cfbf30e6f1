"""The bulletin as one self-contained page: nothing is loaded from anywhere, and crawled text stays text.

All values are escaped by the template engine; only http and https addresses become links; a content security policy
allows the page's own style sheet and its one small script, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import sentences, words
from reports.bulletin import Bulletin
from reports.figures import estimates, metric_tables
from reports.grouping import grouped
from reports.text import chinese_number, citation, clock, safe_href

TEMPLATES = Path(__file__).parent.parent / "templates"
OPEN_UP_TO = 12  # a rule's findings in one department: more than these are folded away on the screen
EVIDENCE_SHOWN = 5
HEADINGS = (
    ("coverage", "一、", "coverage"),
    ("overview", "二、", "overview"),
    ("resolved", "三、", "resolved"),
    ("certain", "四、", "certain"),
    ("demands", "五、", "demands"),
    ("leads", "附件：", "annex_leads"),
    ("statistics", "附件：", "statistics"),
    ("method", "附件：", "method"),
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        href=safe_href, clock=clock, citation=citation, chinese=chinese_number, chinese_date=words.chinese_date
    )
    environment.globals.update(
        say=words.say,
        say_all=words.say_all,
        label=words.label,
        marks=sentences.marks,
        state=sentences.state,
        seen=sentences.seen,
        department_name=sentences.department,
        OPEN_UP_TO=OPEN_UP_TO,
        EVIDENCE_SHOWN=EVIDENCE_SHOWN,
    )
    return environment


def render(bulletin: Bulletin) -> str:
    """The page, in UTF-8."""
    style, script = _inline("bulletin.css"), _inline("bulletin.js")
    headings = {
        name: numeral + words.say(f"headings.{key}")
        for name, numeral, key in HEADINGS
        if name != "statistics" or bulletin.figures
    }
    return (
        _environment()
        .get_template("bulletin.html.j2")
        .render(
            bulletin=bulletin,
            title=sentences.title(bulletin),
            headings=headings,
            contents=list(headings.items()),
            lead=sentences.lead(bulletin),
            coverage_note=sentences.coverage_note(bulletin),
            gaps=[(site.court, gap) for site in bulletin.coverage for gap in site.gaps],
            obstacles=[(site.court, obstacle) for site in bulletin.coverage for obstacle in site.obstacles],
            overview=sentences.overview(bulletin),
            certain=grouped(bulletin.certain),
            leads=grouped(bulletin.leads),
            resolved=sentences.resolved_by_court(bulletin),
            demands=sentences.demands(bulletin),
            metrics=metric_tables(bulletin.figures),
            estimates=estimates(bulletin.figures),
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'",
        )
    )


def _inline(name: str) -> Markup:
    """One of our own files, to stand in the page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
