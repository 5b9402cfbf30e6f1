"""The entrance: a page's text → the data and the persons that it shows, masked, as records.

Where two detectors claim one place the more telling one keeps it: an identity number is no bank account. A datum that
recurs is one record, with how often. Nothing here is logged, and no value is kept when `scan` returns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from crawlers.personal.accounts import find_accounts
from crawlers.personal.addresses import find_addresses
from crawlers.personal.contacts import find_contacts
from crawlers.personal.folding import fold
from crawlers.personal.identity import find_identity_numbers
from crawlers.personal.lexicon import find_health, find_secrets
from crawlers.personal.mention import Mention, mask_company, mask_name
from crawlers.personal.parties import find_parties
from crawlers.personal.persons import Person
from crawlers.personal.protected import find_protected
from crawlers.personal.things import find_certificates, find_plates
from storage.records import NamedPerson, NameForm, PageKind, PersonalDatum, PersonKind, PersonRole, Source

_FAMILY = re.compile(
    r"离婚|(?:变更)?抚养(?:权|费|关系)?纠纷|继承纠纷|赡养|扶养|同居关系|探望权|婚约|彩礼|收养|监护权|分家析产|婚姻家庭|家庭暴力|人身安全保护"
)
_HEADED = (PageKind.JUDGMENT,)


@dataclass(frozen=True)
class Place:
    """Of which page the records are: site, URL and the hash of the body that was read."""

    site: str
    url: str
    sha256: str | None = None


@dataclass(frozen=True)
class Scan:
    """What a text shows."""

    data: tuple[PersonalDatum, ...] = ()
    persons: tuple[NamedPerson, ...] = ()
    family: bool = False

    @property
    def found(self) -> int:
        return len(self.data) + len(self.persons)


def scan(
    text: str, place: Place, kind: PageKind, today: date, *, day: date | None = None, source: Source = Source.BODY
) -> Scan:
    """Everything personal that a text shows.

    Args:
        text: Of the article, without menu and footer.
        kind: What the page is; the heads of judgments are read as lists of parties.
        today: The audit date: nobody is born after it.
        day: The day for which ages are reckoned (of the judgment, or publication); by default today.
    """
    folded = fold(text)
    head, told = _persons(folded, kind, day or today)
    persons = [*head, *(p for p in told if _counts(p, head, folded, kind))]
    names = [p.name for p in (*head, *told) if p.form is NameForm.FULL and p.kind is PersonKind.NATURAL]
    mentions = _resolved(
        [
            *find_certificates(folded),
            *find_identity_numbers(folded, today),
            *find_plates(folded),
            *find_accounts(folded),
            *find_contacts(folded),
            *find_addresses(folded),
            *find_health(folded, names),
            *find_secrets(folded),
        ]
    )
    paragraphs = _Paragraphs(folded)
    return Scan(
        tuple(_data(folded, mentions, place, paragraphs, source)),
        tuple(_named(persons, place, paragraphs)),
        bool(_FAMILY.search(folded)),
    )


def _persons(text: str, kind: PageKind, day: date) -> tuple[list[Person], list[Person]]:
    """Those at the head of a judgment, and those whom the sentences of any text name in a role."""
    return find_parties(text, day) if kind in _HEADED else [], find_protected(text)


def _counts(person: Person, head: list[Person], text: str, kind: PageKind) -> bool:
    """Whom a sentence names counts once, in a role that is protected.

    Reports of family cases name the parties in their sentences; elsewhere that a grown party is named gives nothing away.
    """
    if any(p.name == person.name and p.role is person.role for p in head):
        return False
    if person.role is not PersonRole.PARTY:
        return True
    return kind in (PageKind.NEWS, PageKind.NOTICE) and _FAMILY.search(text) is not None


def _resolved(mentions: list[Mention]) -> list[Mention]:
    """The first detector that claims a place keeps it, in the order of the text."""
    kept: list[Mention] = []
    for mention in mentions:
        if not any(mention.start < other.end and other.start < mention.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


class _Paragraphs:
    """Which paragraph of the text a place is in, counted from 1."""

    def __init__(self, text: str) -> None:
        self._ends = [m.start() for m in re.finditer(r"\n+", text.strip("\n"))]

    def of(self, start: int) -> int:
        return bisect_right(self._ends, start) + 1


def _data(
    text: str, mentions: list[Mention], place: Place, paragraphs: _Paragraphs, source: Source
) -> Iterable[PersonalDatum]:
    """One record for each distinct value, where it stands first; the surest of its mentions speaks for it."""
    groups: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        value = re.sub(r"[\W_]+", "", text[mention.start : mention.end]).upper()
        groups.setdefault((mention.kind.value, value), []).append(mention)
    for position, group in enumerate(groups.values()):
        best = max(group, key=lambda m: (len(m.checks), -m.start))
        yield PersonalDatum(
            site=place.site,
            url=place.url,
            position=position,
            kind=best.kind,
            masked=best.masked,
            times=len(group),
            checks=tuple(sorted(best.checks)),
            label=best.label,
            holder=best.holder,
            source=source,
            paragraph=paragraphs.of(best.start),
            sha256=place.sha256,
        )


def _named(persons: list[Person], place: Place, paragraphs: _Paragraphs) -> Iterable[NamedPerson]:
    """Those about whom a rule may have something to say: not counsel, not public bodies, not who is properly 张某."""
    position = 0
    for_agency = False  # the party named last is a public body: who represents it acts in office
    for person in persons:
        if person.role is PersonRole.PARTY:
            for_agency = person.kind is PersonKind.AGENCY
        if person.role in (PersonRole.COUNSEL, PersonRole.PROSECUTOR) or person.kind is PersonKind.AGENCY:
            continue
        if person.role is PersonRole.REPRESENTATIVE and person.in_head and for_agency:
            continue
        shown = person.form in (NameForm.FULL, NameForm.SYMBOL)
        if not (shown or person.collapses or (person.minor and person.school)) or person.kind is PersonKind.UNKNOWN:
            continue
        yield NamedPerson(
            site=place.site,
            url=place.url,
            position=position,
            masked=_masked(person),
            role=person.role,
            word=person.word,
            kind=person.kind,
            form=person.form,
            sure=person.sure,
            in_head=person.in_head,
            minor=person.minor,
            school=person.school,
            collapses=person.collapses,
            paragraph=paragraphs.of(person.start),
            sha256=place.sha256,
        )
        position += 1


def _masked(person: Person) -> str:
    if person.kind is PersonKind.COMPANY:
        return mask_company(person.name)
    return person.name if person.form is NameForm.ANONYMISED else mask_name(person.name)


def joined(scans: Iterable[Scan]) -> Scan:
    """Several texts of one page (its title, its body) as one, positions counted on."""
    data: list[PersonalDatum] = []
    persons: list[NamedPerson] = []
    family = False
    for one in scans:
        data += [replace(d, position=len(data) + i) for i, d in enumerate(one.data)]
        persons += [replace(p, position=len(persons) + i) for i, p in enumerate(one.persons)]
        family = family or one.family
    return Scan(tuple(data), tuple(persons), family)
