"""Local norms: strictly read, in force from their date, enforced and cited only where an office has put them on."""

from datetime import date

import pytest

from auditors.basis import BasisError
from auditors.policies import DUTIES, FOLDER, duty_of, read_policy
from auditors.rule import all_rules
from crawlers.profile import bare_profile, load_profile
from gongkai import local_norms
from gongkai.config import load
from gongkai.errors import UserError

GOOD = "title: 方案\nnumber: ''\nin_force_from: 2020-03-11\narticles:\n  '1': {text: 第一条。}\n"
DAY = date(2026, 3, 31)


@pytest.fixture
def own(tmp_path):
    def write(text):
        path = tmp_path / "own.yml"
        path.write_text(GOOD + text, encoding="utf-8")
        return read_policy(str(path))

    return write


@pytest.mark.parametrize("name", sorted(p.stem for p in FOLDER.glob("*.yml")))
def test_those_that_come_with_gongkai(name):
    policy = read_policy(name)
    assert set(policy.articles) <= {r.id for r in all_rules()}
    assert policy.duties


def test_a_plan_that_binds_its_court(tmp_path):
    policy = read_policy("huadu_2020")
    assert "超过1个月未更新" in policy.article_for("W-01").text
    assert policy.article_for("W-18") is None
    streams = policy.duty("stream_hearings", DAY)
    assert streams.words("procedures") == ("一审", "再审")
    assert "离婚" in streams.words("excluded_causes")
    assert policy.duty("stream_target", DAY).flag("not_below_last_year")
    assert policy.duty("stream_approvals", DAY).number("report_day") == 3
    assert policy.duty("mark_streams", DAY) is None


def test_an_opinion_with_one_duty():
    policy = read_policy("shishi_2019")
    assert list(policy.duties) == ["mark_streams"]
    assert "标明是否进行网络直播" in policy.duty("mark_streams", DAY).article.text


def test_a_duty_acts_from_its_date(own):
    policy = own("duties:\n  announce_civil: {article: '1', days: 3}\n")
    assert policy.duty("announce_civil", date(2020, 3, 10)) is None
    assert policy.duty("announce_civil", date(2020, 3, 11)).number("days") == 3
    policy = own("duties:\n  announce_civil: {article: '1', days: 3, from: 2021-01-01, until: 2021-12-31}\n")
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [policy.duty("announce_civil", day) is not None for day in days] == [False, True, True, False]
    assert duty_of(None, "announce_civil", DAY) is None
    with pytest.raises(KeyError):
        policy.duty("announce_all", DAY)


def test_a_target_for_each_year(own):
    duty = own("duties:\n  stream_target: {article: '1', percent: {2025: 60, 2026: 70}}\n").duties["stream_target"]
    assert [duty.of_year("percent", year) for year in (2024, 2025, 2026)] == [None, 60, 70]
    assert not duty.flag("not_below_last_year")
    assert duty.number("percent") is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "缺少 rules 或 duties"),
        ("rules: [W-01]\n", "缺少 rules 或 duties"),
        ("rules: {W-01: '2'}\n", "rules.W-01: 2: 没有这一条"),
        ("duties: {stream_all: {article: '1'}}\n", "duties.stream_all: 没有这项义务；可用：stream_hearings"),
        ("duties: {mark_streams: {}}\n", "duties.mark_streams: 缺少 article"),
        ("duties: {mark_streams: true}\n", "duties.mark_streams: 缺少 article"),
        ("duties: {mark_streams: {article: '2'}}\n", "duties.mark_streams.article: 2: 没有这一条"),
        (
            "duties: {mark_streams: {article: '1', days: 3}}\n",
            "mark_streams.days: 没有这个键；可用：article、from、until",
        ),
        ("duties: {announce_civil: {article: '1', days: 三}}\n", "announce_civil.days: 应为1至30的整数.*'三'"),
        ("duties: {announce_civil: {article: '1', days: true}}\n", "announce_civil.days: 应为1至30的整数"),
        ("duties: {announce_civil: {article: '1', days: 0}}\n", "announce_civil.days: 应为1至30的整数"),
        ("duties: {announce_civil: {article: '1', from: 2020}}\n", "announce_civil.from: 应为日期"),
        ("duties: {stream_hearings: {article: '1', procedures: 一审}}\n", "procedures: 应为词语的列表"),
        ("duties: {stream_target: {article: '1', percent: 60}}\n", "percent: 应为“年份: 百分数”"),
        ("duties: {stream_target: {article: '1', percent: {2026: 160}}}\n", "percent: 应为1至100的整数"),
        ("duties: {stream_target: {article: '1', not_below_last_year: 1}}\n", "not_below_last_year: 应为 true"),
    ],
)
def test_mistakes_are_named_in_one_line(own, text, error):
    with pytest.raises(BasisError, match=error) as raised:
        own(text)
    assert "\n" not in str(raised.value)
    assert "own.yml" in str(raised.value)


def test_no_such_policy():
    with pytest.raises(BasisError, match="nowhere: 没有这个地方规范，现有：huadu_2020、shishi_2019"):
        read_policy("nowhere")


def test_a_policy_without_duties_cites_only(own):
    assert own("rules: {W-01: '1'}\n").article_for("W-01").text == "第一条。"


def test_every_duty_is_documented():
    text = (FOLDER.parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    for name, keys in DUTIES.items():
        assert f"`{name}`" in text
        assert all(f"`{key}`" in text for key in keys)


# --- whose norms ---


def test_the_settings_win_over_the_profile(tmp_path):
    (tmp_path / "own.yml").write_text(GOOD + "rules: {W-01: '1'}\n", encoding="utf-8")
    (tmp_path / "gongkai.toml").write_text('[policies]\nmine = "own.yml"\n', encoding="utf-8")
    settings = load(tmp_path / "gongkai.toml", environment={})
    profile = bare_profile("http://court.example.cn/").model_copy(update={"policy": "shishi_2019"})
    assert local_norms.of_site("mine", settings, profile).name == "own"
    assert local_norms.of_site("other", settings, profile).name == "shishi_2019"
    assert local_norms.of_site("other", settings) is None


def test_a_profile_may_name_a_file_beside_it(tmp_path):
    (tmp_path / "own.yml").write_text(GOOD + "rules: {W-01: '1'}\n", encoding="utf-8")
    (tmp_path / "court.yml").write_text(
        "court: 示例法院\nhome: http://a.example.cn/\npolicy: own.yml\n", encoding="utf-8"
    )
    profile = load_profile(tmp_path / "court.yml")
    assert local_norms.of_site("court", load(environment={}), profile).name == "own"


def test_a_wrong_policy_is_the_users_mistake():
    with pytest.raises(UserError, match="nowhere"):
        local_norms.read("nowhere")
