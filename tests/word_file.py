"""What makes Word repair or refuse a file, looked for in the file itself: order, references, ids. No office program needed."""

import io
import zipfile
from itertools import pairwise

from lxml import etree

from reports.formats.ooxml import ORDER

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = ("document", "styles", "settings", "fontTable", "footer1", "footer2")
# ECMA-376 part 1, annex A (transitional), for elements that nothing but the tests needs to know.
MORE = {
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
    "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "pBdr": "top left bottom right between bar",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "font": "altName panose1 charset family notTrueType pitch sig embedRegular embedBold embedItalic embedBoldItalic",
    "settings": "writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries "
    "displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData embedTrueTypeFonts "
    "embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader "
    "bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors hideGrammaticalErrors activeWritingStyle proofState "
    "formsDesign attachedTemplate linkStyles stylePaneFormatFilter stylePaneSortMethod documentType mailMerge "
    "revisionView trackRevisions doNotTrackMoves doNotTrackFormatting documentProtection autoFormatOverride styleLockTheme "
    "styleLockQFSet defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone doNotHyphenateCaps showEnvelope "
    "summaryLength clickAndTypeStyle defaultTableStyle evenAndOddHeaders bookFoldRevPrinting bookFoldPrinting "
    "bookFoldPrintingSheets drawingGridHorizontalSpacing drawingGridVerticalSpacing displayHorizontalDrawingGridEvery "
    "displayVerticalDrawingGridEvery doNotUseMarginsForDrawingGridOrigin drawingGridHorizontalOrigin "
    "drawingGridVerticalOrigin doNotShadeFormData noPunctuationKerning characterSpacingControl",
}
ORDERS = {name.removeprefix("w:"): [child.removeprefix("w:") for child in order] for name, order in ORDER.items()}
ORDERS |= {name: order.split() for name, order in MORE.items()}


def part(content, name):
    """A part of the file as a tree; None if it has none such."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = f"word/{name}.xml"
        return etree.fromstring(archive.read(path)) if path in archive.namelist() else None


def faults(content):
    """One line for each reason to repair the file."""
    found = []
    styles = {style.get(f"{{{W}}}styleId") for style in part(content, "styles").iter(f"{{{W}}}style")}
    for name in PARTS:
        root = part(content, name)
        if root is None:
            continue
        found += [f"{name}: {line}" for line in (*_misplaced(root), *_unknown_styles(root, styles))]
    document = part(content, "document")
    found += [*_dangling(content, document), *_repeated(document), *_badly_ended(document)]
    return found


def _misplaced(root):
    for parent in root.iter(f"{{{W}}}*"):
        order = ORDERS.get(etree.QName(parent).localname)
        if order is None:
            continue
        names = [etree.QName(child).localname for child in parent if isinstance(child.tag, str)]
        places = [order.index(n) for n in names if n in order]
        if parent.tag == f"{{{W}}}settings":
            continue_at = len(order)
            places = [order.index(n) if n in order else continue_at for n in names]
        elif unknown := [n for n in names if n not in order]:
            yield f"{etree.QName(parent).localname} may not hold {unknown}"
        if any(a > b for a, b in pairwise(places)):
            yield f"{etree.QName(parent).localname} holds {names}"


def _unknown_styles(root, known):
    for name in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
        for used in root.iter(f"{{{W}}}{name}"):
            if used.get(f"{{{W}}}val") not in known:
                yield f"no style {used.get(f'{{{W}}}val')}"


def _dangling(content, document):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        links = etree.fromstring(archive.read("word/_rels/document.xml.rels"))
        names = set(archive.namelist())
    known = {link.get("Id"): link for link in links}
    used = {value for node in document.iter() for key, value in node.attrib.items() if key.startswith(f"{{{R}}}")}
    yield from (f"no relation {one}" for one in used - set(known))
    for link in known.values():
        if link.get("TargetMode") != "External" and "word/" + link.get("Target") not in names:
            target = link.get("Target").removeprefix("../").removeprefix("/")
            if target not in names:
                yield f"no part {link.get('Target')}"


def _repeated(document):
    marks = list(document.iter(f"{{{W}}}bookmarkStart"))
    drawings = [node.get("id") for node in document.iter() if etree.QName(node).localname == "docPr"]
    for title, values in (
        ("bookmark", [mark.get(f"{{{W}}}id") for mark in marks]),
        ("bookmark", [mark.get(f"{{{W}}}name") for mark in marks]),
        ("drawing", drawings),
    ):
        yield from (f"{title} {value} twice" for value in set(values) if values.count(value) > 1)
    ends = [mark.get(f"{{{W}}}id") for mark in document.iter(f"{{{W}}}bookmarkEnd")]
    if sorted(ends) != sorted(mark.get(f"{{{W}}}id") for mark in marks):
        yield "a bookmark does not end"


def _badly_ended(document):
    body = document[0]
    if body[-1].tag != f"{{{W}}}sectPr":
        yield "the body does not end with its section"
    for table in document.iter(f"{{{W}}}tbl"):
        after = table.getnext()
        if after is None or after.tag != f"{{{W}}}p":
            yield "a table without a paragraph after it"
        widths = len(table.findall(f"{{{W}}}tblGrid/{{{W}}}gridCol"))
        for row in table.findall(f"{{{W}}}tr"):
            spans = [cell.find(f"{{{W}}}tcPr/{{{W}}}gridSpan") for cell in row.findall(f"{{{W}}}tc")]
            if sum(1 if span is None else int(span.get(f"{{{W}}}val")) for span in spans) != widths:
                yield "a row with other columns than its table"
    for cell in document.iter(f"{{{W}}}tc"):
        if cell[-1].tag != f"{{{W}}}p":
            yield "a cell that does not end with a paragraph"
