"""The bulletin as PDF/A for print and the file: GB/T 9704-2012 set by typst, with free fonts embedded.

Layout is in `reports/templates/bulletin.typ`. Words reach it as JSON and stay data: what a court's page says can neither
change the layout nor run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from reports import charts
from reports.blocks import Annex, Block, Cell, Heading, Item, Link, Paragraph, Picture, Skeleton, Table
from reports.bulletin import Bulletin
from reports.fonts import ROLES, FontSet, find_fonts, loaded
from reports.imprint import Imprint
from reports.skeleton import skeleton
from reports.text import clean
from reports.title_shape import mark_fit, shape, width
from reports.words import chinese_date, say

TEMPLATE = Path(__file__).parents[1] / "templates" / "bulletin.typ"
STANDARD = "a-2a"  # archivable, every character with its meaning, tagged for readers who do not see
MOST_ROWS = 150  # of a list; to set a row takes more than half a megabyte, and nobody prints a list of a hundred pages
# typst drops what it knows of a document when it has set so many others: two gigabytes after a dozen bulletins. Empty ones take
# two milliseconds each.
REMEMBERED = 11
UNSHOWN = "〓"  # 空铅: printed for a character that no font has
UPRIGHT, LYING = 156, 240  # millimetres of text across, as in the template
TABLE_SIZE, FINE_SIZE, CELL_INSET = 10.5, 8.5, 0.9  # points, points, millimetres: as in the template
DIGIT = 0.52  # the width of a digit, of its size
SHORT = 200  # characters that go to the next page as a whole
TALL = 20  # lines, from which a row of a table may be cut
SAMPLE = 80  # rows that tell what a column holds
LONG = 18  # characters from which a token is an address or a hash, and may be broken
NOTE = say("pictures.note", note="")
_TOKEN = re.compile("[!-~]+")
_LONG_LATIN = re.compile(f"[!-~]{{{LONG},}}")
_INVISIBLE = re.compile("[\u00ad\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # hyphens to be, variants of a character
_PIECE = re.compile("(?:%[0-9A-Fa-f]{2}){1,3}|[^%]{1,8}|%")


class NoFontsError(ValueError):
    """There is no Chinese font to print with."""


def render(bulletin: Bulletin, fonts: FontSet | None = None) -> bytes:
    """The .pdf file. The same value and the same fonts give the same bytes.

    Args:
        fonts: What to print with; None: what is found on this machine.

    Raises:
        NoFontsError: There is no Chinese font to print with.
    """
    fonts = fonts or find_fonts()
    return print_skeleton(_paper(bulletin), bulletin.imprint, bulletin.generated_at, _pictures(bulletin, fonts), fonts)


def draw(bulletin: Bulletin, fonts: FontSet | None = None, *, dots: int = 100) -> list[bytes]:
    """The same pages as PNG files, `dots` to the inch: for the documentation, and to look at.

    Raises:
        NoFontsError: There is no Chinese font to print with.
    """
    fonts = fonts or find_fonts()
    pictures = _pictures(bulletin, fonts)
    options = {"format": "png", "ppi": dots}
    made = _compile(_paper(bulletin), bulletin.imprint, bulletin.generated_at, pictures, fonts, **options)
    return [made] if isinstance(made, bytes) else list(made)


def print_skeleton(
    paper: Skeleton,
    imprint: Imprint,
    created: datetime,
    pictures: Mapping[str, bytes],
    fonts: FontSet,
) -> bytes:
    """A skeleton between red head and 版记.

    Args:
        created: The time that the file carries.
        pictures: Pictures by name, as SVG files; one that is missing is left out with its caption.

    Raises:
        NoFontsError: There is no Chinese font to print with.
    """
    made = _compile(paper, imprint, created, pictures, fonts, format="pdf", pdf_standards=STANDARD)
    assert isinstance(made, bytes)
    return made


def _paper(bulletin: Bulletin) -> Skeleton:
    return skeleton(bulletin, most_rows=MOST_ROWS)


def _pictures(bulletin: Bulletin, fonts: FontSet) -> dict[str, bytes]:
    if not charts.is_drawable(fonts):
        return {}
    return {picture.name: charts.file(picture, fonts) for picture in bulletin.pictures.shown}


def _compile(
    paper: Skeleton,
    imprint: Imprint,
    created: datetime,
    pictures: Mapping[str, bytes],
    fonts: FontSet,
    **options: Any,
) -> Any:
    if not fonts.is_printable:
        raise NoFontsError(say("pdf.no_fonts"))
    data = _shown(_document(paper, imprint, pictures, fonts), fonts.characters())
    text = json.dumps(data, ensure_ascii=False)
    if UNSHOWN in text:
        note = {"kind": "paragraph", "words": [say("pdf.unshown")]}
        (data["annexes"][-1]["blocks"] if data["annexes"] else data["body"]).append(note)
        text = json.dumps(data, ensure_ascii=False)
    known = loaded(fonts.folders, fonts.system)
    made = typst.compile(
        {
            "main": TEMPLATE.read_bytes(),
            "data.json": text.encode(),
            **{f"{name}.svg": picture for name, picture in pictures.items()},
        },
        font_paths=known,
        timestamp=created,
        **options,
    )
    for _ in range(REMEMBERED):
        typst.compile(b"", font_paths=known)
    return made


def _document(paper: Skeleton, imprint: Imprint, pictures: Mapping[str, bytes], fonts: FontSet) -> dict[str, Any]:
    """What the template reads."""
    size, squeeze = mark_fit(imprint.mark)
    return {
        "families": {role: fonts.families(role) for role in ROLES},
        "weights": {role: _weight(fonts, role) for role in ROLES},
        "title": shape(tuple(clean(word) for word in paper.title)),
        "author": [clean(imprint.signature)] if imprint.signature else [],
        "keywords": [imprint.number] if imprint.number and imprint.serial is not None else [],
        "mark": {"text": clean(imprint.mark), "size": size, "squeeze": squeeze},
        "number": imprint.number,
        "to": clean(paper.addressee),
        "body": _kept(_blocks(paper.body, pictures, UPRIGHT)),
        "annex-lines": [_annex_line(line) for line in paper.annex_lines],
        "signature": clean(imprint.signature),
        "day": imprint.date,
        "annexes": [_annex(annex, pictures) for annex in paper.annexes],
        "imprint": _imprint(imprint) if imprint.is_official else None,
        "words": {"annexes": say("docx.annexes")},
    }


def _weight(fonts: FontSet, role: str) -> int:
    face = fonts.faces.get(role) or fonts.faces["body"]
    return face.weight


def _annex_line(line: str) -> dict[str, str]:
    number, dot, title = line.partition(".")
    return {"number": number + dot, "title": title} if dot and number.isdecimal() else {"number": "", "title": line}


def _annex(annex: Annex, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "label": clean(annex.label),
        "title": clean(annex.title),
        "landscape": annex.landscape,
        "blocks": _blocks(annex.blocks, pictures, LYING if annex.landscape else UPRIGHT),
    }


def _imprint(imprint: Imprint) -> dict[str, Any]:
    copies = say("imprint.copies", copies="，".join(imprint.copies)) if imprint.copies else None
    printed = say("imprint.printed", date=chinese_date(imprint.printed_on or imprint.day))
    return {"copies": copies, "printer": imprint.printer, "printed": printed}


def _kept(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks; the last one, if it is short, is to be kept with what follows."""
    if blocks and blocks[-1]["kind"] == "paragraph" and len(json.dumps(blocks[-1], ensure_ascii=False)) < SHORT:
        blocks[-1]["stays"] = True
    return blocks


