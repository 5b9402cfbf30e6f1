"""What makes a bulletin a document of an office (发文要素): who issues it, under which number, to whom, on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.words import chinese_date, say


@dataclass(frozen=True, kw_only=True)
class Imprint:
    """The parts of an official document that no crawl can know (GB/T 9704-2012, 7.2 to 7.4).

    Attributes:
        day: 成文日期, in Asia/Shanghai.
        body: The issuing body, for the red head (发文机关标志) and, without `signed`, the signature; empty: a plain report.
        code: 发文机关代字, such as 花法公开; empty: the document has no number.
        serial: The number in its year; None: a draft, its place is left open.
        signed: 署名, where it is not `body`.
        addressee: 主送, without the colon; empty: the wording of words.yml.
        copies: 抄送.
        printed_by: 印发机关; empty: the issuing body.
        printed_on: 印发日期; None: the day of the document.
        contact: Whom to call or write to, printed with the requirements.
        reply_days: Working days within which departments give feedback.
        corrects: Number of the issued bulletin that this one corrects, and `reason`.
    """

    day: date
    body: str = ""
    code: str = ""
    serial: int | None = None
    signed: str = ""
    addressee: str = ""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    contact: str = ""
    reply_days: int = 10
    corrects: str | None = None
    reason: str | None = None

    @property
    def is_official(self) -> bool:
        """It has an issuing body: it is printed with red head, signature and 版记."""
        return bool(self.body)

    @property
    def mark(self) -> str:
        """What stands in red at the head: the body and 文件; without a body the wording of words.yml."""
        return self.body + say("imprint.document") if self.body else say("mark")

    @property
    def number(self) -> str | None:
        """花法公开〔2026〕3号, with a gap for the serial in a draft; None without a code."""
        if not self.code:
            return None
        serial = "　" if self.serial is None else str(self.serial)
        return f"{self.code}〔{self.day.year}〕{serial}号"

    @property
    def signature(self) -> str:
        return self.signed or self.body

    @property
    def to(self) -> str:
        """主送, with its colon."""
        return f"{self.addressee}：" if self.addressee else say("addressee")

    @property
    def printer(self) -> str:
        return self.printed_by or self.signature

    @property
    def date(self) -> str:
        """成文日期 as it is printed: 2026年3月5日."""
        return chinese_date(self.day)
