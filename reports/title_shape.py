"""The lines of a title and the size of a red head, so that both fit the text area of an official document.

GB/T 9704-2012 (7.3.1) asks that a title is broken between words, in lines that are symmetric and form a trapezoid or a
diamond. Nothing here knows a format: the docx and the PDF break the same title in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

TEXT_WIDTH = 442.2  # points: 156 mm, the text area
TITLE_WIDTH = 18.0  # characters of 22 pt in it: 156 mm hold 20, but some programs set gaps around digits
LARGEST_MARK = 54.0  # points
NARROWEST = 0.6  # of its natural width, to which the characters of a long mark are pressed
_NOT_FIRST = "的地得了、，。；：！？）》〉”’〕】"  # a line does not begin with these
_NOT_LAST = "（《〈“‘〔【和与及对"  # nor end with these
_HANGING = ("关于",)  # a line may end with this, but reads badly
_MAX_WORDS = 11  # more are joined first: trying all breaks of a title takes 2 ** words steps


def width(text: str) -> float:
    """The width of a text in full characters; digits and Latin letters count half."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def shape(words: Sequence[str], most: float = TITLE_WIDTH) -> tuple[str, ...]:
    """The lines of a title.

    Args:
        words: The title in the pieces between which a line may end, in order: `关于`, `2026年3月`, `司法公开`, …
        most: The width of a line, in characters.

    Returns:
        As few lines as hold the words, in the best shape that the words allow. A word is split only if it is wider
        than a whole line; nothing is ever lost.
    """
    pieces = _bound([part for word in words for part in _halved(word, most)], most)
    if not pieces:
        return ()
    return min(_breaks(pieces, most), key=_ugliness)


def mark_fit(text: str, across: float = TEXT_WIDTH) -> tuple[float, int]:
    """The size with which a red head (发文机关标志) fits one line.

    Returns:
        Points, in halves, and the width of its characters in per cent: long ones are pressed first, then made smaller.
    """
    room = across * 0.98 / max(width(text), 1.0)
    if room >= LARGEST_MARK:
        return LARGEST_MARK, 100
    size = min(LARGEST_MARK, room / NARROWEST)
    size = int(size * 2) / 2
    return size, min(100, int(100 * room / size))


def _halved(word: str, most: float) -> Iterator[str]:
    """The word; one that no line can hold in pieces of equal length, digits and Latin letters not torn."""
    if width(word) <= most:
        yield word
        return
    pieces = -(-width(word) // most)
    each, line = width(word) / pieces, ""
    for place, character in enumerate(word):
        before = word[place - 1] if place else ""
        torn = character.isascii() and before.isascii() and before.isalnum()
        if line and (width(line + character) > most or (width(line) >= each and not torn)):
            yield line
            line = ""
        line += character
    yield line


def _bound(words: Sequence[str], most: float) -> list[str]:
    """The words, with those joined between which no line ends."""
    joined: list[str] = []
    for word in filter(None, words):
        if joined and (word[0] in _NOT_FIRST or joined[-1][-1] in _NOT_LAST) and width(joined[-1] + word) <= most:
            joined[-1] += word
        else:
            joined.append(word)
    while len(joined) > _MAX_WORDS:
        place = min(range(len(joined) - 1), key=lambda n: width(joined[n] + joined[n + 1]))
        joined[place : place + 2] = [joined[place] + joined[place + 1]]
    return joined


def _breaks(words: Sequence[str], most: float) -> Iterator[tuple[str, ...]]:
    """All ways to set the words in the fewest lines, and in one more."""
    found = 0
    for breaks in range(len(words)):
        for places in combinations(range(1, len(words)), breaks):
            lines = tuple(
                "".join(words[start:end]) for start, end in zip((0, *places), (*places, len(words)), strict=True)
            )
            if all(width(line) <= most for line in lines) or breaks == len(words) - 1:
                found = found or breaks + 1
                yield lines
        if found and (found == 1 or breaks + 1 > found):
            return


def _ugliness(lines: tuple[str, ...]) -> float:
    """More for hourglasses, rectangles, stubs and ragged lines. A line more costs as much as a stub."""
    widths = [width(line) for line in lines]
    longest, shortest = max(widths), min(widths)
    hollow = sum(b < a and b < c for a, b, c in zip(widths, widths[1:], widths[2:], strict=False))
    even = sum(abs(a - b) < 1 for a, b in pairwise(widths))
    stub = shortest < 0.4 * longest
    hanging = sum(line.endswith(_HANGING) for line in lines[:-1])
    ragged = (longest - shortest) / longest
    return 3 * hollow + 0.5 * even + 1.5 * stub + 0.8 * hanging + ragged + 1.5 * len(lines)
