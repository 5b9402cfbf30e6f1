"""Bulletins of a period: composed as the settings say, written as a draft or issued under a number and registered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gongkai import clock, evidence
from gongkai.config import Settings
from gongkai.errors import UserError
from storage import bulletins, runs
from storage.bulletins import Issued
from storage.database import reading
from storage.locks import in_turn
from storage.records import CaseEntry
from storage.schema import TABLES, sightings
from storage.schema import runs as runs_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.bulletin import Bulletin
    from reports.formats.office_template import OfficeTemplate
    from reports.imprint import Imprint
    from reports.period import Period

_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which bulletin is wanted.

    Attributes:
        sites: Ids, in order; empty: all.
        day: 成文日期.
    """

    period: Period
    day: date
    sites: tuple[str, ...] = ()
    department: str | None = None


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What makes an issued bulletin of a draft.

    Attributes:
        serial: The number in the office's register; None: the next one.
        corrects, reason: The issued bulletin it replaces, and why.
    """

    serial: int | None = None
    corrects: str | None = None
    reason: str | None = None


def sites_of(connection: Connection, names: Sequence[str]) -> tuple[str, ...]:
    """The ids of the registered sites that ids and addresses name, in their order; a profile is not needed.

    Raises:
        UserError: The database knows no such site, or none at all.
    """
    known = runs.all_sites(connection)
    if not known:
        raise UserError(
            "数据库中还没有站点，请先运行 gongkai nightly", "the database has no site; run gongkai nightly first"
        )
    by_name = {site.id: site.id for site in known} | {site.home.rstrip("/"): site.id for site in known}
    for name in names:
        if name.rstrip("/") not in by_name:
            raise UserError(f"{name}: 数据库中没有这个站点", f"{name}: the database knows no such site")
    return tuple(dict.fromkeys(by_name[name.rstrip("/")] for name in names)) or tuple(site.id for site in known)


def must_be_covered(connection: Connection, period: Period, sites: Sequence[str]) -> None:
    """At least one of the sites was visited in the period.

    Raises:
        UserError: None was: there is nothing that a bulletin could say.
    """
    table = runs_table
    query = sa.select(sa.func.count()).where(
        table.c.night.between(period.first, period.last), table.c.site.in_(list(sites))
    )
    if not connection.execute(query).scalar():
        raise UserError(f"{period.name}没有巡查记录", f"nothing was crawled in {_english(period)}")


def must_be_department(connection: Connection, name: str, sites: Sequence[str]) -> None:
    """A department that a ledger or a finding names.

    Raises:
        UserError: None does; those that there are, are listed.
    """
    cases = TABLES[CaseEntry]
    known = set(
        connection.execute(sa.select(cases.c.department).where(cases.c.site.in_(list(sites))).distinct()).scalars()
    )
    known |= set(connection.execute(sa.select(sightings.c.department).distinct()).scalars())
    if name not in known:
        names = "、".join(sorted(one for one in known if one)) or "-"
        raise UserError(f"--department: 没有 {name}；已知部门：{names}", f"--department: no {name}; there are: {names}")


def imprint(settings: Settings, day: date) -> Imprint:
    """The parts of the document that the settings know."""
    from reports.imprint import Imprint

    office = settings.bulletin
    return Imprint(
        day=day,
        body=office.body,
        code=office.code,
        signed=office.signed,
        addressee=office.addressee,
        copies=office.copies,
        printed_by=office.printed_by,
        contact=office.contact,
        reply_days=office.reply_days,
    )


def compose(connection: Connection, wanted: Request, document: Imprint, weights: Path | None = None) -> Bulletin:
    """The bulletin that was asked for.

    Args:
        weights: A weights file of the office's own.

    Raises:
        UserError: A site or a department is not known, nothing was crawled in the period, or the weights are no use.
    """
    from reports import bulletin
    from reports.weights import WeightsError, load_weights

    sites = sites_of(connection, wanted.sites)
    must_be_covered(connection, wanted.period, sites)
    if wanted.department is not None:
        must_be_department(connection, wanted.department, sites)
    try:
        scheme = load_weights(weights)
    except WeightsError as error:
        raise UserError(error.zh, error.en) from error
    return bulletin.compose(
        connection,
        wanted.period,
        sites=list(sites),
        department=wanted.department,
        imprint=document,
        weights=scheme,
        generated_at=clock.now(),
    )


def write_draft(
    engine: Engine,
    wanted: Request,
    settings: Settings,
    folder: Path,
    *,
    anonymise: bool = False,
    with_evidence: bool = False,
) -> tuple[Bulletin, list[Path]]:
    """Compose a draft and write its files; the register is not touched.

    Args:
        anonymise: As it may be published outside (docs/privacy.md).
        with_evidence: Also the kept pages that findings cite, into the folder `evidence`; the .html leads to them.

    Raises:
        UserError: As `compose`, or the files cannot be written.
    """
    from reports.anonymise import anonymised
    from reports.formats import render_all

    with told_in_one_line():
        template = office_template(settings)
        with reading(engine) as connection:
            bulletin = compose(connection, wanted, imprint(settings, wanted.day), settings.bulletin.weights)
            kept = _write_evidence(connection, bulletin, folder / "evidence") if with_evidence else None
        if anonymise:
            bulletin = anonymised(bulletin)
        files = render_all(bulletin, template, kept)
    with writing(files, folder) as paths:
        pass
    return bulletin, paths


def _write_evidence(connection: Connection, bulletin: Bulletin, folder: Path) -> dict[str, str]:
    """The kept pages that the bulletin cites, by hash the path from the bulletin's folder."""
    findings = [entry.finding for entry in (*bulletin.certain, *bulletin.leads, *bulletin.resolved)]
    hashes = {proof.sha256 for finding in findings for proof in finding.evidence if proof.sha256 is not None}
    try:
        written = evidence.write(connection, hashes, folder, evidence.personal_among(connection, findings))
    except OSError as error:
        raise UserError(
            f"{error.filename or folder}: 无法写入：{error.strerror}",
            f"{error.filename or folder}: cannot be written: {error.strerror}",
        ) from error
    return {page.stem: f"{folder.name}/{page.name}" for page in written}


