"""Folders of templates → the kinds that run, and for each that does not the list of what to mend."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from pipeline.errors.base import KindInvalid, Problem
from pipeline.errors.kinds import (
    KindBroken,
    KindDuplicate,
    KindFieldUnknown,
    KindFileMissing,
    KindFileUnreadable,
    KindValueWrong,
)
from pipeline.kinds.common import ROW_PROPERTIES, SHEET_PROPERTIES
from pipeline.kinds.manifest import Manifest
from pipeline.kinds.mark import MarkDataWrong, mark_rules
from pipeline.kinds.model import Kind, Kinds, Property
from pipeline.kinds.schema import compile_validator, nearest, properties_of, whole_schema
from pipeline.kinds.sharing import SharedMissing, whole_raw_schema, whole_table
from pipeline.record import Book, CopyForm, Record
from pipeline.signed_back import FOLDER
from pipeline.toml_lines import TomlLines, syntax_error_line
from pipeline.vietnamese import fold

KIND_FILE = "kind.toml"
SCHEMA_FILE = "schema.json"
SHARED = "_shared"

_FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: What may change without changing a paper.
_NOT_IN_DIGEST = ("examples", "expected.txt")


def shipped_templates_dir() -> Path:
    """The templates that come with the program: of the repository, or inside the wheel."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


def load_kinds(shipped_dir: Path, office_dir: Path | None) -> Kinds:
    """All kinds; a folder of the office's goes before the shipped one of its name.

    Nothing is raised for a broken kind: it is in ``invalid`` with its problems, the others run.
    """
    folders = {path.name: path for path in _kind_folders(shipped_dir)}
    shared = shipped_dir / SHARED
    if office_dir is not None and office_dir.is_dir():
        folders |= {path.name: path for path in _kind_folders(office_dir)}
        shared = office_dir / SHARED if (office_dir / SHARED).is_dir() else shared
    kinds, invalid = {}, {}
    for name in sorted(folders):
        try:
            kinds[name] = load_kind(folders[name], shared)
        except KindBroken as error:
            invalid[name] = error
    return Kinds(kinds, invalid)


def kind_names(shipped_dir: Path, office_dir: Path | None) -> frozenset[str]:
    """The names of all kinds there are, broken ones too."""
    folders = [*_kind_folders(shipped_dir), *(_kind_folders(office_dir) if office_dir else ())]
    return frozenset(path.name for path in folders)


def load_kind(directory: Path, shared_dir: Path) -> Kind:
    """The kind in one folder. Raises KindBroken (K200) with all its problems."""
    notes = _Notes(directory)
    if not _FOLDER.fullmatch(directory.name):
        notes.add(
            KindValueWrong,
            "",
            key=directory.name,
            expected="tên thư mục chữ thường không dấu, nối bằng gạch nối",
        )
    if directory.name == FOLDER:
        notes.add(KindValueWrong, "", key=FOLDER, expected="tên khác: đó là thư mục nhận bản đã ký")
    toml = _read_toml(directory, shared_dir, notes)
    raw = _read_schema(directory, shared_dir, notes)
    if toml is None or raw is None:
        raise notes.broken()
    table, lines = toml
    notes.lines = lines

    data = table.get("data") if isinstance(table.get("data"), dict) else {}
    own = tuple(raw["properties"]) if isinstance(raw.get("properties"), dict) else ()
    schema = whole_schema(
        raw, data or {}, lambda error, **values: notes.add(error, SCHEMA_FILE, **values)
    )
    if notes.problems:
        raise notes.broken()
    properties = properties_of(schema, own)
    manifest = Manifest(table, [item.name for item in properties], notes.in_manifest)
    kind = _assembled(directory, shared_dir, manifest, schema=schema, properties=properties)
    _check_headings(kind, notes)
    _check_copy(kind, notes)
    _check_mark(kind, notes)
    if notes.problems:
        raise notes.broken()
    return kind


def _assembled(
    directory: Path,
    shared_dir: Path,
    manifest: Manifest,
    *,
    schema: dict[str, Any],
    properties: tuple[Property, ...],
) -> Kind:
    number = manifest.number()
    facts = manifest.facts()
    rules = manifest.rules()
    identity = manifest.expression("identity")
    file_name = manifest.file_name()
    face = manifest.face()
    kind = Kind(
        name=directory.name,
        title=manifest.text("title"),
        source=manifest.source(),
        book=manifest.book(),
        cap_so=manifest.cap_so(),
        number=number,
        outputs=manifest.outputs(),
        papers=manifest.papers(),
        read=manifest.read(),
        needed=manifest.needed(),
        retention=manifest.text("retention"),
        directory=directory,
        shared_dir=shared_dir,
        digest=_digest(directory, shared_dir),
        schema=schema,
        properties=properties,
        headings=manifest.headings(),
        sheet=manifest.sheet(_usual_sheet(properties)),
        rules=rules,
        data=manifest.data(),
        example_row=_example_row(directory),
        validate=compile_validator(schema),
        fact_expressions=facts,
        identity_expression=identity,
        file_name_expression=file_name,
        face_expression=face,
    )
    manifest.close()
    return kind


