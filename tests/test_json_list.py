"""Lists handed out as JSON: the answers of three products, what is wrong with an answer, and a whole inspection."""

import http.server
import json
import threading
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.json_list import AnswerError, is_last, read_answer
from crawlers.profile import JsonList, ProfileError, SectionProfile, load_profile
from crawlers.readers.detail import DetailPage, read_list_records
from gongkai import cli
from storage.records import DateSource

PAGE = DetailPage(site="s", url="http://court.example.cn/api", html="", title="开庭公告", court="示例市人民法院")

# Forms of domain/sites.md §3, rewritten.
SEARCH = JsonList(
    rows="data.records",
    pages="data.pages",
    columns={
        "法院": "fymc",
        "案号": "ah",
        "案由": "aymc",
        "当事人": "dsr",
        "开庭日期": "ktrq",
        "开庭时间": "kssj",
        "开庭地点": "ktdd",
    },
)
SEARCH_ANSWER = {
    "code": 200,
    "data": {
        "pages": 3,
        "records": [
            {
                "fymc": "示例市人民法院",
                "ah": "（2026）苏9902民初1号",
                "aymc": "买卖合同纠纷",
                "dsr": "张某;李某",
                "ktrq": "2026-04-02",
                "kssj": "09:30",
                "ktdd": "第一法庭",
                "hycy": None,
            }
        ],
    },
}
OPEN = JsonList(
    rows="data",
    pages="page.pages",
    columns={"案号": "cah", "法院": "cfymc", "当事人": "cygMc cbgMc", "公告内容": "tnr", "发布时间": "dtFbsj"},
)
OPEN_ANSWER = {
    "page": {"pages": "2"},
    "data": [
        {
            "cBh": "1",
            "cah": "(2026)京9902刑初2号",
            "cfymc": "示例区人民法院",
            "cygMc": "",
            "cbgMc": "被告:张某某",
            "tnr": "<p>本院定于2026-04-03 14:30在第二法庭公开开庭审理被告人张某某盗窃罪一案。</p>",
            "dtFbsj": "2026-03-20 10:00:00",
        }
    ],
}
SERVICE = JsonList(rows="data", columns={"法院": "fymc", "公告内容": "ggnr"})
SERVICE_ANSWER = {
    "count": 1,
    "data": [
        {
            "fymc": "示例县人民法院",
            "id": 7,
            "ggnr": "本院定于二〇二六年四月二日14:30到18:00在第三法庭开庭审理(2026)渝9902民初413号原告张某某诉被告示例公司劳动争议一案",
        }
    ],
}


def records(spec, answer):
    return read_list_records(read_answer(json.dumps(answer, ensure_ascii=False), spec).table, PAGE, expected="hearing")


def test_rows_with_a_key_for_each_element():
    (one,) = records(SEARCH, SEARCH_ANSWER)
    assert (one.case_number, one.cause, one.place, one.court) == (
        "（2026）苏9902民初1号",
        "买卖合同纠纷",
        "第一法庭",
        "示例市人民法院",
    )
    assert one.starts.isoformat() == "2026-04-02T09:30:00+08:00"
    assert (one.has_parties, one.missing, one.partial) == (True, (), False)


def test_rows_with_number_and_sentence():
    (one,) = records(OPEN, OPEN_ANSWER)
    assert (one.case_number, one.cause, one.place, one.public) == ("（2026）京9902刑初2号", "盗窃罪", "第二法庭", True)
    assert (one.published, one.published_source) == (date(2026, 3, 20), DateSource.LIST)
    assert one.starts.isoformat() == "2026-04-03T14:30:00+08:00"


def test_rows_with_a_sentence_alone():
    (one,) = records(SERVICE, SERVICE_ANSWER)
    assert (one.case_number, one.cause, one.court) == ("（2026）渝9902民初413号", "劳动争议", "示例县人民法院")
    assert one.starts.isoformat() == "2026-04-02T14:30:00+08:00"


def test_epoch_milliseconds():
    answer = {"data": [{"ah": "（2026）苏9902民初1号", "ks": 1775093400000}]}
    (one,) = records(JsonList(rows="data", columns={"案号": "ah", "开庭时间": "ks"}), answer)
    assert one.starts.isoformat() == "2026-04-02T09:30:00+08:00"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<html>请输入验证码</html>", "接口答复不是JSON"),
        ('{"code":9,"description":"系统繁忙","success":false}', "接口报错：系统繁忙"),
        ('{"data":{"list":[]}}', "接口答复缺少 data.records"),
        ('{"data":{"records":{}}}', "data.records 不是列表"),
        ('{"data":{"records":[1]}}', "data.records 不是列表"),
        ('{"data":{"records":[]}}', "接口答复缺少 data.pages"),
        ('{"data":{"records":[],"pages":"many"}}', "data.pages 不是页数"),
        ("[]", "接口答复缺少 data.records"),
    ],
)
def test_what_is_wrong_is_named(text, error):
    with pytest.raises(AnswerError, match=error):
        read_answer(text, SEARCH)


