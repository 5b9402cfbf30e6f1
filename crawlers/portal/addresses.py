"""What a hearing portal is asked for: the national portal's endpoints below any base address (domain/sites.md §1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PAGE_SIZE = 15  # what the portal's own pages ask for


@dataclass(frozen=True)
class Addresses:
    """The endpoints below one base, such as `https://portal.example`."""

    base: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", self.base.rstrip("/"))

    @property
    def preview(self) -> str:
        return f"{self.base}/preview"

    @property
    def replay(self) -> str:
        """The page of replays that a reader opens; its rows come from `replays`."""
        return f"{self.base}/search/full?address=/page/review/screenPage&dataType=2&pageSize={PAGE_SIZE}"

    def previews(self, day: date, page: int) -> str:
        return f"{self.base}/preview/findCases?pageNumber={page}&timeStr={day.isoformat()}"

    def replays(self, page: int, court_code: str = "") -> str:
        return (
            f"{self.base}/search/a/revmor/full?keywords=&provinceCode=&cityCode=&label=&courtCode={court_code}"
            f"&courtLevel=&catalogId=&dataType=2&pageSize={PAGE_SIZE}&pageNumber={page}&timeFlag=0&level=0"
            "&extType=&isOts=&unUnionIds="
        )

    def trial(self, case_id: str) -> str:
        return f"{self.base}/live/{case_id}"

    def player(self, case_id: str) -> str:
        return f"{self.base}/cmn/showPlay?caseId={case_id}"

    @property
    def areas(self) -> str:
        return f"{self.base}/court"

    def courts(self, area: str) -> str:
        return f"{self.base}/court/courts?areaCode={area}"
