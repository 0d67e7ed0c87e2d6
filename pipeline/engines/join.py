"""Many PDFs in, one out; damaged PDFs in, whole ones out. Only join*.py know pikepdf."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pikepdf

from pipeline.errors.papers import PaperEmpty, PaperLocked, PaperUnreadable


def join(args: dict[str, Any]) -> dict[str, int]:
    """Operation ``join``: ``{paths, out}`` → ``{pages, size_bytes}``. Equal fonts are kept once."""
    out = Path(args["out"])
    pages = join_files([Path(path) for path in args["paths"]], out)
    return {"pages": pages, "size_bytes": out.stat().st_size}


def arrange(args: dict[str, Any]) -> dict[str, int]:
    """Operation ``join.arrange``: ``{paths, order, out}`` → ``{pages}``: the pages of all *paths*, those of *order* (from 1).

    An empty *order* takes all as they come.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133): also where a page is named that is not there.
    """
    with pikepdf.new() as whole, pikepdf.new() as arranged:
        try:
            for path in args["paths"]:
                with open_pdf(Path(path)) as part:
                    whole.pages.extend(part.pages)
            order = [int(one) for one in args["order"]] or list(range(1, len(whole.pages) + 1))
            if not order or max(order) > len(whole.pages) or min(order) < 1:
                raise PaperEmpty(f"pages {order} of {len(whole.pages)}")
            for one in order:
                arranged.pages.append(whole.pages[one - 1])
            arranged.save(Path(args["out"]), deterministic_id=True)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError) as error:
            raise PaperUnreadable(f"pikepdf: {error}") from error
        return {"pages": len(order)}


def join_files(paths: list[Path], out: Path, *, over: Path | None = None, bare: int = 0) -> int:
    """Write the pages of all *paths* in their order to *out*; how many there are.

    Args:
        over: A PDF whose first page is laid over each of them; it is kept once.
        bare: The first so many pages are left as they are.
    """
    if not paths:
        raise PaperEmpty("nothing to join")
    known: dict[bytes, pikepdf.Object] = {}
    with pikepdf.new() as joined:
        for path in paths:
            with open_pdf(path) as part:
                before = len(joined.pages)
                joined.pages.extend(part.pages)
            _share_fonts(joined, before, known)
        pages = len(joined.pages)
        if over is not None:
            _lay_over(joined, over, bare)
        joined.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return pages


def _lay_over(joined: pikepdf.Pdf, over: Path, bare: int) -> None:
    with open_pdf(over) as source:
        form = joined.copy_foreign(source.pages[0].as_form_xobject())
    for page in list(joined.pages)[bare:]:
        name = page.add_resource(form, pikepdf.Name.XObject, prefix="Over")
        page.contents_add(b"q", prepend=True)
        page.contents_add(f"Q q {name} Do Q".encode())


def repair(source: Path, out: Path) -> int:
    """Write *source* as a whole, unencrypted file; its number of pages.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131), PaperEmpty (R133).
    """
    with open_pdf(source) as document:
        try:
            pages = len(document.pages)
            _count_anew(document, pages)
            # in place: qpdf would write beside it, and *out* may be a file in memory
            with out.open("w+b") as stream:
                document.save(stream, deterministic_id=True)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError) as error:
            raise PaperUnreadable(f"pikepdf: {error} path={source.name!r}") from error
    if pages == 0:
        raise PaperEmpty(f"no pages path={source.name!r}")
    return pages


def _count_anew(document: pikepdf.Pdf, pages: int) -> None:
    """Where the page tree counts wrong, or holds what is no page, viewers show fewer pages, or none of them."""
    tree = document.Root.Pages
    if pages and tree.get("/Count") != pages:
        tree.Count = pages
        # qpdf writes the tree anew once its pages change
        document.add_blank_page()
        del document.pages[-1]


def first_page(source: Path, out: Path) -> None:
    """Write the first page of *source* alone: a rehearsal on a large paper needs no more."""
    with open_pdf(source) as document, pikepdf.new() as alone:
        try:
            alone.pages.append(document.pages[0])
            alone.save(out, deterministic_id=True)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError) as error:
            raise PaperUnreadable(f"pikepdf: {error} path={source.name!r}") from error


def take_pages(source: Path, out: Path, numbers: list[int]) -> None:
    """Write those pages of *source* (from 1) alone, without a trace of the others.

    What tells of the whole file (outlines, form, structure, destinations) is left behind; its colour profile and
    PDF/A mark stay.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    with open_pdf(source) as document, pikepdf.new() as part:
        try:
            for number in numbers:
                part.pages.append(document.pages[number - 1])
            for page in part.pages:
                _cut_loose(page.obj)
            for key in ("/Metadata", "/OutputIntents", "/Lang"):
                if key in document.Root:
                    part.Root[key] = _brought(part, document.Root[key])
            # Scanners often give all pages one dictionary of pictures.
            part.remove_unreferenced_resources()
            version = max(document.pdf_version, "1.4")
            part.save(out, deterministic_id=True, min_version=version)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError) as error:
            raise PaperUnreadable(f"pikepdf: {error} path={source.name!r}") from error


