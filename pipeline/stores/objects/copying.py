"""An object as it was at a version → the files it consisted of then: what a backup copies.

Stored files never change, so this holds while others write: what was added later is simply left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors.archive import ObjectDamaged, told_as_temporary
from pipeline.stores.objects.inventory import parse
from pipeline.stores.objects.layout import INVENTORY, OBJECT_DECLARATION, SIDECAR, object_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of an object, or of the root."""

    #: Where it belongs, relative to the storage root.
    name: str
    #: Where its bytes lie now.
    source: Path
    #: Its sha512 where an inventory tells it; empty where it must be read.
    sha512: str = ""


def root_parts(root: Path) -> Iterator[Part]:
    """The root's own files."""
    names = [path for path in root.iterdir() if path.is_file() and not path.name.startswith(".")]
    for path in sorted([*names, *(root / "extensions").rglob("*.json")]):
        yield Part(name=str(path.relative_to(root)), source=path)


def object_parts(root: Path, object_id: str, version: int) -> Iterator[Part]:
    """The files of an object whose newest version is *version*.

    Raises:
        ObjectDamaged (A401): there is no such version.
    """
    place = object_path(object_id)
    directory = root / place
    newest = directory / f"v{version}" / INVENTORY
    with told_as_temporary(str(newest)):
        try:
            inventory = parse(newest.read_bytes())
        except (FileNotFoundError, NotADirectoryError, ValueError) as error:
            raise ObjectDamaged(f"{error} object={object_id}", where=object_id) from error
    yield Part(name=f"{place}/{OBJECT_DECLARATION}", source=directory / OBJECT_DECLARATION)
    for digest, path in inventory.manifest.items():
        yield Part(name=f"{place}/{path}", source=directory / path, sha512=digest)
    for number in range(1, version + 1):
        for name in (INVENTORY, SIDECAR):
            path = f"v{number}/{name}"
            yield Part(name=f"{place}/{path}", source=directory / path)
    for name in (INVENTORY, SIDECAR):
        # The root's are byte for byte those of its newest version.
        yield Part(name=f"{place}/{name}", source=directory / f"v{version}" / name)
