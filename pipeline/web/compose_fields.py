"""The schema of a kind → the fields of its form, with what is typed and what is wrong beside each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.config import Office, holding
from pipeline.kinds.model import Kind, Property
from pipeline.web.compose_typed import Path, Typed, blank, field_name

#: Set by our own sheets, or about marks of secrecy, which this machine takes from no form.
_NEVER = frozenset(("ma_dong", "ma_lo", "do_mat", "giai_mat_so", "giai_mat_ngay", "giai_mat_nguoi"))
#: Of what every kind has: asked for after the kind's own fields; the rest is folded away.
_USUAL = ("co_quan", "nguoi_ky", "ngay", "do_khan", "ghi_chu")
#: Facts that name somebody of the office file, and what of it they name.
_BODY, _SIGNER = "issuer", "signer"
#: Up to so many letters a text is one line; above, a box of more and more lines.
_LINES = ((160, 1), (1_000, 2), (10_000, 4), (50_000, 6), (500_000, 10))
_LONGEST_BOX = 22
_EXAMPLES = {"ngay": "09/01/2026", "ngay-hoac-nam": "09/01/2026", "gio": "14 giờ 30"}
_YES_NO = (("co", "Có"), ("khong", "Không"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value to choose."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as the page draws it."""

    name: str
    id: str
    title: str
    #: ``line``, ``box``, ``choice``, ``levels``, ``list``, ``table``.
    widget: str
    hint: str = ""
    is_required: bool = False
    value: str = ""
    lines: int = 1
    example: str = ""
    is_number: bool = False
    #: Heading (empty: none) → what may be chosen under it.
    choices: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    #: What nothing chosen means.
    nothing: str = ""
    errors: tuple[str, ...] = ()
    #: Of a list its rows, of a table its fields.
    inner: tuple[Field, ...] = ()

    @property
    def described_by(self) -> str:
        """Ids of what a reader must hear with it."""
        return f"{self.id}-goi-y {self.id}-sai" if self.hint else f"{self.id}-sai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
    #: Criteria, each with its levels beside it.
    is_criteria: bool = False
    #: Seldom needed: folded away until something stands in it.
    is_extra: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the fields are made of."""

    kind: Kind
    office: Office
    day: date
    typed: Typed
    #: Place in the form → sentences.
    errors: Mapping[Path, Sequence[str]] = field(default_factory=dict)


def offered(kind: Kind) -> tuple[Property, ...]:
    """The properties that a person fills in, in the order of the form."""
    named = _named(kind)
    idle = {name for name in ("co_quan", "nguoi_ky") if name not in named}
    known = [one for one in kind.properties if one.name not in _NEVER]
    own = [one for one in known if one.own]
    others = {one.name: one for one in known if not one.own and one.name not in idle}
    usual = [others.pop(name) for name in _USUAL if name in others]
    return (*own, *usual, *others.values())


def sections(form: Form) -> list[Section]:
    """The whole form."""
    known = offered(form.kind)
    criteria = _criteria(form.kind)
    found: list[Section] = []
    run: list[Field] = []
    is_criteria = False
    for item in (one for one in known if one.own):
        if (item.name in criteria) is not is_criteria and run:
            found.append(_section(run, is_criteria=is_criteria))
            run = []
        is_criteria = item.name in criteria
        run.append(_top(item, form, criteria.get(item.name, "")))
    found.append(_section(run, is_criteria=is_criteria))
    usual = [one for one in known if not one.own and one.name in _USUAL]
    rest = [one for one in known if not one.own and one.name not in _USUAL]
    found.append(Section(title="Ban hành", fields=tuple(_top(one, form) for one in usual)))
    folded = tuple(_top(one, form) for one in rest)
    is_used = any(one.value or one.errors for one in folded)
    title = "Quan hệ với văn bản khác, lưu trữ, số đã cấp"
    found.append(Section(title=title, fields=folded, is_extra=True, is_open=is_used))
    return [one for one in found if one.fields]


def all_fields(fields: Sequence[Field]) -> Iterator[Field]:
    """Each field, those inside others too."""
    for one in fields:
        yield one
        yield from all_fields(one.inner)


def _section(fields: list[Field], *, is_criteria: bool) -> Section:
    title = "Tiêu chí" if is_criteria else ""
    return Section(title=title, fields=tuple(fields), is_criteria=is_criteria)


def _named(kind: Kind) -> dict[str, str]:
    """Property → the fact it gives, of those that name a body or a signer of the office file."""
    found = {}
    for fact in (_BODY, _SIGNER):
        expression = kind.fact_expressions.get(fact)
        if expression is None or (fact == _SIGNER and kind.signs_by_record):
            continue
        for name in expression.variables:
            item = kind.property_named(name)
            if item is not None and item.type == "string" and not item.values:
                found[name] = fact
    return found


def _criteria(kind: Kind) -> dict[str, str]:
    """Property → the whole sentence of the criterion whose levels it takes, where the kind's data has one."""
    names = {item.name for item in kind.properties if item.values}
    return {
        one["ma"]: str(one["ten"])
        for rows in kind.data.values()
        for one in (rows if isinstance(rows, list) else ())
        if isinstance(one, dict) and one.get("ma") in names and one.get("ten")
    }


