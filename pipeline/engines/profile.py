"""A dated layout profile (TOML, mm and pt) → the named paragraph, character and table styles of both media."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors.rendering import FontMissing, ProfileBroken

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_FACES = ("Regular", "Bold", "Italic", "BoldItalic")
_PT_PER_MM = 72 / 25.4
#: ạ … ỹ, the block that only Vietnamese needs, with ơ and ư.
_VIETNAMESE = frozenset({*range(0x1EA0, 0x1EFA), 0x01A0, 0x01A1, 0x01AF, 0x01B0})
_Style = TypeVar("_Style", "Paragraph", "Character", "Table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One ``VT …`` paragraph style. Space stands before only; the line is Exactly, 0 = as high as its content."""

    name: str
    size_pt: float
    line_pt: float = 0
    before_pt: float = 0
    align: str = "left"
    bold: bool = False
    italic: bool = False
    underline: bool = False
    first_line_mm: float = 0
    hanging_mm: float = 0
    left_mm: float = 0
    right_mm: float = 0
    keep_next: bool = False
    colour: str = ""
    #: Thickness of a rule above the paragraph; 0 = none.
    rule_pt: float = 0
    #: Length of that rule when it is not the full width, and the width of the column it is centred in.
    rule_mm: float = 0
    column_mm: float = 0
    #: Length of a dotted line to write on by hand; 0 = none.
    dots_mm: float = 0

    @property
    def slug(self) -> str:
        """Class name in CSS: ``vt-ten-loai``."""
        return slug(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """One ``VT …`` style of a run."""

    name: str
    bold: bool = False
    italic: bool = False

    @property
    def slug(self) -> str:
        """Class name in CSS."""
        return slug(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One ``VT …`` table style."""

    name: str
    border_pt: float = 0
    padding_mm: float = 0

    @property
    def slug(self) -> str:
        """Class name in CSS."""
        return slug(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Paper, margins and page number."""

    width_mm: float
    height_mm: float
    top_mm: float
    bottom_mm: float
    left_mm: float
    right_mm: float
    foot_bottom_mm: float
    number_top_mm: float
    number_pt: float

    @property
    def text_mm(self) -> float:
        """Width of the text."""
        return self.width_mm - self.left_mm - self.right_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that a layout guide says, as data."""

    name: str
    title: str
    since: date
    page: Page
    word_font: str
    pdf_font: str
    columns: dict[str, tuple[float, ...]]
    paragraphs: tuple[Paragraph, ...]
    characters: tuple[Character, ...]
    tables: tuple[Table, ...]

    def style_names(self) -> frozenset[str]:
        """Every style a template may use."""
        return frozenset(
            [style.name for style in self.paragraphs]
            + [style.name for style in self.characters]
            + [style.name for style in self.tables]
        )


def slug(name: str) -> str:
    """*name* as a class name: no marks, hyphens for spaces."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "-".join(letters.lower().split())


def profile_for(shared_dir: Path, issued_on: date) -> str:
    """Name of the profile in force on *issued_on*; the oldest one for still older days."""
    found = sorted(
        (_since(path, path.stat().st_mtime_ns), path.stem)
        for path in (shared_dir / "profiles").glob("*.toml")
    )
    if not found:
        raise ProfileBroken(
            f"no profile in {shared_dir}", profile="_shared/profiles", reason="trống"
        )
    valid = [name for since, name in found if since <= issued_on]
    return valid[-1] if valid else found[0][1]


def load_profile(shared_dir: Path, name: str) -> Profile:
    """Read the profile *name*, laid over the one it is ``like``."""
    data = _read(shared_dir / "profiles" / f"{name}.toml")
    if "like" in data:
        data = _laid_over(_read(shared_dir / "profiles" / f"{data['like']}.toml"), data)
    try:
        return _build(name, data)
    except (KeyError, TypeError, ValueError) as error:
        raise ProfileBroken(
            f"profile {name!r} is wrong: {error!r}", profile=name, reason=str(error)
        ) from error


def font_faces(family: str) -> tuple[Path, ...]:
    """Files of the four faces of *family*, regular first; only those that can write Vietnamese.

    Debian's ``fonts-liberation`` (1.07) has no Vietnamese letters at all; ``fonts-liberation2`` (2.x) has, under
    the same names.
    Raises:
        FontMissing (T301): a face is not installed, or only without Vietnamese letters.
    """
    stem = family.replace(" ", "")
    faces = []
    for face in _FACES:
        found = [p for folder in _FONT_FOLDERS for p in Path(folder).rglob(f"{stem}-{face}.ttf")]
        able = [path for path in sorted(found) if letters_of(path) >= _VIETNAMESE]
        if not able:
            raise FontMissing(f"no {stem}-{face}.ttf with Vietnamese letters: {found}", font=family)
        faces.append(able[-1])
    return tuple(faces)


def letters_of(face: Path) -> frozenset[int]:
    """Code points that the font file *face* has a glyph for."""
    with _font(face) as font:
        return frozenset(font.getBestCmap())


def text_width_mm(face: Path, text: str, size_pt: float) -> float:
    """How long *text* is set in the font file *face*."""
    with _font(face) as font:
        cmap, widths, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        total = sum(widths[cmap[ord(letter)]][0] for letter in text)
    return float(total / units * size_pt / _PT_PER_MM)


def _font(face: Path) -> Any:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # the library has no types

    return TTFont(face, lazy=True)


@lru_cache(maxsize=64)
def _since(path: Path, changed_ns: int) -> date:  # noqa: ARG001 - part of the key
    since = _read(path).get("from")
    if not isinstance(since, date):
        raise ProfileBroken(f"{path} has no date `from`", profile=path.stem, reason="thiếu from")
    return since


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileBroken(
            f"cannot read {path}: {error}", profile=path.stem, reason=str(error)
        ) from error


def _laid_over(base: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    merged = {**base, **top}
    for key in ("page", "font", "columns"):
        merged[key] = {**base.get(key, {}), **top.get(key, {})}
    for key in ("paragraph", "character", "table"):
        by_name = {style["name"]: style for style in (*base.get(key, ()), *top.get(key, ()))}
        merged[key] = list(by_name.values())
    return merged


def _build(name: str, data: dict[str, Any]) -> Profile:
    columns = {key: tuple(map(float, widths)) for key, widths in data["columns"].items()}
    pdf_font = data["font"]["pdf"]
    bold = font_faces(pdf_font)[1]
    paragraphs = []
    for style in data["paragraph"]:
        rule = style.pop("rule_as_long_as", None)
        if rule:
            style["rule_mm"] = round(text_width_mm(bold, rule["text"], rule["size_pt"]), 2)
            style["column_mm"] = columns[rule["column"]][1]
        paragraphs.append(_style(Paragraph, style))
    return Profile(
        name=name,
        title=data["title"],
        since=data["from"],
        page=_page(data["page"]),
        word_font=data["font"]["word"],
        pdf_font=pdf_font,
        columns=columns,
        paragraphs=tuple(paragraphs),
        characters=tuple(_style(Character, style) for style in data["character"]),
        tables=tuple(_style(Table, style) for style in data["table"]),
    )


def _style(kind: type[_Style], data: dict[str, Any]) -> _Style:
    unknown = set(data) - {field.name for field in fields(kind)}
    if unknown:
        message = f"{data.get('name')}: {sorted(unknown)}"
        raise ValueError(message)
    return kind(**data)


def _page(data: dict[str, Any]) -> Page:
    margin = data["margin_mm"]
    return Page(
        width_mm=data["size_mm"][0],
        height_mm=data["size_mm"][1],
        top_mm=margin["top"],
        bottom_mm=margin["bottom"],
        left_mm=margin["left"],
        right_mm=margin["right"],
        foot_bottom_mm=data["foot_bottom_mm"],
        number_top_mm=data["number_top_mm"],
        number_pt=data["number_pt"],
    )
