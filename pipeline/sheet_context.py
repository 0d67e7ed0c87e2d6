"""A numbered paper and its office → the object ``vb`` that every template sees; see docs/them-mot-loai.md."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.clock import OFFICE_ZONE
from pipeline.config import Body, Office, Signer
from pipeline.copy_code import spelled
from pipeline.kinds.model import Kind
from pipeline.record import DocumentId, Facts, Number, Record, SeriesKey
from pipeline.stores.registers.views import DocumentView
from pipeline.vietnamese import pad_ordinal, short_date, spell_date

#: What one sheet's time is enough for, several times over.
_LETTERS_A_SHEET = 100_000
#: What a line costs beside its letters, and a cell of a table.
_LETTERS_A_LINE = 40
_LETTERS_A_CELL = 20


def weight_of(record: Record) -> float:
    """How much work a record's layout is, in sheets whose time is certain to be enough."""
    text = str(record)
    extra = text.count("\\n") * _LETTERS_A_LINE + text.count("|") * _LETTERS_A_CELL
    return (len(text) + extra) / _LETTERS_A_SHEET


def seconds_of(record: Record, office: Office) -> float:
    """How long its sheets may take: a text of a million letters is hundreds of pages and no fault of anybody's."""
    return office.limits.render_seconds * (1 + weight_of(record))


def vb_of(
    *,
    kind: Kind,
    facts: Facts,
    number: Number | None,
    office: Office,
    day: date,
    mau: str,
    symbol: str = "",
    record: Record | None = None,
    made_at: datetime | None = None,
) -> dict[str, Any]:
    """What a template may say of a paper beside its record.

    Args:
        record: Of a copy: which pages it takes.
        made_at: When a copy was made, to the second.
        number: None draws the paper without its number, day and month.
        day: The day on which body and signer are looked up.
        symbol: Of the series, printed where there is no number yet.
    """
    issued_on = number.issued_on if number else None
    body = office.body(facts.issuer, day)
    signer = office.signer(body, None if kind.signs_by_record else facts.signer or None, day)
    reference = number.reference if number else ""
    ordinal = pad_ordinal(number.ordinal) if number else ""
    blank = f"{symbol}/{facts.issuer}" if symbol and number is None else ""
    return {
        "so": ordinal,
        "ky_hieu": blank or reference.partition("-")[2],
        "so_ky_hieu": reference,
        "ma_tra_cuu": number.lookup_code if number else "",
        "ngay": date_words(issued_on),
        "nam": str((issued_on or day).year),
        "ngay_nhan": date_words(issued_on) if kind.is_incoming else None,
        "dia_danh": body.place,
        "co_quan": body_words(body),
        "ky": signer_words(signer),
        "noi_nhan": list(facts.recipients),
        "do_khan": facts.urgency,
        "mau": mau,
        "loai_ten": facts.type_name,
        "so_trang_goc": "",
        "so_trang_ban_chinh": "",
        "trang": "",
        "trich_yeu": facts.subject,
        **copy_words(facts, reference, record or {}, made_at),
    }


def copy_words(
    facts: Facts, reference: str, record: Record, made_at: datetime | None = None
) -> dict[str, Any]:
    """What the block of a copy says beside its number; empty for all other papers.

    The code is told to machines too: as plain text, so that any telephone shows what it is.
    """
    code = spelled(facts.verification)
    copies = int(record.get("danh_so_ban") or 0)
    return {
        "trang_trich": str(record.get("trang_trich") or ""),
        "ma_xac_thuc": code,
        "noi_dung_qr": f"{reference} {code}" if code else "",
        "cac_ban_so": [f"{one}/{copies}" for one in range(1, copies + 1)],
        "thoi_gian_sao": made_at.astimezone(OFFICE_ZONE).isoformat(" ", "seconds")
        if made_at
        else "",
    }


def render_args(
    kind: Kind, office: Office, profile: str, out_dir: Path, outputs: tuple[str, ...]
) -> dict[str, Any]:
    """The arguments that all sheets of a kind under one profile have in common."""
    return {
        "kind_dir": str(kind.directory),
        "shared_dir": str(kind.shared_dir),
        "digest": kind.digest,
        "spelling": office.spelling,
        "profile": profile,
        "out_dir": str(out_dir),
        "outputs": list(outputs),
    }


def mark_of(kind: Kind) -> dict[str, Any]:
    """What a kind's ``[data]`` says of its mark, for :func:`pipeline.kinds.mark.mark_rules`."""
    told: dict[str, Any] = kind.data.get("dau_den", {})
    return told


def date_words(day: date | None) -> dict[str, str] | None:
    """A date in every form the papers use."""
    if day is None:
        return None
    spelled = spell_date(day)
    words = spelled.split()
    return {
        "ngay": words[1],
        "thang": words[3],
        "nam": words[5],
        "dai": spelled,
        "ngan": short_date(day),
        "iso": day.isoformat(),
    }


def body_words(body: Body) -> dict[str, str]:
    """A body as its papers name it."""
    return {
        "ky_hieu": body.symbol,
        "ten": body.name,
        "cap_tren": body.parent_name,
        "ten_day_du": body.full_name,
        "luu": body.recipients_keep,
    }


def signer_words(signer: Signer) -> dict[str, str]:
    """The lines above and below a signature."""
    return {"quyen_han": signer.authority, "chuc_vu": signer.title, "ho_ten": signer.full_name}


def sheet_item(document: DocumentView, kind: Kind, office: Office) -> dict[str, Any]:
    """One item for the ``render`` operations."""
    day = document.number.issued_on if document.number else document.received_at.date()
    context = {"van_phong": office.default_body, "hom_nay": day.isoformat()}
    vb = vb_of(
        kind=kind,
        facts=document.facts or Facts(subject=""),
        number=document.number,
        office=office,
        day=day,
        mau=kind.face(document.record, context),
        symbol=kind.symbol(document.record, context),
        record=document.record,
        made_at=document.decided_at,
    )
    vb["dau_vet"] = f"{document.id}/{document.version}"
    return {"record": kind.complete(document.record), "vb": vb, "stem": str(document.id)}


def file_stem(document: DocumentView, kind: Kind) -> str:
    """The name of a paper's files, as its kind says, fit for Windows."""
    number = document.number
    day = number.issued_on if number else document.received_at.date()
    stem = kind.result_name(
        document.record,
        {"hom_nay": day.isoformat(), "ten_tep": document.facts.subject if document.facts else ""},
        ordinal=number.ordinal if number else None,
        reference=number.reference if number else "",
        lookup_code=number.lookup_code if number else "",
    )
    if number:
        return stem
    again = f" bản {document.version}" if document.version > 1 else ""
    return f"{stem} {short_id(document.id)}{again}"


def short_id(document_id: DocumentId) -> str:
    """What tells papers without a number apart, in file names and commands: ``~k3f9``."""
    return f"~{document_id[-4:]}"


def number_to_try(kind: Kind, symbol: str, facts: Facts, day: date) -> Number:
    """A number as long as real ones get, for trials before one is taken."""
    key = SeriesKey(book=kind.book, issuer=facts.issuer, symbol=symbol, period=str(day.year))
    reference = f"9999-{symbol}/{facts.issuer}" if kind.number.has_number else ""
    code = "" if kind.number.has_number else f"{kind.number.prefix}-{day:%y}-99999-X"
    return Number(series=key, ordinal=9999, issued_on=day, reference=reference, lookup_code=code)
