"""`python -m benchmarks.accuracy`: precision and recall of every extractor and rule, and each miss."""

from __future__ import annotations

import argparse
import sys

from auditors.rule import all_rules
from benchmarks.accuracy import document
from benchmarks.accuracy.announcements import announcements
from benchmarks.accuracy.documents import documents
from benchmarks.accuracy.moments import articles, date_strings
from benchmarks.accuracy.night import findings, score_rules
from benchmarks.accuracy.reasons import notices, reasons
from benchmarks.accuracy.rivals import NotInstalledError, compare
from benchmarks.accuracy.score import Score, score_all
from benchmarks.accuracy.site import sites


def counts() -> dict[str, tuple[int, int]]:
    """By part of the corpus: how many forms and how many samples."""
    return {
        "announcements of hearings": (len({one.form for one in announcements()}), len(announcements())),
        "judgments": (len({one.form for one in documents()}), len(documents())),
        "reasons for not publishing": (len({one.text.strip() for one in reasons()}), len(reasons())),
        "pages of articles": (len({one.form for one in articles()}), len(articles())),
        "strings with dates": (len({one.id.rpartition("/")[0] for one in date_strings()}), len(date_strings())),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/accuracy.md")
    parser.add_argument("--fast", action="store_true", help="extractors only: no night over the corpus, no rivals")
    options = parser.parse_args()
    if options.write and options.fast:
        parser.error("--write needs everything measured: leave out --fast")
    score: Score = score_all()
    parts = {"corpus": document.corpus(counts()), "extractors": document.extractors(score)}
    missed = list(score.misses)
    if not options.fast:
        found = {}
        for site in sites(documents(), announcements(), notices()):
            found |= findings(site)
        samples = [*documents(), *announcements(), *notices()]
        rules = score_rules(samples, found, [rule.id for rule in all_rules()])
        parts["rules"] = document.rules(rules, {rule for one in samples for rule in one.rules})
        missed += rules.misses
        try:
            parts["rivals"] = document.rivals(compare(articles()))
        except NotInstalledError as error:
            print(error, file=sys.stderr)
            if options.write:
                return 2
    parts["misses"] = document.misses(missed)
    print("\n\n".join(f"## {name}\n\n{text}" for name, text in parts.items()))
    if options.write:
        document.write(parts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
