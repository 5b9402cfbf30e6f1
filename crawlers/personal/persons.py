"""A person as a document names it: within this package with the name, outside it masked."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import NameForm, PersonKind, PersonRole


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody whom a document names.

    Attributes:
        name: As printed. It stays in this package.
        start: Where the name stands in the folded text.
        role: What the document calls the person.
        word: The role's own word (原告, 被害人).
        sure: The name's end is beyond doubt: a comma, a bracket or the line's end follows.
        in_head: Named among the parties at the head of a document.
        minor: Under eighteen, by the age or birth date beside the name; None: nothing is said.
        school: The minor's school is named in the same sentence.
        collapses: Another person of the same head bears the same label.
    """

    name: str
    start: int
    role: PersonRole
    word: str
    kind: PersonKind
    form: NameForm
    sure: bool = True
    in_head: bool = False
    minor: bool | None = None
    school: bool = False
    collapses: bool = False
