"""一、总体情况: what was read, the headline numbers, praise before criticism, and the veto of S0."""

from __future__ import annotations

from auditors.metrics import SHARE
from reports.blocks import Paragraph
from reports.bulletin import Bulletin
from reports.indicators import Indicator
from reports.parts.places import Places
from reports.parts.problems import split_of
from reports.ranking import VETO, Ranking, RankRow
from reports.words import label, say, say_counts, say_names

# The headline numbers, in the order of the chapters; as many as have a value are told, six at the most.
HEADLINES = (
    "upload_rate", "timely_rate", "notice_rate", "stream_share_public", "process_rate", "fresh_rate", "link_rate",
)  # fmt: skip
MOST = 6
PRAISED = 3  # ranks, and never more than the better half


def overview(bulletin: Bulletin, places: Places) -> tuple[Paragraph, ...]:
    """The paragraphs of the chapter, without its heading."""
    paragraphs = [
        _scope(bulletin, places),
        _indicators(bulletin),
        _praise(bulletin, places),
        _problems(bulletin, places),
    ]
    return tuple(Paragraph(text) for text in paragraphs if text)


def _scope(bulletin: Bulletin, places: Places) -> str:
    read = say_counts(
        "paper.scope.read", {"pages": bulletin.pages, "links": bulletin.links, "sections": bulletin.sections}
    )
    values: dict[str, object] = {"read": read, "sites": len(bulletin.coverage)}
    if len(bulletin.coverage) == 1:
        site = bulletin.coverage[0]
        values |= {"court": site.court, "nights": site.nights, "state": label("run", site.verdict)}
        key = "one_unread" if not read else "one_often" if site.nights > 1 else "one"
        told = say(f"paper.scope.{key}", **values)
    else:
        values["states"] = say("paper.scope.all_complete") if bulletin.is_complete else _states(bulletin)
        told = say("paper.scope.many" if read else "paper.scope.many_unread", **values)
    short = [site for site in bulletin.coverage if not site.is_complete]
    if not short:
        return told
    if len(bulletin.coverage) == 1:
        told += say("paper.scope.short_one", reason=(short[0].reason or "").rstrip("。"))
    else:
        names = [say("paper.scope.site", court=s.court, reason=(s.reason or "").rstrip("。")) for s in short]
        told += say("paper.scope.short", sites=say("paper.and").join(names))
    return told + say("paper.scope.caution", annex=places.see("method"))


def _states(bulletin: Bulletin) -> str:
    counts = {
        "complete": bulletin.sites_complete, "partial": bulletin.sites_partial, "unread": bulletin.sites_unread,
    }  # fmt: skip
    return say_counts("paper.scope.states", counts)


def headlines(bulletin: Bulletin) -> tuple[Indicator, ...]:
    """The indicators that the body tells."""
    known = {one.name: one for one in bulletin.indicators}
    return tuple(known[name] for name in HEADLINES if name in known and known[name].value is not None)[:MOST]


def _indicators(bulletin: Bulletin) -> str:
    """Those that rose, stayed or stand at 100% first; then those that fell."""
    told = headlines(bulletin)
    fell = [one for one in told if one.progress is not None and one.progress < 0]
    good = [one for one in told if one not in fell]
    parts = [(key, group) for key, group in (("good", good), ("bad", fell)) if group]
    return "".join(say(f"paper.indicator.{key}", phrases="；".join(map(_phrase, group))) for key, group in parts)


def _phrase(one: Indicator) -> str:
    values = {"title": one.title, "value": one.shown, "numerator": one.numerator, "denominator": one.denominator}
    told = say("paper.indicator.one" if one.unit == SHARE else "paper.indicator.count", **values)
    if one.change == 0 == one.change_year:
        told += say("paper.indicator.changes", changes=say("paper.indicator.both_same"))
        return told + _unknown(one)
    changes = [
        _change(say(f"paper.indicator.{than}"), change)
        for than, change in (("month", one.change), ("year", one.change_year))
        if change is not None
    ]
    if changes:
        told += say("paper.indicator.changes", changes="、".join(changes))
    return told + _unknown(one)


def _unknown(one: Indicator) -> str:
    return say("paper.indicator.unknown", count=one.unknown) if one.unknown else ""


def _change(than: str, points: float) -> str:
    if points == 0:
        return say("paper.indicator.same", than=than)
    return say(f"paper.indicator.{'up' if points > 0 else 'down'}", than=than, points=f"{abs(points):.2f}")


