"""What a finished sheet says, block by block: from the DOCX and from the HTML its PDF is drawn from."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterator

from lxml import etree, html

from pipeline.engines.word_styles import parse, w

_BLOCKS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6"))
#: Read after the body: they stand at the foot of the page. Page numbers, in the heads, are nobody's words.
_PARTS = ("word/document.xml", "word/footer")


def docx_blocks(data: bytes) -> list[str]:
    """Texts of the paragraphs that say something, in order, those of tables in their place."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [
            parse(package.read(name))
            for prefix in _PARTS
            for name in sorted(package.namelist())
            if name.startswith(prefix)
        ]
    return _said(_paragraph_text(p) for part in parts for p in part.iter(w("p")))


def html_blocks(page: str) -> list[str]:
    """Texts of the paragraphs and headings that say something, in order."""
    root = html.document_fromstring(page)
    return _said("".join(map(str, node.itertext())) for node in root.iter() if node.tag in _BLOCKS)


def _paragraph_text(paragraph: etree._Element) -> str:
    return "".join(_pieces(paragraph))


def _pieces(paragraph: etree._Element) -> Iterator[str]:
    for node in paragraph.iter(w("t"), w("tab"), w("br")):
        yield (node.text or "") if node.tag == w("t") else " "


def _said(texts: Iterator[str]) -> list[str]:
    plain = (" ".join(unicodedata.normalize("NFC", text).split()) for text in texts)
    return [text for text in plain if text]
