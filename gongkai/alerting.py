"""Telling the office that a night went wrong: each trouble once, and once more when it is over."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy.engine import Connection, Engine

from gongkai import mail, webhooks
from gongkai.config import Settings
from gongkai.health import Trouble
from gongkai.messages import say
from storage import alerts
from storage.alerts import Alert


@dataclass(frozen=True)
class News:
    """What the office does not know yet."""

    begun: tuple[Alert, ...]
    over: tuple[Alert, ...]

    def __bool__(self) -> bool:
        return bool(self.begun or self.over)

    @property
    def subject(self) -> str:
        begun, over = len(self.begun), len(self.over)
        return say(f"公开巡查：异常 {begun} 项，恢复 {over} 项", f"gongkai: {begun} in trouble, {over} recovered")

    @property
    def text(self) -> str:
        lines = [say("异常：", "In trouble:"), *(f"  {a.text}" for a in self.begun)] if self.begun else []
        if self.over:
            lines += [say("已恢复：", "Recovered:"), *(f"  {a.text}" for a in self.over)]
        return "\n".join([*lines, "", say("详情：gongkai status", "See: gongkai status")]) + "\n"


def tell(
    engine: Engine,
    settings: Settings,
    troubles: Collection[Trouble],
    now: datetime,
    environment: Mapping[str, str] = os.environ,
    faded: Collection[tuple[str, str]] = (),
) -> News:
    """Tell what is new and what is over, and note it: to `[webhooks]` at once, by mail if `[alerts]` names anybody.

    A mail that could not be sent is tried again by the next call; webhooks are tried again by their own sender.

    Args:
        faded: Kind and subject of what ends without having come right: it is not mailed as recovered.

    Raises:
        UserError: The mail is wrongly set, or was not taken.
    """
    news = note(engine, settings, troubles, now, faded=faded)
    send(engine, settings, news, now, environment)
    return news


def note(
    engine: Engine,
    settings: Settings,
    troubles: Collection[Trouble],
    now: datetime,
    earlier: Collection[Alert] = (),
    faded: Collection[tuple[str, str]] = (),
) -> News:
    """Write down what has begun and what is over; what ended before anybody was told of it ends in silence.

    Args:
        earlier: What began before and could not be written down then.
        faded: Kind and subject of what ends in silence too.
    """
    found = {(trouble.kind, trouble.subject): trouble for trouble in troubles}
    there = {*found, *((alert.kind, alert.subject) for alert in earlier)}
    with engine.begin() as connection:
        lasting = alerts.lasting(connection)
        known = {(alert.kind, alert.subject) for alert in lasting}
        fresh = [alert for alert in earlier if (alert.kind, alert.subject) not in known]
        known |= {(alert.kind, alert.subject) for alert in fresh}
        fresh += [
            Alert(kind=trouble.kind, subject=trouble.subject, opened=now, text=trouble.text)
            for key, trouble in found.items()
            if key not in known
        ]
        ended = [alert for alert in lasting if (alert.kind, alert.subject) not in there]
        alerts.open_(connection, fresh)
        for alert, state in [*((a, "begun") for a in fresh), *((a, "over") for a in ended)]:
            _announce(connection, settings, alert, state, now)
        silently = [alert for alert in ended if alert.told is None or (alert.kind, alert.subject) in faded]
        for alert in silently:
            alerts.mark(connection, alert, closed=now)
    begun = [alert for alert in [*lasting, *fresh] if alert.told is None and (alert.kind, alert.subject) in there]
    return News(tuple(begun), tuple(alert for alert in ended if alert not in silently))


def send(
    engine: Engine, settings: Settings, news: News, now: datetime, environment: Mapping[str, str] = os.environ
) -> None:
    """Mail what was written down, if `[alerts]` names anybody, and note that the office was told.

    Raises:
        UserError: The mail is wrongly set, or was not taken.
    """
    mail_only(settings, news, now, environment)
    with engine.begin() as connection:
        for alert in news.begun:
            alerts.mark(connection, alert, told=now)
        for alert in news.over:
            alerts.mark(connection, alert, closed=now)


def mail_only(settings: Settings, news: News, now: datetime, environment: Mapping[str, str] = os.environ) -> None:
    """Mail it without the database, if `[alerts]` names anybody.

    Raises:
        UserError: The mail is wrongly set, or was not taken.
    """
    if news and settings.alerts.to:
        letter = mail.addressed(settings, settings.alerts.to, "[alerts] to", environment)
        made = EmailMessage()
        made["Subject"] = news.subject
        made.set_content(news.text)
        mail.deliver(letter, made, now)


def _announce(connection: Connection, settings: Settings, alert: Alert, state: str, now: datetime) -> None:
    """Other programs are told what it is about, not in which words: `gongkai status` has them."""
    about = f"{alert.kind} {alert.subject} {alert.opened.isoformat()} {state}"
    told = {"state": state, "kind": alert.kind, "subject": alert.subject, "since": alert.opened.isoformat()}
    webhooks.announce(connection, settings.webhooks, webhooks.ALERT, about, told, now)
