"""A copy of the seventh kind to be broken, and the words that `kinds check` finds for it."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.errors.findings import Finding
from pipeline.kind_check import check_kinds
from pipeline.kinds import load_kinds, shipped_templates_dir

SEVENTH = Path(__file__).resolve().parent / "seventh_kind" / "phieu-xin-y-kien"
NAME = SEVENTH.name


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKind:
    """The seventh kind in a folder of its own, with the shared parts beside it."""

    folder: Path

    @property
    def shared(self) -> Path:
        return self.folder.parent / "_shared"

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace *old* in a text file; ``../_shared/…`` for what is shared."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def change_word(
        self, old: str, new: str, *, file: str = "body.docx", member: str = "word/document.xml"
    ) -> None:
        """Replace *old* in one member of a DOCX."""

        def changed(text: str) -> str:
            assert old in text
            return text.replace(old, new, 1)

        self.rewrite_word(member, changed, file=file)

    def rewrite_word(
        self, member: str, change: Callable[[str], str], *, file: str = "body.docx"
    ) -> None:
        path = self.folder / file
        with zipfile.ZipFile(path) as package:
            members = {info.filename: package.read(info) for info in package.infolist()}
        members[member] = change(members[member].decode()).encode()
        with zipfile.ZipFile(path, "w") as package:
            for name, data in members.items():
                package.writestr(name, data)

    def example(self, name: str, **changed: Any) -> None:
        """One more record in ``examples/``: the shortest there is, with *changed*."""
        record = json.loads((self.folder / "examples/it-truong.json").read_text(encoding="utf-8"))
        text = json.dumps(record | changed, ensure_ascii=False)
        (self.folder / "examples" / name).write_text(text, encoding="utf-8")

    def without(self, name: str) -> None:
        (self.folder / name).unlink()


def own_kind(tmp_path: Path) -> OwnKind:
    folder = tmp_path / "templates" / NAME
    shutil.copytree(SEVENTH, folder)
    shutil.copytree(shipped_templates_dir() / "_shared", folder.parent / "_shared")
    return OwnKind(folder=folder)


def with_kinds_of(app: App, kind: OwnKind) -> App:
    """*app* with the kinds that lie beside *kind*, and no others."""
    return replace(app, kinds=load_kinds(kind.folder.parent, None))


def findings_of(app: App, kind: OwnKind, *names: str) -> list[Finding]:
    """What `kinds check` says of *kind*, or of those called *names*."""
    return list(check_kinds(with_kinds_of(app, kind), names or [NAME]))
