"""The generated pages of `docs/`: what commands, settings, rules, metrics, ledgers, schema and word list say of themselves."""

from __future__ import annotations

from pathlib import Path

from gongkai.reference.commands import command_page, commands, help_texts
from gongkai.reference.findings import schema_page
from gongkai.reference.ledgers import columns_page
from gongkai.reference.metrics import metrics_page
from gongkai.reference.rules import family_pages, rules_page
from gongkai.reference.settings import example_page, settings_page
from gongkai.reference.words import words_page

__all__ = ["CLI", "CONFIGURATION", "ROOT", "commands", "help_texts", "pages", "stale", "write"]

ROOT = Path(__file__).parents[2]
CLI, CONFIGURATION = Path("docs/cli.md"), Path("docs/configuration.md")


def write(root: Path = ROOT) -> list[Path]:
    """Write the pages and return their paths."""
    written = pages()
    for path, text in written.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(written)


def stale(root: Path = ROOT) -> list[Path]:
    """The pages that are not there or differ from what would be written."""
    return [
        path
        for path, text in pages().items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


def pages() -> dict[Path, str]:
    """The text of each page, English and Chinese. What they are made of is read from the repository."""
    docs, chinese = Path("docs"), Path("docs/zh")
    made = {CLI: command_page("en"), CONFIGURATION: settings_page()}
    made[chinese / "cli.md"] = command_page("zh")
    made[chinese / "configuration.md"] = example_page(ROOT / "gongkai.example.toml")
    made[docs / "rules.md"] = rules_page("en")
    made[chinese / "rules.md"] = rules_page("zh")
    made |= {chinese / name: text for name, text in family_pages(ROOT / "tests" / "rules").items()}
    made[docs / "ledger-columns.md"] = columns_page("en")
    made[chinese / "ledger-columns.md"] = columns_page("zh")
    made[docs / "metrics.md"] = metrics_page("en")
    made[chinese / "metrics.md"] = metrics_page("zh")
    made[docs / "findings-json.md"] = schema_page(ROOT / "docs" / "findings.schema.json")
    made[docs / "glossary.md"] = words_page(ROOT / "CONTRIBUTING.md", "en")
    made[chinese / "glossary.md"] = words_page(ROOT / "CONTRIBUTING.md", "zh")
    return made
