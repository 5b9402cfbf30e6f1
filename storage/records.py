"""The vocabulary: what gongkai knows about courts, each thing declared once as a frozen dataclass.

Tables (`schema.py`), JSON, profile validation and the types of extraction derive from these classes. Nothing here
knows a site, a rule or a URL pattern. Times are aware datetimes; dates are those of Asia/Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar


class Access(StrEnum):
    """What happened to one request. A closed set: `crawlers/access.py` decides, rules read."""

    OK = "ok"
    MOVED = "moved"  # redirected, and the end of the way is ok
    GONE = "gone"  # 404, 410
    SOFT_GONE = "soft_gone"  # 200, but the site's way of saying "not found"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    RESET = "reset"  # connection cut, wrong length
    REDIRECT_LOOP = "redirect_loop"
    DENIED = "denied"  # 401, 403, 405, login: they refuse us
    BLOCKED = "blocked"  # challenge page, captcha, 412, 521
    THROTTLED = "throttled"  # 429, 系统繁忙, 访问频繁
    EMPTY = "empty"
    UNDECODABLE = "undecodable"
    UNEXPECTED_TYPE = "unexpected_type"
    OVERSIZE = "oversize"  # larger than we read
    ROBOTS = "robots"  # forbidden by robots.txt: not asked
    PRIVATE = "private"  # a non-public address: not asked
    OFFLINE = "offline"  # no outside name resolves here: our own network, nothing is said about the link

    @property
    def is_ok(self) -> bool:
        return self in (Access.OK, Access.MOVED)

    @property
    def is_refusal(self) -> bool:
        """They refuse us, or we do not ask: nothing follows about the page."""
        return self in (
            Access.DENIED,
            Access.BLOCKED,
            Access.THROTTLED,
            Access.ROBOTS,
            Access.PRIVATE,
            Access.OFFLINE,
        )


class Video(StrEnum):
    """What a hearing's recording was found to be. A closed set: `crawlers/portal/` decides, rules read."""

    PLAYABLE = "playable"
    NO_PLAYLIST = "no_playlist"  # the player's page names no recording
    EMPTY_PLAYLIST = "empty_playlist"  # the playlist is there and names no segment
    UNREACHABLE = "unreachable"  # trial page, player or playlist is gone or broken
    DEAD_SEGMENTS = "dead_segments"  # the first, middle or last segment cannot be had
    NONE_YET = "none_yet"  # the hearing is still to come, or may still be under way: no fault
    UNREAD = "unread"  # refused, challenged, not asked, or answered in a form we do not know: nothing follows


class Cadence(StrEnum):
    """How often a section (栏目) is expected to change: domain/rules.md §4.5."""

    DYNAMIC = "dynamic"
    STANDARD = "standard"
    HIGH_FREQUENCY = "high_frequency"
    PERIODIC = "periodic"  # monthly or quarterly statistics
    YEARLY = "yearly"  # reports, budgets, plans
    EVENT = "event"
    STATIC = "static"
    ARCHIVE = "archive"


class DateSource(StrEnum):
    """Which evidence a publication date comes from, in the order in which they are believed."""

    META = "meta"  # <meta name="PubDate">
    LABEL = "label"  # 发布时间：… on the page
    LIST = "list"  # the date beside the link in the list
    URL = "url"  # /article/detail/2026/03/
    IMPORTED = "imported"  # as a dump of the national site has it
    ESTIMATED = "estimated"  # from the document's id there: a hint
    FIRST_SEEN = "first_seen"  # upper bound: the night we saw it first
    NONE = "none"


class Sign(StrEnum):
    """What strikes the eye in a judgment document. Facts, seen by a reader; rules judge them."""

    EMPTY = "empty"  # the page has a title and no text
    GARBLED = "garbled"
    NO_NUMBER = "no_number"
    ODD_NUMBER = "odd_number"  # a line that is meant as the case number and is none
    TWO_NUMBERS = "two_numbers"  # the page's title has another number than the document
    NO_DATE = "no_date"
    SEAL_MARK = "seal_mark"  # （院印）
    COPY_MARK = "copy_mark"  # 本件与原本核对无异
    MASKED_NUMBER = "masked_number"
    MASKED_COURT = "masked_court"
    MASKED_JUDGE = "masked_judge"
    MASKED_ASSISTANT = "masked_assistant"
    MASKED_CLERK = "masked_clerk"
    NO_JUDGE = "no_judge"  # read to its dated end, and no judge's role stands there
    NO_CLERK = "no_clerk"
    TITLE_NAME = "title_name"  # the title has a person's full name that the text hides
    SECRET_MARK = "secret_mark"  # 机密★
    JUVENILE = "juvenile"  # a criminal document that calls the accused a minor


