"""What the words before a number say that it is. The nearest word decides: an order number is no card, whatever it passes."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS: dict[str, str] = {
    "identity": (
        r"居民身份证(?:号码|号)?|公民身份(?:证)?(?:号码|号)|身份证(?:件)?(?:号码|号)?|身份证明号码|身份号码|证件(?:号码|号)|有效证件号|ID号"
    ),
    "credit_code": r"统一社会信用代码|社会信用代码|信用代码|组织机构代码(?:证)?(?:号)?|营业执照(?:注册)?号|注册号|纳税人识别号|税号",
    "account": (
        r"(?:银行)?(?:账|帐)(?:户|号)|(?:银行)?卡号|储蓄卡(?:号)?|信用卡(?:号)?|银行卡(?:号)?|借记卡(?:号)?|开户行|开户银行|收款(?:账|帐)[户号]|存折(?:号)?|工资卡|户名"
    ),
    "phone": (
        r"手机(?:号码|号)?|移动电话|联系电话|联系方式|电话(?:号码)?|座机|固话|传真|致电|拨打|通讯方式|联系人|热线|号码为|Tel|TEL|tel|"
        r"Phone|Fax|FAX"
    ),
    "wechat": r"微信(?:号码|号|账号|帐号|ID)?|微信名",
    "qq": r"QQ(?:号码|号|账号|帐号)?|qq(?:号码|号)?",
    "other": (
        r"合同(?:编)?号?|协议(?:编)?号?|订单(?:编)?号?|单号|运单|快递|发票(?:代码|号码|号)?|流水(?:号)?|交易(?:编)?号|凭证(?:编)?号?|"
        r"票据(?:编)?号?|票号|汇票|支票|保单(?:号)?|保险单|回单|编号|序列号|机身(?:号|码)|串号|IMEI|车架号|车辆识别代[号码]|发动机号|"
        r"档案(?:编)?号|文号|批号|备案号|许可证(?:号)?|登记证(?:号)?|登记号|执业证(?:号)?|资格证(?:号)?|证书(?:编)?号|专利(?:号)?|申请号|商标(?:注册)?号|条码|二维码|"
        r"项目(?:编)?号|标的(?:编)?号|受理号|查询码|验证码|缴款码|识别码|案号|货号|型号|规格|邮编|邮政编码|军官证(?:号)?|工号|警号|学号|"
        r"户号|表号|卷号|页码|区块|哈希|存证(?:编)?号|ICP备|公网安备|设备号|金额|共计|人民币|租金|价款|No\.?|NO\.?|№|SN"
    ),
}
_LABEL = re.compile("|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS.items()))
_REACH = 28
_END = re.compile(r"[。;\n!?]")


@dataclass(frozen=True)
class Label:
    """The nearest label before a place: its kind, its word, and how far before it ends."""

    kind: str
    word: str
    distance: int


_NONE = Label("", "", 10_000)


def label_before(text: str, start: int, reach: int = _REACH) -> Label:
    """The label that governs the value at `start`, in the same sentence; numbers between them do not break it.

    `银行卡号` is one label, not a card and a number: of overlapping words the longest that ends last counts.
    """
    begin = max(0, start - reach)
    before = text[begin:start]
    sentence = max((m.end() for m in _END.finditer(before.rstrip())), default=0)
    # A label may stand on the line above its value (a table's head over its cell).
    if sentence and before.rstrip()[sentence - 1 : sentence] == "\n" and not before[sentence:].strip():
        sentence = 0
    last = None
    for match in _LABEL.finditer(before, sentence):
        last = match
    if last is None or last.lastgroup is None:
        return _NONE
    return Label(last.lastgroup, last.group(), len(before) - last.end())


def label_after(text: str, end: int, reach: int = 8) -> Label:
    """A label in brackets behind the value: `6222…（银行卡号）`."""
    match = re.match(rf"\s*\(\s*(?:{_LABEL.pattern})", text[end : end + reach + 2])
    if match is None or match.lastgroup is None:
        return _NONE
    return Label(match.lastgroup, match.group().strip(" ("), 0)
