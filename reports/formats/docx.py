"""The bulletin as an official document for Word and LibreOffice: upright body, landscape lists as annexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from reports import sentences
from reports.bulletin import Bulletin
from reports.entries import Counts, Entry
from reports.figures import Figure, estimates, metric_tables
from reports.formats import official, ruled
from reports.grouping import RuleGroup, grouped
from reports.text import chinese_number, clock, safe_href, shorten
from reports.words import chinese_date, label, say, say_all

EXAMPLES = 3  # of each rule in the body; the annex lists all
MESSAGE = 150  # characters of a message here; html, xlsx and json have it whole
LANDSCAPE = 253  # millimetres between the margins of a landscape page
NUMBERS = ("certain", "new", "continuing", "resolved", "suspected", "unclear")


def render(bulletin: Bulletin) -> bytes:
    """The .docx file."""
    document = official.new_document("".join(sentences.title(bulletin)), bulletin.generated_at)
    _head(document, bulletin)
    _coverage(document, bulletin)
    _overview(document, bulletin)
    _resolved(document, bulletin)
    _certain(document, bulletin)
    _demands(document, bulletin)
    _close(document, bulletin)
    _annexes(document, bulletin)
    return official.to_bytes(document, bulletin.generated_at)


def _head(document: Document, bulletin: Bulletin) -> None:
    document.add_paragraph(say("mark"), style=official.MARK)
    official.add_red_rule(document)
    document.add_paragraph(style=official.NO_INDENT)
    title = document.add_paragraph(style="Title")
    for number, piece in enumerate(sentences.title(bulletin)):
        if number:
            title.add_run().add_break()
        title.add_run(piece)
    document.add_paragraph(style=official.NO_INDENT)
    document.add_paragraph(say("addressee"), style=official.NO_INDENT)
    for sentence in sentences.lead(bulletin):
        document.add_paragraph(sentence)


def _coverage(document: Document, bulletin: Bulletin) -> None:
    document.add_heading("一、" + say("headings.coverage"), 1)
    document.add_paragraph(sentences.coverage_note(bulletin))
    rows = [
        (
            site.court,
            label("run", site.verdict),
            site.pages,
            site.links,
            f"{site.sections_complete}/{site.sections}",
            _why(site.reason, site.last_complete),
        )
        for site in bulletin.coverage
    ]
    _table(
        document,
        ("court", "coverage", "pages", "links", "sections_of", "why"),
        rows,
        (40, 21, 15, 18, 21, 41),
        {1, 2, 3, 4},
    )
    gaps = [(site.court, gap.name, gap.why or "") for site in bulletin.coverage for gap in site.gaps]
    if gaps:
        document.add_heading("（一）" + say("headings.gaps"), 2)
        _table(document, ("court", "section", "why"), gaps, (50, 56, 50), set())
    obstacles = [
        (site.court, obstacle.label, obstacle.times, obstacle.example)
        for site in bulletin.coverage
        for obstacle in site.obstacles
    ]
    if obstacles:
        document.add_heading(("（二）" if gaps else "（一）") + say("headings.issues"), 2)
        _table(document, ("court", "cause", "times", "example"), obstacles, (44, 36, 14, 62), {2})


def _why(reason: str | None, last_complete: object) -> str:
    if reason is None:
        return ""
    last = say("last_complete", night=last_complete) if last_complete else say("never_complete")
    return f"{reason}（{last}）"


def _overview(document: Document, bulletin: Bulletin) -> None:
    document.add_heading("二、" + say("headings.overview"), 1)
    for sentence in sentences.overview(bulletin):
        document.add_paragraph(sentence)
    if bulletin.rules:
        document.add_heading("（一）" + say("headings.by_rule"), 2)
        rows = []
        for chapter in bulletin.chapters:
            rows.append((f"【{label('chapter', chapter.chapter)}】", "", *_numbers(chapter.counts)))
            rows += [(f"{r.rule} {r.title}", label("severity", r.severity), *_numbers(r.counts)) for r in chapter.rules]
        rows.append((say("fields.total"), "", *_numbers(bulletin.counts)))
        _table(
            document, ("rule_and_title", "severity", *NUMBERS), rows, (51, 15, 15, 15, 15, 15, 15, 15), set(range(1, 8))
        )
    if len(bulletin.courts) > 1:
        document.add_heading(("（二）" if bulletin.rules else "（一）") + say("headings.by_court"), 2)
        rows = [
            (row.court, say("values.complete" if row.complete else "values.incomplete"), *_numbers(row.counts))
            for row in bulletin.courts
        ]
        _table(document, ("court", "coverage", *NUMBERS), rows, (51, 15, 15, 15, 15, 15, 15, 15), set(range(1, 8)))


def _numbers(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in NUMBERS)


def _resolved(document: Document, bulletin: Bulletin) -> None:
    document.add_heading("三、" + say("headings.resolved"), 1)
    counts = bulletin.counts
    document.add_paragraph(say("resolved.some", count=counts.resolved) if counts.resolved else say("resolved.none"))
    if bulletin.rectified:
        rows = [
            (e.number, e.court, e.finding.rule, e.subject, label("resolution", e.finding.resolution or ""))
            for e in bulletin.rectified
        ]
        _table(document, ("number", "court", "rule", "subject", "result"), rows, (12, 38, 16, 58, 32), {0, 2})
    if counts.leads_resolved:
        document.add_paragraph(say("resolved.leads", count=counts.leads_resolved))


def _certain(document: Document, bulletin: Bulletin) -> None:
    document.add_heading("四、" + say("headings.certain"), 1)
    if not bulletin.certain:
        document.add_paragraph(say("certain.none"))
    alone = len(bulletin.courts) == 1
    for place, chapter in enumerate(grouped(bulletin.certain), start=1):
        heading = say("certain.chapter", chapter=label("chapter", chapter.chapter), certain=chapter.counts.certain)
        document.add_heading(f"（{chinese_number(place)}）{heading}", 2)
        number = 0
        for court in chapter.courts:
            for department in court.departments:
                name = sentences.department(department.department)
                for group in department.rules:
                    number += 1
                    _group(document, number, name if alone else court.court + name, group)


def _group(document: Document, number: int, responsible: str, group: RuleGroup) -> None:
    """One rule in one department of one court: the law once, the gravest examples, the rest in the annex."""
    heading = f"{number}.{responsible}：{group.title}（{group.rule}，{label('severity', group.severity)}）"
    document.add_heading(heading, 3)
    counts = group.counts
    told = say("certain.group", certain=counts.certain, new=counts.new, continuing=counts.continuing)
    law = "" if group.basis is None else f"{say('fields.basis')}：{sentences.citations(group.basis)}"
    document.add_paragraph(told + law)
    for place, entry in enumerate(group.entries[:EXAMPLES], start=1):
        # Not justified: an address that breaks leaves gaps in the line before it.
        document.add_paragraph(f"（{place}）{_example(entry, group)}").alignment = WD_ALIGN_PARAGRAPH.LEFT
    rest = len(group.entries) - EXAMPLES
    closing = say("certain.examples", rest=rest) if rest > 0 else ""
    if group.remedy:
        closing += f"{say('fields.remedy')}：{group.remedy}"
    if closing:
        document.add_paragraph(closing)


def _example(entry: Entry, group: RuleGroup) -> str:
    """The subject and the fact in one sentence, with what a reader must know before relying on it."""
    finding, about = entry.finding, entry.finding.subject
    notes = (label("status", finding.status), *sentences.marks(entry))
    name = about.case_number or (f"“{about.section}”" if about.section else shorten(about.url or entry.court, 80))
    text = f"{name}：{shorten(finding.message.rstrip('。'), MESSAGE)}（{'，'.join(notes)}）。"
    # What the group does not share stands with each of its findings.
    if group.basis is None:
        text += f"{say('fields.basis')}：{sentences.citations(finding.basis)}。"
    if group.remedy is None:
        text += f"{say('fields.remedy')}：{finding.remedy}"
    return text


def _demands(document: Document, bulletin: Bulletin) -> None:
    document.add_heading("五、" + say("headings.demands"), 1)
    asked = sentences.demands(bulletin)
    for place, sentence in enumerate(asked, start=1):
        document.add_paragraph(f"（{chinese_number(place)}）{sentence}" if len(asked) > 1 else sentence)


def _close(document: Document, bulletin: Bulletin) -> None:
    document.add_paragraph(style=official.NO_INDENT)
    for place, (_, name) in enumerate(_annex_list(bulletin)):
        line = document.add_paragraph((say("docx.annexes") if place == 0 else "") + f"{place + 1}.{name}")
        line.paragraph_format.first_line_indent = Pt(32 if place == 0 else 32 + 48)
    document.add_paragraph(style=official.NO_INDENT)
    signed = document.add_paragraph(chinese_date(bulletin.generated_at.date()), style=official.NO_INDENT)
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    signed.paragraph_format.right_indent = Pt(64)


def _annex_list(bulletin: Bulletin) -> list[tuple[str, str]]:
    """The annexes this bulletin has: an empty list is no annex."""
    names = [("list", "annex_list")] * bool(bulletin.certain) + [("leads", "annex_leads")] * bool(bulletin.leads)
    names += [("statistics", "statistics")] * bool(bulletin.figures)
    return [(kind, say(f"headings.{name}")) for kind, name in (*names, ("method", "method"))]


def _annexes(document: Document, bulletin: Bulletin) -> None:
    for place, (kind, name) in enumerate(_annex_list(bulletin), start=1):
        (official.portrait if kind == "method" else official.landscape)(document)
        mark = document.add_paragraph(style=official.NO_INDENT)
        mark.add_run(say("docx.annex", number=place)).font.name = official.LATIN_FONT
        heading = document.add_heading(name, 1)
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading.paragraph_format.first_line_indent = Pt(0)
        if kind == "method":
            for number, sentence in enumerate(say_all("method.list"), start=1):
                document.add_paragraph(f"{number}.{sentence}")
        elif kind == "list":
            _list(document, bulletin.certain)
        elif kind == "statistics":
            _statistics(document, bulletin)
        else:
            document.add_paragraph(say("leads.explain"))
            _list(document, bulletin.leads)


def _list(document: Document, entries: tuple[Entry, ...]) -> None:
    """The list of rules.md chapter 9, annex 2: who, what, by which rule, by when, and the proof."""
    told = "message" if entries[0].is_certain else "lead"
    fields = ("number", "responsible", "rule_and_title", "subject", told, "due_and_status", "evidence")
    head = [say(f"fields.{name}") for name in fields]
    rows = [_row(entry) for entry in entries]
    ruled.add_table(document, head, rows, (11, 36, 31, 46, 42, 24, 63), centred={0}, style=official.FINE_TEXT)


def _statistics(document: Document, bulletin: Bulletin) -> None:
    """Metrics side by side with their methods below, then each estimate with its method above. Months: html and xlsx."""
    document.add_paragraph(say("figures.explain"))
    tables = metric_tables(bulletin.figures)
    for place, table in enumerate(tables, start=1):
        name = say("headings.metrics" if place == 1 else "headings.more_metrics")
        document.add_heading(f"（{chinese_number(place)}）{name}", 2)
        head = [say("fields.court"), say("fields.scope"), *table.titles, say("fields.note")]
        each = (LANDSCAPE - 42 - 30 - 34) // len(table.titles)
        rows = [(row.court, row.scope, *(_figure(cell) for cell in row.cells), row.note) for row in table.rows]
        widths = (42, 30, *(each for _ in table.titles), 34)
        ruled.add_table(document, head, rows, widths, centred=set(range(2, 2 + len(table.titles))))
        for number, one in enumerate(table.methods, start=1):
            told = say("figures.method", title=one.title, method=one.method, denominator=one.denominator)
            document.add_paragraph(f"{number}.{told}", style=official.TABLE_TEXT)
    for place, estimate in enumerate(estimates(bulletin.figures), start=len(tables) + 1):
        document.add_heading(f"（{chinese_number(place)}）{estimate.title}", 2)
        document.add_paragraph(say("figures.estimate", method=estimate.method))
        listed = [
            (f.court, f.scope, f.shown, f.statistic.denominator or "", f.statistic.period, f.statistic.note or "")
            for f in estimate.totals
        ]
        _table(
            document, ("court", "scope", "missing", "among", "period", "note"), listed, (56, 50, 24, 26, 44, 53), {2, 3}
        )


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return ""
    return f"{figure.shown}\n{figure.fraction}" if figure.fraction else figure.shown


def _row(entry: Entry) -> tuple[Any, ...]:
    finding = entry.finding
    states = [sentences.state(entry), *sentences.marks(entry)]
    if not entry.is_certain:
        states.insert(0, label("grade", finding.grade))
    due = f"{finding.due}\n" if finding.due else ""
    return (
        entry.number,
        f"{entry.court}\n{sentences.department(finding.department)}",
        f"{finding.rule} {finding.title}（{label('severity', finding.severity)}）",
        _subject(entry),
        shorten(finding.message, MESSAGE),
        due + "，".join(states),
        _proof(entry),
    )


def _subject(entry: Entry) -> Any:
    """What it is about; the whole address as a link where it may be one."""
    about, address = entry.finding.subject, safe_href(entry.link)
    text = about.case_number or about.section or shorten(about.url or entry.court, 160)
    return (text, address) if address else text


def _proof(entry: Entry) -> str:
    proof = entry.proof
    if proof is None:
        return sentences.seen(entry)
    read = clock(proof.fetched_at) or say("values.unknown")
    digest = proof.sha256 or say("finding.not_kept")
    return f"{sentences.seen(entry)}\n{say('fields.fetched_at')}：{read}\nSHA-256：{digest}"


def _table(
    document: Document, fields: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[int], centred: set[int]
) -> None:
    ruled.add_table(document, [say(f"fields.{name}") for name in fields], rows, widths, centred=centred)
