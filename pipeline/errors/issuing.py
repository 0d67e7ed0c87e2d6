"""R210–R215, R237: what can stand in the way of a number after the signature."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class DraftAmbiguous(RecordRejected):
    """Several drafts fit what was asked."""

    code = "R210"
    clerk_template = (
        "Có {count} dự thảo khớp với «{what}»: {candidates}. Hãy gọi lại với mã văn bản."
    )


class IssueDateInFuture(RecordRejected):
    """A paper cannot bear a date that has not come."""

    code = "R211"
    clerk_template = (
        "Ngày {day} chưa tới. Hãy để trống ngày để lấy ngày hôm nay, hoặc ghi ngày văn bản được ký."
    )
    terminal_hint = "Ngày là mục --date."


class IssueRefused(RecordRejected):
    """Papers asked for together are numbered together: one that cannot be stops them all."""

    code = "R212"
    clerk_template = "Chưa cấp số nào, vì có văn bản chưa cấp được: {refusals}"
    terminal_hint = "{hints}"


class AskedTwice(RecordRejected):
    """The same draft stands twice in one command: the order of the numbers would be a guess."""

    code = "R213"
    clerk_template = "Dự thảo này được nêu hai lần. Hãy nêu mỗi dự thảo một lần."


class PrintedDayOther(RecordRejected):
    """The paper that was signed bears another date already."""

    code = "R237"
    clerk_template = (
        "Văn bản đã in sẵn ngày {printed}, không cấp số với ngày {day} được. Hãy để trống ngày để lấy đúng ngày in trên văn bản; "
        "ngày in sai thì sửa trong tệp, thả lại, rồi cấp số."
    )
    terminal_hint = "Ngày là mục --date."


class NoSuchRow(RecordRejected):
    """Which record of a file is meant was not said, or is not there."""

    code = "R214"
    clerk_template = "Tệp «{file}» có nhiều bản ghi. Hãy nêu một dòng, trong các dòng {rows}."
    terminal_hint = "Nêu dòng: --row."


class PreviewNotOfRecord(RecordRejected):
    """Only what is made here from a record can be drawn before it is dropped."""

    code = "R215"
    clerk_template = "Loại «{kind}» làm từ giấy tờ có sẵn nên không có bản xem trước. Hãy thả tệp vào thư mục của loại."
