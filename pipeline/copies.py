"""Certified copies, asked for and asked about: a copy is made by a record that goes through the flow like a dropped one.

Who holds which copy is told by the copy's recipients and by the deeds of its journal; nothing else is kept of it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from pipeline.app import App, refuse_if_behind
from pipeline.between import Bench
from pipeline.copy_code import read_code
from pipeline.copy_holders import GIVEN, RECALLED, Held, holders_told, is_signed, serials_of
from pipeline.copy_source import Source, check_source, check_standing, source_name
from pipeline.document_object import document_object
from pipeline.durable import sha512_file, write_file
from pipeline.engines.cell import Cell
from pipeline.engines.tables_codes import line_code
from pipeline.errors.base import VanthuError
from pipeline.errors.copies import (
    CopyOnItsWay,
    CopyReturned,
    CopyRevokedAlready,
    NoSuchCopy,
    NoSuchSerial,
)
from pipeline.flow import receive
from pipeline.inbox.arrival_reading import arrival_read, leave_out
from pipeline.inbox.folders import Drop, ensure_folders, lend_to_owner
from pipeline.kinds.model import Kind
from pipeline.legal import STATE_WORDS
from pipeline.paper_names import meant
from pipeline.plain import plain_json
from pipeline.record import (
    Book,
    CopyForm,
    DocumentId,
    LegalState,
    ReceiptId,
    Record,
    RelationKind,
    new_id,
)
from pipeline.right_to_copy import CopyRequest, source_of_copy
from pipeline.signed_back import signed_file
from pipeline.standing import later_papers, shown_of
from pipeline.steps.intake import Refusal
from pipeline.stores.registers.views import DocumentState, DocumentView
from pipeline.vietnamese import safe_file_name

_PAUSE_S = 0.1
#: For another process that was quicker to take the record.
_PATIENCE_S = 30.0
_ENDED = frozenset((LegalState.THU_HOI, LegalState.HUY_SO, LegalState.BI_THAY_THE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for at the command line or on the web."""

    form: CopyForm
    #: Reference, in any form, or id.
    paper: str
    person: str
    recipients: tuple[str, ...] = ()
    #: Code or name; empty takes the office's.
    signer: str = ""
    #: Symbol of the body that copies; empty takes the office's.
    issuer: str = ""
    pages: str = ""
    note: str = ""
    attested_by: str = ""
    #: Why it is copied in spite of its state or its marks; the person decides.
    despite: str = ""
    serials: int = 0
    is_electronic: bool = False
    #: One more copy for the same recipients.
    again: bool = False


