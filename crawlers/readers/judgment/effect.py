"""What a judgment's text says of its effect: may it be appealed, is it final, was it served by notice, who lives abroad."""

from __future__ import annotations

import re

from crawlers.sieve import Sieved

APPEAL = re.compile(
    r"如?不服本(?:判决|裁定|决定)[^。]{0,100}?上诉|可(?:以)?(?:在|于|自)[^。]{0,60}?日内[^。]{0,60}?上诉"
)
_FINAL = Sieved(
    r"本(?:判决|裁定|决定)(?:书)?(?:为|系|是)终审(?:判决|裁定|决定)?|实行一审终审|一审终审|(?<!不)适用小额诉讼(?!.{0,20}转)|为终局裁定"
)
NOTICE = re.compile(r"公告(?:方式)?(?:[^。；]{0,20})?送达")
_FOREIGN = re.compile(
    r"(?:香港|澳门)(?:特别行政区|居民|永久|公司|注册)|中国[（(]?(?:香港|澳门|台湾)|台湾(?:地区|省|居民|同胞)|"
    r"(?<!中)(?<!中华人民共和)国(?:国)?籍[^，。]{0,4}[，。：:]|(?:美国|英国|日本|韩国|加拿大|澳大利亚|新加坡|德国|法国)(?:国)?(?:籍|公民|人，)|"
    r"护照|英属维尔京|开曼群岛|百慕大|萨摩亚|(?:领域|境)内(?:没有|无)住所|涉外民事|外国(?:人|企业|公民)|[A-Z][A-Za-z]+ ?(?:Ltd|LTD|Inc|LLC|GmbH|Limited|LIMITED)"
)
_APPEAL_ABROAD = re.compile(r"三十日内[^。]{0,60}上诉|30日内[^。]{0,60}上诉")


def is_final(compact: str) -> bool:
    return bool(_FINAL.search(compact)) and not re.search(
        r"(?:不适用|不宜适用|转为|转换为).{0,4}(?:小额|简易)", compact
    )


def is_foreign(text: str, compact: str) -> bool:
    """Signs of a party abroad among the parties (before 本院), or an appeal period of thirty days."""
    end = compact.find("本院")
    parties = compact[: end if end > 0 else 1500]
    named = re.search(r"[A-Z][A-Za-z]+[ ,.]+(?:Co\.?,? ?)?(?:Ltd|LTD|Inc|LLC|GmbH|Limited|LIMITED)\b", text[:3000])
    return bool(_FOREIGN.search(parties) or named or _APPEAL_ABROAD.search(compact))
