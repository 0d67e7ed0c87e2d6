"""A record as dropped → the same in one form, and every problem in it, in the schema's titles."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.errors.base import Problem, RecordRejected
from pipeline.errors.kinds import KindExpressionFailed
from pipeline.errors.records import (
    CountOfItems,
    FieldMissing,
    FieldUnknown,
    NotInList,
    NumberOutOfRange,
    PatternBroken,
    RecordNotObject,
    RuleBroken,
    SchemaBroken,
    SecretRecord,
    TextTooLong,
    TextTooShort,
    WrongShape,
)
from pipeline.kinds.model import Kind, Property, Rule
from pipeline.kinds.values import Bad, read_value, shown
from pipeline.record import Place, Record
from pipeline.vietnamese import fold, nfc

_SECRECY = "do_mat"
_NOT_SECRET = frozenset(("khong", "khong mat", "thuong", "binh thuong"))
_LONGEST_NAME = 60
_MOST_UNKNOWN = 20
_MOST_NAMED = 3


def context_of(*, van_phong: str, hom_nay: date, ten_tep: str = "") -> dict[str, Any]:
    """What expressions know besides the record: default body, today, words of the file's name."""
    return {"van_phong": van_phong, "hom_nay": hom_nay.isoformat(), "ten_tep": ten_tep}


def check_record(
    kind: Kind, record: Any, *, place: Place, context: Mapping[str, Any]
) -> tuple[Record, list[Problem]]:
    """The record in one form (NFC, ISO days, known values) and everything wrong in it.

    The form is whole only where there is no problem: what could not be read is left out of it.
    """
    if not isinstance(record, dict):
        problem = RecordNotObject("not an object").problem(
            where=place.label, was_read=shown(record)
        )
        return {}, [problem]
    check = _Check(kind=kind, place=place, problems=[], bad=set(), given={})
    normal = check.read(record)
    check.against_schema(normal)
    check.against_rules(normal, context)
    return normal, check.problems


