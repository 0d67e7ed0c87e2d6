"""The records of ``examples/``: the good ones pass, each wrong one breaks just what it says, each rule is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors.findings import Finding
from pipeline.errors.kind_check import (
    ExampleRefused,
    ExampleUnreadable,
    RuleNotBroken,
    WrongExampleUntrue,
)
from pipeline.kind_check.telling import told
from pipeline.kinds.checking import broken_rule, check_record
from pipeline.kinds.model import Kind
from pipeline.record import Place, Record

_SAYS = "_loi"
_FOLDER = "examples"
_WRONG = "sai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One good record of ``examples/``."""

    #: ``examples/day-du.json``.
    name: str
    #: As the kind normalises it.
    record: Record


def good_examples(kind: Kind, context: Mapping[str, Any], findings: list[Finding]) -> list[Example]:
    """The good records; what is wrong with one goes to *findings*."""
    examples = []
    for path, record in _records(kind, kind.directory / _FOLDER, findings):
        normal, problems = check_record(kind, record, place=Place(), context=context)
        findings += [
            told(ExampleRefused, _where(kind, path), problem=problem.sentence())
            for problem in problems
        ]
        if not problems:
            examples.append(Example(name=_name(kind, path), record=normal))
    if not examples and not findings:
        why = "Không có bản ghi mẫu nào."
        findings.append(told(ExampleUnreadable, f"{kind.name}/{_FOLDER}", why=why))
    return examples


def wrong_examples(kind: Kind, context: Mapping[str, Any]) -> Iterator[Finding]:
    """What is to mend in ``examples/sai``, and the rules nobody breaks."""
    unreadable: list[Finding] = []
    broken: set[str] = set()
    for path, record in _records(kind, kind.directory / _FOLDER / _WRONG, unreadable):
        says = record.get(_SAYS)
        expected = {str(code) for code in says} if isinstance(says, list) else set()
        plain = {key: value for key, value in record.items() if key != _SAYS}
        found = _broken(kind, plain, context)
        broken |= found
        if found != expected or not found:
            words = (_listed(expected), _listed(found))
            yield told(WrongExampleUntrue, _where(kind, path), said=words[0], found=words[1])
    yield from unreadable
    for rule in kind.rules:
        if rule.id not in broken:
            yield told(RuleNotBroken, f"{kind.name}/kind.toml", rule=rule.id)


def expected_example(examples: list[Example]) -> Example | None:
    """Whose words stand in expected.txt: the first «day-du», else the last by name."""
    full = (one for one in examples if "day-du" in one.name)
    return next(full, examples[-1] if examples else None)


def _broken(kind: Kind, record: Record, context: Mapping[str, Any]) -> set[str]:
    _, problems = check_record(kind, record, place=Place(), context=context)
    return {broken_rule(kind, problem) for problem in problems}


def _records(
    kind: Kind, folder: Path, findings: list[Finding]
) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            why = f"Không đọc được bản ghi này ({error})."
            findings.append(told(ExampleUnreadable, _where(kind, path), why=why))
            continue
        if isinstance(record, dict):
            yield path, record
        else:
            why = "Bản ghi mẫu phải là các mục có tên, trong { }."
            findings.append(told(ExampleUnreadable, _where(kind, path), why=why))


def _name(kind: Kind, path: Path) -> str:
    return path.relative_to(kind.directory).as_posix()


def _where(kind: Kind, path: Path) -> str:
    return f"{kind.name}/{_name(kind, path)}"


def _listed(codes: set[str]) -> str:
    return ", ".join(f"«{code}»" for code in sorted(codes)) or "không điều nào"
