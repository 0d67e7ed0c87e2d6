"""A paper that was read → one that can be drawn on and is written as every viewer reads it."""

from __future__ import annotations

import io
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject

from pipeline.engines.pdf_active import as_array, as_dictionary
from pipeline.errors.papers import PaperUnreadable

LEAST_VERSION = "%PDF-1.4"


def cloned(reader: PdfReader) -> PdfWriter:
    """The paper with all its pages counted: viewers show no more of them than the page tree says.

    Raises:
        PaperUnreadable (R130): one page stands in it several times; what is drawn on one would be on the others.
    """
    writer = PdfWriter(clone_from=reader)
    tree = as_dictionary(writer.root_object.get("/Pages"))
    pages = as_array(tree.get("/Kids"))
    if len({page.indirect_reference for page in writer.pages}) < len(pages):
        raise PaperUnreadable("pypdf: a page stands in the tree more than once")
    # one that says more is left alone: whoever compares the two files should count alike
    if not isinstance(said := tree.get("/Count"), int) or said < len(pages):
        tree[NameObject("/Count")] = NumberObject(len(pages))
    return writer


def without_orphans(writer: PdfWriter) -> PdfWriter:
    """The same paper without what nothing points to any more: a file that was attached would still be in it."""
    written = io.BytesIO()
    writer.write(written)
    return PdfWriter(clone_from=PdfReader(written, strict=False))


def save(writer: PdfWriter, out: Path, *, version: str) -> None:
    """Write the paper; a writer made from a reader would say 1.3 whatever the paper was."""
    writer.pdf_header = max(version, LEAST_VERSION)
    with out.open("wb") as stream:
        writer.write(stream)