def repeat(
    source: Path, out: Path, *, times: int, blank: int, size_mm: tuple[float, float]
) -> None:
    """Write all pages of *source* so many times, each time followed by *blank* new pages; contents are kept once.

    Raises:
        PaperUnreadable (R130), PaperLocked (R131).
    """
    with open_pdf(source) as document:
        try:
            own = list(document.pages)
            for time in range(times):
                if time:
                    for page in own:
                        document.pages.append(page)
                for _ in range(blank):
                    page = document.add_blank_page()
                    page.mediabox = pikepdf.Array([0, 0, *(mm * 72 / 25.4 for mm in size_mm)])
            version = max(document.pdf_version, "1.4")
            document.save(out, deterministic_id=True, min_version=version)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError) as error:
            raise PaperUnreadable(f"pikepdf: {error} path={source.name!r}") from error


def _cut_loose(page: pikepdf.Dictionary) -> None:
    """Take away what leads from a page to the rest of its file."""
    for key in ("/StructParents", "/B", "/Tabs", "/PieceInfo", "/Thumb"):
        if key in page:
            del page[key]
    notes: Any = page.get("/Annots", [])
    for note in notes:
        for key in ("/Parent", "/StructParent", "/Dest", "/A", "/AA", "/Popup", "/IRT"):
            if isinstance(note, pikepdf.Dictionary) and key in note:
                del note[key]


def _brought(part: pikepdf.Pdf, thing: Any) -> Any:
    return (
        part.copy_foreign(thing)
        if getattr(thing, "is_indirect", False)
        else _brought_direct(part, thing)
    )


def _brought_direct(part: pikepdf.Pdf, thing: Any) -> Any:
    if isinstance(thing, pikepdf.Array):
        return pikepdf.Array([_brought(part, one) for one in thing])
    if isinstance(thing, pikepdf.Dictionary):
        return pikepdf.Dictionary({key: _brought(part, one) for key, one in thing.items()})
    return thing


def open_pdf(path: Path) -> pikepdf.Pdf:
    """Open a PDF. Raises PaperUnreadable (R130), PaperLocked (R131)."""
    try:
        document = pikepdf.open(path)
    except pikepdf.PasswordError as error:
        raise PaperLocked(f"pikepdf: {error} path={path.name!r}") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise PaperUnreadable(f"pikepdf: {error} path={path.name!r}") from error
    # Of a paper whose trailer was lost qpdf writes one without it, and pypdf reads none such.
    if "/Size" not in document.trailer:
        document.trailer["/Size"] = 0
    return document


def _share_fonts(joined: pikepdf.Pdf, first: int, known: dict[bytes, pikepdf.Object]) -> None:
    """Point every font file of the new pages to the first one with the same bytes."""
    for index in range(first, len(joined.pages)):
        resources: Any = joined.pages[index].obj.get("/Resources", {})
        for font in resources.get("/Font", {}).values():
            for each in font.get("/DescendantFonts", [font]):
                _share(each.get("/FontDescriptor"), known)


def _share(descriptor: Any, known: dict[bytes, pikepdf.Object]) -> None:
    if descriptor is None:
        return
    for key in ("/FontFile", "/FontFile2", "/FontFile3"):
        if key in descriptor:
            stream = descriptor[key]
            digest = hashlib.sha256(stream.read_raw_bytes()).digest()
            descriptor[key] = known.setdefault(digest, stream)