@dataclass(slots=True, kw_only=True)
class _Check:
    kind: Kind
    place: Place
    problems: list[Problem]
    #: Properties that have a problem: told once, and rules over them wait.
    bad: set[str]
    #: The record as it came, to tell what was read.
    given: dict[str, Any]

    def read(self, record: Mapping[str, Any]) -> Record:
        self.given = {nfc(str(name)).strip(): value for name, value in record.items()}
        given = dict(self.given)
        bad: list[Bad] = []
        normal = {}
        for item in self.kind.properties:
            if item.name not in given:
                continue
            unread = len(bad)
            value = read_value(given.pop(item.name), item, bad, (item.name,))
            if len(bad) > unread:
                self.bad.add(item.name)
            elif value is not None:
                normal[item.name] = value
        for one in bad:
            self.tell(one.error, one.path, one.item, was_read=one.value, **one.values)
        self.tell_secrecy(normal)
        self.tell_unknown(given)
        return normal

    def against_schema(self, normal: Record) -> None:
        for error in self.kind.validate(normal):
            for path, item, template, values in _explained(error, self.kind):
                if path and path[0] in self.bad and len(path) == 1 and template is FieldMissing:
                    continue
                self.tell(template, path, item, **values)
                if path:
                    self.bad.add(str(path[0]))

    def against_rules(self, normal: Record, context: Mapping[str, Any]) -> None:
        rules = [rule for rule in self.kind.rules if not rule.when.variables & self.bad]
        # The face of the template depends on fields that could not be read.
        face = self.kind.face_expression
        if face is not None and face.variables & self.bad:
            rules = [rule for rule in rules if "mat" not in rule.when.variables]
            if not rules:
                return
        try:
            broken = self.kind.broken_rules(normal, context, rules)
        except KindExpressionFailed as error:
            text = error.clerk_template.format_map(error.values)
            self.problems.append(Problem(code=error.code, where=self.place.label, text=text))
            return
        for rule in broken:
            self.tell_rule(rule, normal)

    def tell(
        self,
        error: type[RecordRejected],
        path: tuple[str | int, ...],
        item: Property | None,
        *,
        was_read: Any = "",
        **values: object,
    ) -> None:
        title = item.title if item else "Bản ghi"
        text = error.clerk_template.format_map({"title": title, **values}).strip()
        where = self.where(path)
        read = shown(was_read) if was_read != "" else ""
        self.problems.append(
            Problem(code=error.code, where=where, text=text, was_read=read, path=path)
        )

    def tell_rule(self, rule: Rule, normal: Record) -> None:
        present = [name for name in rule.fields if name in normal]
        absent = [name for name in rule.fields if name not in normal]
        names = ((absent if rule.wants_filled else present) or list(rule.fields))[:_MOST_NAMED]
        values = [self.given.get(name) for name in names if name in normal]
        read = "; ".join(shown(value) for value in values if not isinstance(value, (list, dict)))
        # Of fields to be filled, those that are empty; the clerk has the others.
        asked = rule.choices or (absent if rule.wants_filled else ())
        self.problems.append(
            Problem(
                code=RuleBroken.code,
                where=self.where(*((name,) for name in names)),
                text=" ".join((rule.message, *_choices(self.kind, asked))),
                was_read=read,
                path=tuple(names[:1]),
            )
        )

    def tell_secrecy(self, normal: Record) -> None:
        if _SECRECY not in normal:
            return
        if fold(str(normal.pop(_SECRECY))) not in _NOT_SECRET:
            self.tell(SecretRecord, (_SECRECY,), self.kind.property_named(_SECRECY))

    def tell_unknown(self, left: Mapping[str, Any]) -> None:
        titles = {item.name: item.title for item in self.kind.properties}
        for name in list(left)[:_MOST_UNKNOWN]:
            short = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
            nearest = _nearest(short, titles)
            self.tell(
                FieldUnknown, (short,), None, was_read=left[name], name=short, nearest=nearest
            )

    def where(self, *paths: tuple[str | int, ...]) -> str:
        return where_in_words(self.kind, self.place, *paths)


def broken_rule(kind: Kind, problem: Problem) -> str:
    """The id of the rule that *problem* tells of; its code where it is no rule's."""
    if problem.code == RuleBroken.code:
        for rule in kind.rules:
            if problem.text == rule.message or problem.text.startswith(f"{rule.message} "):
                return rule.id
    return problem.code


def _choices(kind: Kind, names: Sequence[str]) -> Iterator[str]:
    """«Tiêu chí 1» nhận: Nêu gương tốt; Nêu gương; Chưa nêu gương. Fields with equal choices are told together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        item = kind.property_named(name)
        if item is not None and item.value_titles:
            together.setdefault(item.value_titles, []).append(f"«{item.title}»")
    for titles, fields in together.items():
        yield f"{', '.join(fields)} nhận: {'; '.join(titles)}."


def where_in_words(kind: Kind, place: Place, *paths: tuple[str | int, ...]) -> str:
    """Row and column, as they are called in the clerk's sheet, of what stands at *paths* of a record."""
    named = [_named(kind, place, path) for path in paths if path]
    row = f"dòng {place.row}" if place.row else place.label
    return ", ".join(part for part in (row, " và ".join(named)) if part)


def _named(kind: Kind, place: Place, path: tuple[str | int, ...]) -> str:
    name, *inside = path
    item = kind.property_named(str(name))
    heading = place.headings.get(str(name), "")
    title = heading or (item.title if item else str(name))
    words = [f"{'cột' if heading else 'mục'} «{title}»"]
    inner = {sub.name: sub.title for sub in item.inner} if item else {}
    words += [
        f"dòng thứ {step + 1}" if isinstance(step, int) else f"«{inner.get(step, step)}»"
        for step in inside
    ]
    return ", ".join(words)


