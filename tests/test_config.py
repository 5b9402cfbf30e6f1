"""Settings: what is read, what wins, and that every mistake is named by file, section and key."""

from pathlib import Path

import pytest

from gongkai import config
from gongkai.errors import UserError

WRONG = [
    ('databse = "x"', "databse", "no such key"),
    ("[politeness]\ndelay = 'fast'", "[politeness] delay", "should be a number; it is 'fast'"),
    ("[politeness]\nconcurrency = 0", "[politeness] concurrency", "should be at least 1; it is 0"),
    ("[politeness]\nconcurrency = 2.5", "[politeness] concurrency", "should be an integer; it is 2.5"),
    ("[politeness]\ndelay = -1.0", "[politeness] delay", "should be at least 0"),
    ("politeness = 3", "politeness", "should be a section; it is 3"),
    ("[politness]\ndelay = 1.0", "politness", "no such key"),
    ('profiles = "courts"', "profiles", "should be a list; it is 'courts'"),
    ('profiles = ["courts", 1]', "profiles[1]", "should be a path (a string); it is 1"),
    ("[sites]\nskp = []", "[sites] skp", "no such key"),
    ("[nightly]\nparallel = 99", "[nightly] parallel", "should be at most 16; it is 99"),
    ("[ledgers]\ndonghu = 1", "[ledgers] donghu", "should be a path (a string); it is 1"),
    ("out = 5", "out", "should be a path (a string); it is 5"),
    ("[mail]\nsecurity = 'ssl'", "[mail] security", "should be one of 'tls', 'starttls' or 'none'; it is 'ssl'"),
    ("[bulletin]\nreply_days = 0", "[bulletin] reply_days", "should be at least 1; it is 0"),
    ("[bulletin]\ncopies = '院领导'", "[bulletin] copies", "should be a list"),
    ("contact = 5", "contact", "should be a string; it is 5"),
]


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "en")


def written(folder: Path, text: str) -> Path:
    path = folder / "gongkai.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "key", "what"), WRONG, ids=[w[0] for w in WRONG])
def test_a_mistake_is_one_line_with_file_section_and_key(tmp_path, text, key, what):
    path = written(tmp_path, text)
    with pytest.raises(UserError) as caught:
        config.load(path, {})
    assert str(caught.value).startswith(f"{path}: {key}: {what}")
    assert "\n" not in str(caught.value)
    assert caught.value.code == 2


def test_a_chinese_key_without_quotes_is_told_what_it_lacks(tmp_path):
    path = written(tmp_path, "[mail.departments]\n民一庭 = 'a@court.example'")
    with pytest.raises(UserError, match=r"line 2.*; a Chinese key needs double quotes"):
        config.load(path, {})


def test_mistakes_are_said_in_chinese_too(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "zh")
    with pytest.raises(UserError, match=r"\[politeness\] delay: 应为数字；当前值 'fast'"):
        config.load(written(tmp_path, "[politeness]\ndelay = 'fast'"), {})


@pytest.mark.parametrize("text", ["x =", '"', "[a\n"])
def test_what_is_no_toml_is_said_in_one_line(tmp_path, text):
    with pytest.raises(UserError, match=r"gongkai\.toml: not valid TOML") as caught:
        config.load(written(tmp_path, text), {})
    assert "\n" not in str(caught.value)


def test_a_file_that_was_asked_for_must_be_there(tmp_path):
    with pytest.raises(UserError, match="no such configuration file"):
        config.load(tmp_path / "none.toml", {})


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = config.load(None, {})
    assert settings.database == "var/gongkai.db"
    assert settings.profile_folders == (config.OWN_PROFILES,)
    assert config.OWN_PROFILES.is_dir()


def test_paths_of_a_file_are_relative_to_it(tmp_path):
    path = written(
        tmp_path,
        'database = "d.db"\nprofiles = ["courts"]\nout = "o"\n[ledgers]\ndonghu = "l/donghu"\n',
    )
    settings = config.load(path, {})
    assert settings.database == str(tmp_path / "d.db")
    assert settings.profile_folders[0] == tmp_path / "courts"
    assert settings.out == tmp_path / "o"
    assert settings.ledgers == {"donghu": tmp_path / "l" / "donghu"}


def test_a_database_url_is_left_as_it_is(tmp_path):
    url = "postgresql+psycopg://court@localhost/gongkai"
    assert config.load(written(tmp_path, f'database = "{url}"'), {}).database == url


def test_a_variable_wins_over_the_file(tmp_path):
    path = written(tmp_path, 'contact = "a@example.cn"\n[politeness]\ndelay = 1.0\nconcurrency = 3\n')
    settings = config.load(path, {"GONGKAI_CONTACT": "b@example.cn", "GONGKAI_DELAY": "2.5", "GONGKAI_PARALLEL": "4"})
    assert (settings.contact, settings.politeness.delay, settings.politeness.concurrency) == ("b@example.cn", 2.5, 3)
    assert settings.nightly.parallel == 4


@pytest.mark.parametrize(
    ("variable", "value"),
    [("GONGKAI_DELAY", "x"), ("GONGKAI_DELAY", "-1"), ("GONGKAI_PARALLEL", "1.5"), ("GONGKAI_CONCURRENCY", "0")],
)
def test_a_wrong_variable_is_named(tmp_path, variable, value):
    with pytest.raises(UserError, match=f"environment: {variable}: should be"):
        config.load(written(tmp_path, ""), {variable: value})


def test_every_variable_reaches_its_setting(tmp_path):
    given = {
        "GONGKAI_DATABASE": "x.db",
        "GONGKAI_PROFILES": "a:b",
        "GONGKAI_OUT": "o",
        "GONGKAI_CONTACT": "c",
        "GONGKAI_DELAY": "7",
        "GONGKAI_CONCURRENCY": "7",
        "GONGKAI_MAX_PAGES": "7",
        "GONGKAI_PARALLEL": "7",
        "GONGKAI_PAGES": "p",
        "GONGKAI_S3_ENDPOINT": "http://e",
    }
    assert set(given) == set(config.VARIABLES)
    plain, changed = config.load(written(tmp_path, ""), {}), config.load(written(tmp_path, ""), given)
    for place in config.VARIABLES.values():
        before, after = plain, changed
        for part in place:
            before, after = getattr(before, part), getattr(after, part)
        assert after != before, place


def test_the_example_is_valid_and_names_every_setting():
    example = Path(__file__).parents[1] / "gongkai.example.toml"
    config.load(example, {})
    text = example.read_text(encoding="utf-8")
    for name, field in config.Settings.model_fields.items():
        assert name in text
        for inner in getattr(field.annotation, "model_fields", {}):
            assert inner in text, f"[{name}] {inner}"
