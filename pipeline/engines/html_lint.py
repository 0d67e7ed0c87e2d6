"""HTML and CSS of a template → what in them goes past the named classes, and what reaches outside."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.engines.html_pdf_css import css
from pipeline.engines.profile import Profile, slug

_TAG = re.compile(
    r"<([a-zA-Z][\w-]*)((?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|'[^']*'|[^>\"'{])*)>", re.DOTALL
)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_URL = re.compile(r"url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)", re.IGNORECASE)
_OUTSIDE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/\\]")
_LINKS = frozenset(
    ("src", "href", "xlink:href", "data", "action", "formaction", "poster", "srcset", "background")
)
_RUNNING = frozenset(("script", "iframe", "frame", "object", "embed", "applet", "form", "base"))
_LOOKS = frozenset(("b", "i", "u", "strong", "em", "font", "center", "big", "small", "s"))
_LOOK_ATTRIBUTES = frozenset(("style", "align", "valign", "bgcolor", "color", "face", "border"))
_SHOWN = 60

Flaw = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """A folder's HTML and CSS, and what they may use."""

    folder: Path
    shared_dir: Path
    #: How the folder is called in messages.
    title: str
    classes: frozenset[str]

    def lint(self) -> Iterator[Flaw]:
        """What is to mend in the folder's own files."""
        for path in sorted(self.folder.iterdir()):
            if path.suffix in {".html", ".css"} and path.is_file():
                # what is commented out says nothing, and its lines count
                text = _COMMENT.sub(_lines_only, path.read_text("utf-8", "replace"))
                yield from self._page(text, path.name)

    def _page(self, text: str, name: str) -> Iterator[Flaw]:
        own = self.classes | frozenset(classes_of(" ".join(_STYLE.findall(text))))
        if name.endswith(".css"):
            yield from self._unfilled(text, name)
        else:
            for tag in _TAG.finditer(text):
                where = self._where(name, text, tag.start())
                yield from self._tag(tag[1].lower(), tag[2], where, own)
        for found in _URL.finditer(text):
            target = (found[1] or found[2] or "").strip()
            yield from self._link(target, self._where(name, text, found.start()))

    def _unfilled(self, text: str, name: str) -> Iterator[Flaw]:
        for found in _JINJA.finditer(text):
            nearest = "Tệp CSS không được điền: hãy chuyển chỗ này sang thẻ <style> của trang."
            values = {"name": found[0][:_SHOWN], "paragraph": "", "nearest": nearest}
            yield _flaw("PlaceholderUnfed", self._where(name, text, found.start()), **values)

    def _tag(self, tag: str, rest: str, where: str, own: frozenset[str]) -> Iterator[Flaw]:
        if tag in _RUNNING:
            yield _flaw("OutsideLink", where, target=f"<{tag}>", why="thẻ không được dùng")
        if tag in _LOOKS:
            yield _flaw("DirectFormatting", where, what=f"thẻ <{tag}>", paragraph="")
        for found in _ATTRIBUTE.finditer(rest):
            name = found[1].lower()
            value = next((part for part in found.groups()[1:] if part is not None), "")
            if name in _LINKS:
                yield from self._link(value.strip(), where)
            elif name.startswith("on"):
                yield _flaw("OutsideLink", where, target=name, why="mã chạy")
            elif name in _LOOK_ATTRIBUTES:
                yield _flaw("DirectFormatting", where, what=f'{name}="…"', paragraph="")
            elif name == "class":
                yield from self._classes(value, where, own)

    def _classes(self, value: str, where: str, own: frozenset[str]) -> Iterator[Flaw]:
        for name in _JINJA.sub(" ", value).split():
            if name not in own and not _JINJA.search(value):
                close = difflib.get_close_matches(name, own, n=1, cutoff=0.6)
                nearest = f"Gần giống: «{close[0]}»." if close else ""
                yield _flaw("StyleNotOurs", where, style=name, paragraph="", nearest=nearest)

    def _link(self, target: str, where: str) -> Iterator[Flaw]:
        why = ""
        if not target or target.startswith("#"):
            return
        if _JINJA.search(target):
            why = "địa chỉ lấy từ bản ghi"
        elif _OUTSIDE.match(target):
            why = "địa chỉ ngoài thư mục của mẫu"
        else:
            path = (self.folder / target.partition("#")[0].partition("?")[0]).resolve()
            folders = (self.folder.resolve(), self.shared_dir.resolve())
            if not any(path.is_relative_to(folder) for folder in folders):
                why = "địa chỉ ngoài thư mục của mẫu"
            elif not path.is_file():
                why = "không có tệp này"
        if why:
            yield _flaw("OutsideLink", where, target=target[:_SHOWN], why=why)

    def _where(self, name: str, text: str, at: int) -> str:
        return f"{self.title}/{name} dòng {text.count(chr(10), 0, at) + 1}"


def sheets_of(folder: Path, *, shared_dir: Path, title: str, profile: Profile) -> Sheets:
    """The sheets of one folder under *profile*."""
    sheets = (folder / "page.css", shared_dir / "chung.css")
    texts = [
        css(profile),
        *(path.read_text("utf-8", "replace") for path in sheets if path.is_file()),
    ]
    return Sheets(
        folder=folder,
        shared_dir=shared_dir,
        title=title,
        classes=frozenset(classes_of("\n".join(texts)))
        | {slug(name) for name in profile.style_names()},
    )


def classes_of(text: str) -> set[str]:
    """Classes that a style sheet speaks of."""
    return set(_CLASS.findall(_JINJA.sub("", text)))


def _lines_only(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _flaw(error: str, where: str, **values: str) -> Flaw:
    return {"error": error, "where": where, "values": values}