def _top(item: Property, form: Form, criterion: str = "") -> Field:
    typed = form.typed.get(item.name, blank(item))
    return _field(item, typed, (item.name,), form, criterion)


def _field(item: Property, typed: object, path: Path, form: Form, criterion: str = "") -> Field:
    base = Field(
        name=field_name(path),
        id="-".join(("f", *map(str, path))),
        title=f"{item.title}. {criterion}" if criterion else item.title,
        hint=item.description,
        is_required=item.required,
        errors=tuple(form.errors.get(path, ())),
        widget="line",
    )
    if isinstance(typed, list) and item.entry is not None:
        # A list begins with a row to type into.
        rows = typed or [blank(item.entry)]
        inner = tuple(
            _field(item.entry, one, (*path, number), form) for number, one in enumerate(rows)
        )
        return replace(base, widget="list", inner=inner)
    if isinstance(typed, dict):
        inner = tuple(
            _field(one, typed.get(one.name), (*path, one.name), form) for one in item.inner
        )
        return replace(base, widget="table", inner=inner)
    return _leaf(base, item, str(typed or ""), form, is_criterion=bool(criterion))


def _leaf(base: Field, item: Property, value: str, form: Form, *, is_criterion: bool) -> Field:
    named = _named(form.kind).get(item.name) if not item.entry else None
    if named == _BODY:
        nothing = f"Thường dùng: {_body_name(form.office.default_body, form)}"
        return _choose(replace(base, hint=""), value, [("", _bodies(form))], nothing=nothing)
    if named == _SIGNER:
        # Chosen by name; the schema speaks of the code that a sheet holds.
        named_well = replace(base, hint="", title=base.title.removesuffix(" (mã)"))
        return _choose(named_well, value, _signers(form), nothing="Người ký mặc định")
    if item.type == "boolean":
        return _choose(base, value, [("", list(_YES_NO))], nothing="Không ghi")
    if item.values:
        pairs = list(zip(item.values, item.value_titles, strict=True))
        widget = "levels" if is_criterion else "choice"
        nothing = "Chọn …" if item.required else "Để trống"
        return _choose(base, value, [("", pairs)], nothing=nothing, widget=widget)
    lines = _lines(item)
    return replace(
        base,
        widget="line" if lines == 1 else "box",
        lines=lines,
        value=value,
        example=_EXAMPLES.get(item.format, ""),
        is_number=item.type in {"integer", "number"},
    )


def _lines(item: Property) -> int:
    longest = item.schema.get("maxLength")
    if item.type != "string" or item.format in _EXAMPLES or not isinstance(longest, int):
        return 1
    return next((lines for most, lines in _LINES if longest <= most), _LONGEST_BOX)


def _choose(
    base: Field,
    value: str,
    groups: list[tuple[str, list[tuple[str, str]]]],
    *,
    nothing: str,
    widget: str = "choice",
) -> Field:
    known = {one for _, pairs in groups for one, _ in pairs}
    if value and value not in known:
        # Kept as it was typed or archived; the check says what is wrong with it.
        groups = [*groups, ("", [(value, value)])]
    made = []
    left = value
    for heading, pairs in groups:
        choices = tuple(
            Choice(value=one, words=words, is_chosen=one == left) for one, words in pairs
        )
        made.append((heading, choices))
        if any(one.is_chosen for one in choices):
            # One code may stand for signers of two bodies: the first is marked.
            left = ""
    return replace(base, widget=widget, value=value, choices=tuple(made), nothing=nothing)


def _bodies(form: Form) -> list[tuple[str, str]]:
    bodies = holding(form.office.bodies, form.day)
    return [(one.symbol, f"{one.full_name} ({one.symbol})") for one in bodies]


def _body_name(symbol: str, form: Form) -> str:
    bodies = holding(form.office.bodies, form.day)
    return next((one.full_name for one in bodies if one.symbol == symbol), symbol)


def _signers(form: Form) -> list[tuple[str, list[tuple[str, str]]]]:
    """By body; that of the form first, so that its signer of two with one code is the one marked."""
    chosen = form.typed.get("co_quan") or form.office.default_body
    bodies = sorted(holding(form.office.bodies, form.day), key=lambda body: body.symbol != chosen)
    return [
        (
            body.full_name,
            [
                (one.code, f"{one.full_name}, {one.title}")
                for one in holding(body.signers, form.day)
            ],
        )
        for body in bodies
        if body.signers
    ]
