"""What goes wrong between a record and its sheet: K220–K239 the template, R120–R129 the words, T300–T304 the machine."""

from pipeline.errors.base import KindInvalid, RecordRejected, TemporaryFailure


class TemplateBroken(KindInvalid):
    """A tag in a template cannot be read."""

    code = "K220"
    clerk_template = (
        "Mẫu «{file}» có thẻ viết sai ở đoạn «{paragraph}»: {reason}. "
        "Hãy nhờ người phụ trách mẫu sửa lại thẻ đó."
    )


class TemplateNameUnknown(KindInvalid):
    """A template asks for a field that no record has."""

    code = "K221"
    clerk_template = (
        "Mẫu «{file}» hỏi trường «{name}» mà loại giấy này không có, ở đoạn «{paragraph}». "
        "Trường gần giống nhất: {nearest}. Hãy nhờ người phụ trách mẫu sửa lại tên."
    )


class TemplateForbidden(KindInvalid):
    """A template tries to do what a template must not."""

    code = "K222"
    clerk_template = (
        "Mẫu «{file}» có thẻ làm việc không được phép ở đoạn «{paragraph}». "
        "Mẫu chỉ được điền chữ; hãy nhờ người phụ trách mẫu bỏ thẻ đó."
    )


class SharedPartMissing(KindInvalid):
    """A template names a part or file that is not in its folder nor in ``_shared``."""

    code = "K223"
    clerk_template = (
        "Mẫu «{file}» gọi phần «{part}» nhưng không tìm thấy, hoặc phần đó không dùng được ({reason}). "
        "Hãy đặt đúng tệp vào thư mục mẫu hoặc sửa lại tên."
    )


class ProfileBroken(KindInvalid):
    """A layout profile is missing or wrong."""

    code = "K224"
    clerk_template = (
        "Bảng kích thước trình bày «{profile}» thiếu hoặc sai: {reason}. "
        "Hãy nhờ người phụ trách mẫu xem lại tệp trong _shared/profiles."
    )


class WordFileBroken(KindInvalid):
    """A template's DOCX cannot be opened."""

    code = "K225"
    clerk_template = (
        "Không mở được tệp Word mẫu «{file}» ({reason}). Hãy lưu lại tệp đó bằng Word, dạng .docx."
    )


class TemplateFailed(KindInvalid):
    """A tag is well written but cannot be worked out for this record."""

    code = "K226"
    clerk_template = (
        "Mẫu «{file}» không điền được đoạn «{paragraph}»: {reason}. "
        "Hãy nhờ người phụ trách mẫu xem lại thẻ ở đoạn đó."
    )


class StyleUnknown(KindInvalid):
    """A template uses a ``VT …`` style that the layout profile does not have."""

    code = "K227"
    clerk_template = (
        "Mẫu «{file}» dùng kiểu trình bày «{style}» không có trong bảng kích thước «{profile}». "
        "Hãy dùng kiểu có sẵn hoặc thêm kiểu đó vào bảng."
    )


class GlyphMissing(RecordRejected):
    """The printing font has no shape for a character of the record."""

    code = "R120"
    clerk_template = "Có ký tự không in được: {characters}. Hãy gõ lại chỗ đó bằng chữ thường dùng (bảng mã Unicode)."


class TooLong(RecordRejected):
    """A form of one page came out longer."""

    code = "R121"
    clerk_template = (
        "Nội dung dài quá {allowed} trang giấy của mẫu này (thành {pages} trang). "
        "Hãy viết ngắn lại{longest}."
    )


class TextTooDeep(RecordRejected):
    """Lists in lists in quotations, deeper than any paper goes."""

    code = "R122"
    clerk_template = (
        "Lời văn có danh sách, trích dẫn hoặc dấu nhấn (*, _) lồng vào nhau quá {limit} tầng. "
        "Hãy viết lại chỗ đó cho phẳng hơn."
    )


class WordTooLong(RecordRejected):
    """Thousands of letters without a space: no line can hold it, and breaking it takes the engine minutes."""

    code = "R123"
    clerk_template = (
        "Có một chuỗi {length} ký tự viết liền, không xuống dòng được (nhiều nhất {limit}). "
        "Hãy thêm dấu cách hoặc bỏ chuỗi đó."
    )


class LayoutTooHeavy(RecordRejected):
    """So large that the sheets could not be made within the limits of time and memory: tried before the number."""

    code = "R124"
    clerk_template = (
        "Nội dung quá lớn ({letters} ký tự, {lines} dòng): dàn trang thử đã phải dừng vì quá thời gian hoặc bộ nhớ "
        "cho phép. Chưa cấp số. Hãy chia thành nhiều văn bản, hoặc để bảng dài thành phụ lục riêng, rồi thả lại."
    )


class NumberNotPrinted(TemporaryFailure):
    """The number cannot be found in the text of the finished PDF."""

    code = "T300"
    clerk_template = "Bản PDF vừa làm không đọc thấy số «{number}». Chương trình sẽ làm lại; nếu vẫn vậy, hãy báo người quản trị."


class FontMissing(TemporaryFailure):
    """The machine lacks the printing font."""

    code = "T301"
    clerk_template = (
        "Máy chưa có phông chữ «{font}». Hãy báo người quản trị cài phông rồi chạy tiếp."
    )


class PdfFailed(TemporaryFailure):
    """The PDF engine broke off."""

    code = "T302"
    clerk_template = "Chưa làm được bản PDF ({reason}). Chương trình sẽ thử lại."
