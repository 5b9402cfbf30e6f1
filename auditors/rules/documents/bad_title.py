"""D-11: the title of a published document."""

from __future__ import annotations

from datetime import date

from auditors.document_views import DocumentState
from auditors.rule import PASS, S0, S3, Outcome, rule, suspected
from storage.records import Sign

NUMBER_TITLES_SINCE = date(2024, 1, 1)
_NEEDED = {"cause": "案由", "type": "文书种类"}


@rule("D-11", severity=S3, basis=("document_format_2013/title",))
def bad_title(document: DocumentState) -> Outcome:
    """文书名称不规范

    Violation: 2024年以前公布的文书，标题没有案号，也缺少案由或者文书种类（疑似）；标题写出当事人全名而正文已隐名的，按红线列疑似。
    Compliant: 标题由当事人、案由、审级、文书种类组成；只写案号和文书种类的；2024年起公布、以案号为标题的。
    Remedy: 按当事人、案由、审级和文书种类改正标题；标题须与正文同样隐名。

    The norm speaks of the national platform, and titles on a court's own site often are those of its system: suspected
    at most. Whether the parties' names are right is not looked at here.
    """
    judgment = document.publication.judgment
    if document.shows(Sign.TITLE_NAME):
        return suspected("标题写有正文已经隐去的当事人全名，需核对。", *document.evidence, severity=S0)
    form, published = judgment.title_form, document.publication.latest
    if not form or "number" in form or published >= NUMBER_TITLES_SINCE:
        return PASS
    missing = [word for part, word in _NEEDED.items() if part not in form]
    if not missing:
        return PASS
    return suspected(f"文书标题缺少{'、'.join(missing)}，也没有案号。", *document.evidence)
