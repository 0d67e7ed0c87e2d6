"""An office with papers to print, and what came out of a printer."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cups import CupsServer, TestPrinter
from helpers import example
from odd_pdfs import content_of, write_pdf
from office_kit import VAN_BAN_DEN, drop, drop_json, letter, person, small_office

from pipeline.config import OFFICE_FILE, Office, load_office

VAN_BAN = "van-ban"
INCOMING_PAGES = ("Mot trang dau", "Hai trang giua", "Ba trang cuoi")


def drop_papers(root: Path) -> Office:
    """Two certificates of one page, a received letter of three, a draft."""
    office = small_office(root)
    drop_json(office, "mot.json", person(1))
    drop_json(office, "hai.json", person(2))
    pages = tuple(content_of([line]) for line in INCOMING_PAGES)
    pdf = write_pdf(root / ".thu.pdf", pages)
    drop(office, VAN_BAN_DEN, "thu.pdf", pdf.read_bytes())
    pdf.unlink()
    drop_json(office, "thu.json", letter(12), VAN_BAN_DEN)
    drop_json(office, "du-thao.json", example(VAN_BAN, "cong-van-mot-noi"), VAN_BAN)
    return office


def with_printer(office: Office, address: str, printer: str = "", *more: str) -> Office:
    """The office, printing there."""
    path = office.root / OFFICE_FILE
    lines = [f'may_chu = "{address}"', f'may_in = "{printer}"', *more]
    table = "\n".join(["", "[in_an]", *lines, ""])
    before = path.read_text(encoding="utf-8").partition("\n[in_an]\n")[0]
    path.write_text(before + table, encoding="utf-8")
    return load_office(office.root)


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF, words apart by one blank."""
    ran = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    found = ran.stdout.decode().split("\f")
    return [" ".join(page.split()) for page in found[:-1]]


def came_out(printer: TestPrinter) -> list[str]:
    """The text of each page that came out of the one job there was."""
    (job,) = printer.printed()
    return pages(job)


def order_to(job: Path) -> str:
    """What the printer was told to do, before the pages."""
    return job.read_bytes().partition(b"%PDF")[0].decode("latin-1")


__all__ = [
    "INCOMING_PAGES",
    "VAN_BAN",
    "CupsServer",
    "came_out",
    "drop_papers",
    "order_to",
    "pages",
    "with_printer",
]
