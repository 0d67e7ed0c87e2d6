"""What the digital signatures of a received paper prove, as they were judged at receipt; told to clerks, and asked by copies."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.clock import OFFICE_ZONE
from pipeline.config import Office
from pipeline.errors.cell import CellFailure
from pipeline.record import Record

#: In the archive's notes on how a version was made.
NOTES = "signatures"
#: In the office's folder: certificates of the roots it trusts (PEM or DER).
TRUST_DIR = "chung-thu"
_SPARE_S = 10.0
_CHAINS = {
    "known": "chứng thư do nơi cơ quan tin cậy cấp",
    "unknown": "chưa rõ nơi cấp chứng thư",
    "revoked": "chứng thư đã bị thu hồi",
}


def trust_dir(office: Office) -> Path:
    """Where the operator puts the roots."""
    return office.root / TRUST_DIR


def judge_signatures(paper: Path, bench: Bench) -> Record:
    """The report on a paper for the archive's notes; empty where nobody signed it, or it is no PDF."""
    if paper.suffix.lower() != ".pdf":
        return {}
    try:
        told: dict[str, Any] = bench.cell.call(
            "paper.signatures",
            {"path": str(paper), "trust_dir": str(trust_dir(bench.office))},
            seconds=bench.office.limits.paper_seconds + _SPARE_S,
        )
    except CellFailure as error:
        told = {"signatures": [], "why": str(error)}
    if not told["signatures"] and not told["why"]:
        return {}
    return {NOTES: told | {"judged_at": bench.clock.now().isoformat()}}


def is_validly_signed(notes: Record) -> bool:
    """Whether somebody's signature over the whole file is intact and vouched for, and none is broken."""
    told = notes.get(NOTES, {})
    found = [one for one in told.get("signatures", ()) if one["kind"] == "signature"]
    return bool(found) and all(
        one["is_intact"] and one["is_whole"] and one["chain"] == "known" for one in found
    )


def is_vouching_unknown(notes: Record) -> bool:
    """Whether all signatures are over the whole file and intact, and only who issued a certificate is not known."""
    told = notes.get(NOTES, {})
    found = [one for one in told.get("signatures", ()) if one["kind"] == "signature"]
    is_sound = all(one["is_intact"] and one["is_whole"] and not one["why"] for one in found)
    return bool(found) and is_sound and not any(one["chain"] == "revoked" for one in found)


def signature_lines(notes: Record) -> list[str]:
    """A sentence for each signature; what could not be judged says so."""
    told = notes.get(NOTES)
    if not told:
        return []
    lines = [_line(one) for one in told["signatures"]]
    if told["why"]:
        lines.append("chữ ký số không kiểm tra được (cấu trúc tệp không đọc được)")
    return lines


def broken_lines(notes: Record) -> list[str]:
    """The sentences of those signatures that a clerk must look at: not what was signed, or not to be judged."""
    told = notes.get(NOTES)
    if not told:
        return []
    bad = [one for one in told["signatures"] if not (one["is_intact"] and one["is_whole"])]
    bad += [one for one in told["signatures"] if one["chain"] == "revoked" and one not in bad]
    return [_line(one) for one in bad] + (signature_lines(notes)[-1:] if told["why"] else [])


def _line(one: Record) -> str:
    what = "Dấu thời gian" if one["kind"] == "timestamp" else "Chữ ký"
    who = f"{what} của {one['signer']}" if one["signer"] else f"{what} «{one['field']}»"
    at = _moment(one["stamped_at"] or one["signed_at"])
    if one["why"]:
        return f"{who}{at}: không kiểm tra được"
    if not one["is_intact"]:
        return f"{who}{at}: KHÔNG còn nguyên vẹn, nội dung khác với khi ký"
    if not one["is_whole"]:
        return f"{who}{at}: tệp đã bị thay đổi sau khi ký"
    return f"{who}{at}: còn nguyên vẹn; {_CHAINS[one['chain']]}"


def _moment(text: str) -> str:
    if not text:
        return ""
    return f", {datetime.fromisoformat(text).astimezone(OFFICE_ZONE):%d/%m/%Y %H:%M}"
