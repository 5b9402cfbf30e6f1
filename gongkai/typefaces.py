"""The typefaces in force: those of the settings, for every document of this process, and a line for each one missing."""

from __future__ import annotations

from gongkai.config import Fonts
from gongkai.messages import say
from reports import fonts
from reports.fonts import ROLES, Missing


def use(settings: Fonts) -> tuple[str, ...]:
    """Print with the typefaces of the settings from now on. Returns a line for each that is missing, to be said at the end:
    a mistake of the user must stand alone."""
    fonts.use(settings.chosen, settings.folders)
    found = fonts.find_fonts()
    return tuple(of(missing) for missing in found.missing) if found.is_printable else (no_pdf(),)


def no_pdf() -> str:
    """There is nothing to print Chinese with."""
    zh = "没有可用的中文字体，不生成 PDF（在项目目录运行 make fonts，或安装 Noto Serif CJK SC、Noto Sans CJK SC）"
    en = "no Chinese fonts: no PDF is written (make fonts in the project, or install Noto Serif/Sans CJK SC)"
    return say(zh, en)


def of(missing: Missing) -> str:
    """Which typeface is missing, and what is used instead."""
    role = ROLES[missing.role]
    zh, en = f"没有{role.standard}，也没有其替代字体", f"no font for {role.standard}"
    if missing.asked:
        zh, en = f"没有 [fonts] {missing.role} 指定的 {missing.asked}", f"[fonts] {missing.role}: no {missing.asked}"
    if missing.instead:
        return say(f"字体：{zh}，改用 {missing.instead}", f"fonts: {en}; {missing.instead} is used")
    return say(
        f"字体：{zh}，改用仿宋的字体（可运行 make fonts，或安装 {role.free[0]}）",
        f"fonts: {en}, that of 仿宋 is used (make fonts, or install {role.free[0]})",
    )
