"""What a cell can be asked to do: name of the operation → where its function lives.

Each function takes the JSON arguments and gives a JSON value; files travel by path.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "book.pdf": "pipeline.engines.book_pdf:render_book",
        "bundle.look": "pipeline.engines.bundle:look",
        "bundle.unpack": "pipeline.engines.bundle:unpack",
        "check_glyphs": "pipeline.engines.rendering:check_glyphs",
        "copy.look": "pipeline.engines.papers_copy:look",
        "copy.make": "pipeline.engines.papers_copy:make",
        "kinds.lint": "pipeline.engines.rendering_lint:lint",
        "join.arrange": "pipeline.engines.join:arrange",
        "join": "pipeline.engines.join:join",
        "pdf.conformity": "pipeline.engines.pdfa:judge",
        "ocr.rendition": "pipeline.engines.ocr_pdf:read",
        "office.to_pdf": "pipeline.engines.papers_issued:to_pdf",
        "paper.arrival": "pipeline.engines.arrivals:read",
        "paper.facts": "pipeline.engines.papers_issued:facts",
        "paper.fill": "pipeline.engines.papers_issued:fill",
        "paper.count": "pipeline.engines.papers_issued:count",
        "paper.look": "pipeline.engines.papers_look:look",
        "paper.codes": "pipeline.engines.codes:read",
        "paper.as_pdf": "pipeline.engines.papers_image:convert",
        "paper.back": "pipeline.engines.papers_back:read",
        "paper.plain": "pipeline.engines.papers:plain",
        "paper.raster": "pipeline.engines.papers:page_picture",
        "paper.signatures": "pipeline.engines.signatures:look",
        "paper.stamp": "pipeline.engines.papers_stamp:stamp",
        "paper.stamp_alone": "pipeline.engines.papers_stamp_alone:stamp_alone",
        "paper.text": "pipeline.engines.text_layer:text",
        "paper.trial": "pipeline.engines.papers:trial",
        "print.assemble": "pipeline.engines.join_print:assemble",
        "print.count": "pipeline.engines.join_print:count_pages",
        "print.mark": "pipeline.engines.join_mark:mark",
        "render": "pipeline.engines.rendering:render",
        "render_many": "pipeline.engines.rendering:render_many",
        "slip.draw": "pipeline.engines.html_pdf_slip:draw",
        "slip.letter": "pipeline.engines.html_pdf_slip:letter",
        "tables.export": "pipeline.engines.tables:export",
        "tables.read": "pipeline.engines.tables:read",
        "tables.write_answer": "pipeline.engines.tables:write_answer",
        "tables.write_sheet": "pipeline.engines.tables:write_sheet",
        "trial": "pipeline.engines.rendering:trial",
        "word.look": "pipeline.engines.word_edits:look",
        "word.make": "pipeline.engines.word_edits:make",
        "words": "pipeline.engines.rendering:words",
    }
)
