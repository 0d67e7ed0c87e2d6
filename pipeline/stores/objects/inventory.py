"""The inventory of an object: bytes ↔ value, strictly. Nothing here touches the file system.

Source: ocfl.io/1.1/spec §3.5.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pipeline.stores.objects.layout import CONTENT, INVENTORY

_TYPE = "https://ocfl.io/1.1/spec/#inventory"
_ADDRESS = "urn:vanthu:person:"
_DIGEST = re.compile(r"[0-9a-f]{128}")
_VERSION = re.compile(r"v([1-9][0-9]*)")
_KEYS = {"id", "type", "digestAlgorithm", "head", "manifest", "versions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNote:
    """One version as the inventory tells it."""

    #: RFC 3339, with the office's offset.
    created: str
    message: str
    #: Who made it; the account or name that the caller gave.
    person: str
    #: Logical name → sha512.
    state: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All versions of an object, and where their bytes lie."""

    object_id: str
    #: Number of the newest version.
    head: int
    #: sha512 → stored path relative to the object, ``v1/content/record.json``.
    manifest: Mapping[str, str]
    #: Version number → its note; 1 … head.
    versions: Mapping[int, VersionNote]

    def to_bytes(self) -> bytes:
        """The file's bytes; equal values give equal bytes."""
        versions = {f"v{number}": _note(self.versions[number]) for number in sorted(self.versions)}
        value = {
            "id": self.object_id,
            "type": _TYPE,
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "manifest": {digest: [path] for digest, path in self.manifest.items()},
            "versions": versions,
        }
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _note(note: VersionNote) -> dict[str, Any]:
    state: dict[str, list[str]] = {}
    for name in sorted(note.state):
        state.setdefault(note.state[name], []).append(name)
    return {
        "created": note.created,
        "message": note.message,
        "user": {"name": note.person, "address": _ADDRESS + quote(note.person, safe="")},
        "state": state,
    }


def sidecar(inventory_bytes: bytes) -> bytes:
    """The text of ``inventory.json.sha512``."""
    return f"{hashlib.sha512(inventory_bytes).hexdigest()} {INVENTORY}\n".encode()


def parse_sidecar(data: bytes) -> str:
    """The digest in a sidecar; empty when it is not one."""
    match = re.fullmatch(rb"([0-9a-fA-F]{128})[ \t]+inventory\.json\s*", data)
    return match[1].decode().lower() if match else ""


def parse(data: bytes) -> Inventory:
    """Read an inventory, believing nothing.

    Raises:
        ValueError: English, what is wrong.
    """
    try:
        return _parse(json.loads(data, object_pairs_hook=_without_twins))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not of an inventory's shape: {error!r}") from error


def _parse(value: Any) -> Inventory:
    _must(isinstance(value, dict) and value.keys() == _KEYS, "unexpected or missing keys")
    _must(value["type"] == _TYPE, "not an OCFL 1.1 inventory")
    _must(value["digestAlgorithm"] == "sha512", "another digest algorithm")
    _must(isinstance(value["id"], str) and bool(value["id"]), "no id")
    head = _number(value["head"])
    manifest = _parse_manifest(value["manifest"])
    versions = {_number(name): _parse_note(note) for name, note in value["versions"].items()}
    _must(sorted(versions) == list(range(1, head + 1)), "versions are not 1 … head")
    used = {digest for note in versions.values() for digest in note.state.values()}
    _must(used == manifest.keys(), "manifest and versions name different digests")
    return Inventory(object_id=value["id"], head=head, manifest=manifest, versions=versions)


def _parse_manifest(value: Any) -> dict[str, str]:
    _must(isinstance(value, dict), "manifest is no object")
    found: dict[str, str] = {}
    for digest, paths in value.items():
        _must(_DIGEST.fullmatch(digest) is not None, f"{digest!r} is no sha512")
        # We store each content once; an archive of another writer may not, but that is not ours.
        _must(isinstance(paths, list) and len(paths) == 1, f"{digest[:8]}… has not one path")
        parts = paths[0].split("/")
        _must(_is_relative(parts) and len(parts) >= 3, f"unsafe path {paths[0]!r}")
        _number(parts[0])
        _must(parts[1] == CONTENT, f"path outside the content {paths[0]!r}")
        found[digest] = paths[0]
    _must(len(set(found.values())) == len(found), "one path for two digests")
    return found


def _parse_note(value: Any) -> VersionNote:
    _must(isinstance(value, dict), "a version is no object")
    user = value.get("user")
    state: dict[str, str] = {}
    for digest, names in value["state"].items():
        for name in names:
            _must(_is_relative(name.split("/")), f"unsafe name {name!r}")
            _must(name not in state, f"name {name!r} twice")
            state[name] = digest
    person = user.get("name", "") if isinstance(user, dict) else ""
    return VersionNote(
        created=str(value["created"]),
        message=str(value.get("message", "")),
        person=str(person),
        state=state,
    )


def _number(name: Any) -> int:
    match = _VERSION.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise ValueError(f"{name!r} is no version")
    return int(match[1])


def _is_relative(parts: list[str]) -> bool:
    return not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    _must(len(value) == len(pairs), "a key stands twice")
    return value


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