def test_a_key_that_no_row_has_is_named():
    answer = json.loads(json.dumps(SEARCH_ANSWER))
    answer["data"]["records"][0]["caseNo"] = answer["data"]["records"][0].pop("ah")
    with pytest.raises(AnswerError, match="接口答复各行均无 ah"):
        read_answer(json.dumps(answer), SEARCH)
    answer["data"]["records"][0]["ah"] = None  # there, and empty
    assert read_answer(json.dumps(answer), SEARCH).table.rows[0].cells[1] == ""


def test_where_a_list_ends():
    paged = SectionProfile(url="/api?p={page}", record="hearing", json_list=SEARCH)
    answer = read_answer(json.dumps(SEARCH_ANSWER), SEARCH)
    assert [is_last(answer, number, paged, None) for number in (1, 2, 3)] == [False, False, True]
    assert is_last(answer, 1, SectionProfile(url="/api", json_list=SEARCH), None)
    uncounted = read_answer(json.dumps(SERVICE_ANSWER), SERVICE)
    assert not is_last(uncounted, 1, paged, None)
    assert is_last(uncounted, 2, paged, uncounted.table)  # shows the same page again
    assert is_last(read_answer('{"data":[]}', SERVICE), 2, paged, uncounted.table)


def test_a_page_in_the_address_belongs_to_such_lists(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text(
        "court: 示例法院\nhome: http://a.example.cn/\nsections:\n  x: {url: '/l?p={page}'}\n", encoding="utf-8"
    )
    with pytest.raises(ProfileError, match="json_list"):
        load_profile(path)


# --- a whole inspection ---

PROFILE = """
id: court
court: 示例市东湖区人民法院
home: {home}
sections:
  hearings:
    name: 开庭公告
    url: /api/list?p={{page}}
    record: hearing
    json_list:
      rows: data.records
      pages: data.pages
      columns: {{案号: ah, 案由: aymc, 当事人: dsr, 开庭时间: ktrq kssj, 地点: ktdd, 发布时间: fb}}
"""


def row(number, day, published, parties="张某、李某"):
    values = {"ah": f"（2026）粤9902{number}号", "aymc": "盗窃罪", "dsr": parties, "ktrq": day, "kssj": "09:30"}
    return values | {"ktdd": "第一法庭", "fb": published}


ROWS = {
    1: [row("刑初1", "2026-04-02", "2026-03-31"), row("刑初2", "2026-04-02", "2026-03-20")],
    2: [row("刑初3", "2026-03-20", "2026-03-10", parties=""), row("刑初4", "2026-03-19", "2026-03-10")],
}


class Api(http.server.BaseHTTPRequestHandler):
    broken = False

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path == "/":
            body, kind = (
                "<html><title>示例市东湖区人民法院</title><a href='http://wenshu.court.gov.cn/'>文书网</a></html>",
                "text/html",
            )
        elif parts.path == "/api/list":
            page = int(parse_qs(parts.query)["p"][0])
            rows = [{k: v for k, v in r.items() if k != "ah"} for r in ROWS[page]] if self.broken else ROWS[page]
            body, kind = json.dumps({"data": {"pages": 2, "records": rows}}), "application/json"
        else:
            self.send_error(404)
            return
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def inspect(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def run(broken=False):
        monkeypatch.setattr(Api, "broken", broken)
        home = f"http://127.0.0.1:{server.server_address[1]}/"
        (tmp_path / "court.yml").write_text(PROFILE.format(home=home), encoding="utf-8")
        arguments = [
            "inspect",
            "--profile",
            "court.yml",
            "--as-of",
            "2026-03-31",
            "--allow-private",
            "--json",
            "--quiet",
        ]
        cli.run(arguments)
        return json.loads(capsys.readouterr().out)

    yield run
    server.shutdown()
    server.server_close()


def found(result):
    return {(f["rule"], f["subject"]["case_number"], f["grade"]) for f in result["findings"] if f["rule"][0] in "HL"}


def test_an_inspection_reads_all_pages_of_the_answer(inspect):
    result = inspect()
    assert found(result) == {
        ("H-01", "（2026）粤9902刑初1号", "certain"),
        ("H-03", "（2026）粤9902刑初3号", "certain"),
    }
    assert result["coverage"][0]["complete"] is True


def test_an_answer_that_changed_its_shape_is_named_and_proves_nothing(inspect):
    result = inspect(broken=True)
    assert found(result) == set()
    assert result["coverage"][0]["complete"] is False
    assert any("接口答复各行均无 ah" in f["message"] for f in result["findings"] if f["grade"] == "unclear")
