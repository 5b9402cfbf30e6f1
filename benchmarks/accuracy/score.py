"""Right, wrong and missing answers, by extractor, and each miss by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.accuracy import answers
from benchmarks.accuracy.announcements import announcements
from benchmarks.accuracy.documents import documents
from benchmarks.accuracy.moments import articles, date_strings
from benchmarks.accuracy.reasons import reasons
from benchmarks.accuracy.samples import Announcement, Article, DateString, Document, Reason

HEARING_FIELDS = ("number", "starts", "place", "cause", "court")
JUDGMENT_FIELDS = ("numbers", "decided", "type", "court", "judges", "clerk", "appeal")


@dataclass(frozen=True)
class Miss:
    """One answer that is not the label's."""

    extractor: str
    sample: str
    text: str
    want: Any
    got: Any


@dataclass
class Tally:
    """Counts of one extractor. `wrong`: answered, and not as the label says (also where nothing was to be found)."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    silent: int = 0  # nothing to be found, and nothing said

    @property
    def precision(self) -> float | None:
        said = self.right + self.wrong
        return self.right / said if said else None

    @property
    def recall(self) -> float | None:
        due = self.right + self.missing
        return self.right / due if due else None

    @property
    def perfect(self) -> bool:
        return not self.wrong and not self.missing


@dataclass
class Score:
    """Tallies by extractor, and all misses."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def note(
        self, extractor: str, sample: str, text: str, want: Any, got: Any, *, tolerated: Iterable[Any] = ()
    ) -> None:
        """One answer. A wrong answer where something was to be found counts as wrong and as missing."""
        tally = self.tallies.setdefault(extractor, Tally())
        if got == want or got in tolerated or (got in EMPTY and want in EMPTY):
            tally.right += want not in EMPTY
            tally.silent += want in EMPTY
            return
        tally.wrong += got not in EMPTY
        tally.missing += want not in EMPTY
        self.misses.append(Miss(extractor, sample, text, want, got))


EMPTY: tuple[Any, ...] = (None, (), [], "")


def place(text: str | None) -> str | None:
    """A place without the court that it lies in: 本院第五法庭 and 第五法庭 are one."""
    return text and re.sub(r"^(?:本院|[^（(]*?人民法院)", "", re.sub(r"\s", "", text))


def cause(text: str | None) -> str | None:
    """A cause without 罪 at its end: announcements write crimes with and without."""
    return text and re.sub(r"罪$", "", re.sub(r"\s", "", text))


ALIKE: dict[str, Callable[[str | None], str | None]] = {"place": place, "cause": cause}


def score_announcements(samples: Iterable[Announcement], score: Score) -> None:
    for sample in samples:
        found = answers.hearings(sample)
        for want, got in _paired(sample.expect, found):
            score.note("hearing: found", sample.id, sample.title, bool(want) or None, bool(got) or None)
            for name in HEARING_FIELDS:
                if name == "court" and want is not None and "court" not in want:
                    continue  # the court is a label only where another court's hearing is announced
                alike = ALIKE.get(name, str)
                wanted = (want or {}).get(name)
                given = (got or {}).get(name)
                score.note(
                    f"hearing: {name}",
                    sample.id,
                    sample.title,
                    alike(wanted) if wanted else None,
                    alike(given) if given else None,
                )
        if not sample.expect and not found:
            score.note("hearing: found", sample.id, sample.title, None, None)


def _paired(
    wanted: tuple[dict[str, str], ...], found: list[dict[str, str | None]]
) -> list[tuple[dict[str, str] | None, dict[str, str | None] | None]]:
    """Each label with the answer that agrees with it most; what is left over stands alone."""
    left = list(found)
    pairs: list[tuple[dict[str, str] | None, dict[str, str | None] | None]] = []
    for want in wanted:
        best = max(left, key=lambda one: sum(_same(name, want, one) for name in want), default=None)
        if best is not None:
            left.remove(best)
        pairs.append((want, best))
    return [*pairs, *((None, one) for one in left)]


def _same(name: str, want: dict[str, str], got: dict[str, str | None]) -> bool:
    alike = ALIKE.get(name, str)
    given = got.get(name)
    return given is not None and alike(want[name]) == alike(given)


def score_documents(samples: Iterable[Document], score: Score) -> None:
    for sample in samples:
        got = answers.judgment(sample)
        score.note(
            "judgment: found", sample.id, sample.title, sample.expect is not None or None, got is not None or None
        )
        for name in JUDGMENT_FIELDS:
            want = sample.expect[name] if sample.expect else None
            score.note(f"judgment: {name}", sample.id, sample.title, want, got[name] if got else None)


def score_reasons(samples: Iterable[Reason], score: Score) -> None:
    for sample in samples:
        got = answers.reason(sample.text)
        score.note("reason: class", sample.id, sample.text, sample.classes[0], got, tolerated=sample.classes)


def score_articles(samples: Iterable[Article], score: Score) -> None:
    for sample in samples:
        got = answers.article_date(sample, with_list=True)
        if got and sample.published and len(sample.published) == 7:
            got = got[:7] if got.startswith(sample.published) else got
        score.note("article: published", sample.id, sample.form, sample.published, got, tolerated=sample.tolerated)
        score.note(
            "article: title", sample.id, sample.form, _spaced(sample.title), _spaced(answers.article_title(sample))
        )


def _spaced(text: str | None) -> str | None:
    """With single spaces: how wide a space is, decides nothing."""
    return text and " ".join(text.split())


def score_strings(samples: Iterable[DateString], score: Score) -> None:
    for sample in samples:
        score.note(f"dates: {sample.of}", sample.id, sample.text, sample.want, answers.in_string(sample))


def score_all() -> Score:
    """Every extractor on the whole corpus."""
    score = Score()
    score_announcements(announcements(), score)
    score_documents(documents(), score)
    score_reasons(reasons(), score)
    score_articles(articles(), score)
    score_strings(date_strings(), score)
    return score
