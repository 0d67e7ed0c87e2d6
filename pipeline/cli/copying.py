"""Commands on certified copies: copy, copies, copy-give, copy-revoke, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.app import App
from pipeline.cli.common import (
    RETURNED_STATUS,
    WAITING_STATUS,
    Person,
    acting_person,
    asked,
    put,
    put_json,
    say,
    the_office,
)
from pipeline.cli.looking import one_paper
from pipeline.cli.vietnamese import Command, Unsaid
from pipeline.journal_words import person_in_words
from pipeline.record import CopyForm, LegalState
from pipeline.standing import shown_of, standing_words, upper_first
from pipeline.stores.registers.views import DocumentView

if TYPE_CHECKING:
    from pipeline.copies import Asked
    from pipeline.copy_holders import Held

_FINISH_S = 60.0
_CopyRef = Annotated[
    str, typer.Argument(metavar="SỐ", help="Số của bản sao (07-BS/VPTU) hoặc mã văn bản của nó.")
]
_PaperRef = Annotated[
    str, typer.Argument(metavar="SỐ", help="Số, ký hiệu hoặc mã của văn bản cần sao.")
]
_Form = Annotated[
    CopyForm,
    typer.Option(
        "--form", help="sao-y: văn bản của mình; sao-luc: nhận từ nơi khác; trich-sao: một phần."
    ),
]
_To = Annotated[
    list[str] | None,
    typer.Option("--to", help="Nơi nhận; ghi nhiều lần. Mặc định: [ban_sao] noi_nhan."),
]
_Signer = Annotated[
    str, typer.Option("--signer", help="Mã người ký. Mặc định: [ban_sao] nguoi_ky.")
]
_Issuer = Annotated[str, typer.Option("--issuer", help="Ký hiệu cơ quan sao.")]
_Pages = Annotated[str, typer.Option("--pages", help="Trang cần trích: 1,3-5.")]
_Note = Annotated[str, typer.Option("--note", help="Ghi chú, vào sổ.")]
_Reason = Annotated[str, typer.Option("--reason", help="Sao để làm gì, vào sổ.")]
_AttestedBy = Annotated[
    str, typer.Option("--attested-by", help="Người đã đối chiếu tệp trong kho với bản chính giấy.")
]
_Despite = Annotated[
    str,
    typer.Option(
        "--despite",
        help="Lý do vẫn sao văn bản đã đính chính, bị thay thế, hạn chế sao; người quyết định là --person.",
    ),
]
_Serials = Annotated[
    int, typer.Option("--serials", help="In số thứ tự 1/N … N/N lên từng bản.", min=0, max=500)
]
_Electronic = Annotated[
    bool, typer.Option("--electronic", help="Bản sao điện tử: chữ ở góc trên bên phải trang 1.")
]
_Again = Annotated[
    bool, typer.Option("--again", help="Cấp thêm một số cho cùng văn bản, cùng nơi nhận.")
]
_Json = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(cls=Command)(copy)
    app.command(cls=Command)(copies)
    app.command("copy-give", cls=Command)(copy_give)
    app.command("copy-revoke", cls=Command)(copy_revoke)
    app.command(cls=Command)(check)


def copy(
    ctx: typer.Context,
    ref: _PaperRef,
    *,
    form: _Form,
    to: _To = None,
    signer: _Signer = "",
    issuer: _Issuer = "",
    pages: _Pages = "",
    note: _Note = "",
    reason: _Reason = "",
    attested_by: _AttestedBy = "",
    despite: _Despite = "",
    serials: _Serials = 0,
    electronic: _Electronic = False,
    again: _Again = False,
    person: Person = "",
    json: _Json = False,
) -> int:
    """Làm bản sao có chứng thực của một văn bản: cấp số BS, in khối sao, vào sổ, lưu kho."""
    from pipeline.copies import Asked

    if form is CopyForm.TRICH_SAO and not pages.strip():
        raise Unsaid("các trang cần trích", param_hint="--pages")
    if form is not CopyForm.TRICH_SAO and pages.strip():
        raise typer.BadParameter("chỉ đi cùng --form trich-sao", param_hint="--pages")
    wanted = Asked(
        form=form,
        paper=ref,
        person=acting_person(person),
        recipients=tuple(to or ()),
        signer=signer,
        issuer=issuer,
        pages=pages,
        note="; ".join(part for part in (f"Sao để: {reason}" if reason else "", note) if part),
        attested_by=attested_by,
        despite=despite,
        serials=serials if serials > 1 else 0,
        is_electronic=electronic,
        again=again,
    )
    return _make(ctx, wanted, json=json)


def _make(ctx: typer.Context, wanted: Asked, *, json: bool) -> int:
    from pipeline.copies import ask_for_copy, outcome_of
    from pipeline.process_once import finish

    with the_office(ctx) as office:
        receipt_id = ask_for_copy(wanted, office)
        is_done = finish({receipt_id}, office, seconds=_FINISH_S)
        made, path = outcome_of(receipt_id, office)
    file = None if path is None else str(path)
    if json:
        put_json({"reference": shown_of(made), "document_id": made.id, "file": file})
    else:
        put(f"{shown_of(made)}  {file or ''}".rstrip())
        if not is_done:
            say("Đang làm tiếp; xem lại bằng «vanthu show».")
    return 0 if is_done else WAITING_STATUS


def copies(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="SỐ", help="Số của bản sao, hoặc của văn bản đã được sao.")
    ],
    *,
    json: _Json = False,
) -> int:
    """Ai đang giữ bản sao nào; của một văn bản gốc thì nêu mọi bản sao của nó."""
    from pipeline.copies import copies_of, is_copy

    with the_office(ctx) as office:
        paper = one_paper(ref, office)
        if paper is None:
            return RETURNED_STATUS
        found = [paper] if is_copy(paper) else copies_of(paper, office)
        if json:
            put_json([_about(one, office) for one in found])
        else:
            for one in found:
                _print_copy(one, office)
    say(f"{len(found)} bản sao.")
    return 0


def copy_give(
    ctx: typer.Context,
    ref: _CopyRef,
    *,
    to: Annotated[str, typer.Option("--to", help="Người, đơn vị nhận bản ấy.")] = "",
    serial: Annotated[
        int, typer.Option("--serial", help="Bản số mấy; bỏ khi bản sao không đánh số.", min=0)
    ] = 0,
    person: Person = "",
) -> None:
    """Ghi ai đã nhận một bản sao (bản số mấy)."""
    from pipeline.copies import find_copy, give
    from pipeline.copy_holders import unsigned_words

    holder = asked(to, "--to", "người, đơn vị nhận")
    with the_office(ctx, for_deed=True) as office:
        paper = find_copy(ref, office)
        give(paper, serial, holder, acting_person(person), office)
        _print_copy(paper, office)
        shown = shown_of(paper)
        if told := unsigned_words(paper, shown):
            put(f'{told}: vanthu state {shown} "đã ký" --reason "…".')


def copy_revoke(
    ctx: typer.Context,
    ref: _CopyRef,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Lý do thu hồi, ghi vào sổ.")] = "",
    serial: Annotated[
        int, typer.Option("--serial", help="Chỉ thu hồi bản số này; bỏ: mọi bản.", min=0)
    ] = 0,
    person: Person = "",
) -> None:
    """Thu hồi bản sao: mọi bản của một số, hoặc riêng một bản có số thứ tự."""
    from pipeline.copies import find_copy, revoke

    reason = asked(reason, "--reason", "lý do thu hồi")
    with the_office(ctx, for_deed=True) as office:
        paper = find_copy(ref, office)
        revoke(paper, serial, reason, acting_person(person), office)
        what = f", bản số {serial}" if serial else ""
        put(f"Đã thu hồi {shown_of(paper)}{what}")


def check(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="TỆP|MÃ", help="Tệp bản sao, hoặc mã xác thực in trên bản sao.")
    ],
    *,
    json: _Json = False,
) -> int:
    """Hỏi kho: tệp này, mã này có phải bản sao do cơ quan cấp không, còn nguyên vẹn và hiệu lực không."""
    from pipeline.copies import Verdict, check_code, check_file
    from pipeline.copy_holders import is_signed

    path = Path(what)
    with the_office(ctx) as office:
        if path.is_file():
            answer = check_file(path, office)
        elif path.suffix or "/" in what:
            raise typer.BadParameter(f"không có tệp «{what}»", param_hint="TỆP|MÃ")
        else:
            answer = check_code(what, office)
    about: dict[str, Any] = {"verdict": answer.verdict, "words": answer.words}
    if answer.copy is not None:
        paper = answer.copy
        about |= {
            "reference": shown_of(paper),
            "document_id": paper.id,
            "issued_on": paper.number.issued_on if paper.number else None,
            "subject": paper.facts.subject if paper.facts else "",
            "signed": is_signed(paper),
            "remarks": list(answer.remarks),
        }
    if json:
        put_json(about)
    else:
        put(f"{upper_first(answer.words)}.")
        if answer.copy is not None:
            put(f"{about['reference']}, ngày {about['issued_on']:%d/%m/%Y}: {about['subject']}")
        for remark in answer.remarks:
            put(remark)
    return 0 if answer.verdict is Verdict.UNCHANGED else RETURNED_STATUS


def _about(paper: DocumentView, office: App) -> dict[str, Any]:
    from pipeline.copies import holders_of

    facts = paper.facts
    return {
        "reference": shown_of(paper),
        "document_id": paper.id,
        "form": paper.kind,
        "issued_on": paper.number.issued_on if paper.number else None,
        "copies": facts.so_ban if facts else None,
        "pages": facts.so_trang if facts else None,
        "standing": standing_words(paper, office.registers),
        "holders": holders_of(paper, office),
    }


def _print_copy(paper: DocumentView, office: App) -> None:
    about = _about(paper, office)
    count = f", {about['copies']} bản" if about["copies"] else ""
    day = f"{about['issued_on']:%d/%m/%Y}" if about["issued_on"] else ""
    put(f"{about['reference']}  {day}{count}, {about['standing']}")
    for held in about["holders"]:
        serial = f"bản số {held.serial}: " if held.serial else ""
        recalled = (
            f" — đã thu hồi {held.recalled_at:%d/%m/%Y}: {held.why}" if held.recalled_at else ""
        )
        if paper.legal_state is LegalState.THU_HOI:
            recalled = recalled or " — đã thu hồi"
        put(f"    {serial}{held.holder or '(chưa ghi ai nhận)'}  {_when_given(held)}{recalled}")


def _when_given(held: Held) -> str:
    if held.is_intended:
        return "dự kiến gửi, chưa ghi nhận bản ký"
    by = person_in_words(held.given_by)
    unsigned = ", chưa ghi nhận bản ký" if held.is_unsigned else ""
    said = f", {by} giao" if by else ", theo nơi nhận"
    return f"{held.given_at:%d/%m/%Y}{said}{unsigned}"
