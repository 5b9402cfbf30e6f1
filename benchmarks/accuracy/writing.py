"""Days, times of day and case numbers, and the many ways in which courts write each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

DIGITS = "〇一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class Day(date):
    """A day in the ways in which courts write one."""

    def _chinese(self, zero: str = "〇") -> str:
        year = "".join(DIGITS[int(digit)] for digit in str(self.year)).replace("〇", zero)
        return f"{year}年{counted(self.month)}月{counted(self.day)}日"

    cn = property(lambda self: self._chinese())
    cn_circle = property(lambda self: self._chinese("○"))
    cn_cyrillic = property(lambda self: self._chinese("О"))
    cn_wide_o = property(lambda self: self._chinese("Ｏ"))
    cn_zero = property(lambda self: self._chinese("零"))
    cn_digit = property(lambda self: self._chinese("0"))
    cn_latin = property(lambda self: self._chinese("O"))
    cn_spaced = property(lambda self: " ".join(self._chinese()))
    han = property(lambda self: f"{self.year}年{self.month}月{self.day}日")
    han0 = property(lambda self: f"{self:%Y年%m月%d日}")
    han_mixed = property(lambda self: f"{self.year}年{self.month:02d}月{self.day}日")
    han_spaced = property(lambda self: f"{self.year} 年 {self.month} 月 {self.day} 日")
    han_wide = property(lambda self: self.han.translate(FULL_WIDTH))
    hao = property(lambda self: f"{self.year}年{self.month}月{self.day}号")
    slash = property(lambda self: f"{self.year}/{self.month}/{self.day}")
    slash0 = property(lambda self: f"{self:%Y/%m/%d}")
    dots = property(lambda self: f"{self.year}.{self.month}.{self.day}")
    dots0 = property(lambda self: f"{self:%Y.%m.%d}")
    dash = property(lambda self: f"{self.year}-{self.month}-{self.day}")
    iso = property(lambda self: f"{self:%Y-%m-%d}")
    compact = property(lambda self: f"{self:%Y%m%d}")
    short = property(lambda self: f"{self.month}月{self.day}日")
    short_cn = property(lambda self: f"{counted(self.month)}月{counted(self.day)}日")
    short_dots = property(lambda self: f"{self.month}.{self.day}")
    short_dash = property(lambda self: f"{self:%m-%d}")
    only = property(lambda self: f"{self.day}日")
    path = property(lambda self: f"{self:%Y/%m}")
    month_iso = property(lambda self: f"{self:%Y-%m}")
    path_day = property(lambda self: f"{self:%Y%m}/t{self:%Y%m%d}")
    path_split = property(lambda self: f"{self.year}/{self.month}/{self.day}")


class Clock(time):
    """A time of day in the ways in which announcements print one."""

    hm = property(lambda self: f"{self:%H:%M}")
    h_m = property(lambda self: f"{self.hour}:{self.minute:02d}")
    wide = property(lambda self: f"{self:%H：%M}")
    digits = property(lambda self: f"{self.hour}时{self.minute:02d}分")
    half = property(lambda self: "上午" if self.hour < 12 else "下午")
    hour12 = property(lambda self: self.hour if self.hour <= 12 else self.hour - 12)
    half24 = property(lambda self: f"{self.half}{self.hm}")  # 下午14:30
    half24_shi = property(lambda self: f"{self.half} {self.hour} 时" + (f"{self.minute}分" if self.minute else ""))
    half12 = property(lambda self: f"{self.half}{self.hour12}时" + (f"{self.minute}分" if self.minute else ""))
    half12_colon = property(lambda self: f"{self.half}{self.hour12}:{self.minute:02d}")
    cn24 = property(lambda self: f"{counted(self.hour)}时" + (f"{counted(self.minute)}分" if self.minute else "零分"))

    @property
    def cn12(self) -> str:
        """上午九时整, 下午三时三十分"""
        return f"{self.half}{counted(self.hour12)}时" + (f"{counted(self.minute)}分" if self.minute else "整")

    @property
    def dian(self) -> str:
        """上午九点整, 下午三点半"""
        minute = {0: "整", 30: "半"}.get(self.minute, f"{counted(self.minute)}分")
        return f"{self.half}{counted(self.hour12)}点{minute}"

    @property
    def dian24(self) -> str:
        """9点, 14点30分"""
        return f"{self.hour}点" + (f"{self.minute}分" if self.minute else "")


def counted(number: int) -> str:
    """10 → 十, 25 → 二十五"""
    tens, ones = divmod(number, 10)
    begin = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return begin + (DIGITS[ones] if ones or not tens else "") if number else "零"


@dataclass
class Number:
    """A case number of a court that does not exist, in the ways in which people type it."""

    year: int
    court: str
    type: str
    sequence: int
    suffix: str = ""

    @property
    def bare(self) -> str:
        return f"{self.court}{self.type}{self.sequence}号{self.suffix}"

    canonical = property(lambda self: f"（{self.year}）{self.bare}")
    half = property(lambda self: f"({self.year}){self.bare}")
    hexagonal = property(lambda self: f"〔{self.year}〕{self.bare}")
    square = property(lambda self: f"[{self.year}]{self.bare}")
    spaced = property(
        lambda self: f"（{self.year}） {self.court} {self.type} {self.sequence} 号{self.suffix}",
    )
    wide = property(
        lambda self: f"（{self.year}）{self.court}{self.type}{self.sequence}号{self.suffix}".translate(FULL_WIDTH)
    )
    mixed = property(lambda self: f"({self.year}）{self.bare}")
    padded = property(
        lambda self: f"（{self.year}）{self.court}{self.type}{self.sequence:05d}号{self.suffix}",
    )
    masked = property(lambda self: f"（{self.year}）{self.court}{self.type}×××号")
    masked_star = property(lambda self: f"（{self.year}）{self.court}{self.type}***号")
    __str__ = lambda self: self.canonical  # noqa: E731
