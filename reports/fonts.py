"""Which typefaces a document is printed with: a family for each role, and the files they are in.

GB/T 9704-2012 asks for 小标宋, 仿宋, 黑体, 楷体 and 宋体. The usual ones are proprietary: none is shipped, and none is taken
unasked, because a licence to have a font is not always one to put it into files that are handed on. By default free
stand-ins are looked for; an office that owns the real ones names them in its settings (`[fonts]`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

FETCHED = Path(__file__).resolve().parent.parent / ".fonts"  # where scripts/fetch_fonts.py puts what it fetched

SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN")
SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")
KAI = ("LXGW WenKai", "LXGW WenKai GB")
LATIN = ("Libertinus Serif",)  # comes with typst


@dataclass(frozen=True)
class Role:
    """What a typeface is for.

    Attributes:
        standard: The typeface that GB/T 9704-2012, or the custom of offices, asks for.
        real: Family names under which the real one is installed, to tell an office what it could name.
        free: Families that stand in for it, the best first.
        weight: Of the stand-in, 400 is regular: 小标宋 is heavier than a text face.
    """

    standard: str
    real: tuple[str, ...]
    free: tuple[str, ...]
    weight: int = 400


ROLES: dict[str, Role] = {
    "title": Role(
        "小标宋", ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"), SERIF, 700
    ),
    "body": Role("仿宋", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong"), SERIF),
    "heading": Role("黑体", ("SimHei", "黑体", "STHeiti"), SANS),
    "subheading": Role("楷体", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti"), KAI),
    "song": Role("宋体", ("SimSun", "宋体", "STSong"), SERIF),
    "latin": Role("Times New Roman", ("Times New Roman",), LATIN),
}


@dataclass(frozen=True)
class Missing:
    """A role that has no font, or not the one that the settings name.

    Attributes:
        role: A key of `ROLES`.
        asked: The family that the settings name and that is not installed; None if they name none.
        instead: The family that is used; None: nothing stands in.
    """

    role: str
    asked: str | None
    instead: str | None


@dataclass(frozen=True)
class Face:
    """A font that was found.

    Attributes:
        path: Its file; None for one that comes inside typst.
        index: Its place in that file: collections (.ttc) hold several, and the first of Noto's is Japanese.
    """

    family: str
    weight: int
    path: Path | None
    index: int


@dataclass(frozen=True)
class FontSet:
    """The faces found for the roles.

    Attributes:
        faces: By role. A role that is not in it has none.
        chosen: The roles whose face is the one that the settings name.
        available: Real typefaces that are installed and not used, by role: the settings may name them.
        missing: The roles without their font; whoever prints with these faces says so.
        folders, system: Where fonts were looked for.
    """

    faces: Mapping[str, Face]
    chosen: frozenset[str]
    available: Mapping[str, str]
    missing: tuple[Missing, ...]
    folders: tuple[Path, ...]
    system: bool

    @property
    def is_printable(self) -> bool:
        """Chinese can be printed at all: there is a serif and a sans face. Without a 楷体, 仿宋 stands in."""
        return {"body", "heading", "song"} <= self.faces.keys()

    def families(self, role: str) -> tuple[str, ...]:
        """The families of a role in the order in which characters are looked for, the complete ones last."""
        order = (role, "body", "song", "heading")
        return tuple(dict.fromkeys(self.faces[name].family for name in order if name in self.faces))

    def characters(self) -> frozenset[int]:
        """The code points that every role can show, be it with another role's face."""
        return frozenset().union(*(_characters(self.faces[role]) for role in ("song", "heading")))


_in_force: tuple[Mapping[str, str], tuple[Path, ...]] = ({}, ())


def find_fonts(
    chosen: Mapping[str, str] | None = None, folders: tuple[Path, ...] | None = None, *, system: bool = True
) -> FontSet:
    """The faces for all roles.

    Args:
        chosen: Family names by role, from the settings; they win over the stand-ins. None: as `use` said.
        folders: Looked through besides `.fonts` and the system's own places. None: as `use` said.
        system: Look through the system's own places.

    Raises:
        ValueError: `chosen` names a role that does not exist.
    """
    choice = tuple(sorted((_in_force[0] if chosen is None else chosen).items()))
    for role, _ in choice:
        if role not in ROLES:
            raise ValueError(f"{role}: 没有这种用途的字体，应为 {', '.join(ROLES)} 之一")
    return _find(choice, (FETCHED, *(_in_force[1] if folders is None else folders)), system)


@lru_cache(maxsize=8)
def _find(choice: tuple[tuple[str, str], ...], folders: tuple[Path, ...], system: bool) -> FontSet:
    there = tuple(folder for folder in folders if folder.is_dir())
    installed = _installed(there, system)
    wanted, chosen = dict(choice), set[str]()
    faces: dict[str, Face] = {}
    available: dict[str, str] = {}
    missing: list[Missing] = []
    for name, role in ROLES.items():
        real = next((family for family in role.real if family in installed), None)
        own = wanted.get(name)
        family = own if own in installed else next((f for f in role.free if f in installed), None)
        if family is not None:
            faces[name] = min(installed[family], key=lambda face: (abs(face.weight - role.weight), str(face.path)))
        if own in installed:
            chosen.add(name)
        elif real:
            available[name] = real
        if (own and own not in installed) or family is None:
            missing.append(Missing(name, own, family))
    return FontSet(faces, frozenset(chosen), available, tuple(missing), there, system)


def _installed(folders: tuple[Path, ...], system: bool) -> dict[str, list[Face]]:
    """Upright faces by family."""
    families: dict[str, list[Face]] = {}
    for info in loaded(folders, system).fonts():
        if info.style == "normal":
            path = Path(info.path) if info.path else None
            families.setdefault(info.family, []).append(Face(info.family, info.weight, path, info.index))
    return families


@lru_cache(maxsize=8)
def loaded(folders: tuple[Path, ...], system: bool = True) -> typst.Fonts:
    """The fonts of these folders, and of the system, as typst takes them."""
    return typst.Fonts(
        include_system_fonts=system, include_embedded_fonts=True, font_paths=[str(folder) for folder in folders]
    )


def use(chosen: Mapping[str, str], folders: tuple[Path, ...]) -> None:
    """Look for these families, and in these folders, from now on, where `find_fonts` is called without any.

    A process prints with one set of typefaces; passing it through every command and picture would be much for little.
    """
    global _in_force
    _in_force = (dict(chosen), folders)


def forget() -> None:
    """Look again the next time: fonts were added meanwhile."""
    _find.cache_clear()
    loaded.cache_clear()


@lru_cache(maxsize=16)
def _characters(face: Face) -> frozenset[int]:
    if face.path is None:
        return frozenset()
    with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())
