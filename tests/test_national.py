"""Dumps of the national site in every generation. All courts, persons and cases are invented."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from stdnum.cn import ric

from auditors.audit import audit_site
from crawlers.ledger_sheets import LedgerError
from crawlers.national import is_dump, read_dump
from gongkai.ledgers import save
from storage import runs, store
from storage.database import connect
from storage.findings import state_at
from storage.imports import forget_dump
from storage.records import DateSource, Judgment, PersonalDatum, Withheld

BODY = (
    "<div id='1'>示例市示例区人民法院</div><div>民 事 判 决 书</div><div>（2018）粤9902民初7号</div><div id='2'>原告：张某。</div><div>被告：李某。</div>"
    "<div>原告张某与被告李某民间借贷纠纷一案，本院受理后依法审理。</div><div>本院认为，债务应当清偿。判决如下：</div><div>返还借款。</div>"
    "<div>如不服本判决，可在判决书送达之日起十五日内上诉于示例市中级人民法院。</div>"
    "<div id='7'>审判员　王某</div><div>二〇一八年六月十三日</div><div>书记员　赵某</div>"
)
COURT = "示例市示例区人民法院"
NEW = {
    "s1": "张某与李某民间借贷纠纷一审民事判决书",
    "s2": COURT,
    "s5": "0123456789abcdef0123456789abcdef",
    "s6": "01",
    "s7": "（2018）粤9902民初7号",
    "s11": ["民间借贷纠纷"],
    "s17": ["张某", "李某"],
    "s31": "2018-06-13",
    "s41": "2019-12-31",
    "s43": "01",
    "qwContent": BODY,
}
OLD = {
    "案件名称": "张某与李某民间借贷纠纷一审民事判决书",
    "案号": "（2017）粤9902民初8号",
    "法院名称": COURT,
    "文书ID": "11112222-3333-4444-5555-a74301234567",
    "上传日期": "/Date(1490630400000)/",
    "裁判日期": None,
    "案件类型": "2",
    "不公开理由": "",
    "DocContent": BODY.replace("（2018）粤9902民初7号", "（2017）粤9902民初8号").replace(
        "二〇一八年六月十三日", "二〇一七年三月一日"
    ),
}


def read(tmp_path: Path, content: object, name: str = "dump.json", **options):
    path = tmp_path / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding=options.pop("encoding", "utf-8"))
    assert is_dump(path)
    return read_dump(path, site="s", until=date(2026, 3, 31), **options)


def only(reading):
    (record,) = reading.records
    return record


def test_keys_s1_to_s54(tmp_path: Path) -> None:
    one = only(read(tmp_path, NEW))
    assert isinstance(one, Judgment)
    assert (one.case_number, one.court, one.document_type, one.cause) == (NEW["s7"], COURT, "判决书", "民间借贷纠纷")
    assert (one.decided, one.published, one.published_source) == (
        date(2018, 6, 13),
        date(2019, 12, 31),
        DateSource.IMPORTED,
    )
    assert (one.judges, one.clerk, one.appeal_clause, one.whole) == (("王某",), "赵某", True, True)
    assert one.imported == "dump.json#1"
    assert one.url.endswith("?docId=0123456789abcdef0123456789abcdef")
    assert "张" not in one.title


def test_bare_numbers_of_the_app_have_no_text(tmp_path: Path) -> None:
    row = {
        "1": NEW["s1"],
        "2": COURT,
        "7": NEW["s7"],
        "26": "本院认为……",
        "31": "2018-06-13",
        "43": "01",
        "rowkey": "ab12",
    }
    answer = {"code": 1, "result": {"queryResult": {"resultCount": 1, "resultList": [row]}}}
    one = only(read(tmp_path, answer))
    assert (one.case_number, one.decided, one.text_length) == (NEW["s7"], date(2018, 6, 13), 0)
    assert one.unread == "导入的记录没有正文"
    assert one.published_source is DateSource.NONE


def test_generation_of_2013(tmp_path: Path) -> None:
    one = only(read(tmp_path, {"caseinfo": OLD}))
    assert (one.case_number, one.published, one.decided) == (
        "（2017）粤9902民初8号",
        date(2017, 3, 28),
        date(2017, 3, 1),
    )


def test_generation_of_2018(tmp_path: Path) -> None:
    one = only(read(tmp_path, {"Title": NEW["s1"], "PubDate": "2018-12-12", "Html": BODY}))
    assert (one.case_number, one.published, one.whole) == (NEW["s7"], date(2018, 12, 12), True)


@pytest.mark.parametrize(
    "content",
    [
        [NEW, OLD],
        json.dumps(NEW, ensure_ascii=False) + "\n\n" + json.dumps(OLD, ensure_ascii=False),
        {"data": json.dumps({"list": [NEW, OLD]}, ensure_ascii=False)},
    ],
    ids=["array", "lines", "JSON in a string"],
)
def test_shapes_of_a_file(tmp_path: Path, content: object) -> None:
    assert [one.case_number for one in read(tmp_path, content).records] == [NEW["s7"], OLD["案号"]]


def test_an_id_tells_the_upload_only_as_a_hint(tmp_path: Path) -> None:
    old = {key: value for key, value in OLD.items() if key != "上传日期"}
    one = only(read(tmp_path, old))
    assert (one.published, one.published_source) == (date(2017, 3, 27), DateSource.ESTIMATED)
    later = old | {"文书ID": "11112222-3333-4444-5555-ffff01234567"}
    assert only(read(tmp_path, later)).published is None


# --- withheld ---


def without_text(**more):
    return {key: value for key, value in NEW.items() if key != "qwContent"} | more


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"s43": "02", "s32": "06"}, "人民法院认为不宜在互联网公布的其他情形"),
        ({"s43": "02", "s32": "以调解方式结案的"}, "以调解方式结案的"),
        ({"s43": "02", "s32": ""}, ""),
        ({"s43": "02"}, None),
        ({"s43": "02", "s32": "文书种类：裁定书"}, "文书种类：裁定书"),
        ({"s43": "01", "s32": "涉及国家秘密的"}, "涉及国家秘密的"),
    ],
    ids=["code", "words", "empty", "absent", "garbage", "reason and no text"],
)
def test_a_record_that_says_only_that_it_is_withheld(tmp_path: Path, more: dict, reason: str | None) -> None:
    one = only(read(tmp_path, without_text(**more)))
    assert isinstance(one, Withheld)
    assert (one.case_number, one.court, one.decided, one.reason) == (NEW["s7"], COURT, date(2018, 6, 13), reason)
    assert (one.partial, one.reason_unsure, one.imported) == (False, None, "dump.json#1")


def test_a_sentence_in_place_of_the_text_is_of_unknown_origin(tmp_path: Path) -> None:
    reading = read(tmp_path, without_text(qwContent="不公开理由：以调解方式结案的"))
    one = only(reading)
    assert isinstance(one, Withheld)
    assert (one.reason, one.reason_unsure, one.partial) == (None, "以调解方式结案的", True)
    assert reading.unsure == 1


def test_a_text_with_a_stale_reason_is_published(tmp_path: Path) -> None:
    assert isinstance(only(read(tmp_path, NEW | {"s32": "06"})), Judgment)


# --- CSV ---

HEADER = "原始链接,案号,案件名称,法院,所属地区,案件类型,案件类型编码,来源,审理程序,裁判日期,公开日期,当事人,案由,法律依据,全文"
TEXT = (
    BODY.replace("</div>", "\n")
    .replace("<div>", "")
    .replace("<div id='1'>", "")
    .replace("<div id='2'>", "")
    .replace("<div id='7'>", "")
)


def csv_of(*rows: str) -> str:
    return "\n".join([HEADER, *rows])


def csv_row(
    number: str = "（2018）粤9902民初7号", decided: str = "2021-10-02", published: str = "2021-10-03", text: str = TEXT
) -> str:
    return f'https://wenshu.court.gov.cn/a?docId=1,{number},民事判决书,{COURT},示例省,民事案件,03,文书网,一审,{decided},{published},张某;李某,民间借贷纠纷,,"{text}"'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    text = TEXT + "微信公众号“马 克 数据网”"
    one = only(read(tmp_path, csv_of(csv_row(text=text)), "dump.csv", encoding=encoding))
    assert (one.case_number, one.decided, one.published) == (
        "（2018）粤9902民初7号",
        date(2021, 10, 2),
        date(2021, 10, 3),
    )
    assert one.url == "https://wenshu.court.gov.cn/a?docId=1"
    assert one.text_length == len("".join(TEXT.split()))  # without the advert
    assert one.imported == "dump.csv#2"


# --- what is wrong ---


def test_bad_values_are_named_and_the_rest_is_used(tmp_path: Path) -> None:
    rows = [
        NEW | {"s31": "某年某月"},
        {"s1": "", "s2": COURT, "s31": "2018-01-01", "s41": ""},
        "words",
        NEW | {"s7": "（2018）粤9902民初9号", "s41": "2031-01-01"},
    ]
    reading = read(tmp_path, rows)
    assert [str(problem) for problem in reading.problems] == [
        "dump.json 第1条 s31：不是日期：某年某月",
        "dump.json 第2条 案号：没有案号、标题或文书ID，不是文书记录",
        "dump.json 第3条：不是记录（应为对象）",
        "dump.json 第4条 s41：晚于审计日期：2031-01-01",
    ]
    assert (reading.rows, reading.unread) == (2, 2)
    assert reading.records[0].decided == date(2018, 6, 13)  # the text's own
    assert reading.records[1].published is None


def test_a_broken_line_does_not_lose_the_others(tmp_path: Path) -> None:
    reading = read(tmp_path, json.dumps(NEW, ensure_ascii=False) + '\n{"s7": \n' + json.dumps(OLD, ensure_ascii=False))
    assert len(reading.records) == 2
    assert [(problem.row, problem.key) for problem in reading.problems] == [(2, None)]


def test_copies_of_one_ruling_count_once_and_the_first_publication_counts(tmp_path: Path) -> None:
    reading = read(tmp_path, [NEW, NEW | {"s5": "f" * 32, "s41": "2018-07-02"}])
    assert only(reading).published == date(2018, 7, 2)
    assert reading.doubles == 1


def test_records_of_other_courts_are_left_out(tmp_path: Path) -> None:
    other = NEW | {"s2": "广州市番禺区人民法院"}
    reading = read(tmp_path, [other, NEW | {"s2": "广东省广州市花都区人民法院"}], court="广州市花都区人民法院")
    assert (len(reading.records), reading.foreign) == (1, 1)


@pytest.mark.parametrize("content", ['{"code": 9, "success": false}', "[]", '{"s7": '])
def test_a_file_without_records_is_one_clear_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dump.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LedgerError) as raised:
        read_dump(path, site="s")
    assert str(path) in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "header",
    [
        "案号,案由,承办部门,经办人,裁判日期,结案时间",
        "案号,案由,当事人,经办人,结案时间,不公开理由,审批人,审批层级",
        "姓名,电话",
    ],
)
def test_the_courts_own_ledgers_are_no_dumps(tmp_path: Path, header: str) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(f"{header}\n1,2,3\n", encoding="utf-8")
    assert not is_dump(path)


def test_an_import_takes_its_turns_in_the_order_of_an_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another one the two could wait for each other for good: files come by name, and a dump may come first."""
    taken: dict[str, list[str]] = {"audit": [], "import": []}
    for module, who in (
        ("auditors.audit", "audit"),
        ("gongkai.ledgers", "import"),
        ("storage.imports", "import"),
        ("storage.ledgers", "import"),
    ):
        monkeypatch.setattr(f"{module}.in_turn", lambda _, name, who=who: taken[who].append(name))
    engine, night = connect(tmp_path / "g.db"), date(2026, 3, 30)
    with engine.begin() as connection:
        save(connection, "s", [read(tmp_path, NEW)], night, datetime(2026, 3, 30, tzinfo=UTC))
        audit_site(connection, "s", night)
    engine.dispose()
    assert list(dict.fromkeys(taken["import"])) == taken["audit"]


def test_personal_data_in_texts_is_found_kept_masked_and_stays_found(tmp_path: Path) -> None:
    """Imported once, judged every night: nobody reads the file again."""
    number = "44990219900307123" + ric.calc_check_digit("449902199003071230")
    leaking = BODY.replace("原告", f"公民身份号码{number}。原告", 1)
    reading = read(tmp_path, [NEW | {"qwContent": leaking}])
    assert number in leaking
    assert number not in str(reading.personal)
    engine = connect(tmp_path / "g.db")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court=COURT, home="https://court.example.cn/"))
        save(connection, "s", [reading], date(2026, 3, 30), datetime(2026, 3, 30, tzinfo=UTC))
        for night in (date(2026, 3, 30), date(2026, 3, 31)):
            audit_site(connection, "s", night)
            (finding,) = [f for f in state_at(connection, night, site="s") if f.rule == "P-01"]
            assert (finding.grade, finding.subject.case_number) == ("suspected", NEW["s7"])
            assert finding.status in ("new", "continuing")
        forget_dump(connection, "s", reading.file)
        assert store.read(connection, PersonalDatum, site="s") == []
    engine.dispose()
