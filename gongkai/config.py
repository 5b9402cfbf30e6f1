"""Settings: `gongkai.toml` and GONGKAI_ variables, read strictly. A wrong one is named by file, section and key."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, field_validator

from gongkai.errors import UserError
from gongkai.window import Window

FILE = "gongkai.toml"
OWN_PROFILES = Path(__file__).parent.parent / "crawlers" / "sites"


# Given as a string in TOML and in a variable, where the rest is strict about types.
Folder = Annotated[Path, Strict(False)]


class _Strict(BaseModel):
    """Unknown keys and wrong types are refused; `"2"` is no number here."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Politeness(_Strict):
    """How hard a site may be asked. A site's profile wins over these."""

    delay: Annotated[float, Field(ge=0, le=600)] | None = Field(
        default=None, description="Seconds between two requests to one host. Unset: 0.5, on loopback 0."
    )
    concurrency: Annotated[int, Field(ge=1, le=64)] | None = Field(
        default=None, description="Connections to one host at a time. Unset: 2, on loopback 16."
    )
    max_pages: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Most pages to read of one site in one night. Unset: the crawler's own limit."
    )
    max_minutes: Annotated[int, Field(ge=1, le=1440)] | None = Field(
        default=None, description="Longest time to read one site in one night. Unset: no bound."
    )
    max_megabytes: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Most bytes to read of one site in one night, in MB. Unset: no bound."
    )
    revisit_nights: Annotated[int, Field(ge=1, le=30)] = Field(
        default=7,
        description="An old page that was well is asked once in so many nights; in between it stands as it was last read. Home, lists, portal, recent and doubtful pages are asked every night. 1: every page every night.",
    )
    revisit_above: Annotated[int, Field(ge=0)] = Field(
        default=500,
        description="A site of at most so many addresses (pages, files and links) is asked whole every night.",
    )


class Sites(_Strict):
    """Which of the sites that have a profile are meant by `crawl`, `audit` and `nightly` without a name."""

    only: tuple[str, ...] = Field(default=(), description="Only these, by profile id. Empty: all.")
    skip: tuple[str, ...] = Field(default=(), description="Never these, by profile id.")


