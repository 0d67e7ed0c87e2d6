"""A seed and a day in → records of members of a province that does not exist.

The only Python that names fields of kinds: these are records such as a clerk writes, for two shipped kinds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from pipeline.record import Record

_FILLED_BY_HAND = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """As much of a member as both forms ask for."""

    ho_ten: str
    gioi_tinh: str
    born: date
    joined: date
    card: str
    chi_bo: str
    xa: str
    thon: str
    address: str


def words() -> dict[str, Any]:
    """Names of people and places."""
    found: dict[str, Any] = json.loads(read("words.json"))
    return found


def read(name: str) -> str:
    """A text of the sample data."""
    return (files("pipeline.sample_day") / "data" / name).read_text(encoding="utf-8")


def people(count: int, *, seed: int) -> list[Person]:
    """*count* members, each name once; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    known = words()
    found: dict[str, Person] = {}
    while len(found) < count:
        person = _person(chance, known, number=len(found))
        found.setdefault(person.ho_ten, person)
    return list(found.values())


def _person(chance: random.Random, known: Mapping[str, Any], *, number: int) -> Person:
    sex = chance.choice(["nam", "nu"])
    place = chance.choice(known["xa"])
    born = date(1962, 1, 1) + timedelta(days=chance.randrange(38 * 365))
    joined = date(born.year + chance.randint(20, 26), chance.randint(1, 12), chance.randint(1, 28))
    streets = place["duong"]
    return Person(
        ho_ten=" ".join(
            (
                chance.choice(known["ho"]),
                chance.choice(known[f"dem_{sex}"]),
                chance.choice(known[f"ten_{sex}"]),
            )
        ),
        gioi_tinh="Nam" if sex == "nam" else "Nữ",
        born=born,
        joined=min(joined, date(2024, 6, 1)),
        card=f"98.{100_000 + 137 * number:06d}",
        chi_bo=chance.choice(known["chi_bo"]),
        xa=place["ten"],
        thon=chance.choice(place["thon"]),
        address=f"số nhà {chance.randint(2, 180)}, {chance.choice(streets)}" if streets else "",
    )


def introductions(count: int, *, seed: int) -> list[Record]:
    """Rows of «giấy giới thiệu», all good; every tenth member is exempt from meetings."""
    province = words()["tinh"]
    return [
        {
            "ho_ten": person.ho_ten,
            "gioi_tinh": person.gioi_tinh,
            "ngay_sinh": _written(person.born),
            "so_the_dang_vien": person.card,
            "ngay_vao_dang": _written(person.joined),
            "ngay_chinh_thuc": _written(person.joined.replace(year=person.joined.year + 1)),
            "chi_bo": person.chi_bo,
            "noi_cu_tru_dia_chi": person.address,
            "noi_cu_tru_thon": person.thon,
            "noi_cu_tru_xa": person.xa,
            "noi_cu_tru_tinh": province,
            "mien_sinh_hoat": "có" if number % 10 == 9 else "",
        }
        for number, person in enumerate(people(count, seed=seed))
    ]


def comment_sheets(
    count: int, levels: Mapping[str, Sequence[str]], *, year: int, seed: int
) -> list[Record]:
    """Rows of «phiếu nhận xét»: some to be filled by hand, the rest filled; two of them wrong.

    Args:
        count: How many rows, more than are filled by hand.
        levels: Property of each criterion → its levels, best first.
        year: The year they speak of.
        seed: Equal seeds, equal rows.
    """
    chance = random.Random(seed)  # noqa: S311 -- a sample, not a secret
    remarks = words()["nhan_xet"]
    rows = [_sheet(person, year) for person in people(count, seed=seed)]
    for row in rows[_FILLED_BY_HAND:]:
        row |= {name: chance.choices(known, weights=(6, 3, 1))[0] for name, known in levels.items()}
        row["nhan_xet_khac"] = chance.choice(["", *remarks])
    _spoil(rows, list(levels))
    return rows


def _sheet(person: Person, year: int) -> Record:
    place = person.thon[0].upper() + person.thon[1:]
    return {
        "ho_ten": person.ho_ten,
        "ngay_sinh": _written(person.born),
        "nam": year,
        "chi_bo_cong_tac": person.chi_bo,
        "dang_uy_cong_tac": "Đảng ủy các cơ quan Đảng tỉnh",
        "noi_cu_tru_dia_chi": person.address,
        "noi_cu_tru_thon": person.thon,
        "noi_cu_tru_xa": person.xa,
        "noi_cu_tru_tinh": words()["tinh"],
        "chi_bo_noi_cu_tru": f"Chi bộ {place}",
    }


def _spoil(rows: list[Record], criteria: list[str]) -> None:
    """As clerks do: a level forgotten in one row, a day that is not in the calendar in another."""
    rows[_FILLED_BY_HAND + 5][criteria[3]] = ""
    rows[_FILLED_BY_HAND + 17]["ngay_sinh"] = "31/02/1975"


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"
