"""What the workers of a fleet must have in common, so that it does not matter which of them reads a site.

Their code, and all settings that decide what is found: sites and profiles, norms, politeness. Not their folders, nor how many
sites one reads at a time, nor the address in the User-Agent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai import local_norms
from gongkai.config import Settings
from gongkai.nightly import Options

if TYPE_CHECKING:
    from crawlers.profile import Profile

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("storage", "crawlers", "auditors", "reports", "gongkai")
CODE = (".py", ".yml", ".yaml", ".csv")
OWN_SITES = ("crawlers", "sites")  # profiles are configuration


@cache
def own_version() -> str:
    """The version of this installation, with a hash of its code: `0.1.0+3f2a91c07b`."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted(_code(ROOT / package)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{version('gongkai')}+{digest.hexdigest()[:10]}"


def _code(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        if path.suffix in CODE and path.relative_to(ROOT).parts[:2] != OWN_SITES:
            yield path


def configuration(settings: Settings, options: Options, profiles: Sequence[Profile]) -> str:
    """A hash of what a worker was told to do.

    Raises:
        UserError: A court's local norms cannot be read.
    """
    told: dict[str, Any] = {
        "profiles": {p.id: p.model_dump(mode="json") for p in profiles},
        "norms": {p.id: repr(local_norms.of_site(p.id, settings, p)) for p in profiles},
        "ledgers": sorted(site for site in settings.ledgers if any(p.id == site for p in profiles)),
        "politeness": settings.politeness.model_dump(mode="json"),
        "evidence": settings.evidence.model_dump(mode="json"),
        "pages": settings.storage.pages,
        "window": settings.nightly.window,
        "options": vars(options),
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
