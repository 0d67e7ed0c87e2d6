"""What became of a drop → the notes beside results and returned files, in the clerk's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.document_object import receipt_object
from pipeline.engines import libreoffice
from pipeline.errors.base import Problem
from pipeline.inbox.active_words import left_out_words
from pipeline.inbox.arrival_reading import ON_PAGE, arrival_read, is_asked_about, slip_words
from pipeline.inbox.folders import RECORD_SUFFIXES
from pipeline.kinds.model import Kind
from pipeline.legal import DRAFT_WORDS, STATE_WORDS, WARNING
from pipeline.record import DocumentId, Record
from pipeline.sheet_context import short_id
from pipeline.signed_back import FOLDER, SignedBack, signed_back
from pipeline.signed_paper import NOTES as SIGNATURES
from pipeline.signed_paper import broken_lines, signature_lines
from pipeline.stores.registers.views import DocumentState, DocumentView, ReceiptView

_MOST_PROBLEMS = 500
#: Drafts that a command to copy names; more are told line by line.
_MOST_NAMED = 20
_MADE = (DocumentState.NUMBERED, DocumentState.WAITING)
#: In the extra facts of a receipt: the mark that the program wrote into the Word file it gave out, ``<id>/<version>``.
EDITED = "edited_text"
_ONLY_WORDS = " Sửa bản Word chỉ đổi lời văn trên giấy: trích yếu, nơi nhận, người ký trong sổ vẫn theo bản ghi đã thả."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What is known of the papers of a drop beside themselves."""

    #: Of one that was here before: the first.
    originals: Mapping[str, DocumentView]
    #: What became of those that are in force no more, in words.
    ended: Mapping[DocumentId, str]
    #: The drop told more of a paper that was here.
    is_amended: bool


def done_line(document: DocumentView, shown: DocumentView, ended: str = "") -> str:
    """One paper's outcome on one line.

    Args:
        ended: What became of *shown* since, where it is in force no more.
    """
    number = shown.number.shown if shown.number else ""
    if document.state is DocumentState.DUPLICATE:
        when = shown.received_at.strftime("%d/%m/%Y")
        number = number or f"dự thảo {short_id(shown.id)}"
        words = ended or STATE_WORDS[shown.legal_state]
        state = f", {words}" if shown.legal_state in WARNING else ""
        return f"Đã có {number} (nhận ngày {when}{state}), không cấp thêm."
    if document.state is DocumentState.RETURNED:
        return "Cần sửa: " + " ".join(problem.sentence() for problem in document.problems)
    if document.state is DocumentState.WAITING:
        return _waiting_line(document, ended)
    if ended:
        return f"{number}: {ended}."
    return f"Xong – {number}." if number else "Xong."


def _waiting_line(document: DocumentView, ended: str) -> str:
    """The same of a paper without a number."""
    read = arrival_read(document.record)
    if read is not None and read.joined is not None:
        return "Đã gộp vào văn bản đến đã có, không cấp số riêng."
    if ended:
        return f"Dự thảo {short_id(document.id)}: {ended}."
    if is_asked_about(document.record):
        like = read is not None and read.same_as
        why = "Giống văn bản đến đã có" if like else "Đã có dấu ĐẾN đóng tay"
        return f"{why} nên chưa cấp số; {ON_PAGE} ({short_id(document.id)})."
    return f"{DRAFT_WORDS.capitalize()}: in ra trình ký, ký xong thì cấp số (mã {short_id(document.id)})."


def amended_line(shown: DocumentView) -> str:
    """What a record that came late did to its paper."""
    if shown.number is None:
        return f"Đã bổ sung thông tin cho dự thảo {short_id(shown.id)}, vẫn chưa có số."
    return f"Đã bổ sung thông tin cho {shown.number.shown}, số giữ nguyên."


