"""A bulletin's skeleton as plain text, for tests and for people: `python -m tests.bulletins.plain` prints the trial night."""

from reports.blocks import Heading, Item, Paragraph, Picture
from reports.skeleton import skeleton


def plain(bulletin, **options):
    """One line for each block and each row; line feeds in cells become slashes."""
    made = skeleton(bulletin, **options)
    lines = ["".join(made.title), made.addressee]
    lines += [line for block in made.body for line in _lines(block)]
    lines += [f"附件 {line}" for line in made.annex_lines]
    for annex in made.annexes:
        lines += ["", f"== {annex.label} {annex.title}"]
        lines += [line for block in annex.blocks for line in _lines(block)]
    return "\n".join(lines) + "\n"


def sentences(bulletin):
    """Everything that is said in words: headings, paragraphs, items, what pictures show; no cells."""
    made = skeleton(bulletin)
    blocks = [*made.body, *(block for annex in made.annexes for block in annex.blocks)]
    alt = [block.alt for block in blocks if isinstance(block, Picture)]
    return alt + [_lines(block)[0] for block in blocks if isinstance(block, Heading | Paragraph | Item)]


def _lines(block):
    if isinstance(block, Heading | Item):
        return [block.full]
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Picture):
        return [f"[{block.name}] {block.caption}"]
    head = [" | ".join(column.title for column in block.columns)]
    rows = [" | ".join(getattr(cell, "text", cell).replace("\n", "/") for cell in row) for row in block.rows]
    return [*([block.caption] if block.caption else []), *head, *rows]


if __name__ == "__main__":
    from tests.bulletins.two_nights import trial

    print(plain(trial()))
