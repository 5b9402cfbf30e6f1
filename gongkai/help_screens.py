"""What typer itself says on its help screens and in its errors of usage: fewer types, and all in Chinese."""

from __future__ import annotations

import re
from typing import Any

from typer import rich_utils

_PANELS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认: {}]",
    "ENVVAR_STRING": "[环境变量: {}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
_OPTIONS = {
    "help": "显示本说明",
    "install_completion": "为当前 shell 安装命令补全",
    "show_completion": "显示命令补全脚本",
}
_ERRORS = (
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"No such command '?([^'.]+)'?\.?", r"没有命令 \1"),
    (r"Missing command\.", "缺少命令"),
    (r"Missing argument '([^']+)'\.?", r"缺少参数 \1"),
    (r"Missing option '([^']+)'\.?", r"缺少选项 \1"),
    (r"Option '([^']+)' requires an argument\.", r"选项 \1 后面缺少值"),
    (r"Option '([^']+)' does not take a value\.", r"选项 \1 不带值"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多余的参数：\1"),
    (r"Invalid value for '?([^:]*?)'?: Input should be a valid integer.*", r"\1: 应为整数"),
    (r"Invalid value for '?([^:]*?)'?: Input should be a valid number.*", r"\1: 应为数字"),
    (r"Invalid value for '?([^:]*?)'?: Input should be greater than or equal to (\S+)", r"\1: 不得小于 \2"),
    (r"Invalid value for '?([^:]*?)'?: ", r"\1: "),
    (r"\(Possible options: (.+)\)", r"（可用的：\1）"),
    (r"Did you mean (.+)\?", r"（是不是 \1？）"),
)


def adapt(command: Any, language: str) -> None:
    """Adapt a tree of commands: typer has no settings for these words, only names and attributes.

    Args:
        language: `zh` or `en`.
    """
    if language == "zh":
        for name, text in _PANELS.items():
            setattr(rich_utils, name, text)
    _adapt(command, language)


def _adapt(command: Any, language: str) -> None:
    for option in command.params:
        _adapt_option(option, language)
    usage, help_option = command.get_usage, command.get_help_option

    def get_help_option(context: Any) -> Any:
        option = help_option(context)
        if option is not None:
            _adapt_option(option, language)
        return option

    command.get_help_option = get_help_option
    if language == "zh":
        command.get_usage = lambda context: usage(context).replace("Usage:", "用法:", 1)
    for inner in getattr(command, "commands", {}).values():
        _adapt(inner, language)


def _adapt_option(option: Any, language: str) -> None:
    if getattr(option, "is_flag", False):
        option.metavar = ""  # `<bool>` says nothing about a switch
    if option.param_type_name == "argument":
        option.display_type_rich = lambda ctx: None  # nor `<str>` about an argument that its name describes
    if language == "zh" and option.name in _OPTIONS:
        option.help = _OPTIONS[option.name]


def usage_error(text: str) -> str:
    """An error of usage in Chinese; as it is, where it is not known here."""
    for pattern, replacement in _ERRORS:
        text = re.sub(pattern, replacement, text)
    return text
