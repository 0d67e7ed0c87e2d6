"""Papers to be copied, and copies asked for, in a whole small office."""

from __future__ import annotations

from typing import Any

from odd_pdfs import content_of, write_pdf, write_scan
from office_kit import VAN_BAN_DEN, drop, drop_json, letter, opened

from pipeline.books import FORMS

SAO_Y = "sao-y"
SAO_LUC = "sao-luc"
TRICH_SAO = "trich-sao"
FULL = content_of([f"Line {n}" for n in range(36)], y=780)
SHORT = content_of(["A line", "and another"])
ATTESTED = {"doi_chieu_boi": "Đinh Thùy Nhung"}


def receive(office, tmp_path, number, *pages, **more: Any) -> None:
    """An incoming electronic paper of those pages, unsigned, with its record."""
    paper = write_pdf(tmp_path / ".paper.pdf", pages or (SHORT,)).read_bytes()
    drop(office, VAN_BAN_DEN, f"cv{number}.pdf", paper)
    drop_json(office, f"cv{number}.json", letter(number, **more), VAN_BAN_DEN)


def receive_scan(office, tmp_path, number, *, dpi=200, **more: Any) -> None:
    """An incoming paper as a scanner gives it: one page, its lower half empty."""
    lines = [(f"Dòng {n} của công văn {number}", 30, 20 + 8 * n, 13, False) for n in range(12)]
    scan = write_scan(tmp_path / ".scan.pdf", lines, dpi=dpi, noise=False)
    drop(office, VAN_BAN_DEN, f"cv{number}.pdf", scan.read_bytes())
    drop_json(office, f"cv{number}.json", letter(number, **more), VAN_BAN_DEN)


def ask(office, name, typed, form=SAO_LUC, **more: Any) -> None:
    """The record of a copy, dropped."""
    record = {"sao_tu": typed, "noi_nhan": ["Các chi bộ"], **more}
    drop_json(office, name, record, form)


def register(office, cell):
    """The lines of the register of copies, by column."""
    with opened(office, cell) as app:
        rows = app.registers.entries(book=FORMS["sao"].book)
        return [{c.title: c.value(row) for c in FORMS["sao"].columns} for row in rows]


def the_copy(office, form=SAO_LUC):
    """The one copy that was given out."""
    (path,) = (office.inbox_dir / form / office.folders.results).rglob("BS-*.pdf")
    return path
