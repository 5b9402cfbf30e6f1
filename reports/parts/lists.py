"""附件2 to 4: what was found, the leads, and the form that comes back: working lists, one row for each finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import sentences
from reports.blocks import Block, Cell, Column, Link, Paragraph, Table
from reports.bulletin import Bulletin
from reports.entries import Entry
from reports.parts.places import Places
from reports.text import citation, clock, safe_href, shorten
from reports.words import label, say

MESSAGE = 150  # characters of a message in a printed list; html, xlsx and json have it whole
LIST = (("number", 17), ("rule", 27), ("responsible", 30), ("subject", 38), ("message", 44), ("basis", 32), ("seen", 17),
        ("proof", 36), ("due", 17))  # fmt: skip
FORM = (("number", 11), ("code", 25), ("problem", 55), ("cause", 26), ("measures", 32), ("person", 18), ("finished", 20),
        ("proofs", 27), ("signature", 20), ("result", 19))  # fmt: skip


def problem_list(bulletin: Bulletin, places: Places, most: int | None) -> tuple[Block, ...]:
    """附件2. `most`: rows to print; the spreadsheet has all."""
    return (*_cut(bulletin.certain, most), _list("problems", bulletin, bulletin.certain[:most]))


def lead_list(bulletin: Bulletin, places: Places, most: int | None) -> tuple[Block, ...]:
    """附件3: never counted, and it says so."""
    explained = Paragraph(say("leads.explain"))
    return (explained, *_cut(bulletin.leads, most), _list("leads", bulletin, bulletin.leads[:most]))


def feedback_form(bulletin: Bulletin, places: Places, most: int | None) -> tuple[Block, ...]:
    """附件4: filled in by the departments; the last column is the office's."""
    shown = bulletin.certain[:most]
    columns = tuple(
        Column(title=say(f"feedback.columns.{name}"), width=width, centred=name in ("number", "code"))
        for name, width in FORM
    )
    rows = tuple(
        (str(entry.number), entry.code, f"{_responsible(entry, bulletin)}\n{_what(entry)}", *("" for _ in FORM[3:]))
        for entry in shown
    )
    keys = tuple(entry.code for entry in shown)
    table = Table(name="feedback", columns=columns, rows=rows, keys=keys, fine=True)
    return (Paragraph(say("paper.form.explain")), *_cut(bulletin.certain, most), table)


def _cut(entries: Sequence[Entry], most: int | None) -> Iterable[Block]:
    if most is not None and len(entries) > most:
        yield Paragraph(say("paper.list.cut", shown=most, count=len(entries)))


def _list(name: str, bulletin: Bulletin, entries: Sequence[Entry]) -> Table:
    columns = tuple(
        Column(title=say(f"paper.list.{key}"), width=width, centred=key in ("number", "due")) for key, width in LIST
    )
    rows = tuple(_row(entry, bulletin) for entry in entries)
    return Table(name=name, columns=columns, rows=rows, keys=tuple(entry.code for entry in entries), fine=True)


def _row(entry: Entry, bulletin: Bulletin) -> tuple[Cell, ...]:
    finding = entry.finding
    severity = label("severity", finding.severity)
    state = [sentences.state(entry), *sentences.marks(entry)]
    if not entry.is_certain:
        state.insert(0, label("grade", finding.grade))
    return (
        _number(entry),
        f"{finding.rule} {finding.title}\n（{severity}）",
        _responsible(entry, bulletin),
        _subject(entry),
        f"{shorten(finding.message, MESSAGE)}\n（{'，'.join(state)}）",
        "；".join(citation(one, quoted=False) for one in finding.basis) or say("values.unknown"),
        f"{finding.first_seen}",
        _proof(entry),
        f"{finding.due or say('finding.no_due')}",
    )


def _number(entry: Entry) -> str:
    """The running number, and the code by which the row is known for good."""
    return f"{entry.number}\n{entry.code}"


def _responsible(entry: Entry, bulletin: Bulletin) -> str:
    name = sentences.department(entry.finding.department)
    return f"{entry.court}\n{name}" if len(bulletin.scope.courts) > 1 else name


def _what(entry: Entry) -> str:
    about = entry.finding.subject
    name = about.case_number or about.section or shorten(about.url or "", 100)
    return f"{entry.finding.title}：{name}" if name else entry.finding.title


def _subject(entry: Entry) -> Cell:
    """What it is about; its address as a link where it may be one."""
    about, address = entry.finding.subject, safe_href(entry.link)
    text = about.case_number or about.section or shorten(about.url or entry.court, 160)
    return Link(text, address) if address else text


def _proof(entry: Entry) -> str:
    """Snapshot number, when it was read, SHA-256."""
    proof = entry.proof
    if proof is None or not proof.sha256:
        return say("finding.not_kept")
    read = clock(proof.fetched_at) or say("values.unknown")
    return f"{entry.proof_number}\n{read}\n{proof.sha256}"
