"""Who is in the fleet: a worker writes itself down, says every few seconds that it is there, and is refused where it differs."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from uuid import uuid4

from sqlalchemy.engine import Connection, Engine

from gongkai.errors import UserError, is_user_mistake
from gongkai.fleet.identity import own_version
from storage import fleet, migrate
from storage.database import engine_of, told
from storage.fleet import TURN, Member
from storage.locks import Held, in_turn

SIGN = 10.0  # seconds between two signs of life


class Refused(UserError):
    """This worker must not work beside the others, or on this database."""


def admit(database: str) -> None:
    """See that no worker of another version lives, before a table is touched.

    Raises:
        Refused: One does.
        DatabaseError: The database cannot be used.
    """
    engine = engine_of(database)
    try:
        with told(database), engine.connect() as connection:
            if fleet.is_known(connection):
                _same_version(fleet.living(connection), own_version())
    finally:
        engine.dispose()


def _same_version(members: Iterable[Member], own: str) -> None:
    for other in members:
        if other.version != own:
            raise Refused(
                f"{other.machine} 上的 gongkai worker 是 {other.version}，本机是 {own}：版本须一致，请先停下或升级",
                f"the gongkai worker on {other.machine} is {other.version}, this one is {own}: "
                "stop or upgrade one of them, they must be of one version",
            )


class Membership:
    """A worker's place among the others, from `with` to its end; a thread of its own gives the signs of life.

    Args:
        outdated: Called once, with what to say, when the tables are no longer those of this version, or the turn is lost.
        turn: The schedulers', which is held meanwhile and taken again after a restart of the database.
    """

    def __init__(
        self,
        engine: Engine,
        configuration: str,
        parallel: int,
        outdated: Callable[[Refused], None],
        turn: Held | None = None,
    ) -> None:
        self._engine, self._outdated, self._turn = engine, outdated, turn
        self._done = threading.Event()
        self._night: date | None = None
        self._thread = threading.Thread(target=self._live, name="signs of life", daemon=True)
        with engine.begin() as connection:
            now = fleet.clock(connection)
        self._me = Member(
            id=uuid4().hex,
            machine=socket.gethostname(),
            process=os.getpid(),
            version=own_version(),
            revision=migrate.HEAD,
            configuration=configuration,
            parallel=parallel,
            started=now,
            seen=now,
        )

    @property
    def machine(self) -> str:
        return self._me.machine

    @property
    def id(self) -> str:
        return self._me.id

    def __enter__(self) -> Membership:
        with self._engine.begin() as connection:
            in_turn(connection, TURN)
            _same_version(fleet.living(connection), self._me.version)
            fleet.join(connection, self._me)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        try:
            with self._engine.begin() as connection:
                fleet.leave(connection, self._me.id)
        except Exception as error:
            if not is_user_mistake(error):  # away: the others see that there are no signs any more
                raise

    def begin(self, connection: Connection, night: date, configuration: str) -> None:
        """Work on a night, within the turn of the fleet.

        Raises:
            Refused: Those who are at it were told to do something else.
        """
        for other in fleet.living(connection):
            if other.id != self._me.id and other.night == night and other.configuration != configuration:
                raise Refused(
                    f"本机的站点配置、地方规范或巡查参数与 {other.machine} 不同（{configuration}，{other.configuration}）：须一致",
                    f"sites, norms or politeness here differ from those on {other.machine} "
                    f"({configuration}, {other.configuration}): they must be the same",
                )
        self._night, self._me = night, replace(self._me, configuration=configuration)
        fleet.saw(connection, self._me, night)

    def end(self) -> None:
        """Wait for the next night."""
        self._night = None

    def _live(self) -> None:
        while not self._done.wait(SIGN):
            try:
                is_ours = self._turn is None or self._turn.renew()
                with self._engine.begin() as connection:
                    at = migrate.revision_of(connection)
                    if at == migrate.HEAD:
                        fleet.saw(connection, self._me, self._night)
            except Exception as error:
                if not is_user_mistake(error):
                    raise
                continue  # away
            if not is_ours:
                zh = "另一个 gongkai nightly --schedule 在数据库中断时接手了这个数据库"
                en = "another gongkai nightly --schedule took this database over while it was away"
                self._outdated(Refused(zh, en))
                return
            if at != migrate.HEAD:
                zh = f"数据库的表已是版本 {at}，本程序是 {migrate.HEAD}：请升级本机的 gongkai"
                en = f"the tables are of version {at} now and this gongkai knows {migrate.HEAD}: upgrade it"
                self._outdated(Refused(zh, en))
                return
