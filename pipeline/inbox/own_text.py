"""A paper whose text is a file dropped after it: where its record says that the file lies."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.between import Bench
from pipeline.document_object import receipt_object, received_name
from pipeline.inbox.spool import dropped_files
from pipeline.plain import from_plain, to_plain
from pipeline.record import Record
from pipeline.signed_back import IN_RECORD as SIGNED
from pipeline.stores.registers.views import ReceiptView

#: In the record of a paper whose text was edited: where the file lies. No property may be called so.
IN_RECORD = "_ban_word"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedText:
    """The file that is a paper's text from some version on."""

    #: The object it lies in, and its name there.
    object_id: str
    name: str
    sha512: str


def edited_text(record: Record) -> EditedText | None:
    """The file that a paper's record points to; None where its text is what it came as."""
    told = record.get(IN_RECORD)
    return None if told is None else from_plain(EditedText, told)


def without_pointer(record: Record) -> Record:
    """What people told of the paper."""
    return {name: value for name, value in record.items() if name not in {IN_RECORD, SIGNED}}


def pointer_to(receipt: ReceiptView, bench: Bench) -> Record:
    """What the record of a paper says once the file of this drop is its text."""
    dropped = dropped_files(bench.office, receipt.id)
    main = next(path for path in dropped if path.suffix.lower() == receipt.suffix)
    text = EditedText(
        object_id=receipt_object(receipt.id), name=received_name(main), sha512=receipt.sha512
    )
    return {IN_RECORD: to_plain(text)}
