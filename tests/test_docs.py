"""The documentation says what is there: commands, options, settings, links, and help screens that fit a terminal."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len

from gongkai import config, reference
from gongkai.cli import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("auditors/*.md")])
COMMANDS = set(reference.commands())
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
CALL = re.compile(r"(?<![\w./-])gongkai ((?:[a-z-]+ ?)+)")


def leaves(command, words=()):
    """Every command that does something, with its words."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield words, command
    for name, child in inner.items():
        yield from leaves(child, (*words, name))


LEAVES = list(leaves(typer.main.get_command(app)))


@pytest.fixture(scope="module")
def screens():
    """Every help screen at 80 columns, by language and command."""
    return {lang: reference.help_texts(lang=lang, width=80) for lang in ("en", "zh")}


def test_generated_pages_are_up_to_date():
    assert reference.stale(ROOT) == []


def test_a_stale_page_is_noticed(tmp_path):
    reference.write(tmp_path)
    assert reference.stale(tmp_path) == []
    page = tmp_path / reference.CLI
    page.write_text(page.read_text(encoding="utf-8").replace("--allow-private", "--allow"), encoding="utf-8")
    (tmp_path / reference.CONFIGURATION).unlink()
    assert reference.stale(tmp_path) == [reference.CLI, reference.CONFIGURATION]


@pytest.mark.parametrize(("words", "command"), LEAVES, ids=[" ".join(w) for w, _ in LEAVES])
def test_every_command_and_option_is_documented(words, command, screens):
    page = (ROOT / reference.CLI).read_text(encoding="utf-8")
    name = " ".join(("gongkai", *words))
    section = page.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    for option in (o for p in command.params for o in p.opts if o.startswith("-")):
        assert option in section
    for lang, (examples, exits) in {"en": ("Examples:", "Exit codes:"), "zh": ("示例:", "退出码:")}.items():
        screen = screens[lang][name]
        assert examples in screen and exits in screen
        assert re.search(rf"^ *{re.escape(name)}\b", screen, re.M), "an example shows the command itself"
        for line in re.findall(r"\n   +(gongkai [^\n│]+)", screen):
            called = tuple(line.split()[1:])
            assert called[: len(words)] == words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_screens_fit_eighty_columns_and_are_cut_off_nowhere(lang, screens):
    for command, screen in screens[lang].items():
        assert "…" not in screen, command
        assert max(cell_len(line) for line in screen.splitlines()) <= 80, command


def test_chinese_screens_are_in_chinese(screens):
    english = ("Usage:", "Options", "Arguments", "Commands", "Show this", "[required]", "[default", "env var")
    for command, screen in screens["zh"].items():
        assert [word for word in english if word in screen.replace("[OPTIONS]", "")] == [], command


@pytest.mark.parametrize("page", PAGES, ids=[p.name for p in PAGES])
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=[p.name for p in PAGES])
def test_commands_that_are_named_exist(page):
    for code in re.findall(r"`([^`\n]+)`|^(\.venv/bin/gongkai .*)$", page.read_text(encoding="utf-8"), re.M):
        for words in CALL.findall(" ".join(code).replace(".venv/bin/gongkai", "gongkai")):
            named = tuple(words.split())
            assert named[:1] in COMMANDS, words
            group = any(len(c) > 1 and c[0] == named[0] for c in COMMANDS)
            if group and len(named) > 1:
                assert named[:2] in COMMANDS, words


def test_both_readmes_begin_with_the_two_commands_and_the_picture():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make demo" in text and "make test" in text and "docs/pictures/bulletin.png" in text
        assert text.index("make demo") < text.index("gongkai inspect")
        assert "<<" not in text


def test_the_glossary_has_its_words():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Glossary")[1]
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 20
    assert len({word.strip() for _, word, _ in rows}) == len(rows)


def blocks(language):
    """Every fenced block of a language in the hand-written pages, with its page; indented ones too."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for indent, body in re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.M | re.S):
            yield page.relative_to(ROOT), re.sub(rf"^{indent}", "", body, flags=re.M)


def shell_lines():
    for page, body in blocks("sh"):
        for line in body.splitlines():
            called = re.match(r"(?:.*&& )?(?:\.venv/bin/)?gongkai (.*?)(?: +#.*| >> .*)?$", line)
            if called:
                yield page, shlex.split(called[1])


def test_shell_lines_call_commands_with_options_that_they_have():
    by_words = dict(LEAVES)
    lines = list(shell_lines())
    assert len(lines) > 60
    for page, words in lines:
        name = tuple(words[:2]) if tuple(words[:2]) in by_words else tuple(words[:1])
        assert name in by_words, f"{page}: gongkai {' '.join(words)}"
        known = {option for p in by_words[name].params for option in p.opts} | {"--help"}
        unknown = [word for word in words if word.startswith("-") and word.split("=")[0] not in known]
        assert unknown == [], f"{page}: gongkai {' '.join(words)}"


def test_settings_that_pages_show_are_valid(tmp_path):
    shown = list(blocks("toml"))
    assert len(shown) >= 8
    for page, body in shown:
        file = tmp_path / "gongkai.toml"
        file.write_text(body, encoding="utf-8")
        config.load(file, {})  # a wrong key names itself
        assert body.strip(), page


def test_errors_that_pages_quote_are_the_program_s():
    """Each Chinese error in a page is a sentence of the code, whatever it names."""
    source = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.glob("gongkai/**/*.py"))
    pieces = {piece for piece in re.split(r"\{[^{}]*\}|\"", source) if re.search(r"[\u4e00-\u9fff]{3}", piece)}
    quoted = [line for _, body in blocks("text") for line in body.splitlines() if line.startswith("错误: ")]
    assert len(quoted) >= 3
    for line in quoted:
        assert any(piece in line for piece in pieces), line


@pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name == "zh"], ids=lambda p: p.name)
def test_chinese_lines_are_not_broken(page):
    """A line break within a paragraph is printed as a space, which Chinese has not."""
    prose = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    assert re.findall(r"[\u4e00-\u9fff，。；：、）”]\n *[\u4e00-\u9fff（“].{0,20}", prose) == []
