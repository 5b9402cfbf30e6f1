"""Which local norms (地方规范) bind a court: its profile's `policy`, or the settings' `[policies]`, which win."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.config import Settings
from gongkai.errors import UserError

if TYPE_CHECKING:
    from auditors.policies import Policy
    from crawlers.profile import Profile


def read(name: str | None) -> Policy | None:
    """The policy of a name or file; None if there is none to read.

    Raises:
        UserError: There is no such policy, or its file is wrong.
    """
    from auditors.basis import BasisError
    from auditors.policies import read_policy

    if name is None:
        return None
    try:
        return read_policy(name)
    except BasisError as error:
        raise UserError(f"地方规范 {error}", f"local norms: {error}") from error


def of_site(site: str, settings: Settings, profile: Profile | None = None) -> Policy | None:
    """The policy of a court.

    Args:
        profile: Its profile, where it is at hand; without it, it is looked for by the site's id.

    Raises:
        UserError: As `read`.
        ProfileError: The site's profile is wrong.
    """
    from crawlers.profile import find_profile

    named = settings.policies.get(site)
    if named is None and profile is None:
        folders = settings.profile_folders
        if any((folder / f"{site}.yml").is_file() for folder in folders):
            profile = find_profile(site, folders)
    return read(named or (profile.policy if profile is not None else None))
