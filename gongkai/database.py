"""The database of the settings, for what writes to it: with the place where pages are kept, if it is not the database."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from gongkai.config import Settings
from storage import places
from storage.database import connect


def opened(settings: Settings, *, create: bool = True) -> Engine:
    """The database, opened, and told where to keep pages from now on.

    Raises:
        DatabaseError: It cannot be used, or the place cannot.
    """
    engine = connect(settings.database, create=create)
    places.use(engine, settings.storage.pages, settings.storage.endpoint)
    return engine
