"""An example of an office's own template, to be opened in Word, changed and named in the settings.

`python -m reports.formats.example_template FILE.docx` writes it; docs/examples has it ready. It is headed as courts head
their work bulletins: a fixed name in red, the number of the issue, the office and the day on one line.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.shared import Pt, RGBColor, Twips

from reports.formats import official, redhead, type_styles
from reports.formats.ooxml import element, put
from reports.words import say

CREATED = datetime(2026, 1, 1)  # the file is the same whenever it is made


def example() -> bytes:
    """The .docx file."""
    document = official.new_document(say("template.name"), "", CREATED)
    name = document.add_paragraph(style=type_styles.MARK)
    name.paragraph_format.space_before = Pt(0)
    run = name.add_run(say("template.name"))
    run.font.size, run.font.color.rgb = Pt(48), RGBColor.from_string(type_styles.RED)
    document.add_paragraph(say("template.issue"), style=type_styles.NUMBER).paragraph_format.space_before = Twips(0)
    _line(document)
    document.add_paragraph("{{ 标题 }}", style=type_styles.TITLE)
    document.add_paragraph("{{ 主送机关 }}", style=type_styles.ADDRESSEE)
    document.add_paragraph("{{ 正文 }}", style=type_styles.BODY)
    document.add_paragraph("{{ 附件说明 }}", style=type_styles.BODY)
    document.add_paragraph("{{ 落款 }}", style=type_styles.BODY)
    document.add_paragraph("{{ 附件 }}", style=type_styles.BODY)
    redhead.add_foot(document, say("template.copies"), "{{ 印发机关 }}", say("template.printed"), printed_width=12)
    return official.to_bytes(document, CREATED)


def _line(document: Document) -> None:
    """The office on the left, the day on the right, and the red rule below them."""
    line = document.add_paragraph("{{ 印发机关 }}\t{{ 成文日期 }}", style=type_styles.ADDRESSEE)
    properties: Any = line._p.get_or_add_pPr()
    tabs = element("tabs")
    tabs.append(element("tab", val="right", pos=official.text_width(document.sections[0])))
    put(properties, tabs)
    redhead.add_rule(line)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(example())
