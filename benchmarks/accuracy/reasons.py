"""Samples of reasons for not publishing: `forms/reasons.yml`, some of them wrapped as cells are."""

from __future__ import annotations

from functools import cache

from benchmarks.accuracy.draws import Case
from benchmarks.accuracy.pools import load
from benchmarks.accuracy.samples import NIGHT, Notice, Reason


@cache
def reasons() -> tuple[Reason, ...]:
    written = load("reasons")
    wrappers, either = written.pop("wrappers"), written.pop("either")
    plain = [(text, (name,)) for name, texts in written.items() for text in texts]
    plain += [(one["text"], tuple(one["classes"])) for one in either]
    wrapped = [
        (wrappers[index // 4 % len(wrappers)].replace("{}", text), classes)
        for index, (text, classes) in enumerate(plain)
        if index % 4 == 0 and classes != ("missing",)
    ]
    return tuple(Reason(f"reason/{i}", text, classes) for i, (text, classes) in enumerate(plain + wrapped))


@cache
def notices() -> tuple[Notice, ...]:
    """Each reason as the fourth column of a public entry: none given is N-02, no legal one N-03."""
    made = []
    for position, one in enumerate(reasons()):
        case = Case(one.id, NIGHT)
        due = {"missing": "N-02", "invalid": "N-03"}.get(one.classes[0])
        sure = len(one.classes) == 1
        made.append(
            Notice(
                id=f"notice/{one.id}",
                number=f"（2025）粤9902民初{20001 + position}号",
                decided=case.decided,
                reason=one.text,
                rules={due: "certain"} if due and sure else {},
                tolerated=() if sure else ("N-03",),
            )
        )
    return tuple(made)