def write_forms(bulletin: Bulletin, folder: Path) -> list[Path]:
    """A feedback form for each department, in a folder of their own beside the bulletin.

    Raises:
        UserError: They cannot be written.
    """
    from reports.formats.xlsx import feedback_forms
    from reports.words import say

    files = feedback_forms(bulletin)
    if not files:
        return []
    with writing(files, folder / say("xlsx.form.folder")) as paths:
        pass
    return paths


def issue(
    engine: Engine, wanted: Request, how: Issue, settings: Settings, folder: Path
) -> tuple[Bulletin, Issued, list[Path]]:
    """Compose a bulletin under its number, register it with its files, and write them: all of it or nothing.

    Raises:
        UserError: As `compose`; the settings lack body or code; the number is taken; the period has a bulletin already
            and `corrects` does not name it; or the files cannot be written.
    """
    from reports.formats import render_all
    from reports.sentences import title

    _must_be_office(settings)
    with told_in_one_line(), engine.begin() as connection:
        in_turn(connection, "bulletins")
        template = office_template(settings)
        sites = sites_of(connection, wanted.sites)
        _must_be_next(connection, wanted, sites, how)
        code = settings.bulletin.code
        serial = how.serial or bulletins.next_serial(connection, code, wanted.day.year)
        document = replace(imprint(settings, wanted.day), serial=serial, corrects=how.corrects, reason=how.reason)
        assert document.number is not None
        if bulletins.find(connection, document.number) is not None:
            raise UserError(f"{document.number} 已使用", f"{document.number} is taken")
        with reading(engine) as as_it_was:  # of one moment, whatever is written meanwhile
            bulletin = compose(as_it_was, replace(wanted, sites=sites), document, settings.bulletin.weights)
        period = wanted.period
        entry = Issued(
            number=document.number,
            code=code,
            year=wanted.day.year,
            serial=serial,
            title="".join(title(bulletin)),
            kind=period.kind,
            first=period.first,
            last=period.last,
            sites=sites,
            department=wanted.department,
            night=bulletin.night,
            day=wanted.day,
            issued=bulletin.generated_at,
            corrects=how.corrects,
            reason=how.reason,
        )
        files = render_all(bulletin, template)
        bulletins.issue(connection, entry, files)
        with writing(files, folder) as paths:
            pass
    return bulletin, entry, paths


