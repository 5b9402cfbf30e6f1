"""The demonstration: two nights on invented courts, with their ledgers, checked against what was planted in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai import nightly
from gongkai.config import Evidence, Nightly, Settings
from gongkai.demo.answers import Expected, expected
from gongkai.demo.courts import COURTS, NIGHTS
from gongkai.demo.ledgers import write_ledgers
from gongkai.demo.server import DemoCourts
from gongkai.errors import UserError
from gongkai.nightly import Advance, Night, Options, SiteNight
from storage.findings import Finding

if TYPE_CHECKING:
    from crawlers.profile import Profile
    from reports.bulletin import Bulletin

PROFILES = Path(__file__).parent / "demo" / "profiles"
MARK = ".gongkai-demo"
SETTINGS = "gongkai.toml"
# rule, kind, identity, grade, status
Line = tuple[str, str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One night's findings against the answer key.

    Attributes:
        right: How many are as expected.
        missing: Expected, but not found so.
        unexpected: Found, but not expected so.
    """

    night: date
    right: int
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not self.missing and not self.unexpected


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """Both nights, and how each compares with the key."""

    nights: tuple[Night, ...]
    comparisons: tuple[Comparison, ...]


def demonstrate(
    out: Path,
    *,
    on_night: Callable[[date], None] | None = None,
    on_site: Callable[[SiteNight], None] | None = None,
    on_progress: Advance | None = None,
    on_problem: Callable[[str], None] | None = None,
) -> Demonstration:
    """Run it. The last night's bulletin lies in `out` itself, the rest in `out/demo`, which is made anew.

    Raises:
        UserError: `out/demo` is there and is no earlier demonstration's.
        OSError: The folder cannot be written, or no port is free on loopback.
    """
    work = _emptied(out / "demo")
    settings = _settings(out, work)
    nights, comparisons = [], []
    with DemoCourts() as courts:
        profiles = [demo_profile(court, home, courts.portal) for court, home in courts.homes.items()]
        for night in NIGHTS:
            if on_night is not None:
                on_night(night)
            courts.set_night(night)
            folder = out if night == NIGHTS[-1] else work / str(night)
            result = nightly.run_night(
                night,
                profiles,
                settings,
                Options(allow_private=True),
                folder,
                on_site=on_site,
                on_progress=on_progress,
                on_problem=on_problem,
            )
            assert result.bulletin is not None  # the database is new: no night of it was done before
            nights.append(result)
            comparisons.append(compare(result.bulletin, night, courts.homes))
    return Demonstration(nights=tuple(nights), comparisons=tuple(comparisons))


def _emptied(work: Path) -> Path:
    """The working folder without an earlier demonstration; a folder that is not one's is not touched."""
    if work.exists():
        if not (work / MARK).exists():
            raise UserError(
                f"{work}: 已存在且不是演示文件夹", f"{work}: is there already and is no demonstration's folder"
            )
        shutil.rmtree(work)
    work.mkdir(parents=True)
    (work / MARK).write_text("made by gongkai demo, removed by the next one\n", encoding="utf-8")
    return work


def _settings(out: Path, work: Path) -> Settings:
    """A database of its own, and each court's ledgers in a folder of its own."""
    folders = {}
    for court, files in write_ledgers(work / "ledgers").items():
        folders[court] = work / "ledgers" / court
        folders[court].mkdir()
        for file in files:
            file.rename(folders[court] / file.name)
    (work / SETTINGS).write_text('database = "demo.db"\n', encoding="utf-8")  # for the console, and to try commands on
    return Settings(
        database=str(work / "demo.db"),
        out=out,
        ledgers=folders,
        nightly=Nightly(parallel=2),
        profiles=(PROFILES,),
        evidence=Evidence(screenshots=2),
    )


def demo_profile(court: str, home: str, portal: str | None = None) -> Profile:
    """A demonstration court's profile, at the addresses that it and its hearing portal are served at."""
    from crawlers.profile import PortalProfile, bare_profile, load_profile

    path = PROFILES / f"{court}.yml"
    name = COURTS[court].court
    shown = PortalProfile(base=portal, court=name) if portal is not None else None
    if path.exists():
        return load_profile(path).model_copy(update={"home": home, "portal": shown})
    return bare_profile(home, court=name).model_copy(update={"id": court, "portal": shown})


def compare(bulletin: Bulletin, night: date, homes: dict[str, str], *, ledgers: bool = True) -> Comparison:
    """One night's bulletin against the answer key: each finding with its grade and status, no more and no less."""
    missing, unexpected, right = [], [], 0
    entries = (*bulletin.certain, *bulletin.leads, *bulletin.resolved)
    for court, home in homes.items():
        wanted = {_expected_line(e, home): e.planted.why for e in expected(court, night, ledgers=ledgers)}
        found = {_line(entry.finding): entry.finding.message for entry in entries if entry.finding.site == court}
        right += len(wanted.keys() & found.keys())
        missing += [f"{court}: {_said(line)}: {wanted[line]}" for line in sorted(wanted.keys() - found.keys())]
        unexpected += [f"{court}: {_said(line)}: {found[line]}" for line in sorted(found.keys() - wanted.keys())]
    return Comparison(night=night, right=right, missing=tuple(missing), unexpected=tuple(unexpected))


def _expected_line(answer: Expected, home: str) -> Line:
    fault = answer.planted
    about = named if (named := fault.case or fault.ledger) else _address(fault.path or "/", home)
    return (fault.rule, fault.kind, about, answer.grade, answer.status)


def _address(path: str, home: str) -> str:
    """The identity of an address below a court's home."""
    from crawlers.urls import identity, resolve

    return identity(resolve(home, path) or path)


def _line(finding: Finding) -> Line:
    subject = finding.subject
    about = subject.identity if subject.kind in ("case", "ledger") else _address(subject.identity, subject.identity)
    return (finding.rule, finding.subject.kind, about, finding.grade, finding.status)


def _said(line: Line) -> str:
    rule, kind, about, grade, status = line
    return f"{rule} {kind} {about} ({grade}, {status})"
