"""How a bulletin calls a published item: by its title, but never by one that may carry a party's name."""

from __future__ import annotations

import re

from storage.case_number import find_all

_MAY_NAME_PARTIES = re.compile(
    r"判决|裁定|调解书|决定书|支付令|纠纷|一案|上诉|开庭|公告送达|送达公告|被执行人|被告|原告|罪(?!犯)|诉.{1,12}[案书]"
)
_SECTION = re.compile(r"文书|裁判|开庭|庭审|失信|执行公开|曝光")


def item_name(title: str, section: str | None) -> str:
    """信息“标题”; of a document or hearing only its case number, and 该信息 where the title has none.

    Args:
        section: The name of the section that the item stands in.
    """
    if not _MAY_NAME_PARTIES.search(title) and not _SECTION.search(section or "") and not find_all(title):
        return f"信息“{title}”"
    number = next(iter(find_all(title)), None)
    return f"信息“{number.text}”" if number else "该信息"
