"""What a section's title says: how often it is expected to change, and what its rows are (domain/rules.md §4.5).

Used where no profile says it. The order of the table matters: the first word that is found decides; a title without
any of them is an ordinary section.
"""

from __future__ import annotations

import re

from storage.records import Cadence

_CADENCES: tuple[tuple[Cadence, str], ...] = (
    # What is withheld comes when it comes: a month without is no neglect.
    (Cadence.EVENT, r"不(?:予)?公开|不上网|未上网|未公开|不在互联网公|信息项公开|信息公开项"),
    (Cadence.ARCHIVE, r"归档|历史专题|往期|旧站|专题回顾|历史数据|历年"),
    (
        Cadence.STATIC,
        r"概况|简介|介绍|简历|职责|职能|指引|导航|导引|名单|目录|清单|制度$|热线|举报|投诉|费用|材料|风险|下载|友情链接|审判委员会|院史|致辞|须知|机构(?:设置|职能)|内设机构|组织机构|院领导|领导(?:介绍|简介|班子|信息|成员|分工)|现任领导|法官名录|法官名册|法官信息|"
        r"审判人员(?:名册|名录)?$|人员名录|名册|指南|须知|法庭信息|法庭分布|派出法庭|人民法庭$|收费标准|诉讼费|联系(?:我们|方式|电话)|地理位置|"
        r"交通(?:路线|指引)|关于我们|网站(?:声明|地图)|版权|帮助|文书(?:样式|格式|模板)|诉状|表格下载|下载中心|资料下载|常用(?:表格|文书)|"
        r"电子地图|机构代码|隐私|免责|流程图?$|办事流程|诉讼流程|风险提示|权利义务|法律法规|法规库|规章制度|管理制度|常见问题|问答|"
        r"诉讼常识|诉讼知识|荣誉|院训|历史沿革|管辖范围|管辖区域|咨询电话|举报(?:电话|方式)|旁听(?:须知|指南)|院长(?:致辞|信箱|简介)|普法清单|责任清单",
    ),
    (
        Cadence.EVENT,
        r"招考|考录|考试|人事信息|扫黑|主题教育|教育整顿|学习教育|疫情|周年|曝光|限制出境|减刑|假释|暂予监外|破产|重整|清算|招聘|招录|遴选|录用|人事任免|任免|招标|采购|中标|征求意见|意见征集|调查征集|网上调查|"
        r"在线访谈|访谈|失信|限制(?:高)?消费|限高|悬赏|专项行动|专题|重大案件|直播预告|新闻发布会|发布会|网络拍卖专题|国家赔偿|"
        r"司法救助|英模|先进典型|表彰|院长信箱|留言|信访|大事记|机构改革|入额|遴选公示|公示$",
    ),
    (
        Cadence.YEARLY,
        r"财务|财政|年鉴|工作报告|预算|决算|预决算|年度报告|年报|白皮书|普法(?:计划|规划)|年度计划|工作计划|规划计划|规划|三公",
    ),
    (Cadence.PERIODIC, r"统计|数据公开|司法数据|审判数据|态势|质效|月报|季报|大数据报告"),
    (
        Cadence.HIGH_FREQUENCY,
        r"开庭公告|开庭信息|庭审公告|排期|送达公告|公告送达|法院公告|拍卖|变卖|执行公告|执行信息|庭审直播|庭审预告|裁判文书|"
        r"文书公开|判决书|裁定书",
    ),
    (Cadence.DYNAMIC, r"新闻|动态|要闻|快讯|快报|简讯|图片|头条|媒体|时讯|资讯|法院(?:信息|之声)|视频"),
)
_RECORDS: tuple[tuple[str, str], ...] = (
    (
        "withheld",
        r"不(?:予)?公开(?!开?庭|审理)|不上网|未上网|不在互联网公|未公开文书|不公布|文书信息项|信息项公开|信息公开项",
    ),
    ("judgment", r"裁判文书|文书公开|文书上网|法律文书|生效文书|判决书|裁定书|判决文书|文书查询|裁判公开"),
    ("hearing", r"开庭|庭审(?:公告|预告|排期)|排期|庭审信息"),
)
_ORDINARY = re.compile(
    r"通知|公告|公示|公开|案例|研究|学术|理论|调研|党建|党务|队建|队伍|文化|普法|宣传|法治|法制|以案|法官|审判|执行|立案|司法|改革|专栏|"
    r"政务|审务|园地|天地|风采|建设|论坛|观点|文苑|廉政|纪检|监察|人物|服务|指导|意见|文件|典型|教育|培训|警务|调解|法庭|庭审|诉讼"
)
_COMPILED = tuple((cadence, re.compile(words)) for cadence, words in _CADENCES)
_COMPILED_RECORDS = tuple((record, re.compile(words)) for record, words in _RECORDS)


def cadence_of(title: str) -> Cadence:
    """The class of a section by its title; standard where no word decides."""
    closed = re.sub(r"\s+", "", title)
    return next((cadence for cadence, words in _COMPILED if words.search(closed)), Cadence.STANDARD)


def is_guess(title: str) -> bool:
    """Does no word of a title say what class it is? Then `cadence_of` is only the rule for all others.

    The ordinary names of sections that the handbook lists as such are no guess.
    """
    closed = re.sub(r"\s+", "", title)
    return cadence_of(closed) is Cadence.STANDARD and not _ORDINARY.search(closed)


def record_of(title: str) -> str:
    """What the rows of a section are, by its title: withheld, judgment, hearing or item."""
    closed = re.sub(r"\s+", "", title)
    if re.search(r"样式|格式|模板|指南|须知|优秀|评析|解读|网$", closed):
        return "item"
    return next((record for record, words in _COMPILED_RECORDS if words.search(closed)), "item")