def _blocks(blocks: Iterable[Block], pictures: Mapping[str, bytes], across: int) -> list[dict[str, Any]]:
    """The blocks; what must be known to read a picture stands with it, and not without it."""
    written: list[dict[str, Any]] = []
    before: Block | None = None
    for block in blocks:
        if isinstance(before, Picture) and isinstance(block, Paragraph) and block.text.startswith(NOTE):
            if before.name in pictures:
                written[-1]["note"] = clean(block.text)
        else:
            written += _block(block, pictures, across)
        before = block
    return written


def _block(block: Block, pictures: Mapping[str, bytes], across: int) -> Iterator[dict[str, Any]]:
    match block:
        case Heading():
            yield {"kind": "heading", "level": min(max(block.level, 1), 3), "text": clean(block.full)}
        case Paragraph():
            yield {"kind": "paragraph", "words": [_words(block.text)]}
        case Item():
            lead = _cell(Link(block.lead, block.url)) if block.lead and block.url else _words(block.lead)
            yield {"kind": "paragraph", "words": [clean(block.number), lead, _words(block.text)]}
        case Table():
            yield _table(block, across)
        case Picture():
            if block.name in pictures:
                yield {
                    "kind": "picture",
                    "file": f"{block.name}.svg",
                    "caption": clean(block.caption),
                    "note": "",
                    "alt": clean(block.alt),
                }