def signed_line(receipt: ReceiptView, shown: DocumentView) -> str:
    """What a signed paper that came back did to its paper."""
    told, said = signed_back(shown.record), signed_words(receipt, shown)
    if told is None or told.sha512 != receipt.sha512:
        return f"{said}."
    if told.object_id != receipt_object(receipt.id):
        return f"{said}, không có gì thay đổi."
    return (
        f"{said}, khớp theo {told.matched_by}: đó là phiên bản mới của chính văn bản ấy, "
        f"trạng thái «{STATE_WORDS[shown.legal_state]}»; bản in trước khi ký vẫn giữ."
    )


def signed_words(receipt: ReceiptView, shown: DocumentView) -> str:
    """The same in few words."""
    name = f"{shown.number.shown if shown.number else 'dự thảo'} ({short_id(shown.id)})"
    told = signed_back(shown.record)
    if told is None or told.sha512 != receipt.sha512:
        return f"Đã nhận bản ký của {name}; sau đó có bản khác thay"
    if told.object_id != receipt_object(receipt.id):
        return f"Tệp này đã là bản ký của {name} từ trước"
    return f"Đã nhận bản ký của {name}"


def signed_remarks(said: Sequence[str], told: SignedBack) -> list[str]:
    """What came of comparing a signed paper with its rendition."""
    compared = "số trang; số, ngày, người ký, trích yếu nếu có trong sổ"
    lines = [f"Đối chiếu với bản in ({compared}): không thấy gì khác."]
    if said:
        lines = ["Đối chiếu với bản in, hãy xem lại:", *(f"  - {one}" for one in said)]
    notes = {SIGNATURES: told.signatures} if told.signatures else {}
    return lines + [f"Chữ ký số: {line}." for line in signature_lines(notes)]


def twin_line(
    receipt: ReceiptView,
    document: DocumentView,
    shown: DocumentView,
    ended: str = "",
    *,
    is_amended: bool,
) -> str:
    """What became of a drop whose paper *shown* was here before."""
    if receipt.kind == FOLDER:
        return signed_line(receipt, shown)
    is_file = is_amended and receipt.suffix not in RECORD_SUFFIXES
    if EDITED in receipt.extra or (is_file and shown.number is None):
        return (
            f"Đã nhận tệp đã sửa của dự thảo {short_id(shown.id)}: đó là phiên bản mới của chính dự thảo ấy; "
            "bản in để ký nằm ở thư mục kết quả của lần thả đầu."
            + (_ONLY_WORDS if EDITED in receipt.extra else "")
        )
    if not is_amended:
        return done_line(document, shown, ended)
    read = arrival_read(shown.record)
    is_its_scan = read is not None and read.file_sha512 == receipt.sha512
    slips = slip_words(read) if read is not None and is_its_scan else ""
    return " ".join(part for part in (amended_line(shown), slips) if part)


def summary_text(
    receipt: ReceiptView,
    documents: Sequence[DocumentView],
    outcomes: Outcomes,
    remarks: Sequence[str] = (),
) -> str:
    """The note ``KẾT QUẢ.txt``: what became of the paper; of a list how many of each, what is new, what had its number before."""
    made = [document for document in documents if document.state in _MADE]
    twins = [document for document in documents if document.state is DocumentState.DUPLICATE]
    ended = outcomes.ended
    done = [_label(one) + done_line(one, one, ended.get(one.id, "")) for one in made]
    known = [_label(one) + _twin_told(receipt, one, outcomes) for one in twins]
    read = [*_reading_notes(receipt), *remarks]
    if receipt.is_list:
        told = [*_counts([one.state for one in documents]), *read, "", *_of_list(done, known)]
        bad = sum(document.state is DocumentState.RETURNED for document in documents)
        told += ["", f"CẦN SỬA ({bad}): xem tệp trả lại và tệp LY-DO."] if bad else []
    else:
        told = [*done, *known, "", *read]
    head = [
        f"Tệp: {receipt.source_name}",
        f"Nhận lúc: {receipt.received_at:%H:%M ngày %d/%m/%Y}",
        "",
    ]
    return "\n".join([*head, *told]).rstrip("\n") + "\n"


def _twin_told(receipt: ReceiptView, twin: DocumentView, outcomes: Outcomes) -> str:
    first = outcomes.originals.get(twin.id, twin)
    ended = outcomes.ended.get(first.id, "")
    return twin_line(receipt, twin, first, ended, is_amended=outcomes.is_amended)


