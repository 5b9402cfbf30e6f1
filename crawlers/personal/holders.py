"""Whose datum it is, by the words around it: a court's, an official's, a lawyer's, an administrator's, a company's, or a person's.

Only what stands in the same line or sentence speaks; a window further away would lend one party's words to another.
"""

from __future__ import annotations

import re

from storage.records import Holder

_COURT = re.compile(
    r"法院|法庭|立案(?:庭|窗口|大厅)|执行局|执行局|合议庭|承办(?:人|法官)|法官|书记员|执行员|执行干警|诉讼服务|诉讼费|案件受理费|执行款|案款|"
    r"财政(?:局|专户)|非税|缴费|缴款|12368|审判管理|办公室|政治部|督察|纪检"
)
_OFFICIAL = re.compile(
    r"联系人|咨询|举报|监督|投诉|热线|值班|报名|看样|勘验|竞买|技术支持|客服|工作人员|主办|承办单位|检察院|公安|派出所|司法局|街道办|"
    r"人民政府|委员会|服务中心|调解(?:中心|组织)|评估(?:机构|公司)|拍卖(?:公司|机构|平台)|网站|版权|邮编|地址:|备案|技术(?:服务|咨询)|客户服务|新闻|投稿|通讯员|来稿|征求意见|反馈"
)
_LAWYER = re.compile(r"律师|法律服务(?:所|工作者)|律所|委托(?:诉讼)?代理人|辩护人")
_ADMINISTRATOR = re.compile(r"管理人|清算组|债权申报|破产")
_COMPANY = re.compile(r"公司|企业|工厂|商行|经营部|合作社|事务所|银行|支行|超市|酒店|集团")
_PERSON = re.compile(
    r"原告|被告|上诉人|申请人|被执行人|执行人|第三人|被害人|受害人|证人|罪犯|嫌疑人|法定代理人|失信人|其(?:本人|手机|使用|名下|电话)|本人|"
    r"[男女],|出生|汉族|住址|身份证|家属|父亲|母亲|妻子|丈夫|儿子|女儿|送达地址|使用(?:的)?(?:手机|电话|微信)|"
    r"(?:个人|私人)(?:手机|电话|号码|微信|QQ)"
)
_REACH_BEFORE, _REACH_AFTER = 60, 24


def holder_of(text: str, start: int, end: int) -> Holder:
    """The holder of the datum between two places; the word nearest before it decides.

    Persons come first where both stand at the same distance: a doubt is for the rule to weigh, not to drop.
    """
    before, after = _around(text, start, end)
    nearest, found = -1, Holder.UNKNOWN
    for holder, pattern in (
        (Holder.NATURAL, _PERSON),
        (Holder.COURT, _COURT),
        (Holder.ADMINISTRATOR, _ADMINISTRATOR),
        (Holder.LAWYER, _LAWYER),
        (Holder.OFFICIAL, _OFFICIAL),
        (Holder.COMPANY, _COMPANY),
    ):
        last = max((m.end() for m in pattern.finditer(before)), default=-1)
        if last > nearest:
            nearest, found = last, holder
    if found is Holder.UNKNOWN:
        for holder, pattern in ((Holder.COURT, _COURT), (Holder.LAWYER, _LAWYER), (Holder.OFFICIAL, _OFFICIAL)):
            if pattern.search(after):
                return holder
    return found


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after in the same sentence or line."""
    before = text[max(0, start - _REACH_BEFORE) : start]
    after = text[end : end + _REACH_AFTER]
    return re.split(r"[。;\n]", before)[-1], re.split(r"[。;\n]", after)[0]