class _Notes:
    """The problems found so far in one folder."""

    def __init__(self, directory: Path) -> None:
        self.lines: TomlLines | None = None
        self.problems: list[Problem] = []
        self._directory = directory

    def add(self, error: type[KindInvalid], at: str, *, line: int = 0, **values: object) -> None:
        place = f"tệp {self._directory.name}/{at}" + (f", dòng {line}" if line else "")
        text = error.clerk_template.format_map(values).strip()
        self.problems.append(Problem(code=error.code, where=place, text=text))

    def in_manifest(
        self, error: type[KindInvalid], path: tuple[str | int, ...], **values: object
    ) -> None:
        line = self.lines.of(path) if self.lines else 0
        self.add(error, KIND_FILE, line=line, **values)

    def broken(self) -> KindBroken:
        return KindBroken(self._directory.name, tuple(self.problems))


def _kind_folders(directory: Path) -> Iterator[Path]:
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        if path.is_dir() and path.name[0] not in "._":
            yield path


def _read_toml(
    directory: Path, shared_dir: Path, notes: _Notes
) -> tuple[dict[str, Any], TomlLines] | None:
    text = _read_text(directory / KIND_FILE, notes)
    if text is None:
        return None
    try:
        return whole_table(tomllib.loads(text), shared_dir), TomlLines(text)
    except tomllib.TOMLDecodeError as error:
        notes.add(KindFileUnreadable, KIND_FILE, line=syntax_error_line(error), why=error)
    except SharedMissing as error:
        notes.add(KindFileUnreadable, KIND_FILE, line=1, why=error)
    return None


def _read_schema(directory: Path, shared_dir: Path, notes: _Notes) -> dict[str, Any] | None:
    text = _read_text(directory / SCHEMA_FILE, notes)
    if text is None:
        return None
    try:
        loaded = json.loads(text, object_pairs_hook=_no_duplicates)
        if isinstance(loaded, dict):
            return whole_raw_schema(loaded, shared_dir)
    except (ValueError, RecursionError) as error:
        notes.add(KindFileUnreadable, SCHEMA_FILE, line=getattr(error, "lineno", 0), why=error)
        return None
    notes.add(KindFileUnreadable, SCHEMA_FILE, why="ở gốc phải là một bảng { … }")
    return None


def _read_text(path: Path, notes: _Notes) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        notes.add(KindFileMissing, path.name, file=path.name)
    except (OSError, UnicodeDecodeError) as error:
        notes.add(KindFileUnreadable, path.name, why=error)
    return None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"«{twice}» được ghi hai lần")
    return found


def _check_copy(kind: Kind, notes: _Notes) -> None:
    """A kind of copy says which form it is, and stands in the book of copies: no form has a series of its own."""
    if kind.source != "copy":
        return
    told = kind.data.get("sao")
    if not isinstance(told, dict) or told.get("hinh_thuc") not in tuple(CopyForm):
        expected = f"một trong: {', '.join(CopyForm)}"
        notes.in_manifest(KindValueWrong, ("data",), key="data.sao.hinh_thuc", expected=expected)
    if kind.book is not Book.SAO:
        notes.in_manifest(KindValueWrong, ("book",), key="book", expected="sao")


def _check_mark(kind: Kind, notes: _Notes) -> None:
    """Where its stamp stands and how large it is, is said so that it can be drawn."""
    try:
        mark_rules(kind.data.get("dau_den", {}))
    except MarkDataWrong as error:
        notes.in_manifest(KindValueWrong, ("data",), key=error.key, expected=error.expected)


def _check_headings(kind: Kind, notes: _Notes) -> None:
    names = {item.name: item.title for item in kind.properties}
    for name in kind.headings:
        if name not in names:
            hint = nearest(name, names)
            notes.in_manifest(
                KindFieldUnknown, ("columns", name), key="[columns]", name=name, nearest=hint
            )
    for index, name in enumerate(kind.sheet):
        if name not in names:
            hint = nearest(name, names)
            notes.in_manifest(
                KindFieldUnknown, ("sheet", index), key="sheet", name=name, nearest=hint
            )
    owner: dict[str, str] = {}
    for item in kind.properties:
        # A kind may use a common property's heading for a field of its own: its own goes before.
        if not item.own and item.name not in kind.headings:
            continue
        for heading in {
            fold(heading) for heading in (item.title, *kind.headings.get(item.name, ()))
        }:
            if heading in owner:
                notes.in_manifest(
                    KindDuplicate,
                    ("columns", item.name),
                    name=heading,
                    other=f"trường «{owner[heading]}»",
                    what="đầu cột",
                )
            owner.setdefault(heading, item.name)


def _usual_sheet(properties: tuple[Property, ...]) -> tuple[str, ...]:
    own = [item.name for item in properties if item.own and item.name not in ROW_PROPERTIES]
    return (*own, *(name for name in SHEET_PROPERTIES if name not in own))


def _example_row(directory: Path) -> Record:
    for path in sorted((directory / "examples").glob("*.json")):
        try:
            example = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # kinds check names a broken example; the kind itself runs without a sample row.
            continue
        if isinstance(example, dict) and example:
            return cast("Record", example)
    return {}


def _digest(directory: Path, shared_dir: Path) -> str:
    total = hashlib.sha256()
    for root in (directory, shared_dir):
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            if (
                path.is_file()
                and inside.parts[0] not in _NOT_IN_DIGEST
                and "__pycache__" not in inside.parts
            ):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(
                    f"{root.name if root is shared_dir else ''}/{inside.as_posix()}\0{content}\n".encode()
                )
    return total.hexdigest()
