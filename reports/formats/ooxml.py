"""Elements of a Word file that python-docx has no names for, put where the schema wants them.

Word repairs, or refuses, a file whose properties stand in another order than ECMA-376 lists them; LibreOffice does not
mind. So nothing is appended by hand: `put` knows the places.
"""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn

# The order of children (ECMA-376 part 1, annex A, transitional), as far as this project writes them.
_CHILDREN = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
}
ORDER = {f"w:{name}": tuple(f"w:{child}" for child in children.split()) for name, children in _CHILDREN.items()}


def element(name: str, /, **attributes: object) -> Any:
    """An element of the main namespace: `element("spacing", before=20)` is `<w:spacing w:before="20"/>`."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def put(parent: Any, child: Any) -> Any:
    """Put a child at its place in the schema's order, in the stead of one of the same name."""
    prefixed = "w:" + child.tag.rpartition("}")[2]
    order = ORDER["w:" + parent.tag.rpartition("}")[2]]
    for old in parent.findall(child.tag):
        parent.remove(old)
    parent.insert_element_before(child, *order[order.index(prefixed) + 1 :])
    return child


def namespaces(*prefixes: str) -> str:
    """The declarations that a piece of XML needs to be parsed on its own."""
    declared: str = nsdecls(*prefixes)
    return declared