def ask_for_copy(asked: Asked, app: App) -> ReceiptId:
    """Drop the record of a copy and take it in; what became of it tells :func:`outcome_of` once the flow is through.

    Raises:
        SourcePaperUnknown (R191), SourcePaperAmbiguous (R192), CopyNotAllowed (R193), CopyFormWrong (R260).
        TemporaryFailure: it lies in the inbox and will be taken from there.
    """
    refuse_if_behind(app)
    paper = source_of_copy(
        CopyRequest(form=asked.form, wanted=asked.paper),
        meant(asked.paper, app).papers,
        app.registers,
    )
    written = record_of(asked, paper, app)
    kind = written.kind
    path = app.office.inbox_dir / kind.name / written.name
    ensure_folders(app.office, {kind.name: kind})
    write_file(path, written.data, mode=0o664)
    lend_to_owner(path, app.office.inbox_dir)
    with app.new_cell() as cell:
        return _taken(path, kind, written.code, app, cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A copy asked for, as the record that is dropped."""

    kind: Kind
    name: str
    data: bytes
    #: Of its one line.
    code: str


def record_of(asked: Asked, paper: DocumentView, app: App) -> Written:
    """The record that asks for a copy of *paper*."""
    kind = _kind(asked.form, app)
    lot = new_id(app.clock)[-8:]
    code = line_code(lot, 1)
    name = safe_file_name(f"sao {shown_of(paper) or asked.paper} {lot}.json")
    return Written(kind=kind, name=name, data=plain_json(_record(asked, paper, code)), code=code)


def check_copy(asked: Asked, paper: DocumentView, app: App, cell: Cell) -> Source:
    """See what would stop this copy, before its record is dropped; the flow sees it again.

    Raises:
        CopyNeedsDecision (R262), CopyNotAllowed (R193), SourceUnproven (R261), PagesWrong (R263), RasterTooCoarse (R264).
    """
    wanted = CopyRequest(
        form=asked.form,
        wanted=shown_of(paper),
        pages=asked.pages,
        is_electronic=asked.is_electronic,
        attested_by=asked.attested_by,
        decided_by=asked.person if asked.despite else "",
        decided_why=asked.despite,
    )
    with app.new_folder() as folder:
        bench = Bench(
            office=app.office,
            registers=app.registers,
            objects=app.objects,
            clock=app.clock,
            cell=cell,
            kind=_kind(asked.form, app),
            folder=Path(folder),
            worker=app.worker,
        )
        check_standing(paper, wanted, bench)
        return check_source(paper, wanted, bench)


def source_args(paper: DocumentView, app: App) -> Record:
    """The file whose pages are copied, and which sheets in it are ours. Raises CopyNotAllowed (R193)."""
    name = source_name(paper)
    path = app.objects.open(document_object(paper.id), name, version=paper.archived_version)
    return {"path": str(path), **leave_out(arrival_read(paper.record))}


def outcome_of(receipt_id: ReceiptId, app: App) -> tuple[DocumentView, Path | None]:
    """The copy that a record led to, and its file in the clerk's folder where it lies there.

    Raises:
        CopyReturned (R269): the record went back, with these reasons.
    """
    (document,) = app.registers.documents_of(receipt_id)
    if document.state is DocumentState.RETURNED:
        raise CopyReturned(f"returned document={document.id}", problems=document.problems)
    if document.duplicate_of is not None:
        document = app.registers.get(document.duplicate_of) or document
    receipt = app.registers.receipt(document.receipt_id)
    names = receipt.answer_files if receipt else ()
    paths = [app.office.inbox_dir / name for name in names if name.endswith(".pdf")]
    made = {Path(file.name).stem for file in document.files}
    return document, next((p for p in paths if p.stem in made and p.is_file()), None)


def _kind(form: CopyForm, app: App) -> Kind:
    broken: VanthuError | None = app.kinds.invalid.get(form.value)
    if broken is not None:
        raise broken
    return app.kinds[form.value]


def _record(asked: Asked, paper: DocumentView, code: str) -> Record:
    values: Record = {
        "ma_dong": code,
        "sao_tu": paper.id,
        "noi_nhan": list(asked.recipients),
        "nguoi_ky": asked.signer,
        "co_quan": asked.issuer,
        "trang_trich": asked.pages,
        "ghi_chu": asked.note,
        "doi_chieu_boi": asked.attested_by,
        "van_sao_boi": asked.person if asked.despite else "",
        "van_sao_ly_do": asked.despite,
        "danh_so_ban": asked.serials,
        "dien_tu": asked.is_electronic,
        "cap_them": asked.again,
        "nguoi_sao": asked.person,
    }
    return {name: value for name, value in values.items() if value}


def _taken(path: Path, kind: Kind, code: str, app: App, cell: Cell) -> ReceiptId:
    """Take the record in, unless the office's own watch was quicker."""
    outcome = receive(Drop(kind=kind.name, path=path), app, cell, patient=True)
    if not isinstance(outcome, Refusal):
        return outcome
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        found = app.registers.by_line_codes(kind.name, [code])
        if code in found:
            return found[code].receipt_id
        time.sleep(_PAUSE_S)
    raise CopyOnItsWay(f"record of a copy not seen: {outcome}", file=path.name)


# --- who holds which ---


def find_copy(ref: str, app: App) -> DocumentView:
    """The one copy that *ref* names. Raises NoSuchCopy (R266)."""
    copies = [paper for paper in meant(ref, app).papers if is_copy(paper)]
    if len(copies) != 1:
        raise NoSuchCopy(f"{len(copies)} copies {ref!r}", reference=ref)
    return copies[0]


def is_copy(paper: DocumentView) -> bool:
    """Whether it is a certified copy of ours."""
    return paper.number is not None and paper.number.series.book is Book.SAO


def copies_of(paper: DocumentView, app: App) -> list[DocumentView]:
    """The copies made of a paper, in the order of their numbers; void ones too."""
    return [
        later
        for relation, later in later_papers(paper.id, app.registers)
        if relation.kind is RelationKind.SAO
    ]


def holders_of(copy: DocumentView, app: App) -> list[Held]:
    """Who holds which copy, by serial number where they have one."""
    return holders_told(copy, app.registers.journal_of(copy.id))


def give(copy: DocumentView, serial: int, holder: str, person: str, app: App) -> None:
    """Write down who was given that copy (0: one without a serial number).

    Raises:
        NoSuchSerial (R267), CopyRevokedAlready (R268).
    """
    _check_serial(copy, serial, app)
    app.registers.journal_append(GIVEN, person, copy.id, {"serial": serial, "holder": holder})


def revoke(copy: DocumentView, serial: int, reason: str, person: str, app: App) -> None:
    """Revoke a copy with all that was made of it, or the one sheet of that serial number.

    Raises:
        NoSuchSerial (R267), CopyRevokedAlready (R268), StateNotAllowed (R176).
    """
    if not serial:
        if copy.legal_state is LegalState.THU_HOI:
            raise CopyRevokedAlready("revoked", reference=shown_of(copy), what="")
        app.registers.set_state(copy.id, LegalState.THU_HOI, person=person, reason=reason)
        return
    _check_serial(copy, serial, app)
    app.registers.journal_append(RECALLED, person, copy.id, {"serial": serial, "reason": reason})


def _check_serial(copy: DocumentView, serial: int, app: App) -> None:
    shown, count = shown_of(copy), serials_of(copy)
    if copy.legal_state is LegalState.THU_HOI:
        raise CopyRevokedAlready("revoked", reference=shown, what="")
    if not 0 <= serial <= count or (count and not serial):
        known = f"các bản được đánh số từ 1 đến {count}" if count else "bản sao này không đánh số"
        raise NoSuchSerial(f"serial {serial}", reference=shown, serial=serial, known=known)
    for held in holders_of(copy, app):
        if serial and held.serial == serial and held.recalled_at is not None:
            raise CopyRevokedAlready("recalled", reference=shown, what=f"bản số {serial}")


# --- is this one of ours? ---


class Verdict(StrEnum):
    """What we know of a file or a code."""

    UNCHANGED = "nguyen-ven"
    REVOKED = "thu-hoi"
    UNKNOWN = "khong-biet"


VERDICT_WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.UNCHANGED: "bản sao do cơ quan cấp, còn nguyên vẹn, đang có hiệu lực",
        Verdict.REVOKED: "bản sao do cơ quan cấp, nhưng nay không còn hiệu lực",
        Verdict.UNKNOWN: "không phải bản sao do cơ quan cấp, hoặc đã bị sửa đổi",
    }
)


