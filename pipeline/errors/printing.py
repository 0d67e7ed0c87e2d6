"""What goes wrong with printing: R250–R259 need whoever prints, T326–T329, T374 pass or need the operator."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected, TemporaryFailure


class NothingToPrint(RecordRejected):
    """A paper has no PDF: a Word file alone, or a row of the book without a file."""

    code = "R250"
    clerk_template = "{what}: không có bản PDF để in (chỉ có: {files}). Chưa in gì. Hãy tải tệp về, mở bằng Word và in từ đó."
    terminal_hint = "Lấy tệp: «vanthu export {id} --what all»."
    web_template = "{what}: không có bản PDF để in (chỉ có: {files}). Chưa in gì. Hãy mở trang của văn bản ấy, tải tệp về, mở bằng Word rồi in từ đó."


class PrintVersionMissing(RecordRejected):
    """A paper has no file of the version that was asked for."""

    code = "R275"
    clerk_template = (
        "{what}: trong kho không có {wanted} ở dạng PDF (có: {known}). Chưa in gì. Hãy chọn bản khác, hoặc không "
        "chọn để in bản đang dùng."
    )
    terminal_hint = "Bản là mục --version."


class PrintOutOfForce(RecordRejected):
    """A paper is withdrawn, replaced or void, and nobody said that it is to be printed all the same."""

    code = "R251"
    clerk_template = "{papers}. Chưa in gì. Nếu vẫn cần in (để tra cứu), hãy chọn in cả văn bản không còn hiệu lực."
    terminal_hint = "Ghi thêm: --also-withdrawn."
    web_template = "{papers}. Chưa in gì. Nếu vẫn cần in để tra cứu, hãy đánh dấu «In cả văn bản không còn hiệu lực» rồi in lại."


class TooManySheets(RecordRejected):
    """More sheets than one printing may have."""

    code = "R341"
    clerk_template = (
        "Lần in này cần {count} tờ; một lần in nhiều nhất {most} tờ. Chưa in gì. Hãy bớt văn bản hoặc số bản, "
        "và in làm nhiều lần."
    )
    terminal_hint = "Số tờ nhiều nhất ghi ở «--most-sheets»."


class PrinterUnknown(RecordRejected):
    """The server has no printer of that name."""

    code = "R252"
    clerk_template = "Máy chủ in {server} không có máy in «{name}». Các máy in ở đó: {known}. Hãy chọn lại máy in."
    terminal_hint = "Chọn máy in: --printer (xem «vanthu printers»)."
    web_template = (
        "Không còn máy in «{name}». Chưa in gì. Các máy in đang có: {known}. Hãy chọn lại máy in."
    )


class PrintJobUnknown(RecordRejected):
    """There is no printing of that code."""

    code = "R253"
    clerk_template = "Không có lần in nào mang mã «{what}» (hoặc có nhiều hơn một). Hãy xem các lần in và ghi đủ mã."
    terminal_hint = "Xem: «vanthu prints»."


class SheetsWrong(RecordRejected):
    """The sheets named are no sheets of that printing."""

    code = "R254"
    clerk_template = "Không hiểu các tờ «{sheets}»: lần in này có {count} tờ, đánh số từ 1. Hãy ghi như 3,7 hoặc 3-5."
    terminal_hint = "Tờ nào của văn bản nào: «vanthu prints {job}»."
    web_template = "Không hiểu các tờ «{sheets}»: lần in này có {count} tờ, đánh số từ 1. Hãy ghi như 3,7 hoặc 3-5."


class PrintNotOver(RecordRejected):
    """The outcome cannot be told: the printing is not over, or it never came about."""

    code = "R255"
    clerk_template = (
        "Lần in {job} đang ở trạng thái «{state}» nên chưa ghi kết quả được. Hãy xem lại lần in ấy."
    )
    terminal_hint = "Xem: «vanthu prints {job}»."
    web_template = "Lần in {job} đang ở trạng thái «{state}» nên chưa ghi kết quả được. Hãy đợi in xong rồi tải lại trang."


class PaperNotPrintable(RecordRejected):
    """A paper went back to its clerk, is a duplicate, or its content was removed."""

    code = "R256"
    clerk_template = "{what}: {why} nên không in được. Chưa in gì."


class PrinterNotChosen(RecordRejected):
    """Nobody said which printer, and there is no usual one."""

    code = "R257"
    clerk_template = (
        "Chưa biết in ra máy nào. Hãy chọn máy in, hoặc nhờ người quản trị ghi may_in trong mục [in_an] của "
        "vanthu.toml; không có máy in thì lấy tệp PDF để tự in."
    )
    terminal_hint = (
        "Chọn máy in: --printer TÊN (xem «vanthu printers»); lấy tệp: --here -o TỆP.pdf."
    )
    web_template = "Chưa biết in ra máy nào. Hãy chọn máy in, hoặc chọn «Tại máy này»."


class PrinterOneSided(RecordRejected):
    """Both sides were asked for, and the printer has one."""

    code = "R258"
    clerk_template = (
        "Máy in «{name}» không in hai mặt được. Chưa in gì. Hãy chọn máy khác, hoặc in một mặt."
    )
    terminal_hint = "Máy khác: --printer; một mặt: --no-duplex."
    web_template = "Máy in «{name}» không in hai mặt được. Chưa in gì. Hãy chọn máy khác, hoặc bỏ dấu «In hai mặt»."


class PrintServerUnreachable(TemporaryFailure):
    """The print server does not answer."""

    code = "T326"
    clerk_template = (
        "Máy chủ in {server} không trả lời. Hãy kiểm tra máy in, mạng và mục [in_an] của vanthu.toml; văn bản vẫn "
        "nguyên trong kho. Nếu đang in dở, hãy xem lại lần in ấy trước khi in lại."
    )
    terminal_hint = (
        "Xem: «vanthu prints». Máy chưa cài CUPS thì in từ tệp: «vanthu print … --here -o TỆP.pdf»."
    )
    web_template = "Máy chủ in không trả lời; văn bản vẫn nguyên trong kho. Hãy xem máy in và mạng, hoặc báo người quản trị. Nếu đang in dở, hãy xem tờ đã ra trước khi in lại."


class PrintServerUntrusted(PrintServerUnreachable):
    """Over TLS the print server does not prove who it is, or the file that tells whom to believe cannot be read."""

    code = "T374"
    clerk_template = "Chưa in gì: máy chủ in {server} không qua được kiểm tra chứng thư TLS ({why}). Hãy xem may_chu và chung_thu_ca trong mục [in_an] của vanthu.toml."
    web_template = "Chưa in gì: máy chủ in chưa được tin cậy ({why}). Hãy báo người quản trị."


def untrusted(server: str, error: Exception) -> PrintServerUntrusted:
    """That error of the way to *server*: its certificate, or the file of who vouches for it, is wrong."""
    why = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    return PrintServerUntrusted(f"{server}: {error!r}", server=server, why=why)


class PrinterStopped(TemporaryFailure):
    """The queue is stopped or takes no jobs: nothing is left in it that would print one day by itself."""

    code = "T327"
    clerk_template = "Máy in «{name}» đang {state}{why}. Chưa in gì. Hãy mở lại máy in rồi in lại, hoặc chọn máy khác."
    terminal_hint = "Chọn máy khác: --printer."
    web_template = "Máy in «{name}» đang {state}{why}. Chưa in gì. Hãy mở lại máy in rồi in lại, hoặc chọn máy khác."


class PrinterRefused(TemporaryFailure):
    """The server answered that it will not."""

    code = "T328"
    clerk_template = "Máy chủ in {server} không nhận: {why}. Hãy báo người quản trị máy in."


class PaperNotArchived(TemporaryFailure):
    """A paper is not in the archive yet: there is nothing to print so far."""

    code = "T329"
    clerk_template = (
        "{what} chưa vào kho nên chưa có gì để in. Hãy đợi chương trình làm xong rồi in lại."
    )
