"""What is said about a ledger that cannot be read, in Chinese and in English: one table, so that the two stay together.

Column headers stay in Chinese in both: they are the names that stand in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

_WORDS: dict[str, tuple[str, str]] = {
    # cells
    "formula_error": ("公式出错 {shown}", "formula error {shown}"),
    "no_result": (
        "公式没有计算结果，请在表格软件中打开并保存后再导入",
        "a formula without its result: open and save the file in a spreadsheet program first",
    ),
    "no_date": ("不是日期", "not a date"),
    "no_date_shown": ("不是日期：{shown}", "not a date: {shown}"),
    "no_such_day": ("没有这个日期", "no such day"),
    "no_such_day_shown": ("没有这个日期：{shown}", "no such day: {shown}"),
    "odd_date": (
        "日期不合理，年份应在{first}至{last}之间",
        "not a likely date: the year should lie in {first} to {last}",
    ),
    "odd_date_shown": (
        "日期不合理：{shown}，年份应在{first}至{last}之间",
        "not a likely date: {shown}; the year should lie in {first} to {last}",
    ),
    "yes_no": ("应填“是”或“否”", "should be 是 or 否"),
    "level": ("应填“庭级”或“院级”", "should be 庭级 or 院级"),
    "mode": ("应填“现场”或“网上”", "should be 现场 or 网上"),
    "headcount": ("应填姓名或人数", "should be names or a number of persons"),
    "digits_lost": (
        "号码被存成了数字，末位已丢失，请将该列设为文本后重填",
        "the number was stored as a figure and has lost its last digits: make the column text and fill it in again",
    ),
    "masked": ("号码已打码，无法核对格式", "the number is masked, its form cannot be checked"),
    "nothing_above": ("上面没有可“同上”的一行", "“same as above”, but no row is above"),
    "no_case_number": ("没有案号", "no case number"),
    "one_case_number": ("一格只能有一个案号", "more than one case number in a cell for one"),
    "masked_case_number": ("案号不完整（已打码）", "the case number is masked"),
    "bad_case_number": ("不是案号，或案号写法有误", "not a case number"),
    "contradicts": (
        "与{column}列“{header}”的值不同，不知以哪一列为准",
        "differs from column {column} “{header}”: which one is right?",
    ),
    # sheets
    "rival": (
        "表头同时像“{other}”，按“{title}”读取；多出的列未采用",
        "the header also looks like “{other}”; read as “{title}”, further columns are left out",
    ),
    "duplicate": (
        "表头有重复的列：{columns}列都是“{header}”，采用{first}列；两列的值不同的行不采用",
        "columns {columns} have the same header “{header}”: {first} is used, rows where they differ are left out",
    ),
    "misnamed": (
        "“{found}”列（{column}列）未采用，或系“{header}”列",
        "column {column} “{found}” is left out; is it “{header}”?",
    ),
    "as_text": ("文件不是 xlsx，按文本表格读取", "not an xlsx file: read as a table of text"),
    "as_html": ("文件是网页，按其中的表格读取", "a web page: its tables are read"),
    "sheet_left_out": ("整张工作表未采用：{why}", "the whole sheet is left out: {why}"),
    "empty_sheet": ("空表", "empty"),
    "no_header": ("没有台账的表头", "no ledger's header"),
    "hidden": ("隐藏的工作表", "hidden sheet"),
    "hidden_ledger": ("隐藏的工作表，取消隐藏后才会读取", "hidden sheet: show it, and it will be read"),
    "nearly": (
        "像“{title}”（有{present}），但缺少“{missing}”",
        "looks like “{title}” (has {present}), but lacks “{missing}”",
    ),
    "nearly_too_few": (
        "像“{title}”（有{present}），但表头不足以认出是哪种台账",
        "looks like “{title}” (has {present}), but too few headers tell which ledger it is",
    ),
    # feedback forms
    "no_form": (
        "没有整改情况反馈表：表头应有 {headers} 等列",
        "no feedback form: its header should have the columns {headers}",
    ),
    "no_code": (
        "没有识别码，无法对应问题；请从原表复制该行的识别码",
        "no code, so it fits no finding: copy the row's code from the form that was sent out",
    ),
    "unknown_code": (
        "数据库中没有识别码为 {shown} 的问题，或识别码有误",
        "no finding of this database has the code {shown}",
    ),
    "several_findings": (
        "识别码 {shown} 对应多个问题，请写完整",
        "the code {shown} fits several findings: write all of it",
    ),
    "code_as_number": (
        "识别码被表格软件改成了数字，无法还原；请将该列设为文本后重填",
        "the spreadsheet turned the code into a number: make the column text and fill it in again",
    ),
    "later_than_today": ("完成时间 {day} 晚于今天（{today}）", "{day} lies after today ({today})"),
    "before_first_seen": (
        "完成时间 {day} 早于发现日期（{seen}）：此后仍发现该问题",
        "{day} lies before the finding was seen ({seen})",
    ),
    "answered_twice": (
        "与{place}是同一问题，内容不同；以该行为准，本行未采用",
        "the same finding as {place}, with another answer: that one is taken",
    ),
    # files
    "folder": ("是文件夹，应为台账文件", "a folder, not a ledger"),
    "missing": ("没有这个文件", "no such file"),
    "dump_empty": (
        "没有裁判文书记录；应为文书网 JSON（s1…s54 等键）或含“案号、案件名称、法院、裁判日期、公开日期”的 CSV",
        "no records of judgments; expected JSON with the keys s1 … s54, or a CSV with numbers, titles, courts and dates",
    ),
    "dump_too_large": ("超过 {size} MiB，请分割后导入", "larger than {size} MiB: divide it"),
    "dump_no_json": ("不是有效的 JSON：第{line}行第{column}列", "no valid JSON: line {line}, column {column}"),
    "dump_bad_line": ("不是有效的 JSON（第{column}列）", "no valid JSON (column {column})"),
    "dump_no_record": (
        "不是裁判文书记录：没有案号、案件名称、法院等键",
        "no record of a judgment: neither number, title nor court",
    ),
    "dump_no_object": ("不是记录（应为对象）", "no record (an object was expected)"),
    "dump_nameless": ("没有案号、标题或文书ID，不是文书记录", "neither number, title nor id: no record of a judgment"),
    "dump_columns": ("有{cells}列，表头只有{header}列", "{cells} columns, the header has {header}"),
    "dump_later": ("晚于审计日期：{day}", "later than the audit date: {day}"),
    "dump_no_date": ("不是日期：{value}", "no date: {value}"),
    "not_readable": ("无法读取：{reason}", "cannot be read: {reason}"),
    "empty_file": ("是空文件", "empty file"),
    "encrypted": ("文件已加密，请去掉打开密码后再导入", "encrypted: remove the password first"),
    "wrong_type": ("不是 xlsx 文件；只读 .xlsx、.xls 和 .csv", "neither xlsx, xls nor csv"),
    "too_large": ("展开后超过 {limit} MiB，不予读取", "larger than {limit} MiB"),
    "damaged": ("不是有效的 {type} 文件或已损坏", "damaged, or no valid {type} file ({error})"),
    "damaged_csv": ("第{line}行无法读取", "damaged at line {line}"),
    "not_text": ("不是文本，或编码不是 UTF-8 或 GB18030", "not text in UTF-8 or GB18030"),
    "not_recognised": ("没有认出台账：{why}", "no ledger recognised: {why}"),
    "no_rows": ("表中没有内容", "no rows"),
    "no_ledger": (
        "前{rows}行没有台账的表头；可读{kinds}；如案件台账应有{example}",
        "no ledger's header in the first {rows} rows; ledgers are {kinds}; 案件台账, for one, has {example}",
    ),
}


@dataclass(frozen=True)
class Told:
    """A sentence in both languages. As a string it is the Chinese one, which offices read."""

    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def by(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return self.zh if language == "zh" else self.en


def told(code: str, **values: object) -> Told:
    """The sentence of a code, its braces filled in; a `Told` among the values is said in the same language."""
    zh, en = _WORDS[code]

    def filled(template: str, language: str) -> str:
        return template.format(**{k: v.by(language) if isinstance(v, Told) else v for k, v in values.items()})

    return Told(code, filled(zh, "zh"), filled(en, "en"))
