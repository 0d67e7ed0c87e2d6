"""The frame of ``--help`` and the sentences of usage errors, in Vietnamese.

Click's own words go through gettext only here and there, so they are said anew: help by a formatter of ours, errors
by their class. Typer carries click inside and does not hand these classes out; the version is pinned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typer._click import exceptions as said
from typer._click.core import Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup

_HEADINGS = {
    "Arguments": "Tham số",
    "Options": "Tùy chọn",
    "Commands": "Lệnh",
}
_USAGE = (
    ("[OPTIONS]", "[TÙY CHỌN]"),
    ("COMMAND [ARGS]...", "LỆNH [THAM SỐ]..."),
)
_TYPES = {
    "str": "chữ",
    "list[str]": "chữ",
    "int": "số",
    "int range": "số",
    "float": "số",
    "float range": "số",
    "path": "đường dẫn",
    "list[Path]": "đường dẫn",
}
_HELP = ("Show this message and exit.", "Hiện lời này rồi thoát.")
_REMARKS = {
    "default: ": "mặc định: ",
    "env var: ": "biến môi trường: ",
    "x>=": "từ ",
    "x<=": "không quá ",
}
#: How what is missing is written, for whoever does not know: by the option, or by what an argument is called.
EXAMPLES = {
    "--reason": '--reason "lý do, một câu"',
    "--date": "--date 26/11/2026",
    "--until": "--until 31/12/2026",
    "--for": '--for "Ban Tổ chức"',
    "--to": '--to "Chi bộ 3"',
    "--source": "--source dien-thoai",
    "--person": '--person "Hoàng Lan"',
    "--approved-by": '--approved-by "Lò Văn Bảy"',
    "--moved-to": '--moved-to "máy chủ mới, phòng 204"',
    "--pages": "--pages 1,3-5",
    "--last": "--last 131",
    "--kind": "--kind gioi-thieu",
    "--again": "--again k3f9",
    "--here": "--here -o 07-GGT.pdf",
    "-o TỆP.pdf": "--here -o 07-GGT.pdf",
    "kết quả": "--bad 3,7",
    "SỐ": "07-GGT/VPTU",
    "SỐ… [TRẠNG THÁI]": '07-GGT/VPTU "đã ký"',
    "DÃY_SỐ": "CV/VPTU",
    "ID": "21",
    "LOẠI": "gioi-thieu",
    "SỔ": "di",
    "TÊN": '"nhà văn hóa"',
    "TÀI_KHOẢN": "lan",
    "SỐ_HIỆU": "3",
    "MÃ LẦN IN": "k3f9",
    "TỆP": "quet-01.pdf",
    "TỆP…": "trang-1.pdf trang-2.pdf",
    "TỆP|MÃ": "ban-sao.pdf",
    "THƯ_MỤC": "/mnt/usb",
    "BẢN_SAO_LƯU": "/mnt/usb",
    "THƯ_MỤC_MỚI": "/srv/vanthu",
    "--name": '--name "máy tổng hợp"',
    "--corpus": "--corpus kho.jsonl",
    "--queries": "--queries cau-hoi.jsonl",
}
_FILE_KINDS = re.compile(r"\b(pdf|xlsx|docx|csv|json)\b")
_ONE_OF = re.compile(r"is not one of (.+?)\.?$")
_NO_LESS = re.compile(r"greater than or equal to (-?\d+)")
_NO_MORE = re.compile(r"less than or equal to (-?\d+)")


class _Formatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, ours in _USAGE:
            args = args.replace(english, ours)
        super().write_usage(prog, args, prefix or "Cách dùng: ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(_HEADINGS.get(name, name)):
            yield

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        ours = [(_typed(first), _remarked(second)) for first, second in rows]
        super().write_dl(ours, col_max, col_spacing)


class _Context(Context):
    formatter_class = _Formatter


class Unsaid(said.BadParameter):
    """An option that must be written and was not; the message says what to write."""


class Command(TyperCommand):
    """A command whose help speaks Vietnamese."""

    context_class = _Context


class Group(TyperGroup):
    """The same for a group of commands."""

    context_class = _Context


def _typed(first: str) -> str:
    """``--limit <int range>`` in our words."""
    return re.sub(r"<([^<>]+)>", lambda found: f"<{_TYPES.get(found[1], found[1])}>", first)


def _remarked(second: str) -> str:
    """An option's words, and what click says of it in brackets behind them."""
    if second == _HELP[0]:
        return _HELP[1]
    words, bracket, remarks = second.rpartition("  [")
    if not bracket and second.startswith("["):
        words, remarks = "", second[1:]
    elif not bracket:
        return second
    ours = "; ".join(_remark(one) for one in remarks.removesuffix("]").split("; "))
    return f"{words}  [{ours}]".strip()


def _remark(english: str) -> str:
    if english == "required":
        return "bắt buộc"
    low, _, high = english.partition("<=x<=")
    if high:
        return f"từ {low} đến {high}"
    for start, ours in _REMARKS.items():
        if english.startswith(start):
            return f"{ours}{english.removeprefix(start)}"
    return english


