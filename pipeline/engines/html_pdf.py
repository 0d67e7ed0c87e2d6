"""A kind's page.html and a record → PDF/A-2u, tagged, byte for byte the same each time; no network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import FunctionLoader, TemplateError
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from pipeline.engines.html_blocks import draw_blocks
from pipeline.engines.html_pdf_css import css
from pipeline.engines.profile import Profile
from pipeline.engines.rendering_jinja import TEMPLATE_FAULTS, environment, template_error
from pipeline.engines.word_marks import DRAFT_WORDS
from pipeline.errors.rendering import PdfFailed

#: What the engine may throw at content it cannot set; it has no base class of its own.
_ENGINE_FAULTS = (
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    AssertionError,
)
_PX_PER_MM = 96 / 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlTemplates:
    """The HTML side of a kind: all its pages, with fonts and stylesheets parsed once."""

    kind_dir: Path
    environment: Any
    fonts: FontConfiguration
    styles: tuple[CSS, ...]
    fetcher: URLFetcher
    profile: Profile

    def has(self, page: str) -> bool:
        """Whether the kind has this page."""
        return (self.kind_dir / page).is_file()

    def html(self, page: str, context: Mapping[str, Any]) -> str:
        """*page* filled.

        Raises:
            KindInvalid: the template is broken or asks for what is not there.
        """
        try:
            return str(self.environment.get_template(page).render(context))
        except (TemplateError, *TEMPLATE_FAULTS) as error:
            file = f"{self.kind_dir.name}/{page}"
            raise template_error(error, file, self._source(error, page), context) from error

    def layout(self, html: str, *, height_mm: float = 0, draft: bool = False) -> Document:
        """Lay *html* out; *height_mm* cuts the page to that height, *draft* marks the margins."""
        extra = [CSS(string=_cut_page(self.profile, height_mm))] if height_mm else []
        extra += [CSS(string=_draft_margin(self.profile))] if draft else []
        try:
            source = HTML(
                string=html, base_url=self.kind_dir.as_uri() + "/", url_fetcher=self.fetcher
            )
            return source.render(
                font_config=self.fonts,
                stylesheets=[*self.styles, *extra],
                pdf_variant="pdf/a-2u",
                pdf_tags=True,
            )
        except _ENGINE_FAULTS as error:
            raise PdfFailed(f"layout broke off: {error!r}", reason=type(error).__name__) from error

    def pdf(self, html: str, *, fitted: bool = False, draft: bool = False) -> tuple[bytes, int]:
        """The PDF of *html* and its number of pages.

        Args:
            fitted: Make the page as high as its content.
            draft: DỰ THẢO in the margin of every page.
        """
        document = self.layout(html, draft=draft)
        if fitted:
            document = self.layout(html, height_mm=content_height_mm(document))
        identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
        try:
            data = document.write_pdf(
                pdf_identifier=identifier, pdf_variant="pdf/a-2u", pdf_tags=True, pdf_version="1.7"
            )
        except _ENGINE_FAULTS as error:
            raise PdfFailed(f"writing broke off: {error!r}", reason=type(error).__name__) from error
        return bytes(data), len(document.pages)

    def _source(self, error: BaseException, page: str) -> str:
        name = getattr(error, "name", None) or page
        path = self.kind_dir / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def compile_html(
    kind_dir: Path, *, shared_dir: Path, profile: Profile, spell: Callable[[str], str]
) -> HtmlTemplates:
    """Make ready all that does not change between records."""
    fonts = FontConfiguration()
    fetcher = FolderFetcher(kind_dir, shared_dir)

    def load(name: str) -> str | None:
        path = _template_path(name, kind_dir, shared_dir)
        return spell(path.read_text(encoding="utf-8")) if path and path.is_file() else None

    sheets = [CSS(string=css(profile), font_config=fonts, url_fetcher=fetcher)]
    for folder, name in ((shared_dir, "chung.css"), (kind_dir, "page.css")):
        if (folder / name).is_file():
            text = (folder / name).read_text(encoding="utf-8")
            base = folder.as_uri() + "/"
            sheets.append(CSS(string=text, base_url=base, font_config=fonts, url_fetcher=fetcher))
    return HtmlTemplates(
        kind_dir=kind_dir,
        environment=environment(draw_blocks, loader=FunctionLoader(load)),
        fonts=fonts,
        styles=tuple(sheets),
        fetcher=fetcher,
        profile=profile,
    )


def content_height_mm(document: Document) -> float:
    """How far down the content reaches on the page where it reaches furthest, with a little air below."""
    # the engine tells its layout nowhere else
    roots = [page._page_box.children[0] for page in document.pages]  # noqa: SLF001
    # A page that another follows is filled by its root, whatever stands on it.
    reached = [*map(_reach, roots[:-1]), float(roots[-1].margin_height())]
    return round(max(reached) / _PX_PER_MM + 1.5, 1)


def _reach(root: Any) -> float:
    """How far below the top of the page what stands in its body ends."""
    (body,) = root.children
    ends = (child.position_y + child.margin_height() for child in body.children)
    return float(max(ends, default=root.position_y) - root.position_y)


class FolderFetcher(URLFetcher):  # type: ignore[misc]  # the library is untyped
    """Fetches files of the given folders; any other address is refused."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self._folders = tuple(folder.resolve() for folder in folders)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002 - the engine's signature
        """The file at *url*."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        inside = any(path.is_relative_to(folder) for folder in self._folders)
        if parts.scheme != "file" or parts.netloc or not inside:
            message = f"outside of the kind's folders: {url}"
            raise ValueError(message)
        return URLFetcherResponse(url, path.read_bytes())


def _template_path(name: str, kind_dir: Path, shared_dir: Path) -> Path | None:
    folder = shared_dir if name.startswith("_shared/") else kind_dir
    path = (folder / name.removeprefix("_shared/")).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _draft_margin(profile: Profile) -> str:
    return (
        f'@page {{ @left-top {{ content: "{DRAFT_WORDS}"; vertical-align: top;'
        f' font: bold {profile.page.number_pt}pt "{profile.pdf_font}"; }} }}'
    )


def _cut_page(profile: Profile, height_mm: float) -> str:
    page = profile.page
    return (
        f"@page {{ size: {page.width_mm}mm {height_mm}mm;"
        f" margin: 0 {page.right_mm}mm 0 {page.left_mm}mm; @top-center {{ content: none; }} }}"
    )