def office_template(settings: Settings) -> OfficeTemplate | None:
    """The office's own red head, read before the long work begins; None: the layout of the standard."""
    from reports.formats.office_template import OfficeTemplate

    return OfficeTemplate.read(settings.bulletin.template) if settings.bulletin.template else None


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """A template that cannot be used is a user's mistake."""
    from reports.formats.office_template import OfficeTemplateError

    try:
        yield
    except OfficeTemplateError as error:
        raise UserError(error.zh, error.en) from error


def _must_be_office(settings: Settings) -> None:
    for key in ("body", "code"):
        if not getattr(settings.bulletin, key):
            raise UserError(
                f"gongkai.toml: [bulletin] {key}: 发文须先填写",
                f"gongkai.toml: [bulletin] {key}: needed to issue a bulletin",
            )


def _must_be_next(connection: Connection, wanted: Request, sites: tuple[str, ...], how: Issue) -> None:
    """One bulletin for a period and scope; a second one only as the correction of the one in force."""
    period = wanted.period
    there = bulletins.in_force(connection, period.kind, period.first, period.last, sites, wanted.department)
    if how.corrects is None:
        if there is not None:
            raise UserError(
                f"{period.name}的通报已发文：{there.number}；更正请用 --corrects {there.number} --reason 理由",
                f"the bulletin of {_english(period)} was issued as {there.number}; "
                f"to correct it: --corrects {there.number} --reason TEXT",
            )
        return
    if bulletins.find(connection, how.corrects) is None:
        raise UserError(f"--corrects: 没有发过 {how.corrects}", f"--corrects: no {how.corrects} was issued")
    if there is None or there.number != how.corrects:
        instead = "-" if there is None else there.number
        raise UserError(
            f"--corrects: {how.corrects} 不是这一期现行的通报（现行：{instead}）",
            f"--corrects: {how.corrects} is not the bulletin in force for this period (that is {instead})",
        )


def _english(period: Period) -> str:
    return str(period.first) if period.first == period.last else f"{period.first} to {period.last}"


@contextmanager
def writing(files: dict[str, bytes], folder: Path) -> Iterator[list[Path]]:
    """Stage and write files; what the disk refuses is said in one line.

    Raises:
        UserError: The folder is read-only or no folder, or the disk is full; nothing is half written.
    """
    from reports.formats import staged

    try:
        with staged(files, folder) as paths:
            yield paths
    except OSError as error:
        where = error.filename or folder
        raise UserError(
            f"{where}: 无法写入：{error.strerror}；没有写出任何文件",
            f"{where}: cannot be written: {error.strerror}; no file is new",
        ) from error


def folder_name(period: Period, department: str | None) -> Path:
    """Where a bulletin's files lie under the output folder: 2026-03, 2026-Q1, 2026, 2026-03-05_2026-04-02."""
    first, last = period.first, period.last
    names = {
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "year": f"{first.year}",
        "night": str(first),
        "range": f"{first}_{last}",
    }
    path = Path(names[period.kind])
    return path / (_UNFIT.sub("_", department).strip(". ") or "_") if department else path
