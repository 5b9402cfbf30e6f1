"""三、发现的主要问题: chapter by chapter and rule by rule, with numbers, basis, and the gravest examples by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from reports import sentences
from reports.blocks import Block, Heading, Item, Paragraph
from reports.bulletin import Bulletin
from reports.entries import Entry, chapter_of, chapter_order, rule_order
from reports.grouping import Basis
from reports.parts.places import Places
from reports.text import chinese_number, citation, safe_href, shorten
from reports.words import label, say, say_counts

K = TypeVar("K")
Rules = list[tuple[tuple[str, str], list[Entry]]]  # by rule and severity
MAIN = 5  # rules of a chapter that are told at length; the others in a sentence each
EXAMPLES = 3  # of each rule in the body; the annex lists all
MESSAGE = 150  # characters of a message here; the list has it whole
UNITS = 6  # named with their numbers


def problems(bulletin: Bulletin, places: Places) -> tuple[Block, ...]:
    """The blocks of the chapter, without its heading."""
    if not bulletin.certain:
        silence = "none_at_all" if not bulletin.pages else "none_complete" if bulletin.is_complete else "none"
        return (Paragraph(say(f"paper.problems.{silence}")),)
    blocks: list[Block] = []
    quoted: set[str] = set()
    chapters = _split(bulletin.certain, lambda entry: chapter_of(entry.finding.rule))
    for place, chapter in enumerate(sorted(chapters, key=chapter_order), start=1):
        entries = chapters[chapter]
        number = f"（{chinese_number(place)}）"
        blocks.append(Heading(level=2, number=number, text=label("chapter", chapter), anchor=f"problems-{chapter}"))
        rules = _rules(entries)
        if len(rules) > 1:
            blocks.append(Paragraph(say("paper.problems.chapter", certain=len(entries), split=split_of(entries))))
        main = rules[: _at_length(rules)]
        for nth, ((rule, severity), found) in enumerate(main, start=1):
            title = say(
                "paper.problems.rule", title=found[0].finding.title, rule=rule, severity=label("severity", severity)
            )
            blocks.append(Heading(level=3, number=f"{nth}.", text=title, anchor=f"rule-{rule}-{severity}"))
            blocks += _group(found, bulletin, places, quoted)
        blocks += _others(chapter, len(main) + 1, rules[len(main) :], bulletin, places)
    return tuple(blocks)


def _law(basis: Basis, quoted: set[str]) -> str:
    """What a rule rests on; of its first article the sentence too, unless the bulletin has quoted it before."""
    first = citation(basis[0])
    names = [citation(one, quoted=False) for one in basis]
    if first not in quoted:
        quoted.add(first)
        names[0] = first
    return "；".join(names)


def _at_length(rules: Rules) -> int:
    """How many of a chapter's rules are told at length: red lines always, and no single one is left for the rest."""
    red = sum(severity == "S0" for (_, severity), _ in rules)
    return len(rules) if len(rules) <= MAIN + 1 else max(MAIN, red)


def _others(chapter: str, number: int, rules: Rules, bulletin: Bulletin, places: Places) -> Iterable[Block]:
    """The chapter's further rules: how many, of whom, and one example with its evidence."""
    if rules:
        text = say("paper.problems.others", annex=places.see("problems"))
        yield Heading(level=3, number=f"{number}.", text=text, anchor=f"others-{chapter}")
    for nth, ((rule, severity), found) in enumerate(rules, start=1):
        title = say(
            "paper.problems.rule", title=found[0].finding.title, rule=rule, severity=label("severity", severity)
        )
        example = _gravest(found)[0]
        values = {"subject": naming(example), "proof": example.proof_number}
        named = say(f"paper.problems.{'proven' if example.proof_number else 'named'}", **values)
        told = say("paper.problems.other", numbers=_numbers(found, bulletin).rstrip("。"), example=named)
        yield Item(number=f"（{nth}）", lead=title, text=told, code=example.code)


def _rules(entries: list[Entry]) -> Rules:
    """By rule and severity: the gravest first, of those the most frequent."""
    groups = _split(entries, lambda entry: (entry.finding.rule, entry.finding.severity))
    return sorted(groups.items(), key=lambda pair: (pair[0][1], -len(pair[1]), rule_order("", pair[0][0])))


