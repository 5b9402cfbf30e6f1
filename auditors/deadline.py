"""The last day for publishing a judgment, by the norm that was in force when it took effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

from auditors.basis import Article, in_force
from auditors.calendar import PROVISIONAL_NOTE, add_working_days, roll, spans_provisional, working_days_between

PUBLICATION = ("judgments_online_2016/7", "judgments_online_2013/deadline")
APPEALED = ("judgments_online_2016/7.2", "judgments_online_2013/deadline")


@dataclass(frozen=True)
class Deadline:
    """Attributes: the last day in time; the article that sets it; whether the count rests on days not yet decreed."""

    last: date
    article: Article
    provisional: bool

    @property
    def doubt(self) -> str | None:
        """Why a verdict by this deadline cannot be certain, or None."""
        if self.provisional:
            return PROVISIONAL_NOTE
        if "working_days" not in self.article.numbers:
            return "当时规定的是技术处理期限，需核对实际提交公布的时间"
        return None

    def is_met(self, published: date) -> bool:
        """In time: by the last day, or, where working days count, before the next working day has come."""
        if published <= self.last:
            return True
        return "working_days" in self.article.numbers and working_days_between(self.last, published) == 0

    @cached_property
    def overdue_from(self) -> date:
        """The first day on which publishing is late."""
        if "working_days" in self.article.numbers:
            return add_working_days(self.last, 1)
        return self.last + timedelta(days=1)

    @property
    def term(self) -> str:
        """The time limit in words."""
        if "working_days" in self.article.numbers:
            return f"{self.article.numbers['working_days']}个工作日"
        return f"{self.article.numbers['days']}日"


@lru_cache(maxsize=20_000)  # a ledger has a few thousand days, a million times over
def publication_deadline(effective: date, norms: tuple[str, ...] = PUBLICATION) -> Deadline | None:
    """The last day for publishing what took effect on a day; None if no norm of ours was in force then.

    法释〔2016〕19号 art. 7: seven working days. 法释〔2013〕26号, before 2016-10-01: seven days.
    """
    articles = in_force(norms, effective)
    if not articles:
        return None
    norm = articles[0]
    if "working_days" in norm.numbers:
        last = add_working_days(effective, norm.numbers["working_days"])
    else:
        last = roll(effective + timedelta(days=norm.numbers["days"]))
    return Deadline(last, norm, spans_provisional(effective, last))