class Nightly(_Strict):
    """The night over all sites."""

    parallel: Annotated[int, Field(ge=1, le=16)] = Field(
        default=2, description="Sites read at the same time, each in a process of its own."
    )
    window: str | None = Field(
        default=None,
        description="Hours in Asia/Shanghai in which `nightly --schedule` reads, such as `23:00-06:00`; may cross midnight.",
    )
    metrics: str | None = Field(
        default=None,
        description="Where `nightly --schedule` serves its state for Prometheus, such as `127.0.0.1:9420`. Unset: nowhere.",
    )

    @field_validator("window")
    @classmethod
    def _window_is_one(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                Window.parse(value)
            except ValueError:
                raise ValueError("HH:MM-HH:MM") from None
        return value

    @field_validator("metrics")
    @classmethod
    def _metrics_is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[\w.\-]+:\d{1,5}", value):
            raise ValueError("HOST:PORT")
        return value

    @property
    def hours(self) -> Window | None:
        """The window, read."""
        return None if self.window is None else Window.parse(self.window)


class Bulletin(_Strict):
    """What makes the bulletin a document of your office (发文要素)."""

    body: str = Field(
        default="", description="发文机关, for the red head and the signature, without 文件. Empty: a plain report."
    )
    code: str = Field(
        default="", description="发文机关代字 of the number, such as 花法公开. Needed to issue a bulletin."
    )
    signed: str = Field(default="", description="署名, if it is not `body`.")
    addressee: str = Field(default="", description="主送, without the colon, such as 全院各部门.")
    copies: tuple[str, ...] = Field(default=(), description="抄送, such as 院领导 and 政治部.")
    printed_by: str = Field(default="", description="印发机关, if it is not the signature.")
    contact: str = Field(default="", description="Whom departments call or write to about it.")
    reply_days: Annotated[int, Field(ge=1, le=60)] = Field(
        default=10, description="Working days from issue within which departments send their feedback form."
    )
    weights: Folder | None = Field(default=None, description="YAML file with the weights of the score. Unset: our own.")
    template: Folder | None = Field(
        default=None,
        description="A .docx with your own red head and fields (docs/template.md). Unset: the layout of GB/T 9704-2012.",
    )


class Mail(_Strict):
    """The server that sends issued bulletins. Its password comes from GONGKAI_MAIL_PASSWORD only."""

    host: str = Field(default="", description="Name of the SMTP server. Empty: nothing can be sent.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=465, description="Its port.")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="`tls` from the start, `starttls`, or `none` for a server on the same machine."
    )
    user: str = Field(default="", description="Who signs in. Empty: nobody.")
    sender: str = Field(default="", description="The address it comes from.")
    to: tuple[str, ...] = Field(default=(), description="Who receives every bulletin.")
    departments: dict[str, str] = Field(
        default={}, description="By department, the address that receives its own extract."
    )


class Alerts(_Strict):
    """Who is told when a night goes wrong: each trouble once, and its end. By the server of `[mail]`, and by `[webhooks]`."""

    to: tuple[str, ...] = Field(default=(), description="Addresses that get a mail. Empty: no mail.")
    dark_nights: Annotated[int, Field(ge=1, le=30)] = Field(
        default=2, description="Visits in a row that could not read a site, after which it has gone dark."
    )


class Fonts(_Strict):
    """Typefaces of the PDF and of the pictures. Unset: a free one stands in (`gongkai doctor` says which)."""

    title: str | None = Field(default=None, description="小标宋: the family's name, such as FZXiaoBiaoSong-B05S.")
    body: str | None = Field(default=None, description="仿宋, such as FangSong_GB2312.")
    heading: str | None = Field(default=None, description="黑体, such as SimHei.")
    subheading: str | None = Field(default=None, description="楷体, such as KaiTi_GB2312.")
    song: str | None = Field(default=None, description="宋体, such as SimSun: page numbers.")
    latin: str | None = Field(default=None, description="Digits and Latin letters, such as Times New Roman.")
    folders: tuple[Folder, ...] = Field(
        default=(), description="Folders with font files (.ttf, .otf, .ttc), besides those of the system."
    )

    @property
    def chosen(self) -> dict[str, str]:
        """The families named, by role."""
        return {name: value for name, value in self.model_dump(exclude={"folders"}).items() if value}


class Console(_Strict):
    """The inspectors' console, `gongkai serve`."""

    host: str = Field(default="127.0.0.1", description="Address it binds to. Anything but loopback wants `https`.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(default=8420, description="Its port; 0: any that is free.")
    hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost"), description="Host names that browsers may ask it by."
    )
    https: bool = Field(
        default=False, description="It stands behind a server that speaks https; cookies are secure then."
    )


class Webhooks(_Strict):
    """Messages to other programs. They are signed with the secret in GONGKAI_WEBHOOK_SECRET."""

    urls: tuple[Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$")], ...] = Field(
        default=(), description="Who is told: https, or http on this machine. Empty: nobody."
    )
    events: tuple[Literal["finding.red_line", "night.finished", "night.alert"], ...] = Field(
        default=("finding.red_line", "night.finished", "night.alert"),
        description="Of what: certain S0 findings seen for the first time, nights that have ended, nights that went wrong.",
    )


class Evidence(_Strict):
    """What is kept as evidence, and for how long."""

    screenshots: Annotated[int, Field(ge=0, le=500)] = Field(
        default=20, description="Most screenshots of one site in one night: certain findings of S0 and S1. 0: none."
    )
    seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=120, description="After so long no further screenshot of the site is begun."
    )
    keep_days: Annotated[int, Field(ge=30)] | None = Field(
        default=None,
        description="After so many days kept pages and screenshots that prove nothing open and were in no issued bulletin are "
        "removed by the night. Unset: never.",
    )


class Storage(_Strict):
    """Where kept pages and screenshots are, if not in the database."""

    pages: str | None = Field(
        default=None,
        description="A folder, or `s3://BUCKET/PREFIX`. Unset: in the database. What was kept before stays where it is.",
    )
    endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = Field(
        default=None, description="Address of the S3 service, such as `https://minio.court.example`. Unset: Amazon's."
    )

    @field_validator("pages")
    @classmethod
    def _pages_is_a_place(cls, value: str | None) -> str | None:
        if value is not None and "://" in value and not re.fullmatch(r"s3://[^\s/*?\[\]]+(/[^\s*?\[\]]*)?", value):
            raise ValueError("FOLDER | s3://BUCKET/PREFIX")
        return value or None


