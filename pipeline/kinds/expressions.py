"""CEL text of a kind → values over a record. The only module that knows the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipeline.kinds.cel_library import cel
from pipeline.vietnamese import fold, parse_reference, short_date

#: Variables that a macro makes for itself: x in ``list.all(x, …)``.
_MACRO_VARIABLE = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")
_STRING = re.compile(r"""r?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")
_PLACE = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")
_BUILT_IN = frozenset(
    (
        "size",
        "string",
        "int",
        "uint",
        "double",
        "bool",
        "bytes",
        "duration",
        "timestamp",
        "type",
        "dyn",
        "has",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
        "max",
        "min",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Why an expression cannot be used."""

    #: ``syntax``, ``variable`` or ``function``.
    what: str
    name: str = ""
    column: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One compiled expression."""

    source: str
    #: Names it reads from outside itself.
    variables: frozenset[str]
    program: Any = field(repr=False, compare=False)

    def run(self, scope: Scope) -> Any:
        """Its value: JSON-shaped. Raises ExpressionFailed."""
        try:
            return self.program.execute(scope.context)
        # The library raises the built-in error that fits (KeyError, TypeError, ZeroDivisionError …).
        except Exception as error:
            raise ExpressionFailed(f"{type(error).__name__}: {error}") from error


class ExpressionFailed(Exception):
    """No value for this record; the text is for the developer."""


class Scope:
    """What expressions see: values converted once, functions."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.context = cel.Context(variables=values, functions=_functions())

    def add(self, name: str, value: Any) -> None:
        """One more name, for what was computed from the others."""
        self.context.add_variable(name, value)


def compile_expression(source: str) -> Expression | Flaw:
    """*source* ready to run, or the place where it is not CEL."""
    try:
        program = cel.compile(source)
    except ValueError as error:
        match = _PLACE.search(str(error))
        column, detail = (int(match.group(2)), match.group(3)) if match else (1, str(error))
        return Flaw(what="syntax", column=column, detail=detail)
    outside = set(program.variables()) - set(_MACRO_VARIABLE.findall(_STRING.sub("''", source)))
    return Expression(source=source, variables=frozenset(outside), program=program)


def flaws(expression: Expression, known: Iterable[str]) -> list[Flaw]:
    """Names it reads or calls that nobody gives."""
    known_names = set(known)
    unknown = sorted(expression.variables - known_names)
    called = {name for name in expression.program.functions() if name[0] not in "_@!-"}
    uncalled = sorted(called - _BUILT_IN - set(_functions()))
    return [Flaw(what="variable", name=name) for name in unknown] + [
        Flaw(what="function", name=name) for name in uncalled
    ]


def function_names() -> tuple[str, ...]:
    """What expressions may call beyond CEL itself."""
    return tuple(_functions())


def _functions() -> dict[str, Callable[..., Any]]:
    return {
        "dai": dai,
        "so": so,
        "nam_cua": nam_cua,
        "noi": noi,
        "gop": gop,
        "so_hieu": so_hieu,
        "ngay_viet": ngay_viet,
    }


# All of these are total: the library prints what a function raises.


def dai(value: Any) -> int:
    """How many items or characters; none in what is absent."""
    return len(value) if isinstance(value, (str, list, dict)) else 0


def so(value: Any) -> Any:
    """The number; 0 for what is absent."""
    return 0 if value is None else value


def nam_cua(value: Any) -> int:
    """The year of a day (``2020-01-09`` or ``1985``); 0 for what is absent."""
    head = str(value or "")[:4]
    return int(head) if head.isascii() and head.isdigit() else 0


def noi(separator: Any, parts: Any) -> str:
    """The parts that are there, joined."""
    return str(separator).join(
        str(part) for part in _listed(parts) if part is not None and part != ""
    )


def gop(value: Any) -> str:
    """The words without marks and capitals, to compare as people would."""
    return fold(str(value or ""))


def so_hieu(value: Any) -> str:
    """A reference in one spelling: ``213/QĐ-TW`` and ``213-QĐ/TW`` are the same paper."""
    text = str(value or "")
    reference = parse_reference(text)
    if reference is None:
        return fold(text)
    return fold(f"{reference.ordinal}{reference.suffix}-{reference.symbol}/{reference.issuer}")


def ngay_viet(value: Any) -> str:
    """A day as people write it in a line: ``09/01/2020``."""
    try:
        return short_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value or "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
