"""R118–R119, R125–R129, R216: what can be wrong with a Word file that comes back edited before its signature."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class SignerNotInWord(RecordRejected):
    """The edited text names another signer than the one asked for."""

    code = "R118"
    clerk_template = (
        "Tệp văn bản của dự thảo này không có tên người ký «{signer}». "
        "Hãy sửa phần chữ ký trong tệp, thả lại, rồi cấp số."
    )


class EditStale(RecordRejected):
    """Somebody else's edit came in between: taking this one would undo it."""

    code = "R119"
    clerk_template = (
        "Tệp «{file}» sửa từ phiên bản {base}, nhưng sau đó {person} đã thả bản sửa khác (phiên bản {now}). "
        "Hãy sửa trên bản Word mới nhất trong «_ket_qua» rồi thả lại, để không mất phần sửa kia."
    )


class WordBroken(RecordRejected):
    """No whole Word file, or one made to harm."""

    code = "R216"
    clerk_template = "Tệp Word «{file}» không dùng được: {why}. Hãy mở bằng Word, lưu lại dạng .docx rồi thả lại."


class WordActive(RecordRejected):
    """Macros, embedded objects, links that fetch things."""

    code = "R125"
    clerk_template = (
        "Tệp Word «{file}» có {what}, chương trình không nhận. "
        "Hãy bỏ phần ấy trong Word, lưu dạng .docx thường rồi thả lại."
    )


class WordUnfinished(RecordRejected):
    """Changes that nobody has accepted, comments: the paper to sign must be clean."""

    code = "R126"
    clerk_template = "Tệp Word «{file}» còn {what}. Hãy chấp nhận hoặc bỏ hết trong Word (Review), lưu lại rồi thả lại."


class PlacesGone(RecordRejected):
    """The places of number and date are not there any more."""

    code = "R127"
    clerk_template = (
        "Tệp Word «{file}» không còn {what}, nên sau khi ký không điền số và ngày vào được. "
        "Hãy khôi phục dòng ấy như bản trong «_ket_qua» (chép lại nguyên dòng) rồi thả lại."
    )


class EditOfUnknown(RecordRejected):
    """No draft here is the one that was edited."""

    code = "R128"
    clerk_template = (
        "Không biết tệp Word «{file}» là bản sửa của dự thảo nào trong thư mục «{folder}». Hãy sửa đúng bản Word "
        "trong «_ket_qua» rồi thả lại, giữ bốn chữ sau dấu ~ trong tên tệp. Văn bản mới thì thả bản ghi hoặc bảng tính."
    )


class EditAfterSignature(RecordRejected):
    """The paper has its number, or stands beyond waiting for its signature."""

    code = "R129"
    clerk_template = (
        "«{file}» là bản Word của văn bản {shown} ({why}), không sửa được bằng cách thả lại. Muốn sửa, hãy lập văn bản "
        "mới có ghi «dinh_chinh: {shown}» (sai thể thức, lỗi chữ) hoặc «thay_the: {shown}» (sai nội dung)."
    )