_Explained = tuple[tuple[str | int, ...], Property | None, type[RecordRejected], dict[str, object]]


def _explained(error: Any, kind: Kind) -> Iterator[_Explained]:
    """An error of the schema library as ours: keyword → template."""
    path = tuple(error.absolute_path)
    item = _item_at(kind, path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield (*path, name), _item_at(kind, (*path, name)), FieldMissing, {}
        return
    if error.validator == "additionalProperties":
        known = {inner.name: inner.title for inner in item.inner} if item else {}
        for name in error.instance:
            if name not in known:
                short = str(name)[:_LONGEST_NAME]
                values: dict[str, object] = {"name": short, "nearest": _nearest(short, known)}
                yield (*path, short), None, FieldUnknown, values
        return
    template, extra = _keyword(error, item)
    yield path, item, template, {"was_read": error.instance, **extra}


def _keyword(error: Any, item: Property | None) -> tuple[type[RecordRejected], dict[str, object]]:
    keyword, limit = str(error.validator), error.validator_value
    values: dict[str, object] = {
        "keyword": keyword,
        "limit": limit,
        "bound": _BOUNDS.get(keyword, ""),
        "description": (item.description if item else "") or "Hãy xem lại cách viết.",
        "expected": _TYPE_WORDS.get(str(limit), "đúng kiểu"),
    }
    if keyword in {"minLength", "maxLength"}:
        values["length"] = len(error.instance)
    if keyword in {"minItems", "maxItems"}:
        values["count"] = len(error.instance)
    if keyword in {"enum", "const"}:
        allowed = item.value_titles if item and item.value_titles else (limit,)
        values["allowed"] = ", ".join(str(value) for value in allowed)
    return _TEMPLATES.get(keyword, SchemaBroken), values


_TEMPLATES: dict[str, type[RecordRejected]] = {
    "maxLength": TextTooLong,
    "minLength": TextTooShort,
    "minimum": NumberOutOfRange,
    "exclusiveMinimum": NumberOutOfRange,
    "maximum": NumberOutOfRange,
    "exclusiveMaximum": NumberOutOfRange,
    "minItems": CountOfItems,
    "maxItems": CountOfItems,
    "pattern": PatternBroken,
    "enum": NotInList,
    "const": NotInList,
    "type": WrongShape,
}
_BOUNDS = {
    "minimum": "từ",
    "exclusiveMinimum": "lớn hơn",
    "maximum": "không quá",
    "exclusiveMaximum": "nhỏ hơn",
    "minItems": "ít nhất",
    "maxItems": "nhiều nhất",
}
_TYPE_WORDS = {
    "string": "chữ",
    "integer": "một số nguyên viết bằng chữ số",
    "number": "một con số",
    "boolean": "có hoặc không",
    "array": "danh sách, mỗi dòng một mục",
    "object": "một bảng gồm các mục có tên",
}


def _item_at(kind: Kind, path: tuple[str | int, ...]) -> Property | None:
    found: Property | None = None
    for step in path:
        if isinstance(step, int):
            continue
        found = kind.property_named(step) if found is None else _inner(found, step)
        if found is None:
            return None
    return found


def _inner(item: Property, name: str) -> Property | None:
    return next((inner for inner in item.inner if inner.name == name), None)


def _nearest(word: str, titles: Mapping[str, str]) -> str:
    spoken = {fold(name): name for name in titles} | {
        fold(title): name for name, title in titles.items()
    }
    close = difflib.get_close_matches(fold(word).replace("_", " "), spoken, n=1, cutoff=0.6)
    close = close or difflib.get_close_matches(fold(word), spoken, n=1, cutoff=0.6)
    if not close:
        return "Hãy bỏ mục này hoặc xem lại tên các mục trong tệp mẫu."
    name = spoken[close[0]]
    return f"Có phải là «{titles[name]}» ({name})?"