class LinkKind(StrEnum):
    PAGE = "page"
    ATTACHMENT = "attachment"
    IMAGE = "image"
    SCRIPT = "script"
    STYLE = "style"
    FRAME = "frame"
    MEDIA = "media"
    PORTAL = "portal"  # asked while reading the hearing portal: no link of the court's own site


class PageKind(StrEnum):
    """What a published page is: decides which personal data may stand on it (domain/rules.md §1.3)."""

    JUDGMENT = "judgment"
    HEARING = "hearing"  # 开庭公告
    SERVICE = "service"  # 送达公告
    DEFAULTERS = "defaulters"  # 失信、限制消费名单, 悬赏公告
    AUCTION = "auction"  # 拍卖、变卖公告
    NEWS = "news"  # 新闻, 案例
    NOTICE = "notice"  # 通知公告 and everything else that an office issues
    WITHHELD = "withheld"  # 不公开信息


class DatumKind(StrEnum):
    """What personal datum stands on a page."""

    ID_NUMBER = "id_number"
    OLD_ID_NUMBER = "old_id_number"  # fifteen digits
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    QQ = "qq"
    WECHAT = "wechat"
    BANK_ACCOUNT = "bank_account"
    PLATE = "plate"
    TITLE_CERTIFICATE = "title_certificate"
    ADDRESS = "address"
    HEALTH = "health"
    SECRET = "secret"  # means of investigation, trade secrets


class Holder(StrEnum):
    """Whose datum it is, as far as the words around it say."""

    NATURAL = "natural"
    COMPANY = "company"
    COURT = "court"
    OFFICIAL = "official"
    LAWYER = "lawyer"
    ADMINISTRATOR = "administrator"  # of a bankruptcy
    UNKNOWN = "unknown"


class PersonRole(StrEnum):
    """In which role a document names somebody."""

    PARTY = "party"
    REPRESENTATIVE = "representative"  # 法定代表人, 负责人
    STATUTORY_AGENT = "statutory_agent"  # 法定代理人
    COUNSEL = "counsel"
    PROSECUTOR = "prosecutor"
    VICTIM = "victim"
    CIVIL_PLAINTIFF = "civil_plaintiff"  # 附带民事诉讼原告人
    WITNESS = "witness"
    EXPERT = "expert"
    OTHER = "other"


class PersonKind(StrEnum):
    NATURAL = "natural"
    COMPANY = "company"
    AGENCY = "agency"  # public bodies and institutions
    UNKNOWN = "unknown"


class NameForm(StrEnum):
    """How a name is printed."""

    FULL = "full"
    ANONYMISED = "anonymised"  # 张某, 张某1
    SYMBOL = "symbol"  # 张×, 张**, 张先生
    OTHER = "other"


