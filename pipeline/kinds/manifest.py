"""The table of ``kind.toml`` → typed parts of a kind; what is wrong is noted with its line, never raised."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any, cast

from pipeline.errors.kinds import (
    KindDuplicate,
    KindExpressionBroken,
    KindFieldUnknown,
    KindFunctionUnknown,
    KindKeyMissing,
    KindKeyUnknown,
    KindNameUnknown,
    KindValueWrong,
)
from pipeline.kinds.expressions import Expression, Flaw, compile_expression, flaws, function_names
from pipeline.kinds.model import CONTEXT_NAMES, FILE_NAME_NAMES, CapSo, NumberSpec, Rule, Source
from pipeline.record import Book, Facts
from pipeline.suffixes import PAGED

#: Adds a flaw: error class, path in the file, values of its template.
Note = Callable[..., None]

_TEXTS = {
    "title": "tên loại văn bản bằng tiếng Việt",
    "retention": "thời hạn bảo quản, ví dụ 20 năm",
}
_MEANINGS = {
    **_TEXTS,
    "source": "record, paper hoặc copy",
    "book": "di, den, sao hoặc noi-bo",
    "cap_so": "khi-den, truoc-khi-ky hoặc sau-khi-ky",
    "danh_so": "cách đánh số, ví dụ { ky_hieu = \"'GGT'\", so = true }",
    "identity": "biểu thức: hai bản ghi thế nào là một việc",
    "file_name": "biểu thức: tên tệp kết quả",
}
_OPTIONAL = (
    *("description", "outputs", "mau", "facts", "rule", "columns", "sheet", "data"),
    *("papers", "read", "needed"),
)
_PAPERS = (*(suffix[1:] for suffix in PAGED), "docx", "xlsx", "xls", "ods", "zip")
#: What can be read of a paper that is finished or comes in; see docs/them-mot-loai.md.
_READ = (
    *("type", "subject", "issuer", "date", "recipients", "addressees", "signer", "number"),
    *("urgency", "circulation"),
)
_OUTPUTS = ("pdf", "docx")
_FACTS = tuple(item.name for item in fields(Facts))
#: Where every kind's record says it, unless the kind does.
_USUAL_FACTS = {
    "urgency": "do_khan",
    "ho_so": "ho_so",
    "retention": "thoi_han_bao_quan",
    "so_to": "so_to",
    "so_trang": "so_trang",
    "so_ban": "so_ban",
    "place": "noi_luu_giu",
    "note": "ghi_chu",
    "signer": "nguoi_ky",
}
_RULE_KEYS = ("id", "when", "message", "fields", "can_dien", "lua_chon")


class Manifest:
    """One ``kind.toml``, read part by part."""

    def __init__(self, table: dict[str, Any], properties: Sequence[str], note: Note) -> None:
        self._table = table
        self._properties = tuple(properties)
        self._note = note
        self._known = (*properties, *CONTEXT_NAMES, "du_lieu")

    def text(self, key: str) -> str:
        """A required line of text."""
        value = self._required(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            self._wrong((key,), key, "chữ trong dấu nháy, không để trống")
        return value if isinstance(value, str) else ""

    def source(self) -> Source:
        """Where its papers come from."""
        return cast("Source", self._choice("source", ("record", "paper", "copy")))

    def book(self) -> Book:
        """The book it is entered in."""
        return Book(self._choice("book", tuple(Book)))

    def cap_so(self) -> CapSo:
        """When its number is taken."""
        chosen = self._choice("cap_so", ("khi-den", "truoc-khi-ky", "sau-khi-ky"))
        spec = self._table.get("danh_so")
        has_number = isinstance(spec, dict) and spec.get("so") is True
        source, book = self._table.get("source"), self._table.get("book")
        is_ours = source == "record" or (source == "paper" and book != Book.DEN)
        if chosen == "sau-khi-ky" and not (has_number and is_ours):
            expected = (
                '"khi-den" hoặc "truoc-khi-ky": chỉ văn bản của cơ quan (source = "record", hoặc "paper" ngoài sổ đến) '
                "có số mới in được trước khi có số"
            )
            self._wrong(("cap_so",), "cap_so", expected)
        return cast("CapSo", chosen)

    def outputs(self) -> tuple[str, ...]:
        """The renditions made of it."""
        value = self._table.get("outputs", list(_OUTPUTS))
        if not isinstance(value, list) or not value or any(item not in _OUTPUTS for item in value):
            self._wrong(("outputs",), "outputs", 'danh sách từ "pdf" và "docx"')
            return _OUTPUTS
        return tuple(value)

    def number(self) -> NumberSpec:
        """How it is numbered."""
        spec = self._required("danh_so")
        if spec is None:
            return NumberSpec(has_number=True)
        if not isinstance(spec, dict) or not isinstance(spec.get("so"), bool):
            self._wrong(
                ("danh_so",),
                "danh_so",
                '{ ky_hieu = "\'GGT\'", so = true } hoặc { so = false, ma = "PNX" }',
            )
            return NumberSpec(has_number=True)
        needed = "ky_hieu" if spec["so"] else "ma"
        self._unknown_keys(spec, ("so", needed), ("danh_so",))
        value = spec.get(needed)
        if not isinstance(value, str) or not value:
            self._wrong(("danh_so",), f"danh_so.{needed}", "chữ trong dấu nháy")
            return NumberSpec(has_number=spec["so"])
        if spec["so"]:
            symbol = self._compiled(value, ("danh_so",), "danh_so.ky_hieu", self._known)
            return NumberSpec(has_number=True, symbol=symbol)
        if not (value.isascii() and value.isalnum() and value.isupper() and len(value) <= 6):
            self._wrong(("danh_so",), "danh_so.ma", "1–6 chữ in hoa không dấu, ví dụ PNX")
        return NumberSpec(has_number=False, prefix=value)

    def facts(self) -> dict[str, Expression]:
        """Fact → expression; what every record says in the same place is filled in."""
        own = self._table_of("facts")
        self._unknown_keys(own, _FACTS, ("facts",))
        if "subject" not in own:
            self._note(
                KindKeyMissing, ("facts",), key="facts.subject", meaning="trích yếu ghi vào sổ"
            )
        usual = {
            name: source for name, source in _USUAL_FACTS.items() if source in self._properties
        }
        return {
            name: self._compiled(source, ("facts", name), f"facts.{name}", self._with_face())
            for name, source in (usual | own).items()
            if name in _FACTS
        }

    def rules(self) -> tuple[Rule, ...]:
        """The rules in their order."""
        value = self._table.get("rule", [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(("rule",), "rule", "các bảng [[rule]]")
            return ()
        seen: set[str] = set()
        found = []
        for index, item in enumerate(value):
            rule = self._rule(item, ("rule", index))
            if rule.id in seen:
                self._note(
                    KindDuplicate,
                    ("rule", index),
                    name=rule.id,
                    other="một quy tắc khác",
                    what="mã quy tắc",
                )
            seen.add(rule.id)
            found.append(rule)
        return tuple(found)

    def expression(self, key: str) -> Expression:
        """A required expression at the top of the file."""
        return self._compiled(self._required(key), (key,), key, self._with_face())

    def file_name(self) -> Expression:
        """The pattern of the result's name."""
        known = (*self._with_face(), *FILE_NAME_NAMES)
        return self._compiled(self._required("file_name"), ("file_name",), "file_name", known)

    def face(self) -> Expression | None:
        """Which face is used, None where there is one."""
        if "mau" not in self._table:
            return None
        return self._compiled(self._table["mau"], ("mau",), "mau", self._known)

    def headings(self) -> dict[str, tuple[str, ...]]:
        """Property → synonyms."""
        own = self._table_of("columns")
        found = {}
        for name, value in own.items():
            if not isinstance(value, list) or not all(
                isinstance(item, str) and item for item in value
            ):
                self._wrong(("columns", name), f"columns.{name}", 'danh sách chữ, ví dụ ["họ tên"]')
                continue
            found[name] = tuple(value)
        return found

    def sheet(self, usual: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of the blank sheet."""
        value = self._table.get("sheet")
        if value is None:
            return usual
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(("sheet",), "sheet", "danh sách tên trường")
            return usual
        return tuple(value)

    def papers(self) -> tuple[str, ...]:
        """Endings of its papers, with their dot; a PDF where nothing is said."""
        if self._table.get("source") != "paper":
            if "papers" in self._table:
                self._wrong(("papers",), "papers", 'không ghi, trừ khi source = "paper"')
            return ()
        value = self._table.get("papers", ["pdf"])
        if not isinstance(value, list) or not value or any(item not in _PAPERS for item in value):
            self._wrong(("papers",), "papers", f"danh sách từ {', '.join(_PAPERS)}")
            return (".pdf",)
        return tuple(f".{item}" for item in value)

    def read(self) -> dict[str, str]:
        """Property → what of a paper's text fills it."""
        found = {}
        for name, value in self._table_of("read").items():
            if name not in self._properties:
                hint = _nearest(name, self._properties)
                self._note(KindFieldUnknown, ("read", name), key="[read]", name=name, nearest=hint)
            elif value not in _READ:
                self._wrong(("read", name), f"read.{name}", f"một trong: {', '.join(_READ)}")
            else:
                found[name] = str(value)
        return found

    def needed(self) -> tuple[str, ...]:
        """Properties that must be told or read."""
        value = self._table.get("needed", [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._wrong(("needed",), "needed", "danh sách tên trường")
            return ()
        for index, name in enumerate(value):
            if name not in self._properties:
                hint = _nearest(name, self._properties)
                self._note(
                    KindFieldUnknown, ("needed", index), key="needed", name=name, nearest=hint
                )
        return tuple(name for name in value if name in self._properties)

    def data(self) -> dict[str, Any]:
        """The kind's own tables."""
        return self._table_of("data")

    def close(self) -> None:
        """Note the keys at the top that mean nothing."""
        self._unknown_keys(self._table, (*_MEANINGS, *_OPTIONAL), ())

    def _rule(self, item: dict[str, Any], path: tuple[str | int, ...]) -> Rule:
        name = f"rule {item.get('id', path[-1])}"
        self._unknown_keys(item, _RULE_KEYS, path)
        for key in ("id", "message"):
            if not isinstance(item.get(key), str) or not item[key].strip():
                self._note(KindKeyMissing, path, key=f"{name}: {key}", meaning="chữ trong dấu nháy")
        named = self._fields(item, "fields", path, name)
        choices = self._fields(item, "lua_chon", path, name)
        if not isinstance(item.get("can_dien", False), bool):
            self._wrong((*path, "can_dien"), f"{name}: can_dien", "true hoặc false")
        if "when" not in item:
            self._note(
                KindKeyMissing, path, key=f"{name}: when", meaning="biểu thức đúng khi bản ghi ổn"
            )
        when = self._compiled(item.get("when"), (*path, "when"), name, self._with_face())
        return Rule(
            id=str(item.get("id", "")),
            when=when,
            message=str(item.get("message", "")),
            wants_filled=item.get("can_dien") is True,
            fields=named,
            choices=choices,
        )

    def _fields(
        self, item: dict[str, Any], key: str, path: tuple[str | int, ...], name: str
    ) -> tuple[str, ...]:
        """Names of fields under *key* of a rule."""
        named = item.get(key, [])
        if not isinstance(named, list) or not all(isinstance(field, str) for field in named):
            self._wrong((*path, key), f"{name}: {key}", "danh sách tên trường")
            return ()
        for field in named:
            if field not in self._properties:
                hint = _nearest(field, self._properties)
                self._note(KindFieldUnknown, (*path, key), key=name, name=field, nearest=hint)
        return tuple(named)

    def _compiled(
        self, source: Any, path: tuple[str | int, ...], key: str, known: Iterable[str]
    ) -> Expression:
        # Where it cannot be used the kind stops; an empty text stands in to find the other mistakes.
        stand_in = cast("Expression", compile_expression("''"))
        if source is None:
            return stand_in
        if not isinstance(source, str):
            self._wrong(path, key, "biểu thức CEL trong dấu nháy")
            return stand_in
        compiled = compile_expression(source)
        if isinstance(compiled, Flaw):
            why = compiled.detail[:160]
            self._note(KindExpressionBroken, path, key=key, column=compiled.column, why=why)
            return stand_in
        for flaw in flaws(compiled, known):
            if flaw.what == "variable":
                hint = _nearest(flaw.name, known)
                self._note(KindNameUnknown, path, key=key, name=flaw.name, nearest=hint)
            else:
                hint = _nearest(flaw.name, function_names())
                self._note(KindFunctionUnknown, path, key=key, name=flaw.name, nearest=hint)
        return compiled

    def _with_face(self) -> tuple[str, ...]:
        return (*self._known, "mat") if "mau" in self._table else self._known

    def _choice(self, key: str, allowed: Sequence[str]) -> str:
        value = self._required(key)
        if value is not None and value not in allowed:
            self._wrong((key,), key, f"một trong: {', '.join(allowed)}")
        return value if value in allowed else allowed[0]

    def _required(self, key: str) -> Any:
        if key not in self._table:
            self._note(KindKeyMissing, (), key=key, meaning=_MEANINGS[key])
        return self._table.get(key)

    def _table_of(self, key: str) -> dict[str, Any]:
        value = self._table.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong((key,), key, f"một bảng [{key}]")
        return {}

    def _unknown_keys(
        self, table: dict[str, Any], known: Sequence[str], path: tuple[str | int, ...]
    ) -> None:
        for key in table:
            if key not in known:
                hint = _nearest(key, known) or f"Các mục được dùng: {', '.join(known)}."
                self._note(KindKeyUnknown, (*path, key), key=key, nearest=hint)

    def _wrong(self, path: tuple[str | int, ...], key: str, expected: str) -> None:
        self._note(KindValueWrong, path, key=key, expected=expected)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Có phải là «{close[0]}»?" if close else ""
