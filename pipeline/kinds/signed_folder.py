"""The folder for signed papers that come back, as a kind: it takes files, and numbers and draws nothing of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from pipeline.kinds.expressions import Expression, compile_expression
from pipeline.kinds.model import Kind, NumberSpec
from pipeline.record import Book
from pipeline.signed_back import FOLDER
from pipeline.suffixes import PAGED


@cache
def signed_folder() -> Kind:
    """What the folder needs to be looked into like any other."""
    nothing = cast("Expression", compile_expression("''"))
    return Kind(
        name=FOLDER,
        title="Bản đã ký, đóng dấu",
        source="signed",
        book=Book.NOI_BO,
        cap_so="khi-den",
        number=NumberSpec(has_number=False),
        outputs=(),
        retention="",
        directory=Path(FOLDER),
        shared_dir=Path(FOLDER),
        digest="",
        schema={"type": "object", "properties": {}},
        properties=(),
        headings={},
        sheet=(),
        rules=(),
        data={},
        example_row={},
        papers=PAGED,
        validate=lambda _record: iter(()),
        fact_expressions={},
        identity_expression=nothing,
        file_name_expression=nothing,
    )
