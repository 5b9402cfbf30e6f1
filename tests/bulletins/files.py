"""The files that every bulletin consists of. The PDF is among them where there are Chinese fonts, as `make test` sees to."""

from reports.fonts import find_fonts

FILES = {"findings.json", "bulletin.html", "bulletin.docx", "bulletin.xlsx"}
if find_fonts().is_printable:
    FILES.add("bulletin.pdf")
