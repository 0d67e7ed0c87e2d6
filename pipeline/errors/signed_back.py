"""R300–R304: what can be wrong with a signed paper that comes back."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected

_RENAME = (
    "Hãy đổi tên tệp cho có mã của văn bản (ví dụ «{example}.pdf», bốn chữ sau dấu ~ là bốn chữ cuối của mã văn bản) "
    "rồi thả lại."
)


class SignedUnknown(RecordRejected):
    """Neither its name nor its first page says which paper it is."""

    code = "R300"
    clerk_template = "Không biết «{file}» là bản ký của văn bản nào: {read}. {candidates}" + _RENAME


class SignedOfAnother(RecordRejected):
    """The name says one paper, the number on the page another."""

    code = "R301"
    clerk_template = (
        "«{file}»: {by} là của {shown}, nhưng số đọc được trên giấy là «{printed}»{other}. Hãy xem lại tờ giấy và tên tệp. "
        "Nếu máy đọc sai số, đặt cạnh tệp quét một tệp cùng tên, đuôi .yaml, có một dòng «van_ban: {example}», rồi thả lại cả hai."
    )


class SignedAmbiguous(RecordRejected):
    """Several papers may be meant."""

    code = "R302"
    clerk_template = "«{file}» có thể là bản ký của {count} văn bản: {candidates}. " + _RENAME


class SignedNotOpen(RecordRejected):
    """The paper it was matched to takes no signed version."""

    code = "R303"
    clerk_template = (
        "«{file}» khớp với {shown}, nhưng {why}, nên không nhận làm bản ký. "
        "Hãy xem lại tờ giấy; nếu là văn bản khác thì đổi tên tệp cho đúng rồi thả lại."
    )


class SignedUnlike(RecordRejected):
    """Nothing on it is like the paper it was matched to."""

    code = "R304"
    clerk_template = (
        "«{file}»: {by} là của {shown}, nhưng trên giấy không đọc được số, và ngày, người ký, trích yếu đều không thấy như bản in. "
        "Hãy xem lại. Nếu đúng là tờ này, đặt cạnh tệp quét một tệp cùng tên, đuôi .yaml, có một dòng «van_ban: {example}», "
        "rồi thả lại cả hai."
    )


class SignedNotSigned(RecordRejected):
    """What came back bears no signature: it is no scan, and nobody signed it digitally."""

    code = "R305"
    clerk_template = (
        "«{file}» chưa phải bản ký: tệp do máy tạo ra, không phải bản quét, cũng không có chữ ký số. "
        "Hãy in, trình ký, đóng dấu, quét lại rồi thả bản quét; văn bản ký số thì thả tệp đã ký."
    )
