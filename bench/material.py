"""Workbooks of any size for the benchmarks: invented members of an invented province."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from pipeline.kinds.checking import check_record
from pipeline.kinds.model import Kind
from pipeline.record import Place
from pipeline.sample_day.people import comment_sheets, introductions

SEED = 213
#: Rows that the sample day spoils on purpose, and some.
_SPOILED = 10


def records(kind: Kind, count: int) -> list[dict]:
    """*count* good records of one of the two mass kinds, no two for one person."""
    if kind.name == "gioi-thieu":
        made = introductions(count, seed=SEED)
    else:
        levels = {item["ma"]: item["muc"] for item in kind.data["tieu_chi"]}
        made = comment_sheets(count + _SPOILED, levels, year=2026, seed=SEED)
        made = [record for record in made if not _problems(kind, record)][:count]
    for number, record in enumerate(made):
        record["ho_ten"] = f"{record['ho_ten']} {_syllable(number)}"
    return made


def workbook(kind: Kind, count: int, path: Path) -> Path:
    """The same as a workbook under the kind's own headings."""
    rows = records(kind, count)
    names = [name for name in kind.sheet if any(row.get(name) is not None for row in rows)]
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Danh sách")
    for column, name in enumerate(names):
        sheet.write_string(0, column, kind.property_named(name).title)
    for line, row in enumerate(rows, start=1):
        for column, name in enumerate(names):
            value = row.get(name)
            if value is not None:
                sheet.write_string(
                    line, column, {True: "có", False: "không"}.get(value, str(value))
                )
    book.close()
    return path


def _problems(kind: Kind, record: dict) -> list:
    context = {"van_phong": "VPTU", "hom_nay": "2026-11-23"}
    return check_record(kind, dict(record), place=Place(), context=context)[1]


def _syllable(number: int) -> str:
    """A number as invented name syllables, so that no two people share a name and birthday."""
    heads, tails = "BCDGHKLMNPQSTVX", ("an", "inh", "ong", "uy", "oa", "iên", "âm", "ơn")
    word = ""
    while True:
        number, rest = divmod(number, len(heads) * len(tails))
        word += heads[rest // len(tails)] + tails[rest % len(tails)]
        if number == 0:
            return word
        number -= 1
