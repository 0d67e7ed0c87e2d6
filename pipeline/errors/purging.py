"""R220–R149, T371: what stands in the way of a removal."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected, TemporaryFailure


class SamePerson(RecordRejected):
    """Two different people must stand for a removal."""

    code = "R220"
    clerk_template = (
        "Gỡ bỏ nội dung phải có hai người khác nhau: người gỡ và người duyệt đều là «{person}». Hãy ghi người "
        "duyệt khác."
    )
    terminal_hint = "Người duyệt: --approved-by."


class AlreadyRemoved(RecordRejected):
    """Its content was removed before."""

    code = "R221"
    clerk_template = "Nội dung của «{what}» đã được gỡ bỏ từ trước; số và dòng trong sổ vẫn còn."


class StillAtWork(TemporaryFailure):
    """The paper, or one that came with it, is not finished yet."""

    code = "T371"
    clerk_template = "«{what}», hoặc văn bản cùng tệp với nó, còn đang được xử lý. Hãy đợi xử lý xong rồi gỡ bỏ lại."
    terminal_hint = "Xử lý ngay: «vanthu process»."