def _of_list(done: Sequence[str], known: Sequence[str]) -> list[str]:
    lines = [f"MỚI XONG ({len(done)}):", *done, ""] if done else []
    return [*lines, f"ĐÃ CÓ SỐ TỪ TRƯỚC ({len(known)}):", *known] if known else lines


def next_steps(
    receipt: ReceiptView, documents: Sequence[DocumentView], *, is_finished: bool
) -> str:
    """How to go on with the drafts of a drop; empty where it has none."""
    waiting = (document for document in documents if document.state is DocumentState.WAITING)
    drafts = [document for document in waiting if not is_asked_about(document.record)]
    if not drafts:
        return ""
    named = " ".join(short_id(one.id) for one in drafts[:_MOST_NAMED])
    more = " …" if len(drafts) > _MOST_NAMED else ""
    file, kept = "bản Word", "Tên tệp giữ nguyên."
    follows = _ONLY_WORDS.strip()
    if is_finished:
        file, kept = "tệp", "Tên tệp giữ nguyên, hoặc có bốn chữ sau dấu ~ ở cuối."
        follows = "Sổ ghi lại những gì đọc được trên tệp mới."
    lines = (
        "",
        "VIỆC TIẾP THEO",
        "1. In văn bản trong thư mục này, trình ký.",
        f"2. Ký xong, cấp số: trên trang web, «Văn bản đi», mục «Chờ ký, chờ cấp số», bấm «Cấp số» (mã {named}{more}).",
        "   Số lấy ngày hôm nay; ký hôm trước thì ghi ngày ký ở ô «Ngày».",
        "   Bản chính thức có số, ngày sẽ nằm trong chính thư mục này.",
        f"3. Cần sửa trước khi ký: sửa {file} trong thư mục này rồi thả lại vào «{receipt.folder}». {kept}",
        f"   {follows}",
        "4. Không ký: mở văn bản ở mục ấy, bấm «Đổi trạng thái», chọn «đã thu hồi» và ghi lý do.",
    )
    return "\n".join(lines) + "\n"


def _counts(states: Sequence[DocumentState]) -> list[str]:
    return [
        f"Số dòng đã đọc: {len(states)}",
        f"Mới xong: {states.count(DocumentState.NUMBERED) + states.count(DocumentState.WAITING)}",
        f"Đã có từ trước: {states.count(DocumentState.DUPLICATE)}",
        f"Cần sửa: {states.count(DocumentState.RETURNED)}",
    ]


_NO_PDF = {
    libreoffice.MISSING: (
        "Máy chủ chưa cài LibreOffice nên chưa làm được bản PDF từ bản Word đã sửa. "
        "Hãy mở bản Word trong thư mục này và in từ Word, hoặc nhờ người quản trị cài gói libreoffice-writer-nogui."
    ),
    libreoffice.FAILED: (
        "LibreOffice không chuyển được bản Word đã sửa sang PDF. "
        "Hãy mở bản Word trong thư mục này, xem lại và in từ Word."
    ),
}


def paper_remarks(receipt: ReceiptView, made: Sequence[Record]) -> list[str]:
    """What the clerk should know of a stamped or copied paper: where the mark went, what was left out, what is doubtful."""
    lines: list[str] = []
    for notes in made:
        if notes.get("no_pdf"):
            lines.append(_NO_PDF[notes["no_pdf"]])
        stamp = notes.get("stamp", {})
        if stamp.get("what") == "slip":
            lines.append(
                "Văn bản mở được nhưng không đóng dấu lên được: dấu đến nằm trên một tờ lót riêng; bản gốc giữ nguyên."
            )
        elif stamp.get("placed") == "to-lot":
            lines.append(
                "Trang đầu không còn chỗ trống: dấu đến nằm trên tờ lót đặt trước trang 1."
            )
        elif near_mm := stamp.get("near_edge_mm"):
            lines.append(
                f"Trang đầu chỉ còn chỗ trống sát mép giấy: dấu đến đứng cách mép {near_mm:g} mm. "
                "Khi in hãy xem dấu có bị cắt không."
            )
        if stamp.get("signature_dropped"):
            lines.append(
                "Văn bản gốc có chữ ký số. Bản đóng dấu chỉ để xem, không còn chữ ký số; bản gốc có chữ ký được giữ nguyên."
            )
        if broken := broken_lines(notes):
            lines.append("Chữ ký số của văn bản có điều phải xem lại; hãy hỏi nơi gửi:")
            lines += [f"  - {line}" for line in broken]
        for made_by in ("stamp", "copy", "issued"):
            lines += left_out_words(notes.get(made_by, {}).get("removed", ()))
        lines += _issued_remarks(notes.get("issued", {}))
        lines += notes.get("arrival", [])
    if receipt.extra.get("unread"):
        lines.append(
            "Chưa xem xong hình và dấu đóng ở đầu văn bản để tìm dấu chỉ độ mật. Hãy tự kiểm tra."
        )
    return lines


