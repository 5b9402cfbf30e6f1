"""Which published document is the one that a ledger's row means? One case often has several.

A timely judgment must never be paired with a later ruling of the same number: type and decision date decide, and what
they do not decide stays doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from auditors.views import CaseFile, Publication
from storage.records import CaseEntry

_BY_LAW = re.compile(
    r"离婚|抚养|监护|收养|婚姻(?!介绍)|探望权|未成年人?犯罪|国家秘密|司法确认|确认(?:人民)?调解协议|调解协议(?:效力)?确认"
)
_KINDS = ("判决书", "裁定书", "调解书", "决定书", "通知书", "支付令", "令")


@lru_cache(maxsize=1024)  # a ledger has a dozen of them, a million times over
def kind_of(text: str | None) -> str | None:
    """The document type without its branch: 判决书 of 民事判决书; None for an empty cell; other words as they are."""
    if not text or not text.strip():
        return None
    return next((kind for kind in _KINDS if kind in text or kind.removesuffix("书") in text), text.strip())


@dataclass(frozen=True)
class Match:
    """A row's document. `sure`: type and date leave no other reading."""

    publication: Publication
    sure: bool


def find_document(case: CaseFile, entry: CaseEntry) -> Match | None:
    """The published document of a ledger's row: the earliest of those that fit; None if none fits."""
    fitting = [p for p in case.publications if _fits(entry, p)]
    exact = [p for p in (*case.publications, *case.siblings) if _is_exact(entry, p)]
    if exact:
        return Match(_earliest(exact), True)
    if not fitting:
        return None
    alone = len(case.publications) == 1 and len(distinct_documents(case)) == 1
    chosen = _earliest(fitting)
    same_kind = kind_of(entry.document_type) is not None and kind_of(entry.document_type) == _kind(chosen)
    same_day = entry.decided is not None and entry.decided == chosen.judgment.decided
    return Match(chosen, alone and (same_kind or same_day))


def entry_of(case: CaseFile, publication: Publication) -> CaseEntry | None:
    """The ledger's row that a published document belongs to: an exact one, else any that fits."""
    entries = [e for e in case.entries if _is_exact(e, publication)]
    entries += [e for e in case.entries if _fits(e, publication)]
    return next((e for e in entries if e.effective or e.appeal_effective), entries[0] if entries else None)


def distinct_documents(case: CaseFile) -> tuple[CaseEntry, ...]:
    """The rows that name different documents: sessions of one case repeat its row."""
    found: dict[tuple[object, ...], CaseEntry] = {}
    for entry in case.entries:
        if entry.hearing is not None and not (entry.effective or entry.appeal_effective or entry.decided):
            continue  # a session and nothing more
        key = (kind_of(entry.document_type), entry.decided, entry.effective, entry.appeal_effective)
        found.setdefault(key, entry)
    return tuple(found.values())


def is_exempt(case: CaseFile, document_type: str | None) -> bool:
    """The law keeps the document off the internet (法释〔2016〕19号 第四条): its cause, or a mediation.

    The cause is that of the ledger or of any document of the case; the title stands for a cause that was not read.
    """
    published = [p.judgment for p in (*case.publications, *case.siblings)]
    causes = [*(e.cause for e in case.entries), *(j.cause or j.title for j in published)]
    confirms = case.number is not None and "调确" in case.number.type_code
    if confirms or any(map(_is_by_law, causes)):
        return True
    return kind_of(document_type) == "调解书" and not is_public_mediation(case, document_type)


@lru_cache(maxsize=50_000)
def _is_by_law(cause: str | None) -> bool:
    return _BY_LAW.search(cause or "") is not None


def is_public_mediation(case: CaseFile, document_type: str | None) -> bool:
    """An administrative or public-interest mediation, which is published (第三条第一款第九项)."""
    if kind_of(document_type) != "调解书":
        return False
    administrative = case.number is not None and case.number.plain_type.startswith("行")
    texts = (document_type, *(e.cause for e in case.entries), *(p.judgment.cause for p in case.publications))
    return administrative or any("公益" in text or "行政调解" in text for text in texts if text)


def stands_elsewhere(case: CaseFile, lost: Publication) -> bool:
    """The same kind of document of the case is to be had: again, at another address, or in a dump made since."""
    kinds = (None, kind_of(lost.judgment.document_type))
    return any(
        p.gone_since is None
        and (p.last_seen is None or lost.gone_since is None or p.last_seen >= lost.gone_since)
        and (None in (kinds[1], kind := kind_of(p.judgment.document_type)) or kind in kinds)
        for p in (*case.publications, *case.siblings)
    )


def is_appealed(entry: CaseEntry) -> bool:
    """The ledger knows of a second instance."""
    return bool(entry.appeal_case_number) or entry.appeal_effective is not None


def _kind(publication: Publication) -> str | None:
    return kind_of(publication.judgment.document_type)


def _fits(entry: CaseEntry, publication: Publication) -> bool:
    """Neither type nor date contradicts."""
    return _agree(kind_of(entry.document_type), _kind(publication)) and _agree(
        entry.decided, publication.judgment.decided
    )


def _is_exact(entry: CaseEntry, publication: Publication) -> bool:
    """Type and date are both known and the same."""
    kind = kind_of(entry.document_type)
    return (kind, entry.decided) == (_kind(publication), publication.judgment.decided) and None not in (
        kind,
        entry.decided,
    )


def _agree(one: str | date | None, other: str | date | None) -> bool:
    return one is None or other is None or one == other


def _earliest(publications: list[Publication]) -> Publication:
    return min(publications, key=lambda p: (p.latest, p.judgment.url))
