"""A whole bulletin written down by hand, for the tests of layouts: every kind of block, long names, a table of nineteen columns.

`python -m tests.bulletins.sample_skeleton OUT.docx` writes it, to be looked at.
"""

import struct
import sys
import zlib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from reports.blocks import Annex, Column, Heading, Item, Link, Paragraph, Picture, Skeleton, Table
from reports.imprint import Imprint

CREATED = datetime(2026, 4, 7, 9, 30, tzinfo=timezone(timedelta(hours=8)))
IMPRINT = Imprint(
    day=date(2026, 4, 7),
    body="示例市示例区人民法院司法公开领导小组办公室",
    code="示法公开",
    serial=3,
    signed="示例市示例区人民法院司法公开办",
    addressee="全院各部门",
    copies=("院领导", "政治部", "示例市中级人民法院司法公开办"),
    printed_by="示例市示例区人民法院审判管理办公室",
)


def png(width=1600, height=700):
    """A grey picture."""
    rows = b"".join(b"\0" + bytes(200 for _ in range(width)) for _ in range(height))
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


TEXT = "经查，截至本期末，全院生效裁判文书应当上网而未上网的数量较上月有所下降，但仍有部分部门存在逾期公布、公布信息不完整等问题，需要引起重视并认真整改。"
RANKED = [
    "序号",
    "部门",
    "结案数",
    "应上网",
    "已上网",
    "上网率",
    "及时率",
    "不上网数",
    "其中“其他情形”",
    "信息项公布率",
    "开庭数",
    "直播数",
    "直播率",
    "流程有效公开率",
    "栏目更新率",
    "问题数（S0/S1/S2）",
    "得分",
    "排名",
    "较上月",
]
LISTED = ["编号", "规则", "责任部门", "对象", "问题描述", "依据条款", "发现时间", "快照", "等级", "整改时限"]


def columns(titles, widths):
    return tuple(Column(title=t, width=w, centred=w < 20) for t, w in zip(titles, widths, strict=True))


def ranking(rows=8):
    return Table(
        name="ranking",
        columns=columns(RANKED, (8, 26, 12, 12, 12, 15, 15, 12, 14, 15, 12, 12, 15, 15, 15, 16, 12, 10, 12)),
        rows=tuple(
            (str(n), "民事审判第一庭" if n % 2 else "刑事审判庭", "1204", "1180", "1101", "93.31%", "88.02%", "24", "3",
             "100.00%", "310", "210", "67.74%", "99.12%", "96.00%", "0/3/12", "92.40", str(n), "↑2")
            for n in range(1, rows + 1)
        ),
        totals=1,
        fine=True,
    )  # fmt: skip


def problems(rows=40):
    address = "http://www.example.court.example/article/detail/2026/03/id/" + "8a7b6c5d" * 4 + ".shtml"
    return Table(
        name="problems",
        columns=columns(LISTED, (24, 22, 26, 42, 50, 34, 18, 20, 12, 18)),
        rows=tuple(
            (f"{n}\n3f9a0b{n:04d}", "D-01 生效文书逾期上网", "民事审判第一庭",
             Link(address, address) if n % 3 else "（2026）示9902民初1024号", TEXT, "法释〔2016〕19号第七条", "2026-03-05",
             "证8d969eef", "严重", "2026-04-10")
            for n in range(1, rows + 1)
        ),
        fine=True,
    )  # fmt: skip


def skeleton(annexes=None):
    body = (
        Paragraph("按照《示例法院司法公开工作方案》和" + TEXT),
        Heading(level=1, number="一、", text="总体情况", anchor="overview"),
        Paragraph(TEXT * 3),
        Picture(name="trend", caption="图1　新增与已整改问题走势", alt="一条下降的曲线"),
        Heading(level=1, number="二、", text="上期问题整改复查情况"),
        Paragraph(TEXT * 2),
        Heading(level=1, number="三、", text="发现的主要问题"),
        Heading(level=2, number="（一）", text="裁判文书（3条）"),
        Heading(level=3, number="1.", text="生效文书逾期上网（D-01，严重）"),
        Paragraph(TEXT),
        *(
            Item(number=f"（{n}）", lead="（2026）示9902民初1024号", text="：生效后第12个工作日上网（证8d969eef）。",
                 url="http://www.example.court.example/a/x")
            for n in range(1, 4)
        ),
        Table(name="by_court", columns=columns(["法院", "确定", "疑似"], (80, 30, 30)), rows=(("示例市示例区人民法院", "3", "4"),
              ("合计", "3", "4")), totals=1, caption="表1　各法院情况"),
        Heading(level=1, number="四、", text="工作要求"),
        *(Item(number=f"{n}.", text=TEXT) for n in range(1, 4)),
    )  # fmt: skip
    if annexes is None:
        annexes = (
            Annex(name="ranking", label="附件1", title="各部门指标排名表", landscape=True, blocks=(ranking(),)),
            Annex(name="problems", label="附件2", title="问题清单", landscape=True, blocks=(problems(),)),
            Annex(name="method", label="附件3", title="指标口径与数据来源说明", landscape=False,
                  blocks=tuple(Item(number=f"{n}.", text=TEXT) for n in range(1, 7))),
        )  # fmt: skip
    return Skeleton(
        title=("示例市示例区人民法院", "关于", "2026年3月", "司法公开", "工作情况", "的通报"),
        addressee="全院各部门：",
        body=body,
        annexes=annexes,
    )


if __name__ == "__main__":
    from reports.formats.docx import print_skeleton

    Path(sys.argv[1]).write_bytes(print_skeleton(skeleton(), IMPRINT, CREATED, {"trend": png()}))
