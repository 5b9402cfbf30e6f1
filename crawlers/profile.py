"""A court is a YAML file: read strictly, inheriting from its platform leaf by leaf.

An unknown key, an unknown field of a record or an `id` that is not the file's name is an error that names file, line
and key. The whole selector language is three forms: `css`, `css@attribute`, `css ~ regex`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from crawlers.urls import host_of, resolve
from storage.records import Cadence, Hearing, Item, Judgment, Withheld

PLATFORMS = Path(__file__).parent / "platforms"
SITES = Path(__file__).parent / "sites"
RECORDS: dict[str, type[Any]] = {"item": Item, "judgment": Judgment, "withheld": Withheld, "hearing": Hearing}
_ALIASES = {"case_no": "case_number"}


class ProfileError(Exception):
    """A profile that cannot be used: one line with file, line, key and what was expected."""


class Strict(BaseModel):
    """A part of a profile: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expect(Strict):
    """How many rows a section must yield tonight; fewer, and nothing is concluded from it."""

    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)


class JsonList(Strict):
    """Where the list stands in an answer that is JSON, and what its keys hold, by the heading a table would have."""

    rows: str = ""  # path of keys, such as data.records; empty: the answer itself
    pages: str | None = None  # path of the number of pages
    columns: dict[str, str] = Field(min_length=1)  # 案号: ah, 开庭时间: ktrq kssj


class SectionProfile(Strict):
    """Where a section is and how it is read. What is left out is discovered."""

    name: str | None = None
    url: str
    record: Literal["item", "judgment", "withheld", "hearing"] = "item"
    rows: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    next: str | None = None
    cadence: Cadence | None = None
    department: str | None = None
    expect: Expect = Expect()
    opened: date | None = None
    browser: bool = False
    json_list: JsonList | None = None

    def address(self, page: int = 1) -> str:
        """The section's address, or that of a further page where the profile says how it is written (`?p={page}`)."""
        return self.url.replace("{page}", str(page))

    @model_validator(mode="after")
    def _pages_are_those_of_answers(self) -> SectionProfile:
        if "{page}" in self.url and self.json_list is None:
            raise ValueError("url: {page} 只用于 json_list；网页列表的翻页用 next")
        return self

    @model_validator(mode="after")
    def _fields_belong_to_the_record(self) -> SectionProfile:
        known = {f.name for f in dataclasses.fields(RECORDS[self.record])} | set(_ALIASES) | {"title", "published"}
        for name in self.fields:
            if name not in known:
                raise ValueError(f"fields.{name}: {self.record} 没有这个字段；可用：{', '.join(sorted(known))}")
        return self


class DetailProfile(Strict):
    """Selectors of a platform's detail pages."""

    title: str | None = None
    published: str | None = None
    body: str | None = None


class PortalProfile(Strict):
    """The hearing portal (庭审公开平台) on which a court's hearings are shown.

    Attributes:
        base: Its address; the endpoints below it are the national portal's.
        court: The court's name there; None: the profile's.
        code: The court's number there, by which it filters; None: looked up by the name.
        replay_days: How many days back replays are read, once they were read from the beginning of the last year on.
    """

    base: str
    court: str | None = None
    code: str | None = Field(default=None, pattern=r"^\d+$", coerce_numbers_to_str=True)
    replay_days: int = Field(default=60, ge=1, le=400)

    @field_validator("base")
    @classmethod
    def _base_is_an_address(cls, value: str) -> str:
        return _address(value).rstrip("/")