#: Said instead where it is ours and unchanged, but nobody has told that it was signed.
UNSIGNED_WORDS = "bản do hệ thống lập, còn nguyên vẹn; chưa ghi nhận bản ký, đóng dấu"
_SHEET = "Tệp này là bản do hệ thống lập, không có chữ ký và dấu; bản ký, đóng dấu có trong kho"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Of one question."""

    verdict: Verdict
    copy: DocumentView | None = None
    #: What else whoever holds it must know: why it was revoked, what became of the original.
    remarks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The verdict, for people."""
        is_unsigned = self.copy is not None and not is_signed(self.copy)
        if self.verdict is Verdict.UNCHANGED and is_unsigned:
            return UNSIGNED_WORDS
        return VERDICT_WORDS[self.verdict]


def check_file(path: Path, app: App) -> Answer:
    """Whether the file is, byte for byte, one of a copy we issued."""
    digest = sha512_file(path)
    found = app.registers.copies_with_file(digest)
    found += [
        copy
        for copy in ([] if found else app.registers.copies_changed())
        if _held_before(copy, digest, app)
    ]
    answer = _answer(found[0] if found else None, app)
    signed = signed_file(answer.copy.files) if answer.copy else None
    same = [
        file.name for file in (answer.copy.files if answer.copy else ()) if file.sha512 == digest
    ]
    if signed is not None and signed not in same:
        return replace(answer, remarks=(_SHEET, *answer.remarks))
    return answer


def check_code(text: str, app: App) -> Answer:
    """Whether the code that somebody typed stands on a copy we issued. Raises CodeMistyped (R265)."""
    return _answer(app.registers.copy_with_code(read_code(text)), app)


def _held_before(copy: DocumentView, digest: str, app: App) -> bool:
    object_id = document_object(copy.id)
    return any(
        file.sha512 == digest
        for version in range(1, copy.archived_version)
        for file in app.objects.files(object_id, version)
    )


def _answer(copy: DocumentView | None, app: App) -> Answer:
    if copy is None:
        return Answer(verdict=Verdict.UNKNOWN)
    remarks = list(_remarks(copy, app))
    verdict = Verdict.REVOKED if copy.legal_state in _ENDED else Verdict.UNCHANGED
    return Answer(verdict=verdict, copy=copy, remarks=tuple(remarks))


def _remarks(copy: DocumentView, app: App) -> list[str]:
    said = []
    if copy.legal_state in _ENDED:
        reason = app.registers.versions_of(copy.id)[-1].reason
        said.append(f"Bản sao {STATE_WORDS[copy.legal_state]}: {reason}")
    recalled = [one.serial for one in holders_of(copy, app) if one.recalled_at and one.serial]
    if recalled:
        said.append(f"Đã thu hồi riêng bản số: {', '.join(map(str, recalled))}")
    for original in originals_of(copy, app):
        if original.legal_state in _ENDED or original.legal_state is LegalState.DA_DINH_CHINH:
            words = STATE_WORDS[original.legal_state]
            said.append(f"Văn bản gốc {shown_of(original)} nay {words}")
    return said


def originals_of(copy: DocumentView, app: App) -> list[DocumentView]:
    """The paper a copy was made of."""
    ids = [one.document_id for one in copy.relations if one.kind is RelationKind.SAO]
    found = (app.registers.get(DocumentId(one)) for one in ids if one is not None)
    return [paper for paper in found if paper is not None]