def _table(table: Table, across: int) -> dict[str, Any]:
    widths = _widths(table, across)
    return {
        "kind": "table",
        "columns": [
            {"title": clean(column.title), "width": share, "centred": column.centred}
            for column, share in zip(table.columns, widths, strict=True)
        ],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "tall": [place for place, row in enumerate(table.rows) if _is_tall(row, widths, table.fine)],
        "totals": table.totals,
        "fine": table.fine,
        "caption": clean(table.caption),
    }


def _is_tall(row: tuple[Cell, ...], widths: list[float], fine: bool) -> bool:
    """It may be cut at the foot of a page: kept whole it would leave the page half empty, or fit none."""
    size = (FINE_SIZE if fine else TABLE_SIZE) / 72 * 25.4
    for cell, across in zip(row, widths, strict=True):
        lines = (cell.text if isinstance(cell, Link) else cell).split("\n")
        if sum(1 + int(width(line) * size / max(across - 2 * CELL_INSET, size)) for line in lines) > TALL:
            return True
    return False


def _widths(table: Table, across: int) -> list[float]:
    """Millimetres of each column: shared as planned, but none narrower than the dates and codes in it."""
    size = (FINE_SIZE if table.fine else TABLE_SIZE) / 72 * 25.4
    planned = across / sum(column.width for column in table.columns)
    share = [column.width * planned for column in table.columns]
    least = [2 * CELL_INSET] * len(share)
    for row in table.rows[:SAMPLE]:
        for place, cell in enumerate(row):
            text = cell.text if isinstance(cell, Link) else cell
            tokens = (len(token) for token in _TOKEN.findall(text) if len(token) < LONG)
            least[place] = max(least[place], max(tokens, default=0) * DIGIT * size + 2 * CELL_INSET)
    narrow = [place for place, width in enumerate(share) if width < least[place]]
    spare = sum(max(0.0, width - least[place]) for place, width in enumerate(share))
    needed = sum(least[place] - share[place] for place in narrow)
    if needed > spare:
        return share
    taken = needed / spare if spare else 0.0
    return [round(least[p] if p in narrow else w - (w - least[p]) * taken, 2) for p, w in enumerate(share)]


def _cell(cell: Cell) -> Any:
    return {"url": cell.url, "text": _words(cell.text)} if isinstance(cell, Link) else _words(cell)


def _words(text: str) -> str | list[str]:
    """The text, its line feeds kept; where it holds a long address or hash, in pieces between which a line may end."""
    text = "\n".join(clean(line) for line in text.split("\n"))
    pieces: list[str] = []
    end = 0
    for found in _LONG_LATIN.finditer(text):
        start = found.start()
        pieces.append(text[end:start])
        pieces += _PIECE.findall(found[0])
        end = found.end()
    return [piece for piece in (*pieces, text[end:]) if piece] if pieces else text


def _shown(value: Any, known: frozenset[int]) -> Any:
    """The same data, with 〓 for each character that no font has: PDF/A allows no empty box."""
    if isinstance(value, str):
        if value.isascii() or all(ord(character) in known for character in value):
            return value
        shown = _INVISIBLE.sub("", value)
        return "".join(c if ord(c) in known or c == "\n" else UNSHOWN for c in shown)
    if isinstance(value, dict):
        return {key: one if key == "url" else _shown(one, known) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one, known) for one in value]
    return value