class Source(StrEnum):
    """Where on a page something stands."""

    BODY = "body"
    TITLE = "title"
    ATTACHMENT = "attachment"
    ATTACHMENT_NAME = "attachment_name"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One reading that proves something: where, when, with what answer, and the hash of the kept body."""

    url: str
    fetched_at: datetime | None = None
    status: int | None = None
    sha256: str | None = None
    excerpt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """Base of all records. `KEY` names the fields that identify a record within its table."""

    KEY: ClassVar[tuple[str, ...]]
    TABLE: ClassVar[str]
    site: str


@dataclass(frozen=True, kw_only=True)
class Section(Record):
    """A section (栏目) of a court site, as read in one night."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url")
    TABLE: ClassVar[str] = "sections"
    url: str  # its list's first page
    name: str
    cadence: Cadence
    record: str = "item"  # item, judgment, withheld, hearing, stream (a list of the hearing portal): what its rows are
    department: str | None = None
    items: int = 0
    undated: int = 0
    # Newest publication date that counts (not future, not a hearing date). Of a list of the hearing portal `oldest` and
    # `newest` are the first and last day of hearings that it was read for: outside them absence says nothing.
    newest: date | None = None
    newest_source: DateSource = DateSource.NONE
    newest_url: str | None = None
    oldest: date | None = None
    pages: int = 1  # list pages read
    complete: bool = True
    why: str | None = None  # why it is not complete
    not_understood: int = 0  # pages and rows that were read and gave no record of the kind that they should hold
    blank: str | None = None  # what an empty section shows instead of items ("暂无内容")
    discovered: bool = False
    guessed: bool = False  # the class is only the default: no word of the title decided it
    opened: date | None = None  # a newly opened section, where the profile says so
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Item(Record):
    """A row of a section: one published page."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "section_url", "url")
    TABLE: ClassVar[str] = "items"
    section_url: str
    section: str
    url: str
    title: str
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    published_raw: str | None = None
    access: Access | None = None  # of the detail page; None: not read
    position: int = 0
    sha256: str | None = None  # of the page that the date was read from


@dataclass(frozen=True, kw_only=True)
class Judgment(Record):
    """A judgment document (裁判文书) found published. Party names are not kept."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url")
    TABLE: ClassVar[str] = "judgments"
    url: str
    case_number: str | None  # canonical: full-width brackets, no spaces
    number_raw: str | None = None  # what stands in its place, where it cannot be read as a number
    title: str
    title_form: tuple[str, ...] = ()  # what the printed title is made of: number, parties, cause, instance, type
    section: str | None = None
    court: str | None = None  # as printed, else the site's
    printed_court: str | None = None  # as the document prints it; None: it does not, or was not read
    document_type: str | None = None  # 判决书, 裁定书, 调解书, 决定书, 通知书, 令
    branch: str | None = None  # 民事, 刑事, 行政, 执行 …: the words before it
    cause: str | None = None
    decided: date | None = None
    decided_raw: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    judges: tuple[str, ...] = ()
    clerk: str | None = None
    text_length: int = 0
    whole: bool = False  # the text was read from its result to its end: what is missing is missing
    signs: tuple[str, ...] = ()  # codes of `Sign`
    attachment: str | None = None  # the file that the text was read from, where it is not on the page
    unread: str | None = None  # why the text, or a part of it, was not read
    appeal_clause: bool | None = None  # "如不服本判决，可在……上诉" stands in the text
    final_clause: bool | None = None  # 本判决为终审判决, 一审终审, 小额诉讼
    notice_service: bool = False  # 公告送达, or 缺席 with 下落不明: service takes longer
    foreign_party: bool = False
    quoted_case_numbers: tuple[str, ...] = ()  # a second instance quotes the first
    imported: str | None = None  # file and row of a dump of the national site; None: found on the court's own site
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Withheld(Record):
    """A public entry on a judgment that is not published (不公开信息): its four elements, as printed.

    An element that is None has no place on the page; "" is a place that was left empty. With `partial` it is a row of a
    list that leads to a page of its own, which was not read: what is None may stand there.
    """

    KEY: ClassVar[tuple[str, ...]] = ("site", "url", "position")
    TABLE: ClassVar[str] = "withheld"
    url: str
    position: int = 0
    partial: bool = False
    section: str | None = None
    case_number: str | None = None
    case_number_raw: str | None = None
    court: str | None = None
    decided: date | None = None
    decided_raw: str | None = None
    reason: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    reason_unsure: str | None = None  # a dump has this reason in place of the text: the site's, or somebody's invention
    imported: str | None = None  # file and row of a dump of the national site
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatisticsRow(Record):
    """A row of a table of statistics on publishing judgments (裁判文书上网统计), as a court printed it.

    A number is None if its column is not there, or if its cell could not be read: then `unread` names the column.
    """

    KEY: ClassVar[tuple[str, ...]] = ("site", "url", "position")
    TABLE: ClassVar[str] = "statistics_rows"
    url: str
    position: int = 0  # within the page
    table: int = 0  # which table of the page
    title: str = ""
    section: str | None = None
    label: str = ""  # the court or department
    is_total: bool = False  # 合计
    is_part: bool = False  # 其中：…, already counted in another row; or a subtotal
    closed: int | None = None  # 结案数
    due: int | None = None  # 应上网数
    uploaded: int | None = None  # 上网数
    rate: float | None = None  # 上网率 in per cent
    rate_raw: str | None = None
    withheld: int | None = None  # 不上网数
    reasons: tuple[int | None, ...] = ()  # by the columns of reason_names
    reason_names: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    note: str | None = None  # what the page says of the table: 注：…
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hearing(Record):
    """A hearing that was announced (开庭公告). One page may hold many. Parties: presence only."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url", "mark")
    TABLE: ClassVar[str] = "hearings"
    url: str
    mark: str = ""  # tells it from the others of its page over nights on which rows move: number and time as printed
    position: int = 0
    section: str | None = None
    case_number: str | None = None
    court: str | None = None
    starts: datetime | None = None
    starts_raw: str | None = None
    place: str | None = None
    cause: str | None = None
    has_parties: bool | None = None
    kind: str | None = None  # criminal, civil, administrative …: by the case number, else by the announcement's words
    purpose: str = "hearing"  # hearing, sentencing (宣判), other (听证, 询问)
    public: bool | None = None  # 公开审理, 不公开审理; None: not said
    stream: bool | None = None  # says that it is streamed, or that it is not; None: no mark
    missing: tuple[str, ...] = ()  # of 当事人, 案由, 地点: what it surely does not state
    minor: bool = False  # says that the defendant is a minor
    victim: bool = False  # names a victim in full
    masked: bool = False  # names parties with 某 or × in place of their given names
    batch: bool = False  # names only the first of several cases: …号等5案
    partial: bool = False  # a list's row whose own page was not read: what it leaves out may stand there
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stream(Record):
    """A session on a hearing portal (庭审公开网). One case may have several on one day; the portal's id tells them apart."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "case_id")
    TABLE: ClassVar[str] = "streams"
    case_id: str  # the portal's own; never the case number
    url: str  # the trial page
    listed: tuple[str, ...] = ()  # the lists of the portal that name it tonight: "preview", "replay"
    case_number: str | None = None  # canonical
    court: str | None = None
    cause: str | None = None
    title: str | None = None
    starts: datetime | None = None
    starts_raw: str | None = None
    place: str | None = None
    has_parties: bool | None = None
    access: Access | None = None  # of the trial page; None: not read
    video: Video = Video.UNREAD
    video_detail: str | None = None  # what was found instead, or why it was not read
    duration: float | None = None  # seconds, as the playlist says
    segments: int | None = None
    dead_segments: tuple[int, ...] = ()  # positions in the playlist, from 0, of those that were asked
    judgment_url: str | None = None
    probed_at: datetime | None = None  # when the recording was last looked at
    sha256: str | None = None  # of the trial page