def _group(found: list[Entry], bulletin: Bulletin, places: Places, quoted: set[str]) -> list[Block]:
    """One rule: the numbers by unit, the law, examples, and where the rest stands."""
    told = _numbers(found, bulletin)
    basis = found[0].finding.basis
    if basis and all(entry.finding.basis == basis for entry in found):
        told += say("paper.problems.basis", basis=_ended(_law(basis, quoted)))
    else:
        told += say("paper.problems.basis_differs", annex=places.see("problems"))
    blocks: list[Block] = [Paragraph(told)]
    blocks += [_example(nth, entry, bulletin) for nth, entry in enumerate(_gravest(found), start=1)]
    if (rest := len(found) - EXAMPLES) > 0:
        blocks.append(Paragraph(say("paper.problems.rest", rest=rest, annex=places.see("problems"))))
    return blocks


def _gravest(found: list[Entry]) -> list[Entry]:
    """The examples: those that were seen again, overdue ones first, then the oldest; from different units as far as there are several."""
    ordered = sorted(found, key=lambda e: (not e.finding.verified, not e.overdue, e.finding.first_seen, e.number))
    seen: Counter[tuple[str, str | None]] = Counter()
    ranked: list[tuple[int, int, Entry]] = []
    for entry in ordered:
        unit = (entry.court, entry.finding.department)
        ranked.append((seen[unit], len(ranked), entry))
        seen[unit] += 1
    return [entry for _, _, entry in sorted(ranked, key=lambda one: one[:2])[:EXAMPLES]]


def _example(nth: int, entry: Entry, bulletin: Bulletin) -> Item:
    """Subject, unit, fact, and the kept page that proves it."""
    notes = [label("status", entry.finding.status), *sentences.marks(entry)]
    if entry.proof_number:
        notes.insert(0, entry.proof_number)
    # In the extract of one department, whose it is need not be said.
    text = "" if bulletin.extract_of else say("paper.problems.of", unit=unit_of(entry, bulletin))
    text += say("paper.problems.fact", message=shorten(entry.finding.message.rstrip("。"), MESSAGE))
    text += say("paper.problems.proof", notes="，".join(notes))
    return Item(number=f"（{nth}）", lead=naming(entry), text=text, url=safe_href(entry.link), code=entry.code)


def naming(entry: Entry) -> str:
    """What it is about, in a sentence: a case number, “a section”, an address."""
    about = entry.finding.subject
    if about.kind == "ledger" and about.url:
        return say("paper.problems.ledger", name=about.url.removeprefix("ledger:"))
    return about.case_number or (f"“{about.section}”" if about.section else shorten(about.url or entry.court, 80))


def unit_of(entry: Entry, bulletin: Bulletin) -> str:
    """Who answers for it: the department, with its court where there are several."""
    name = sentences.department(entry.finding.department)
    return entry.court + name if len(bulletin.scope.courts) > 1 else name


def _numbers(found: list[Entry], bulletin: Bulletin) -> str:
    """How many, how many of them new, and of which units, the most first."""
    several = len(bulletin.scope.courts) > 1
    counts = Counter(entry.court if several else sentences.department(entry.finding.department) for entry in found)
    values = {"certain": len(found), "split": split_of(found)}
    if len(counts) == 1:
        return say("paper.problems.group_one", unit=next(iter(counts)), **values)
    named = [say("paper.problems.unit", name=name, count=number) for name, number in counts.most_common(UNITS)]
    text = say("paper.and").join(named)
    if len(counts) > UNITS:
        text = say("paper.problems.units_more", names=text, count=len(counts))
    return say("paper.problems.group", units=text, **values)


def split_of(entries: Iterable[Entry]) -> str:
    """How many are new and how many go on: `，其中新增2条、持续5条`; of one kind only: `，均为新增`."""
    counts = Counter(entry.finding.status for entry in entries)
    if len(counts) > 1:
        return say("paper.overview.split", pieces=say_counts("paper.overview.statuses", counts))
    name = label("status", next(iter(counts)))
    return say("paper.overview.split_one" if counts.total() > 1 else "paper.overview.split_single", name=name)


def _ended(text: str) -> str:
    """With a full stop, unless a quotation ends with one."""
    return text if text.endswith(("。", "。”")) else text + "。"


def _split(entries: Iterable[Entry], key: Callable[[Entry], K]) -> dict[K, list[Entry]]:
    parts: dict[K, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(key(entry), []).append(entry)
    return parts
