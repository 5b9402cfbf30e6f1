"""What the command line prints: notes, errors and progress on standard error, results on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from gongkai.messages import say

if TYPE_CHECKING:
    from crawlers.run import Progress as CrawlProgress


def output() -> Console:
    """The console of results. Made anew each time, so that a redirected stream is the one that is written to."""
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def messages() -> Console:
    """The console of notes and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_plain(text: str) -> None:
    """Text on standard output exactly as it is (JSON, YAML, Markdown)."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def print_error(text: str) -> None:
    """One line on standard error that begins with 错误 or error."""
    _print_error(messages(), text)


def _print_error(console: Console, text: str) -> None:
    console.print(Text.assemble((f"{say('错误', 'error')}: ", "bold red"), text), soft_wrap=True)


class Reporter:
    """Tells the user how the work goes, on standard error. If that cannot be written, as a file on a full disk, work goes on.

    Args:
        quiet: Say nothing but errors and warnings.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self._bars: Progress | None = None

    def note(self, text: str) -> None:
        """A line about the work's course; left out when quiet."""
        if not self.quiet:
            self._print(text)

    def warn(self, text: str) -> None:
        """A line that the user needs to know in any case."""
        self._print(text)

    def error(self, text: str) -> None:
        """A line that begins with 错误 or error."""
        with suppress(OSError):
            _print_error(self._console(), text)

    def _print(self, text: str) -> None:
        with suppress(OSError):
            self._console().print(text, markup=False, highlight=False, soft_wrap=True)

    def _console(self) -> Console:
        """That of the bars while they stand, so that a line appears above them."""
        return self._bars.console if self._bars is not None else messages()

    @contextmanager
    def crawling(self) -> Iterator[Callable[[str, CrawlProgress], None]]:
        """Bars, one per site: call the given function with the site's name and its progress."""
        bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[links]}"),
            TimeElapsedColumn(),
            console=messages(),
            transient=True,
            disable=self.quiet or not messages().is_terminal,
        )
        rows = {}

        def advance(site: str, progress: CrawlProgress) -> None:
            if site not in rows:
                rows[site] = bars.add_task(site, total=None, links="")
            links = say(f"{progress.links} 链接", f"{progress.links} links")
            total = progress.pages + progress.queued
            bars.update(rows[site], completed=progress.pages, total=total, links=links)

        with bars:
            self._bars = bars
            try:
                yield advance
            finally:
                self._bars = None
