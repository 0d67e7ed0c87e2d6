"""A finished paper and the record beside it → the facts for the register; nothing that is not certain is guessed.

What the record says goes before what the paper says; where both say something else, the clerk is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.between import Bench
from pipeline.clock import today
from pipeline.config import holding
from pipeline.engines.paper_facts import SURE
from pipeline.engines.profile import profile_for
from pipeline.errors.base import Problem
from pipeline.errors.papers import FactsNotRead
from pipeline.kinds.model import Property
from pipeline.kinds.values import Bad, read_value, shown
from pipeline.record import Record
from pipeline.vietnamese import fold

_READABLE = frozenset((".docx", ".pdf"))
_AS_ABOVE = frozenset(("nhu tren", "nhu kinh gui"))
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRead:
    """What a finished paper says of itself, in the kind's own properties."""

    #: Only what is certain.
    values: Record
    #: The printed number, ``{ordinal, symbol, issuer}``; *ordinal* None where its place is blank.
    number: dict[str, Any] | None
    #: About its layout.
    remarks: tuple[str, ...]
    problems: tuple[Problem, ...]
    text: str


def read_paper(paper: Path, bench: Bench, *, day: date | None = None) -> PaperRead:
    """Read one paper in the cell."""
    suffix = paper.suffix.lower()
    on = day or today(bench.clock)
    if suffix not in _READABLE:
        told = bench.cell.call(
            "paper.count",
            {"path": str(paper), "suffix": suffix},
            seconds=bench.office.limits.paper_seconds,
        )
        return PaperRead(
            values={}, number=None, remarks=(), problems=_problems(told), text=told["text"]
        )
    told = bench.cell.call(
        "paper.facts",
        {
            "path": str(paper),
            "suffix": suffix,
            "types": _types(bench, on),
            "shared_dir": str(bench.kind.shared_dir),
            "profile": profile_for(bench.kind.shared_dir, on),
        },
        seconds=bench.office.limits.paper_seconds,
    )
    return PaperRead(
        values=_values(told, bench, on),
        number=told["number"],
        remarks=tuple(told["remarks"]),
        problems=_problems(told),
        text=told["text"],
    )


def with_paper(record: Record, seen: PaperRead) -> Record:
    """The record, and from the paper what it leaves open."""
    said = {name: value for name, value in record.items() if value not in (None, "", [])}
    return {**seen.values, **said}


def what_is_missing(
    record: Record, seen: PaperRead, stem: str, bench: Bench
) -> FactsNotRead | None:
    """Why a paper cannot be entered yet: which facts neither it nor its record tells (R136)."""
    missing = [name for name in bench.kind.needed if record.get(name) in (None, "", [])]
    if not missing:
        return None
    titles = {name: _title(name, bench) for name in (*missing, *seen.values)}
    read = "; ".join(
        f"{titles[name]} «{_words(value, bench.kind.property_named(name))}»"
        for name, value in seen.values.items()
    )
    return FactsNotRead(
        f"missing {missing}",
        read=read or "chưa đọc được mục nào",
        missing=", ".join(f"«{titles[name]}»" for name in missing),
        keys=", ".join(missing),
        companion=f"{stem}.json",
    )


def disagreements(record: Record, seen: PaperRead, bench: Bench) -> list[str]:
    """Where the record and the paper say something else; the record was followed."""
    found = []
    for name, value in seen.values.items():
        item = bench.kind.property_named(name)
        told = record.get(name)
        if item is None or told in (None, "", []) or bench.kind.read.get(name) == "number":
            continue
        if _plain(told) != _plain(value):
            found.append(
                f"«{item.title}»: trên văn bản là «{_words(value, item)}», thông tin kèm theo ghi "
                f"«{_words(told, item)}»; vào sổ theo thông tin kèm theo."
            )
    return found


def _types(bench: Bench, on: date) -> list[tuple[str, str]]:
    """Name and symbol of each type the kind knows."""
    name = next((one for one, what in bench.kind.read.items() if what == "type"), "")
    item = bench.kind.property_named(name)
    if item is None:
        return []
    context = {"van_phong": bench.office.default_body, "hom_nay": on.isoformat()}
    return [
        (title, bench.kind.symbol({name: value}, context))
        for value, title in zip(item.values, item.value_titles, strict=True)
    ]


def _values(told: Mapping[str, Any], bench: Bench, on: date) -> Record:
    """Property → value, of what was read for certain and the schema can take."""
    sure = {
        name: fact["value"] for name, fact in told["facts"].items() if fact["confidence"] >= SURE
    }
    issuer = str(sure.get("issuer", ""))
    if (signer := _signer(told["names"], issuer, bench, on)) is not None:
        sure["signer"] = signer
    number = told["number"]
    if number is not None and number["ordinal"] is not None:
        sure["number"] = f"{number['ordinal']:02d}-{number['symbol']}/{number['issuer']}"
    if "recipients" in sure:
        sure["recipients"] = _spelt_out(sure["recipients"], sure.get("addressees", ()))
    values: Record = {}
    for name, what in bench.kind.read.items():
        item = bench.kind.property_named(name)
        if item is None or what not in sure:
            continue
        bad: list[Bad] = []
        value = read_value(sure[what], item, bad, (name,))
        if value not in (None, "", []) and not bad:
            values[name] = value
    return values


def _signer(names: list[str], issuer: str, bench: Bench, on: date) -> str | None:
    """Code of the one signer of the body whose name stands in the tail."""
    body = next((b for b in holding(bench.office.bodies, on) if b.symbol == issuer), None)
    if body is None:
        return None
    signs = {fold(name) for name in names}
    found = [one.code for one in holding(body.signers, on) if fold(one.full_name) in signs]
    return found[0] if len(found) == 1 else None


def _spelt_out(recipients: list[str], addressees: list[str]) -> list[str]:
    """«Như trên» means whom the paper is addressed to."""
    found: list[str] = []
    for one in recipients:
        found += list(addressees) if fold(one) in _AS_ABOVE and addressees else [one]
    return found


def _problems(told: Mapping[str, Any]) -> tuple[Problem, ...]:
    return tuple(
        Problem(**{**value, "path": tuple(value.get("path", ()))}) for value in told["problems"]
    )


def _title(name: str, bench: Bench) -> str:
    item = bench.kind.property_named(name)
    return item.title if item else name


def _words(value: object, item: Property | None) -> str:
    if item is not None and value in item.values:
        return item.value_titles[item.values.index(str(value))]
    text = "; ".join(map(str, value)) if isinstance(value, list) else shown(value)
    return text[:_SHOWN]


def _plain(value: object) -> str:
    return fold("; ".join(map(str, value)) if isinstance(value, list) else str(value))
