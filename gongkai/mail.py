"""Sending a bulletin by e-mail: a short letter with the documents attached, through the office's own server."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.config import Mail, Settings
from gongkai.errors import UNREADABLE, WRONG_USE, UserError

if TYPE_CHECKING:
    from reports.bulletin import Bulletin

PASSWORD = "GONGKAI_MAIL_PASSWORD"
SECONDS = 60
TYPES = {
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ics": ("text", "calendar"),
}


@dataclass(frozen=True)
class Letter:
    """Through which server a letter goes, to whom, and with which password."""

    server: Mail
    to: tuple[str, ...]
    password: str


def prepared(settings: Settings, department: str | None, environment: Mapping[str, str] = os.environ) -> Letter:
    """The letter's addresses, looked up before anything is composed.

    Raises:
        UserError: The settings lack the server, the sender or whom to send to; file, section and key are named.
    """
    server = settings.mail
    if department is not None:
        to = tuple(address for name, address in server.departments.items() if name == department)
        key = f"[mail.departments] {department}"
    else:
        to, key = server.to, "[mail] to"
    return addressed(settings, to, key, environment)


def addressed(settings: Settings, to: tuple[str, ...], key: str, environment: Mapping[str, str] = os.environ) -> Letter:
    """A letter to these; `key` is where the settings name them.

    Raises:
        UserError: The settings lack the server, the sender or whom to send to.
    """
    server = settings.mail
    for name, value in (("[mail] host", server.host), ("[mail] sender", server.sender), (key, to)):
        if not value:
            raise UserError(f"gongkai.toml: {name}: 发送邮件须先填写", f"gongkai.toml: {name}: needed to send mail")
    password = environment.get(PASSWORD, "")
    if server.user and not password:
        raise UserError(
            f"环境变量 {PASSWORD}: 未设置邮箱密码", f"environment: {PASSWORD}: the mail password is not set"
        )
    return Letter(server, to, password)


def message(letter: Letter, bulletin: Bulletin, files: Iterable[Path]) -> EmailMessage:
    """The letter: the title as its subject, the lead as its text, the documents for people attached."""
    from reports.parts.opening import lead
    from reports.sentences import title

    made = EmailMessage()
    made["Subject"] = " ".join(filter(None, ("".join(title(bulletin)), bulletin.imprint.number)))
    made["From"] = letter.server.sender
    made["To"] = ", ".join(letter.to)
    made["Date"] = format_datetime(bulletin.generated_at)
    made["Message-ID"] = make_msgid(domain=letter.server.sender.rpartition("@")[2] or None)
    told = (paragraph.text for paragraph in lead(bulletin))
    made.set_content("\n\n".join((bulletin.imprint.to, *told)) + "\n")
    for path in files:
        if path.suffix in TYPES:
            main, sub = TYPES[path.suffix]
            made.add_attachment(path.read_bytes(), maintype=main, subtype=sub, filename=path.name)
    return made


def send(letter: Letter, bulletin: Bulletin, files: Iterable[Path]) -> None:
    """Send it.

    Raises:
        UserError: The server could not be reached or refused it; the files stay where they are.
    """
    try:
        _send(letter, message(letter, bulletin, files))
    except _TROUBLE as error:
        raise _not_sent(letter, error, UNREADABLE, "；文件已写好", "; the files are written") from error


def deliver(letter: Letter, made: EmailMessage, now: datetime) -> None:
    """Send a letter that has its subject and text.

    Raises:
        UserError: The server could not be reached or refused it; exit code 2, as 3 says that there was no night.
    """
    made["From"], made["To"] = letter.server.sender, ", ".join(letter.to)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = make_msgid(domain=letter.server.sender.rpartition("@")[2] or None)
    try:
        _send(letter, made)
    except _TROUBLE as error:
        raise _not_sent(letter, error, WRONG_USE) from error


_TROUBLE = (smtplib.SMTPException, OSError)


def _send(letter: Letter, made: EmailMessage) -> None:
    with _connected(letter.server) as connection:
        if letter.server.user:
            connection.login(letter.server.user, letter.password)
        connection.send_message(made)


def _not_sent(letter: Letter, error: Exception, code: int, zh: str = "", en: str = "") -> UserError:
    server, why = letter.server, " ".join(str(error).split())
    return UserError(
        f"{server.host}:{server.port}: 邮件没有发出：{why}{zh}",
        f"{server.host}:{server.port}: the mail was not sent: {why}{en}",
        code,
    )


def _connected(server: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.security == "starttls":
        connection.starttls(context=context)
    return connection