def number_remarks(
    documents: Sequence[DocumentView], remarks: Mapping[DocumentId, str]
) -> list[str]:
    """What the book says beside a number: its date runs back, it was given by hand …"""
    return [
        f"{_label(document)}{document.number.shown}: {remarks[document.id]}."
        for document in documents
        if document.number is not None and document.id in remarks
    ]


def _issued_remarks(notes: Record) -> list[str]:
    """Of a finished paper: what was filled in and what was not, and how it stands to the layout in force."""
    if not notes:
        return []
    filled = notes.get("filled", [])
    lines = [f"Đã ghi {' và '.join(filled)} vào chỗ trống trên văn bản."] if filled else []
    lines += notes.get("left", [])
    annexes = notes.get("annexes", [])
    if annexes:
        lines.append(f"Kèm {len(annexes)} phụ lục: {'; '.join(annexes)}.")
    if notes.get("remarks"):
        lines += ["", "Nhận xét về thể thức (không phải lý do trả lại):"]
        lines += [f"  - {remark}" for remark in notes["remarks"]]
    return lines


def reason_text(
    receipt: ReceiptView,
    problems: Sequence[tuple[str, Sequence[Problem]]],
    documents: Sequence[DocumentView],
    kind: Kind | None,
) -> str:
    """The note ``….LY-DO.txt``: what, where, what was read, what to do."""
    title = kind.title if kind else receipt.folder
    done = [d for d in documents if d.state is not DocumentState.RETURNED]
    lines = [
        f"Tệp: {receipt.source_name}",
        f"Loại: {title}",
        f"Nhận lúc: {receipt.received_at:%H:%M ngày %d/%m/%Y}",
        "",
    ]
    if done:
        lines += [
            f"{len(done)} dòng khác trong tệp đã xong; sửa rồi thả lại thì các dòng đó không bị cấp số lần nữa.",
            "",
        ]
    shown = 0
    for label, found in problems:
        if shown >= _MOST_PROBLEMS:
            lines.append("… và còn nữa; xem các ô được tô màu trong tệp trả lại.")
            break
        if label:
            lines.append(f"{label[:1].upper()}{label[1:]}:")
        lines += [f"  - {problem.sentence()}" for problem in found]
        shown += len(found)
    again = f"Sửa xong, thả lại vào thư mục «{receipt.folder}»."
    lines += [*_reading_notes(receipt), "", again, ""]
    return "\n".join(lines)


def _label(document: DocumentView) -> str:
    return (
        f"{document.place.label[:1].upper()}{document.place.label[1:]}: "
        if document.place.label
        else ""
    )


def _reading_notes(receipt: ReceiptView) -> list[str]:
    lines = []
    skipped = receipt.extra.get("skipped_rows")
    if skipped:
        lines.append(f"Dòng không phải bản ghi (trống, tiêu đề, ghi chú …) đã bỏ qua: {skipped}")
    headings = receipt.extra.get("unknown_headings")
    if headings:
        names = ", ".join(f"«{item['heading']}»" for item in headings)
        lines.append(f"Cột không dùng đến: {names}")
    lines.extend(str(note) for note in receipt.extra.get("notes") or ())
    return lines