class Profile(Strict):
    """One court's site, its hearing portal, or both."""

    id: str
    court: str
    portal: PortalProfile | None = None
    home: str = Field(default="", validate_default=True)  # empty: only the portal is read
    level: Literal["supreme", "high", "intermediate", "basic", "special"] | None = None
    platform: str | None = None
    encoding: str | None = None
    delay: float | None = Field(default=None, ge=0, le=60)
    concurrency: int | None = Field(default=None, ge=1, le=32)
    max_pages: int | None = Field(default=None, ge=1)
    max_minutes: int | None = Field(default=None, ge=1, le=1440)
    max_megabytes: int | None = Field(default=None, ge=1)
    revisit_nights: int | None = Field(default=None, ge=1, le=30)  # an old page is asked once in so many nights
    exclude: tuple[str, ...] = ()  # regular expressions of URLs that are not asked
    department: str | None = None
    policy: str | None = None  # local norms that bind this court: read by who audits, nothing here knows them
    detail: DetailProfile = DetailProfile()
    sections: dict[str, SectionProfile] = Field(default_factory=dict)

    @field_validator("home")
    @classmethod
    def _home_is_an_address(cls, value: str, known: ValidationInfo) -> str:
        if not value and known.data.get("portal") is None:
            raise ValueError("缺少这一项（只巡查庭审公开平台的，应有 portal）")
        return _address(value) if value else ""

    @model_validator(mode="after")
    def _portal_knows_its_court(self) -> Profile:
        if self.portal is not None and not (self.portal.court or self.court):
            raise ValueError("portal.court: 缺少法院名称")
        if not self.home and self.sections:
            raise ValueError("sections: 没有 home 就没有栏目")
        return self

    @field_validator("exclude")
    @classmethod
    def _patterns_compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"不是正则表达式：{pattern!r}（{error}）") from error
        return value

    @property
    def address(self) -> str:
        """Where the court is read: its home, or its portal where only that is read."""
        return self.home or (self.portal.base if self.portal is not None else "")

    @property
    def discovers(self) -> bool:
        """Without sections of its own, a site's sections are discovered."""
        return not self.sections


def _address(value: str) -> str:
    resolved = resolve(value, value) if "://" in value else None
    if resolved is None:
        raise ValueError(f"网址须以 http:// 或 https:// 开头；当前值 {value!r}")
    return resolved


@dataclasses.dataclass(frozen=True)
class Platform:
    """A family of court sites: by which signs it is recognised, and its selectors."""

    name: str
    title: str
    url_signs: tuple[re.Pattern[str], ...]
    html_signs: tuple[re.Pattern[str], ...]
    defaults: dict[str, Any]

    def score(self, urls: Sequence[str], html: str) -> int:
        """How many signs are there: two for one in the URLs, one for one in the markup."""
        found = sum(2 for sign in self.url_signs if any(sign.search(u) for u in urls))
        return found + sum(1 for sign in self.html_signs if sign.search(html))


def platforms() -> dict[str, Platform]:
    """The platforms that are known, by name."""
    return {path.stem: _platform(path) for path in sorted(PLATFORMS.glob("*.yml"))}


def _platform(path: Path) -> Platform:
    data = dict(_load(path))
    signs = dict(data.pop("signs"))
    return Platform(
        name=path.stem,
        title=str(data.pop("title")),
        url_signs=tuple(re.compile(s, re.I) for s in signs.get("urls", ())),
        html_signs=tuple(re.compile(s, re.I) for s in signs.get("html", ())),
        defaults=_plain(data),
    )


def recognise(urls: Sequence[str], html: str) -> str | None:
    """The platform whose signs are there, or None if there are too few."""
    scores = {name: platform.score(urls, html) for name, platform in platforms().items()}
    best = max(scores, key=lambda n: scores[n], default=None)
    return best if best is not None and scores[best] >= 2 else None