@dataclass(frozen=True, kw_only=True)
class Target(Record):
    """Where links lead: one row per distinct target that was not simply ok tonight."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url")
    TABLE: ClassVar[str] = "targets"
    url: str
    kind: LinkKind = LinkKind.PAGE
    internal: bool = True
    access: Access = Access.OK
    status: int | None = None
    detail: str | None = None  # the exception's name, the redirect's end
    probes: int = 1  # how often it was asked tonight, all with the same outcome
    fetched_at: datetime | None = None
    sha256: str | None = None
    referrers: tuple[Evidence, ...] = ()  # pages that link to it, first few; excerpt is the anchor's text
    referrer_count: int = 0


@dataclass(frozen=True, kw_only=True)
class PageFacts(Record):
    """What rules need to know of an HTML page without seeing HTML. Kept for pages about which there is something."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url")
    TABLE: ClassVar[str] = "page_facts"
    url: str
    title: str = ""
    depth: int = 0
    is_home: bool = False
    is_item: bool = False  # a list leads here with link and date: an article, which ought to carry its date
    section: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    hidden_links: tuple[str, ...] = ()  # foreign URLs in nodes no reader can see
    hidden_how: str | None = None
    link_farm: str | None = None  # excerpt of a "A| B| C" list of unrelated foreign links
    pinyin_noise: str | None = None  # excerpt of traditional text with pinyin injected
    foreign_title: bool = False
    loads: tuple[float, ...] = ()  # seconds from request to the whole body, each probe
    links_to: tuple[str, ...] = ()  # national platforms linked from here (hosts)
    drawn_by_script: bool = False
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class PageScan(Record):
    """A page or attachment that was looked through for personal data: what it is, and how far it could be read."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url")
    TABLE: ClassVar[str] = "page_scans"
    url: str
    kind: PageKind
    section: str | None = None
    case_number: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    attachment: bool = False
    linked_from: str | None = None  # of an attachment: the page that offers it
    family: bool = False  # speaks of a marriage, family or inheritance case
    unread: str | None = None  # why it could not be read: a scanned image, a locked file
    found: int = 0  # data and persons recorded
    detector: int = 0  # its version
    imported: str | None = None  # file and row of a dump of the national site, where the text is from one
    sha256: str | None = None  # of the body that was read


@dataclass(frozen=True, kw_only=True)
class PersonalDatum(Record):
    """A personal datum that a page shows. Its value is kept nowhere, only what of it may be shown."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url", "position")
    TABLE: ClassVar[str] = "personal_data"
    url: str
    position: int
    kind: DatumKind
    masked: str
    times: int = 1
    checks: tuple[str, ...] = ()  # what speaks for it: check_digit, birth_date, luhn, label, …
    label: str | None = None  # the word before it that says what it is
    holder: Holder = Holder.UNKNOWN
    source: Source = Source.BODY
    paragraph: int = 0  # where it stands in the page's text, counted from 1
    imported: str | None = None  # file and row of a dump of the national site, where the text is from one
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class NamedPerson(Record):
    """Somebody whose name a page shows in a way that rules have something to say about. The name itself is masked."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "url", "position")
    TABLE: ClassVar[str] = "named_persons"
    url: str
    position: int
    masked: str
    role: PersonRole
    word: str  # what the page calls the role: 原告, 被害人
    kind: PersonKind
    form: NameForm
    sure: bool = True  # where the name ends is beyond doubt
    in_head: bool = False  # among the parties at a document's head
    minor: bool | None = None
    school: bool = False
    collapses: bool = False  # bears the same label as another party of the document
    paragraph: int = 0
    imported: str | None = None  # file and row of a dump of the national site, where the text is from one
    sha256: str | None = None


# --- the court's own ledgers (台账) ---


@dataclass(frozen=True, kw_only=True)
class CaseEntry(Record):
    """A row of the case ledger (案件台账). With `hearing` it is a session, without it a closed case."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_cases"
    source: str  # file name and sheet
    row: int
    case_number: str
    cause: str | None = None
    department: str | None = None
    handler: str | None = None
    procedure: str | None = None  # 一审, 二审, 再审, 小额诉讼, …
    document_type: str | None = None
    decided: date | None = None
    closed: date | None = None
    effective: date | None = None
    appeal_case_number: str | None = None
    appeal_effective: date | None = None
    hearing: datetime | None = None
    public: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Approval(Record):
    """A row of 不上网审批 (`subject="withheld"`) or 不直播审批 (`subject="stream"`)."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_approvals"
    source: str
    row: int
    subject: str
    case_number: str
    cause: str | None = None
    has_parties: bool | None = None
    handler: str | None = None
    closed: date | None = None
    hearing: datetime | None = None
    reason: str | None = None
    approver: str | None = None
    level: str | None = None  # 庭级, 院级
    received: date | None = None  # 报送日期, where the department's report states it


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Record):
    """A row of 撤回审批: a judgment taken off the internet."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_withdrawals"
    source: str
    row: int
    case_number: str
    withdrawn: date | None = None
    reason: str | None = None
    applicant: str | None = None
    department_review: str | None = None
    court_approval: str | None = None