class OpenID(_Strict):
    """Signing in by your OpenID Connect provider. The client's secret comes from GONGKAI_OPENID_SECRET only."""

    issuer: Annotated[str, Field(pattern=r"^$|^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$")] = Field(
        default="", description="The provider's address, as it names itself. Empty: passwords only."
    )
    client: str = Field(default="", description="The id under which gongkai is known there.")
    address: str = Field(
        default="http://127.0.0.1:8420", description="The console's address as browsers know it; /openid/back follows."
    )
    title: str = Field(default="统一身份认证", description="What the sign-in page calls the provider.")


class Settings(_Strict):
    """All settings. Paths in a file are relative to that file."""

    database: str = Field(
        default="var/gongkai.db", description="File of the SQLite database, or postgresql://USER@HOST/NAME."
    )
    profiles: tuple[Folder, ...] = Field(
        default=(), description="Folders with profiles of your own; they win over those that come with gongkai."
    )
    out: Folder = Field(default=Path("out"), description="Where bulletins and logs are written.")
    contact: str | None = Field(
        default=None, description="E-mail or web address put into the User-Agent, so that a court can reach you."
    )
    politeness: Politeness = Politeness()
    sites: Sites = Sites()
    nightly: Nightly = Nightly()
    bulletin: Bulletin = Bulletin()
    mail: Mail = Mail()
    alerts: Alerts = Alerts()
    console: Console = Console()
    webhooks: Webhooks = Webhooks()
    openid: OpenID = OpenID()
    evidence: Evidence = Evidence()
    storage: Storage = Storage()
    fonts: Fonts = Fonts()
    ledgers: dict[str, Folder] = Field(
        default={}, description="By profile id, the folder with that court's ledgers; `nightly` imports them."
    )
    policies: dict[str, str] = Field(
        default={}, description="By profile id, that court's local norms: a name or a file; wins over the profile's."
    )

    @property
    def profile_folders(self) -> tuple[Path, ...]:
        """Where profiles are looked for, the user's own first."""
        return (*self.profiles, OWN_PROFILES)

    @property
    def logs(self) -> Path:
        """Where the traceback of a bug goes."""
        return self.out / "logs"


