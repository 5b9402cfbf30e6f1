"""Where a little script leads: `onclick="window.open('/x')"`, `javascript:show('12')`, redirect stubs, pagers.

No script is run. Calls of functions that stand in the page are followed, and expressions that only join strings,
numbers and arguments are put together; whatever needs more than that is not a link that we can read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_QUOTED = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)"""  # a `;` or `)` in it ends nothing
_NAVIGATION = re.compile(
    r"(?:window\s*\.\s*open|(?:location|window\.location|self\.location|top\.location|parent\.location|"
    rf"document\.location)\s*\.\s*(?:replace|assign))\s*\(\s*(?P<call>(?:{_QUOTED}|[^;\"'`])*)"
    r"|(?:\b(?:window|self|top|parent|document)\s*\.\s*)?\blocation\s*(?:\.\s*href)?\s*=(?!=)\s*"
    rf"(?P<set>(?:{_QUOTED}|[^;}}\n\"'`])*)",
    re.I,
)
_FUNCTION = re.compile(
    r"function\s+([A-Za-z_$][\w$]*)\s*\(([^)]*)\)\s*\{|"
    r"(?:var|let|const)?\s*([A-Za-z_$][\w$]*)\s*=\s*function\s*\(([^)]*)\)\s*\{|"
    r"(?:var|let|const)?\s*([A-Za-z_$][\w$]*)\s*=\s*(?:\(([^()]*)\)|([A-Za-z_$][\w$]*))\s*=>\s*(\{?)"
)
_CALL = re.compile(
    r"^\s*(?:javascript:)?\s*(?:return\s+|void\s*\(?\s*)?([A-Za-z_$][\w$]*)\s*"
    rf"\(((?:{_QUOTED}|[^)\"'`])*)\)",
    re.I,
)
_ASSIGN = re.compile(r"(?:var|let|const)?\s*\b([A-Za-z_$][\w$]*)\s*(\+?=)(?![=>])\s*((?:" + _QUOTED + r"|[^;\n\"'`])*)")
_TOKEN = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`|(-?\d+)|([A-Za-z_$][\w$]*)|(\+))"""
)
_PLACEHOLDER = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_ESCAPE = re.compile(r"\\(.)")
_CREATE_PAGE_HTML = re.compile(
    r"createPageHTML\s*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w./-]+)[\"']\s*,\s*[\"'](\w+)[\"']", re.I
)

Functions = Mapping[str, tuple[tuple[str, ...], str]]


def functions_in(script: str) -> dict[str, tuple[tuple[str, ...], str]]:
    """The functions that a page's inline scripts define: name → (parameters, body)."""
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for match in _FUNCTION.finditer(script):
        name = match[1] or match[3] or match[5]
        printed = match[2] or match[4] or match[6] or match[7] or ""
        parameters = tuple(p.strip() for p in printed.split(",") if p.strip())
        is_expression = match[5] is not None and not match[8]  # id => location.href = '/x?id=' + id
        found[name] = (parameters, (_expression if is_expression else _body)(script, match.end()))
    return found


def _body(script: str, start: int) -> str:
    """The text up to the brace that closes the one before `start`; at most 4,000 characters."""
    depth = 1
    for i in range(start, min(len(script), start + 4_000)):
        if script[i] == "{":
            depth += 1
        elif script[i] == "}":
            depth -= 1
            if depth == 0:
                return script[start:i]
    return script[start : start + 4_000]


def _expression(script: str, start: int) -> str:
    """The body of an arrow function without braces: the rest of its line; at most 4,000 characters."""
    return script[start : start + 4_000].split("\n", 1)[0]


def destination(code: str, functions: Functions) -> str | None:
    """The URL (as written, unresolved) that an event handler or a `javascript:` link goes to, or None."""
    code = code.strip()
    direct = _navigates(code, {})
    if direct:
        return direct
    call = _CALL.match(code)
    if call is None or call[1] not in functions:
        return None
    parameters, body = functions[call[1]]
    arguments = [_evaluate(a, {}) for a in _split_arguments(call[2])]
    values = {p: a for p, a in zip(parameters, arguments, strict=False) if a is not None}
    return _navigates(body, values)


def _split_arguments(text: str) -> list[str]:
    return re.findall(rf"{_QUOTED}|[^,\s][^,]*", text)


def _navigates(code: str, values: dict[str, str]) -> str | None:
    known = dict(values)
    for name, operator, expression in _ASSIGN.findall(code):
        value = _evaluate(expression, known)
        if value is not None and name not in ("location", "href"):
            known[name] = known.get(name, "") + value if operator == "+=" else value
    for match in _NAVIGATION.finditer(code):
        value = _evaluate(match["call"] or match["set"] or "", known)
        if value:
            return value
    return None


def _evaluate(expression: str, values: Mapping[str, str]) -> str | None:
    """Strings, numbers and known names joined by `+`; anything else ends it. None if the first part is unknown."""
    position, parts, joined = 0, [], True
    while match := _TOKEN.match(expression, position):
        double, single, tick, number, name, plus = match.groups()
        if plus:
            joined = True
        elif not joined:
            break
        else:
            text = _filled(tick, values) if tick is not None else double if double is not None else single
            if tick is not None and text is None:
                return None
            if text is not None:
                parts.append(_ESCAPE.sub(r"\1", text))
            elif number is not None:
                parts.append(number)
            elif name in values:
                parts.append(values[name])
            elif name in ("encodeURI", "encodeURIComponent", "escape"):
                return None
            else:
                return None
            joined = False
        position = match.end()
    rest = expression[position:].lstrip()
    if not parts or joined or (rest and rest[0] not in ",);'\"}"):
        return None
    return "".join(parts)


def _filled(template: str, values: Mapping[str, str]) -> str | None:
    """A template literal with its `${names}` put in; None if it holds anything but known names."""
    if any(name not in values for name in _PLACEHOLDER.findall(template)):
        return None
    # a function, since a value may hold backslashes
    filled = _PLACEHOLDER.sub(lambda match: values[match[1]], template)
    return None if "${" in filled else filled


def redirect_stub(script: str) -> str | None:
    """The destination of a page that is nothing but a script redirect, also when the URL is joined from variables."""
    return _navigates(script, {})


def numbered_pages(script: str) -> list[str]:
    """The pages that `createPageHTML(count, current, "index", "html")` of government CMSs makes: index_1.html, …"""
    found = _CREATE_PAGE_HTML.search(script)
    if found is None:
        return []
    count, name, ending = int(found[1]), found[3], found[4]
    return [f"{name}.{ending}"] + [f"{name}_{i}.{ending}" for i in range(1, min(count, 1_000))]
