"""R140–R149: what can be wrong with the earlier papers that a record names."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class RelatedPaperUnknown(RecordRejected):
    """No numbered paper has the reference."""

    code = "R140"
    clerk_template = (
        "«{title}» nêu «{reference}» nhưng trong sổ không có văn bản nào như thế. Hãy kiểm tra lại số, ký hiệu. "
        "Nếu là văn bản của nơi khác mà cơ quan không lưu, hãy bỏ khỏi mục này và ghi ở «Ghi chú»."
    )


class RelatedPaperAmbiguous(RecordRejected):
    """The reference fits several papers."""

    code = "R141"
    clerk_template = (
        "«{title}» nêu «{reference}» nhưng có {count} văn bản cùng số, ký hiệu ấy: {candidates}. "
        "Hãy ghi thêm ngày, như «{example}», hoặc ghi mã văn bản thay cho số, ký hiệu."
    )


class EffectNotAllowed(RecordRejected):
    """The state of the earlier paper, or what it is, does not allow what the later one would do to it."""

    code = "R142"
    clerk_template = "Không {does} «{reference}» được: {why} Hãy xem lại mục này."


class NamedTwice(RecordRejected):
    """One earlier paper is named twice in a record, or by two rows of a list."""

    code = "R143"
    clerk_template = (
        "«{reference}» được nêu hai lần ({where_else}). Mỗi văn bản trước chỉ ghi ở một chỗ. "
        "Hãy để lại một chỗ rồi thả lại."
    )
