"""From an archive to all that is wrong with it: structure, inventories, files, digests; nothing is changed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.durable import sha512_file
from pipeline.errors.archive import ObjectDamaged
from pipeline.errors.findings import Finding, finding
from pipeline.stores.objects.inventory import Inventory, parse, parse_sidecar
from pipeline.stores.objects.layout import (
    CONTENT,
    INVENTORY,
    OBJECT_DECLARATION,
    SIDECAR,
    object_path,
    root_fault,
)
from pipeline.stores.objects.reading import look


def check_root(root: Path) -> Iterator[Finding]:
    """What is wrong with the root's own files."""
    if why := root_fault(root):
        yield finding("A405", str(root), why)


def walk_objects(root: Path, strays: list[Finding] | None = None) -> Iterator[str]:
    """The folders of all objects, relative to *root*, in order; what is none goes to *strays*."""
    for upper in _entries(root):
        if upper.name == "extensions" or not upper.is_dir(follow_symlinks=False):
            continue
        for lower in _tuple_entries(upper, root, strays):
            for found in _tuple_entries(lower, root, strays):
                yield _relative(found, root)


def _tuple_entries(
    folder: os.DirEntry[str], root: Path, strays: list[Finding] | None
) -> Iterator[os.DirEntry[str]]:
    entries = _entries(folder.path)
    where = _relative(folder, root)
    if not entries and strays is not None:
        strays.append(finding("A414", where, "empty folder between root and object"))
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield entry
        elif strays is not None:
            strays.append(finding("A416", f"{where}/{entry.name}", "file outside of any object"))


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _relative(entry: os.DirEntry[str], root: Path) -> str:
    return os.path.relpath(entry.path, root)


def object_id_of(directory: Path) -> str:
    """The id in a folder's inventory.

    Raises:
        ObjectDamaged (A401).
    """
    try:
        return parse((directory / INVENTORY).read_bytes()).object_id
    except (OSError, ValueError) as error:
        raise ObjectDamaged(f"{error}", where=directory.name) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An object under examination."""

    root: Path
    #: Relative to the root, as told in findings.
    place: str
    inventory: Inventory
    inventory_bytes: bytes

    @property
    def directory(self) -> Path:
        return self.root / self.place

    def found(self, code: str, path: str, detail: str) -> Finding:
        where = f"{self.place}/{path}" if path else self.place
        return finding(code, where, f"{detail} object={self.inventory.object_id}")


def check_object(root: Path, place: str, *, deep: bool) -> Iterator[Finding]:
    """Everything wrong with the object in *place*; *deep* reads every byte and compares digests."""
    try:
        yield from _check_object(root, place, deep=deep)
    except OSError as error:
        yield finding("A400", place, f"{error}")


def _check_object(root: Path, place: str, *, deep: bool) -> Iterator[Finding]:
    directory = root / place
    try:
        object_id = object_id_of(directory)
        current = look(str(directory), object_id)
    except ObjectDamaged as error:
        yield finding("A401", place, error.detail)
        return
    assert current is not None
    if object_path(object_id) != place:
        yield finding("A415", place, f"belongs to {object_path(object_id)} object={object_id}")
    case = _Case(
        root=root,
        place=place,
        inventory=current.inventory,
        inventory_bytes=current.inventory_bytes,
    )
    if current.is_pending:
        yield case.found("A413", "", "version committed, root inventory lags behind")
    yield from _check_top(case)
    for number in range(1, case.inventory.head + 1):
        yield from _check_version(case, number)
    yield from _check_contents(case, deep=deep)


def _check_top(case: _Case) -> Iterator[Finding]:
    wanted = {OBJECT_DECLARATION, INVENTORY, SIDECAR}
    wanted |= {f"v{number}" for number in range(1, case.inventory.head + 1)}
    there = set(os.listdir(case.directory))  # noqa: PTH208 — names
    for name in sorted(there - wanted):
        yield case.found("A408", name, "unexpected entry")
    for name in sorted(wanted - there):
        yield case.found("A409", name, "missing")
    declaration = case.directory / OBJECT_DECLARATION
    if declaration.is_file() and declaration.read_bytes() != b"ocfl_object_1.1\n":
        yield case.found("A401", OBJECT_DECLARATION, "wrong text")


def _check_version(case: _Case, number: int) -> Iterator[Finding]:
    """Check ``vN``'s own inventory, sidecar and entries; not its contents."""
    version = case.directory / f"v{number}"
    if not version.is_dir():
        return
    for name in sorted(set(os.listdir(version)) - {INVENTORY, SIDECAR, CONTENT}):  # noqa: PTH208
        yield case.found("A408", f"v{number}/{name}", "unexpected entry")
    try:
        data = (version / INVENTORY).read_bytes()
        beside = (version / SIDECAR).read_bytes()
    except FileNotFoundError as error:
        yield case.found("A409", f"v{number}/{Path(error.filename).name}", "missing")
        return
    if parse_sidecar(beside) != hashlib.sha512(data).hexdigest():
        yield case.found("A401", f"v{number}/{SIDECAR}", "does not match the inventory")
    if why := _fault_of_version(case, number, data):
        yield case.found("A401", f"v{number}/{INVENTORY}", why)


def _fault_of_version(case: _Case, number: int, data: bytes) -> str:
    newest = case.inventory
    if number == newest.head:
        return "" if data == case.inventory_bytes else "not the same as the object's"
    try:
        older = parse(data)
    except ValueError as error:
        return str(error)
    if older.object_id != newest.object_id or older.head != number:
        return f"of {older.object_id} v{older.head}"
    if any(newest.versions[at] != note for at, note in older.versions.items()):
        return "tells a version otherwise than the newest inventory"
    if any(newest.manifest.get(digest) != path for digest, path in older.manifest.items()):
        return "names stored files otherwise than the newest inventory"
    return ""


def _check_contents(case: _Case, *, deep: bool) -> Iterator[Finding]:
    """Compare the files that are there with those in the manifest."""
    digests = {path: digest for digest, path in case.inventory.manifest.items()}
    there: set[str] = set()
    for number in range(1, case.inventory.head + 1):
        for path, why in _contents(case.directory, f"v{number}/{CONTENT}"):
            if why:
                yield case.found("A408", path, why)
            there.add(path)
    for path in sorted(there - digests.keys()):
        if (case.directory / path).is_file():
            yield case.found("A408", path, "file not in the manifest")
    for path in sorted(digests.keys() - there):
        yield case.found("A409", path, "missing")
    if deep:
        for path in sorted(digests.keys() & there):
            if sha512_file(case.directory / path) != digests[path]:
                yield case.found("A402", path, "digest differs")


def _contents(directory: Path, folder: str) -> Iterator[tuple[str, str]]:
    """Every entry below *folder* that matters, relative to the object, with what is odd about it."""
    try:
        entries = _entries(directory / folder)
    except FileNotFoundError:
        return
    if not entries:
        yield folder, "empty folder"
    for entry in entries:
        path = f"{folder}/{entry.name}"
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISDIR(mode):
            yield from _contents(directory, path)
        else:
            yield path, "" if stat.S_ISREG(mode) else "not a plain file"
