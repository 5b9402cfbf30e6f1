"""What matplotlib writes as SVG, made fit to stand in a page: named, without styles, its ids its own."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from reports.pictures import Picture

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"(?P<before>.*?)(?P<size>[\d.]+)px (?P<family>.+)")
_HREF = f"{{{XLINK}}}href"
_LEFT_OUT = ("metadata", "style")


def element(written: bytes, picture: Picture, prefix: str) -> str:
    """The `<svg>` element, its text in the font of the page around it."""
    root = _named(written, picture, prefix)
    for child in root.iter(f"{{{SVG}}}text"):
        child.attrib.pop("font-family", None)
    text: str = etree.tostring(root, encoding="unicode")
    return text


def document(written: bytes, picture: Picture) -> bytes:
    """The whole file."""
    content: bytes = etree.tostring(_named(written, picture, ""), xml_declaration=True, encoding="utf-8")
    return content


def _named(written: bytes, picture: Picture, prefix: str) -> Any:
    root = etree.fromstring(written, etree.XMLParser(remove_comments=True, remove_blank_text=True, no_network=True))
    for kind in _LEFT_OUT:
        for child in list(root.iter(f"{{{SVG}}}{kind}")):
            child.getparent().remove(child)
    prefix = f"{prefix}{picture.name}-"
    for child in root.iter():
        _without_style(child)
    used = {name for child in root.iter() for value in child.attrib.values() for name in _REFERENCE.findall(value)}
    used |= {child.get(_HREF).removeprefix("#") for child in root.iter() if _HREF in child.attrib}
    for child in root.iter():
        _renamed(child, prefix, used)
    # What the style sheet said of all elements, and what a reader's program reads instead of the picture.
    root.attrib.update({"stroke-linejoin": "round", "stroke-linecap": "butt", "class": f"chart chart-{picture.name}"})
    root.attrib.update({"role": "img", "aria-labelledby": f"{prefix}title {prefix}description"})
    root.set(f"{{{XML}}}lang", "zh-CN")
    for place, (kind, text) in enumerate((("title", picture.title), ("desc", picture.description))):
        child = etree.Element(f"{{{SVG}}}{kind}", id=prefix + ("title" if kind == "title" else "description"))
        child.text = text
        root.insert(place, child)
    etree.cleanup_namespaces(root)
    return root


def _without_style(child: Any) -> None:
    """A style attribute becomes attributes of the same names, which a content security policy does not forbid."""
    for declaration in filter(None, (part.strip() for part in child.attrib.pop("style", "").split(";"))):
        name, value = (part.strip() for part in declaration.split(":", 1))
        if name == "font":
            font = _FONT.fullmatch(value)
            assert font is not None, value
            child.set("font-size", font["size"])
            child.set("font-family", font["family"])
        else:
            child.set(name, value)


def _renamed(child: Any, prefix: str, used: set[str]) -> None:
    """Ids that something refers to, and what refers to them, with the prefix before them; other ids are left out."""
    name = child.attrib.pop("id", None)
    if name in used:
        child.set("id", prefix + name)
    for name, value in child.attrib.items():
        if name == _HREF:
            child.set(name, f"#{prefix}{value.removeprefix('#')}")
        elif "url(" in value:
            child.set(name, _REFERENCE.sub(rf"url(#{prefix}\1)", value))