@dataclass(frozen=True, kw_only=True)
class Participant(Record):
    """A row of 审判流程信息: which identity data of a participant are present and well-formed, never the data."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_participants"
    source: str
    row: int
    case_number: str
    role: str | None = None
    has_name: bool = False
    id_type: str | None = None
    id_number_ok: bool | None = None  # None: empty; False: malformed
    phone_ok: bool | None = None
    publicity: str | None = None
    approver: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgencyAppearance(Record):
    """A row of 行政案件台账: did the head of the agency appear?"""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_agencies"
    source: str
    row: int
    case_number: str
    cause: str | None = None
    agency: str | None = None
    hearing: datetime | None = None
    appeared: bool | None = None
    position: str | None = None
    enterprise: bool | None = None
    resolution: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attendance(Record):
    """A row of 旁听台账. Names are counted, not kept."""

    KEY: ClassVar[tuple[str, ...]] = ("site", "source", "row")
    TABLE: ClassVar[str] = "ledger_attendance"
    source: str
    row: int
    unit: str | None = None
    persons: int | None = None
    leader: bool | None = None
    attended: date | None = None
    case_number: str | None = None
    mode: str | None = None  # 现场, 网上


PUBLISHED: tuple[type[Record], ...] = (
    Section,
    Item,
    Judgment,
    Withheld,
    StatisticsRow,
    Hearing,
    Stream,
    Target,
    PageFacts,
    PageScan,
    PersonalDatum,
    NamedPerson,
)
LEDGERS: tuple[type[Record], ...] = (
    CaseEntry,
    Approval,
    Withdrawal,
    Participant,
    AgencyAppearance,
    Attendance,
)
RECORDS: tuple[type[Record], ...] = PUBLISHED + LEDGERS
