"""The weights file (`weights.yml`, or an office's own): how indicators and findings become a score. Read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from auditors.metrics import SHARE, catalogue

FILE = Path(__file__).with_name("weights.yml")
BOARDS = ("documents", "hearings", "process", "enforcement", "website")
SEVERITIES = ("S0", "S1", "S2", "S3")


class WeightsError(Exception):
    """A weights file that cannot be used: one line with file, key, and what was expected (Chinese; English)."""

    def __init__(self, file: Path, key: str, zh: str, en: str) -> None:
        self.zh, self.en = f"{file}: {key}: {zh}", f"{file}: {key}: {en}"
        super().__init__(self.zh)


@dataclass(frozen=True, kw_only=True)
class Weight:
    """An indicator's part of its board. `least`: its own smallest denominator; `counts`: rules not deducted again."""

    weight: float
    least: int
    lower: bool = False
    counts: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Board:
    """A board (板块). `per`: its deductions are made per so many closed cases; None: as they are."""

    weight: float
    families: frozenset[str]
    indicators: Mapping[str, Weight]
    per: int | None = None

    @property
    def counted(self) -> frozenset[str]:
        """The rules that an indicator measures."""
        return frozenset().union(*(weight.counts for weight in self.indicators.values()))


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A whole scheme; `weights.yml` explains the keys."""

    boards: Mapping[str, Board]
    veto: frozenset[str]
    deductions: Mapping[str, float]
    least: int
    most_deducted: float
    most_unknown: float
    least_boards: float


def load_weights(file: Path | None = None) -> Weights:
    """The scheme of a file; without one, ours.

    Raises:
        WeightsError: Unreadable, a key is missing or unknown, or a value is not what is expected.
    """
    return _own() if file is None else _read(file)


@cache
def _own() -> Weights:
    return _read(FILE)


def _read(file: Path) -> Weights:
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(file, "-", f"无法读取：{reason}", f"cannot be read: {reason}") from error
    return _Reader(file).scheme(data)


class _Reader:
    """Checks one file's values, each by its key."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def scheme(self, data: Any) -> Weights:
        keys = ("veto", "least", "most_unknown", "least_boards", "deductions", "most_deducted", "boards")
        top = self.mapping("-", data, keys, needed=keys)
        least = int(self.number("least", top["least"], 0, 10_000))
        names = self.mapping("boards", top["boards"], BOARDS)
        boards = {name: self.board(f"boards.{name}", names[name], least) for name in BOARDS if name in names}
        if not any(board.weight for board in boards.values()):
            self.fail("boards", "各板块权重之和应大于0", "the weights should add up to more than 0")
        deductions = self.mapping("deductions", top["deductions"], SEVERITIES)
        return Weights(
            boards=boards,
            least=least,
            veto=frozenset(self.words("veto", top["veto"], SEVERITIES)),
            deductions={name: self.number(f"deductions.{name}", value, 0, 100) for name, value in deductions.items()},
            most_deducted=self.number("most_deducted", top["most_deducted"], 0, 1),
            most_unknown=self.number("most_unknown", top["most_unknown"], 0, 1),
            least_boards=self.number("least_boards", top["least_boards"], 0, 1),
        )

    def board(self, key: str, data: Any, least: int) -> Board:
        known = ("weight", "families", "per", "indicators")
        board = self.mapping(key, data, known, needed=("weight", "families", "indicators"))
        per = board.get("per")
        indicators = self.mapping(f"{key}.indicators", board["indicators"], None)
        return Board(
            weight=self.number(f"{key}.weight", board["weight"], 0, 1000),
            families=frozenset(self.words(f"{key}.families", board["families"])),
            per=None if per is None else int(self.number(f"{key}.per", per, 1, 1_000_000)),
            indicators={
                self.metric(key, name): self.indicator(f"{key}.indicators.{name}", value, least)
                for name, value in indicators.items()
            },
        )

    def metric(self, key: str, name: str) -> str:
        known = catalogue().get(name)
        if known is None or known.unit != SHARE:
            allowed = "、".join(one.name for one in catalogue().values() if one.unit == SHARE)
            self.fail(
                f"{key}.indicators.{name}",
                f"没有这个指标，应为{allowed}之一",
                f"no such indicator, expected one of {allowed}",
            )
        return name

    def indicator(self, key: str, data: Any, least: int) -> Weight:
        one = self.mapping(key, data, ("weight", "least", "lower", "counts"), needed=("weight",))
        lower = one.get("lower", False)
        if not isinstance(lower, bool):
            self.fail(f"{key}.lower", "应为 true 或 false", "should be true or false")
        return Weight(
            weight=self.number(f"{key}.weight", one["weight"], 0, 1000),
            least=int(self.number(f"{key}.least", one.get("least", least), 0, 10_000)),
            lower=lower,
            counts=frozenset(self.words(f"{key}.counts", one.get("counts", []))),
        )

    def mapping(
        self, key: str, data: Any, known: tuple[str, ...] | None, needed: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail(key, "应为一组“键: 值”", "should be a mapping")
        for name in data:
            if not isinstance(name, str) or (known is not None and name not in known):
                allowed = "、".join(known or ())
                self.fail(
                    f"{key}.{name}".removeprefix("-."),
                    f"没有这个键，应为{allowed}之一",
                    f"unknown key, expected one of {', '.join(known or ())}",
                )
        for name in needed:
            if name not in data:
                self.fail(f"{key}.{name}".removeprefix("-."), "缺少这个键", "is missing")
        return dict(data)

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(
                key,
                f"应为{low}至{high}之间的数字；当前值 {value!r}",
                f"should be a number from {low} to {high}; it is {value!r}",
            )
        return float(value)

    def words(self, key: str, value: Any, known: tuple[str, ...] | None = None) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fail(key, "应为一列文字", "should be a list of words")
        for one in value:
            if known is not None and one not in known:
                self.fail(
                    key,
                    f"应为{'、'.join(known)}之一；当前值 {one!r}",
                    f"should be one of {', '.join(known)}; it is {one!r}",
                )
        return list(value)

    def fail(self, key: str, zh: str, en: str) -> NoReturn:
        raise WeightsError(self.file, key, zh, en)