def _praise(bulletin: Bulletin, places: Places) -> str:
    """What went well: rectified, rectified within the period, the units that lead."""
    told = []
    recheck = bulletin.recheck
    if recheck.rectified:
        all_done = len(recheck.rectified) == len(recheck.issued)
        key = "rectified" if not all_done else "rectified_all" if len(recheck.issued) > 1 else "rectified_one"
        told.append(say(f"paper.overview.{key}", count=len(recheck.rectified)))
    ranking = bulletin.ranking
    if ranking is not None and bulletin.extract_of is not None:
        told += [_own_place(row, ranking) for row in ranking.ranked if row.name == bulletin.extract_of]
    elif ranking is not None:
        kind = say(f"paper.kinds.{ranking.by}")
        best = [row for row in ranking.ranked if (row.rank or 0) <= min(PRAISED, len(ranking.ranked) // 2)]
        if best and len(best) < len(ranking.ranked):
            names = [say("paper.overview.score", name=row.name, score=f"{row.score:.2f}") for row in best]
            told.append(
                say(f"paper.overview.first{'_one' if len(names) == 1 else ''}", names=say_names(names, ranking.by))
            )
        if "ranking" in places:
            told.append(say("paper.overview.ranked", kind=kind, annex=places.see("ranking")))
    return "".join(told)


def _own_place(row: RankRow, ranking: Ranking) -> str:
    """An extract tells a department its own place, and nobody else's."""
    return say("paper.overview.own_place", score=f"{row.score:.2f}", count=len(ranking.ranked), rank=row.rank)


def _problems(bulletin: Bulletin, places: Places) -> str:
    """The counts of what was found, and what to bear in mind with them."""
    counts = bulletin.counts
    if counts.certain:
        told = say(
            "paper.overview.some", certain=counts.certain, change=_change_of(bulletin), split=split_of(bulletin.certain)
        )
        by_severity = dict.fromkeys(("S0", "S1", "S2", "S3"), 0)
        for entry in bulletin.certain:
            by_severity[entry.finding.severity] += 1
        kinds = [name for name, number in by_severity.items() if number]
        if len(kinds) > 1:
            told += say("paper.overview.severity", pieces=say_counts("paper.overview.severities", by_severity))
        else:
            key = "severity_one" if counts.certain > 1 else "severity_single"
            told += say(f"paper.overview.{key}", name=label("severity", kinds[0]))
    else:
        told = say(f"paper.overview.{_silence(bulletin)}")
    if counts.leads:
        grades = say_counts("paper.overview.grades", {"suspected": counts.suspected, "unclear": counts.unclear})
        told += say("paper.overview.leads", pieces=grades, annex=places.see("leads"))
    overdue = sum(entry.overdue and entry.finding.verified for entry in bulletin.certain)
    cautions = {"confirmed": counts.confirmed, "unverified": counts.unverified, "overdue": overdue}
    told += "".join(say(f"paper.overview.{name}", count=number) for name, number in cautions.items() if number)
    aside = say_counts("paper.overview.aside_pieces", bulletin.put_aside)
    return told + (say("paper.overview.aside", pieces=aside) if aside else "") + _veto(bulletin)


def _change_of(bulletin: Bulletin) -> str:
    """More or fewer than the period before left open; nothing where that or this was not completely read."""
    if bulletin.recheck.first or not bulletin.is_complete or bulletin.recheck.unverified:
        return ""
    more = bulletin.counts.certain - len(bulletin.recheck.issued)
    return say(f"paper.overview.{'more' if more > 0 else 'fewer' if more < 0 else 'same'}", count=abs(more))


def _silence(bulletin: Bulletin) -> str:
    """What no finding means: nothing, where nothing was read."""
    return "none_at_all" if not bulletin.pages else "none_complete" if bulletin.is_complete else "none"


def _veto(bulletin: Bulletin) -> str:
    if bulletin.ranking is not None:
        about = bulletin.extract_of
        names = [
            row.name for row in bulletin.ranking.rows if row.why == VETO and row.name and about in (None, row.name)
        ]
        if names:
            return say("paper.overview.veto", names=say_names(names, bulletin.ranking.by))
    red = any(entry.finding.severity == "S0" for entry in bulletin.certain)
    return say("paper.overview.veto_one") if red else ""
