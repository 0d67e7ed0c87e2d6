"""Papers of which only the state in law changed → their new version, with all that the version before holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipeline.between import Made
from pipeline.document_object import DOCUMENT_FILE, document_object
from pipeline.plain import to_plain
from pipeline.signed_back import without_signed
from pipeline.stores.objects import Objects
from pipeline.stores.registers.api import Registers
from pipeline.stores.registers.views import DocumentView

#: What decides how a paper is laid out. Where none of it changed nothing is made again: a sheet that somebody has
#: signed must stay what it was, byte for byte, whatever the templates say today.
_MAKING = ("record", "facts", "number", "term", "template_digest", "layout_profile")


def carry(
    documents: Sequence[DocumentView], registers: Registers, objects: Objects
) -> tuple[list[Made], list[DocumentView]]:
    """The papers that keep every file of the version before, and those that must be made."""
    carried: list[Made] = []
    rest: list[DocumentView] = []
    for document in documents:
        before = _before(document, objects)
        if before is None or not _is_same(document, before["document"]):
            rest.append(document)
        else:
            carried.append(_carried(document, before, registers))
    return carried, rest


def _is_same(document: DocumentView, before: dict[str, Any]) -> bool:
    """Whether nothing changed that decides how it is laid out; that it came back signed does not."""
    now = to_plain(replace(document, record=without_signed(document.record)))
    then = before | {"record": without_signed(before["record"])}
    return all(now[name] == then.get(name) for name in _MAKING)


def _before(document: DocumentView, objects: Objects) -> dict[str, Any] | None:
    if document.version == 1 or document.archived_version != document.version - 1:
        return None
    data = objects.read(
        document_object(document.id), DOCUMENT_FILE, version=document.archived_version
    )
    about: dict[str, Any] = json.loads(data)
    return about


def _carried(document: DocumentView, before: dict[str, Any], registers: Registers) -> Made:
    receipt = registers.receipt(document.receipt_id)
    assert receipt is not None
    names = (file.name for file in document.files)
    return Made(
        document=document,
        receipt=receipt,
        files={},
        keep=tuple(name for name in names if name != DOCUMENT_FILE),
        dropped=(),
        notes=before.get("made", {}),
    )
