"""How a help text is put together: purpose, examples and exit codes, in the user's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.markup import escape

from gongkai.errors import BUG, INTERRUPTED, OK, WRONG_USE
from gongkai.messages import say

Pair = tuple[str, str]  # Chinese, English

_ALWAYS: dict[int, Pair] = {
    OK: ("完成", "done"),
    WRONG_USE: ("用法、配置或文件有误（一行说明）", "wrong use, setting or file (one line says which)"),
    BUG: ("程序自身出错；详情见 out/logs", "a bug of gongkai's own; the traceback is in out/logs"),
    INTERRUPTED: ("被 Ctrl-C 中断", "interrupted with Ctrl-C"),
}


def manual(purpose: Pair, examples: Sequence[tuple[str, Pair]], exits: Mapping[int, Pair] | None = None) -> str:
    """The help of a command.

    Args:
        purpose: What it is for. Its first paragraph stands in the list of commands too.
        examples: Command lines and what each does.
        exits: Exit codes that this command has beside, or instead of, the usual ones.
    """
    lines = [say(*purpose), "", say("示例:", "Examples:")]
    for command, what in examples:
        lines += [f"  {command}", f"      {say(*what)}"]
    lines += ["", say("退出码:", "Exit codes:")]
    for code, what in sorted((_ALWAYS | dict(exits or {})).items()):
        lines.append(f"  {code:<4}{say(*what)}")
    return escape("\n".join(lines))