# --- usage errors --------------------------------------------------------------------------------


def usage_sentence(error: said.ClickException) -> str:
    """What is wrong in the command line and how it is asked right; the whole help where nothing was asked."""
    if isinstance(error, said.NoArgsIsHelpError):
        return error.format_message()
    what = next(tell(error) for kind, tell in _TELLERS if isinstance(error, kind))
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "vanthu"
    example = _example(error)
    more = f"\nVí dụ: {example}" if example else ""
    return f"Lệnh chưa đúng: {what}{more}\nXem cách dùng: {path} --help"


def _example(error: Any) -> str:
    """How what is missing is written; empty where nothing is missing, or nobody can know."""
    if not isinstance(error, said.MissingParameter | Unsaid):
        return ""
    parameter = error.param
    if parameter is None:
        return EXAMPLES.get(str(error.param_hint), "")
    is_option = parameter.param_type_name == "option"
    names = parameter.opts if is_option else [parameter.display_name_raw]
    known = next((EXAMPLES[name] for name in names if name in EXAMPLES), "")
    if known:
        return known
    value = _example_value(parameter)
    return f"{names[0]} {value}" if is_option and value else value


def _example_value(parameter: Any) -> str:
    """A value of its kind: one of those to choose from, or a file as its help names it."""
    if parameter.type_descriptor.is_choice:
        first = next(iter(parameter.type_descriptor.choices))
        return str(getattr(first, "value", first))
    file_kind = _FILE_KINDS.search((getattr(parameter, "help", None) or "").lower())
    return f"tep.{file_kind[1]}" if file_kind else ""


def _missing(error: Any) -> str:
    name = _hint(error)
    is_option = error.param is not None and error.param.param_type_name == "option"
    meant = getattr(error.param, "help", None) or ""
    what = f": {meant[:1].lower()}{meant[1:].rstrip('.')}" if meant else ""
    return f"còn thiếu {'tùy chọn' if is_option else 'tham số'} {name}{what}."


def _unsaid(error: Any) -> str:
    return f"còn thiếu {_hint(error)}: {error.message.rstrip('.')}."


def _bad(error: Any) -> str:
    """Our own commands say why in Vietnamese; what the library says is told by what it wanted."""
    name = _hint(error)
    why = _why(error) if error.param is not None else error.message
    return f"giá trị của {name} không dùng được: {why.rstrip('.')}."


def _why(error: Any) -> str:
    parameter = error.param
    asked = str(getattr(parameter.type_descriptor, "annotation", ""))
    low, high = _NO_LESS.search(error.message), _NO_MORE.search(error.message)
    if low:
        return f"phải từ {low[1]} trở lên"
    if high:
        return f"không được quá {high[1]}"
    if choices := _ONE_OF.search(error.message):
        return f"chỉ có thể là {choices[1].replace(chr(39), '')}"
    if "int" in asked:
        return "cần một số nguyên viết bằng chữ số"
    return "hãy xem lại cách ghi"


def _hint(error: Any) -> str:
    if error.param_hint is not None:
        given = error.param_hint
        return given if isinstance(given, str) else ", ".join(given)
    parameter = error.param
    if parameter is None:
        return "lệnh này"
    if parameter.param_type_name == "option":
        return " hoặc ".join(parameter.opts)
    return str(parameter.display_name_raw)


def _no_such_option(error: Any) -> str:
    near = f" Có phải là {', '.join(sorted(error.possibilities))}?" if error.possibilities else ""
    return f"không có tùy chọn {error.option_name}.{near}"


def _bad_option(error: Any) -> str:
    if "does not take" in error.message:
        return f"tùy chọn {error.option_name} không kèm giá trị."
    return f"tùy chọn {error.option_name} cần một giá trị đi kèm."


def _other(error: said.ClickException) -> str:
    """Told by ``ctx.fail``: no class of their own."""
    quoted = re.findall(r"'([^']*)'", error.message)
    if error.message.startswith("No such command"):
        near = f" Có phải là {', '.join(quoted[1:])}?" if quoted[1:] else ""
        return f"không có lệnh «{quoted[0] if quoted else ''}».{near}"
    if error.message.startswith("Missing command"):
        return "còn thiếu tên lệnh."
    extra = re.search(r"unexpected extra argument\(s\) \((.*)\)", error.message)
    if extra:
        return f"thừa «{extra[1]}». Có dấu cách thì đặt trong dấu nháy."
    return "hãy xem lại cách ghi."


_TELLERS: tuple[tuple[type[said.ClickException], Callable[[Any], str]], ...] = (
    (said.MissingParameter, _missing),
    (Unsaid, _unsaid),
    (said.BadParameter, _bad),
    (said.NoSuchOption, _no_such_option),
    (said.BadOptionUsage, _bad_option),
    (said.ClickException, _other),
)
