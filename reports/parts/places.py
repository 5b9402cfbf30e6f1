"""Where a bulletin's annexes stand: their numbers, so that a sentence can say `见附件2`. An empty annex is none."""

from __future__ import annotations

from dataclasses import dataclass

from reports.bulletin import Bulletin
from reports.words import say

ORDER = ("ranking", "problems", "leads", "feedback", "method")


@dataclass(frozen=True)
class Places:
    """The names of the annexes that this bulletin has, in order."""

    names: tuple[str, ...]

    def see(self, name: str) -> str:
        """附件2; 附件 where there is only one."""
        if len(self.names) == 1:
            return say("paper.annex_alone")
        return say("paper.annex", number=self.names.index(name) + 1)

    def __contains__(self, name: str) -> bool:
        return name in self.names


def places_of(bulletin: Bulletin) -> Places:
    """Which annexes there are: the last one, on methods and sources, always."""
    has = {
        "ranking": bulletin.ranking is not None
        and any(bulletin.extract_of in (None, row.name) for row in bulletin.ranking.rows),
        "problems": bool(bulletin.certain),
        "leads": bool(bulletin.leads),
        "feedback": bool(bulletin.certain) and not bulletin.anonymised,  # it is for those who are to act
        "method": True,
    }
    return Places(tuple(name for name in ORDER if has[name]))
