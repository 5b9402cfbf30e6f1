"""The one-off inspection: crawl one site into a database of its own, audit it, write bulletin and evidence."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai import clock, evidence, ledgers, nightly
from gongkai.config import Settings
from gongkai.errors import UserError
from gongkai.nightly import Advance, AuditCrashed, Options
from storage.database import connect, reading
from storage.runs import Run

if TYPE_CHECKING:
    from auditors.policies import Policy
    from crawlers.profile import Profile
    from reports.bulletin import Bulletin


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What came of it.

    Attributes:
        files: The bulletin in all formats.
        kept: The pages that serve as evidence.
        personal: How many of them show personal data, and are not for sending on.
        bug: Rules that stopped with a bug; what the others found is in the bulletin, which says so.
    """

    run: Run
    bulletin: Bulletin
    files: tuple[Path, ...]
    kept: tuple[Path, ...]
    personal: int = 0
    bug: AuditCrashed | None = None


def inspect_site(
    profile: Profile,
    as_of: date,
    ledger_files: list[Path],
    out: Path,
    settings: Settings,
    options: Options,
    *,
    policy: Policy | None = None,
    on_progress: Advance | None = None,
    on_problem: Callable[[str], None] | None = None,
) -> Inspected:
    """Inspect one site; nothing but the files in `out` remains.

    Args:
        policy: The court's own norms.

    Raises:
        LedgerError: A ledger cannot be read at all; it is looked at before the site is asked anything.
        UserError: The folder `out` cannot be made or written to; found before the site is asked anything.
        CrawlCrashed: A bug.
    """
    from reports.formats import write_all

    readings = ledgers.read(ledger_files, profile.id, as_of, profile.court)
    if on_problem is not None:
        for line in ledgers.problems(readings):
            on_problem(line)
    _make_folder(out)
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        alone = settings.model_copy(update={"database": str(Path(folder) / "inspect.db")})
        engine = connect(alone.database)
        try:
            nightly.register(engine, [profile])
            run = nightly.crawl(profile, as_of, alone, options, on_progress)
            with engine.begin() as connection:
                ledgers.save(connection, profile.id, readings, as_of, clock.now())
            bug = None
            try:
                nightly.audit(engine, profile.id, as_of, policy)
            except AuditCrashed as crashed:
                bug = crashed
            bulletin = nightly.compose_night(engine, as_of, [profile.id])
            with reading(engine) as connection:
                findings = [e.finding for e in (*bulletin.certain, *bulletin.leads, *bulletin.resolved)]
                hashes = evidence.cited(connection, findings, [profile.id], as_of)
                personal = hashes & evidence.personal_among(connection, findings)
                kept = evidence.write(connection, hashes, out / "evidence", personal)
            # After the evidence: the page of the bulletin leads to it.
            files = write_all(bulletin, out, {page.stem: f"{page.parent.name}/{page.name}" for page in kept})
        finally:
            engine.dispose()
    return Inspected(run=run, bulletin=bulletin, files=tuple(files), kept=tuple(kept), personal=len(personal), bug=bug)


def _make_folder(out: Path) -> None:
    """Makes the folder of the files now: an hour of crawling must not end with nowhere to write."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(f"{out}: 不是文件夹", f"{out}: not a folder") from error
    except OSError as error:
        raise UserError(
            f"{out}: 无法建立文件夹（{error.strerror}）", f"{out}: the folder cannot be made ({error.strerror})"
        ) from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise UserError(f"{out}: 文件夹不可写", f"{out}: the folder cannot be written to")