# Variable → section and key. A variable wins over the file.
VARIABLES: dict[str, tuple[str, ...]] = {
    "GONGKAI_DATABASE": ("database",),
    "GONGKAI_PAGES": ("storage", "pages"),
    "GONGKAI_S3_ENDPOINT": ("storage", "endpoint"),
    "GONGKAI_PROFILES": ("profiles",),
    "GONGKAI_OUT": ("out",),
    "GONGKAI_CONTACT": ("contact",),
    "GONGKAI_DELAY": ("politeness", "delay"),
    "GONGKAI_CONCURRENCY": ("politeness", "concurrency"),
    "GONGKAI_MAX_PAGES": ("politeness", "max_pages"),
    "GONGKAI_PARALLEL": ("nightly", "parallel"),
}
_NUMBERS = {"GONGKAI_DELAY": float, "GONGKAI_CONCURRENCY": int, "GONGKAI_MAX_PAGES": int, "GONGKAI_PARALLEL": int}


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force.

    Args:
        path: The file to read; without it `gongkai.toml` of the working directory, if there is one.

    Raises:
        UserError: The file is missing or unreadable, or a key or variable is unknown or of the wrong type.
    """
    if path is not None and not path.is_file():
        raise UserError(f"{path}: 没有这个配置文件", f"{path}: no such configuration file")
    file = path or Path(FILE)
    values = _read(file) if file.is_file() else {}
    settings = _validated(values, file)
    return _with_environment(_from_folder(settings, file.parent), environment)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: 无法读取：{error}", f"{file}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        zh, en = _unquoted(file, str(error))
        raise UserError(f"{file}: 不是有效的 TOML：{error}{zh}", f"{file}: not valid TOML: {error}{en}") from error


def _unquoted(file: Path, error: str) -> tuple[str, str]:
    """What to do where a Chinese key stands without the quotation marks that TOML wants."""
    place = re.search(r"line (\d+)", error)
    line = file.read_text(encoding="utf-8-sig").splitlines()[int(place.group(1)) - 1] if place else ""
    if not re.match(r"\s*[^\s\"'=\[#]*[^\x00-\x7f\s\"'=][^\"'=]*=", line):
        return "", ""
    return "；中文名称须加双引号", "; a Chinese key needs double quotes"


def _validated(values: dict[str, Any], file: Path) -> Settings:
    try:
        # TOML knows lists only; a tuple is how they are kept.
        return Settings.model_validate(_tuples(values))
    except ValidationError as error:
        first = error.errors()[0]
        (where, zh), (_, en) = _explained(first)
        raise UserError(f"{file}: {where}: {zh}", f"{file}: {where}: {en}") from None


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


_KINDS = {
    "extra_forbidden": ("没有这个配置项", "no such key"),
    "int_type": ("应为整数", "should be an integer"),
    "float_type": ("应为数字", "should be a number"),
    "string_type": ("应为字符串", "should be a string"),
    "tuple_type": ("应为列表", "should be a list"),
    "dict_type": ("应为一个小节", "should be a section"),
    "model_type": ("应为一个小节", "should be a section"),
    "path_type": ("应为路径（字符串）", "should be a path (a string)"),
    "greater_than_equal": ("不得小于 {ge}", "should be at least {ge}"),
    "less_than_equal": ("不得大于 {le}", "should be at most {le}"),
    "string_pattern_mismatch": ("格式不符：应匹配 {pattern}", "does not fit {pattern}"),
    "value_error": ("应为 {error}", "should be {error}"),  # our own checks say which form is meant
    "literal_error": ("应为 {expected} 之一", "should be one of {expected}"),
}


def _explained(error: Any) -> tuple[tuple[str, str], tuple[str, str]]:
    """Where and what, in Chinese and in English."""
    *sections, key = [str(part) for part in error["loc"]]
    if isinstance(error["loc"][-1], int):  # an element of a list
        key = f"{sections.pop()}[{key}]"
    where = f"[{'.'.join(sections)}] {key}" if sections else key
    zh, en = _KINDS.get(error["type"], (error["msg"], error["msg"]))
    limits = error.get("ctx") or {}
    value = "" if error["type"] == "extra_forbidden" else repr(error["input"])[:60]
    zh = zh.format(**limits) + (f"；当前值 {value}" if value else "")
    en = en.format(**limits) + (f"; it is {value}" if value else "")
    return (where, zh), (where, en)


def _from_folder(settings: Settings, folder: Path) -> Settings:
    """Relative paths of a file are relative to the folder it lies in."""
    database = settings.database
    if "://" not in database:
        database = str(folder / Path(database).expanduser())
    return settings.model_copy(
        update={
            "database": database,
            "profiles": tuple(folder / p.expanduser() for p in settings.profiles),
            "out": folder / settings.out.expanduser(),
            "storage": settings.storage.model_copy(update={"pages": _place(folder, settings.storage.pages)}),
            "bulletin": settings.bulletin.model_copy(
                update={
                    "weights": _beside(folder, settings.bulletin.weights),
                    "template": _beside(folder, settings.bulletin.template),
                }
            ),
            "fonts": settings.fonts.model_copy(
                update={"folders": tuple(folder / p.expanduser() for p in settings.fonts.folders)}
            ),
            "ledgers": {site: folder / p.expanduser() for site, p in settings.ledgers.items()},
            "policies": {site: _name_or_file(folder, p) for site, p in settings.policies.items()},
        }
    )


def _beside(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else folder / path.expanduser()


def _place(folder: Path, pages: str | None) -> str | None:
    return pages if pages is None or "://" in pages else str(folder / Path(pages).expanduser())


def _name_or_file(folder: Path, text: str) -> str:
    """Policies are named or lie beside the settings."""
    path = folder / Path(text).expanduser()
    return str(path) if path.is_file() else text


def _with_environment(settings: Settings, environment: Mapping[str, str]) -> Settings:
    values = settings.model_dump()
    for name, place in VARIABLES.items():
        if not (text := environment.get(name, "").strip()):
            continue
        section = values
        for part in place[:-1]:
            section = section[part]
        section[place[-1]] = _from_text(name, text)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        by_place = {place: name for name, place in VARIABLES.items()}
        loc = tuple(str(part) for part in first["loc"])
        (_, zh), (_, en) = _explained(first)
        name = by_place.get(loc, ".".join(loc))
        raise UserError(f"环境变量 {name}: {zh}", f"environment: {name}: {en}") from None


def _from_text(name: str, text: str) -> object:
    if name == "GONGKAI_PROFILES":
        return tuple(Path(p) for p in text.split(os.pathsep) if p)
    if name in _NUMBERS:
        try:
            return _NUMBERS[name](text)
        except ValueError:
            raise UserError(
                f"环境变量 {name}: 应为数字；当前值 {text!r}",
                f"environment: {name}: should be a number; it is {text!r}",
            ) from None
    return Path(text) if name == "GONGKAI_OUT" else text