def load_profile(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ProfileError: It is missing, no YAML, or breaks the schema: the first mistake, with its place.
    """
    data = _load(path)
    if str(data.get("id", path.stem)) != path.stem:
        raise ProfileError(f"{_place(path, data, ('id',))}: id 应与文件名相同（{path.stem}），当前值 {data['id']!r}")
    merged = {"id": path.stem, **_plain(data)}
    name = merged.get("platform")
    if name is not None:
        known = platforms()
        if name not in known:
            raise ProfileError(f"{_place(path, data, ('platform',))}: platform 没有 {name!r}；可用：{'、'.join(known)}")
        merged = _inherit(known[name].defaults, merged)
    if isinstance(named := merged.get("policy"), str) and (path.parent / named).is_file():
        merged["policy"] = str(path.parent / named)  # a file beside the profile
    try:
        return Profile.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        keys = tuple(first["loc"])
        message = _MESSAGES.get(first["type"], first["msg"].removeprefix("Value error, "))
        given = "" if first["type"] in ("missing", "extra_forbidden", "value_error") else f"；当前值 {first['input']!r}"
        raise ProfileError(f"{_place(path, data, keys)}: {'.'.join(map(str, keys))}: {message}{given}") from error


_MESSAGES = {"missing": "缺少这一项", "extra_forbidden": "没有这个键"}


def _load(path: Path) -> CommentedMap:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ProfileError(f"{path}: 没有这个文件") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: 无法读取（{type(error).__name__}）") from error
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ProfileError(
            f"{path}{line}: 不是有效的 YAML：{(error.problem or '').splitlines()[0] if error.problem else ''}"
        ) from error
    except YAMLError as error:
        raise ProfileError(f"{path}: 不是有效的 YAML") from error
    if not isinstance(data, CommentedMap):
        raise ProfileError(f"{path}: 应为键值对，如 “home: https://…”")
    return data


def _place(path: Path, data: CommentedMap, keys: tuple[Any, ...]) -> str:
    """`file:line:column` of a key, or of the deepest parent that is there."""
    node: Any = data
    line = column = None
    for key in keys:
        if isinstance(node, CommentedMap) and key in node:
            line, column = node.lc.key(key)
            node = node[key]
        else:
            break
    return f"{path}:{line + 1}:{column + 1}" if line is not None and column is not None else str(path)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


def _inherit(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The platform's values where the profile has none. `section` gives each section what it leaves out."""
    defaults = dict(defaults)
    for_sections = defaults.pop("section", {})
    merged = {**defaults, **own}
    if isinstance(defaults.get("detail"), dict) and isinstance(own.get("detail"), dict):
        merged["detail"] = {**defaults["detail"], **own["detail"]}
    if isinstance(own.get("sections"), dict):
        merged["sections"] = {
            key: {**for_sections, **section} if isinstance(section, dict) else section
            for key, section in own["sections"].items()
        }
    return merged


def all_profiles(folder: Path) -> list[Profile]:
    """Every profile of a folder, by name."""
    return [load_profile(path) for path in sorted(folder.glob("*.yml"))]


def find_profile(site: str, folders: Sequence[Path] = (SITES,)) -> Profile:
    """The profile of a site by its id, in the first folder that has it.

    Raises:
        ProfileError: There is none, or it is faulty.
    """
    for folder in folders:
        path = folder / f"{site}.yml"
        if path.exists():
            return load_profile(path)
    places = "、".join(str(f) for f in folders)
    raise ProfileError(f"{site}: 没有这个站点的档案（找过：{places}）")


def bare_profile(home: str, *, court: str | None = None) -> Profile:
    """A site without a profile: its sections are discovered, its id is its host.

    Raises:
        ProfileError: `home` is not an http(s) address.
    """
    address = home if "://" in home else f"http://{home}"
    try:
        return Profile(id=_id_of(address), court=court or "", home=address)
    except ValidationError as error:
        raise ProfileError(f"{home}: 网址须以 http:// 或 https:// 开头") from error


def portal_profile(base: str, court: str) -> Profile:
    """A court that is read on its hearing portal alone; its id is the portal's host.

    Raises:
        ProfileError: `base` is not an http(s) address, or there is no name.
    """
    try:
        return Profile(id=_id_of(base), court=court, portal=PortalProfile(base=base, court=court))
    except ValidationError as error:
        raise ProfileError(f"{base}: 网址须以 http:// 或 https:// 开头，并须有法院名称") from error


def _id_of(address: str) -> str:
    return host_of(resolve(address, address) or "x://x").replace(":", "_")
