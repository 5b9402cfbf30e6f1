"""Local norms: a court's own plan, whose articles are cited before the national ones. Data, read strictly.

A policy file is an instrument like those of `basis/`, with one key more: `rules` names for each rule the article that
also requires it. Without a policy national norms alone are cited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditors.basis import Article, BasisError, load, read_articles

FOLDER = Path(__file__).parent / "policies"


@dataclass(frozen=True)
class Policy:
    """A court's own norms: by rule, the article that requires the same."""

    name: str
    articles: Mapping[str, Article]

    def article_for(self, rule: str) -> Article | None:
        return self.articles.get(rule)


def read_policy(name_or_path: str) -> Policy:
    """A policy of `auditors/policies/` by name (`huadu_2020`), or any file by path.

    Raises:
        BasisError: There is none, or its file is wrong.
    """
    known = FOLDER / f"{name_or_path}.yml"
    path = known if known.is_file() else Path(name_or_path)
    if not path.is_file():
        names = "、".join(sorted(p.stem for p in FOLDER.glob("*.yml")))
        raise BasisError(f"{name_or_path}: 没有这个地方规范，现有：{names} (no such policy)")
    data = load(path)
    rules = data.pop("rules", None) if isinstance(data, dict) else None
    if not isinstance(rules, dict):
        raise BasisError(f"{path}: 缺少 rules (missing key)")
    articles = read_articles(path, data)
    wrong = [f"{rule}: {key}" for rule, key in rules.items() if f"{path.stem}/{key}" not in articles]
    if wrong:
        raise BasisError(f"{path}: rules.{wrong[0]}: 没有这一条 (no such article)")
    return Policy(path.stem, {str(rule): articles[f"{path.stem}/{key}"] for rule, key in rules.items()})
