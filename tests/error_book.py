"""The classes of pipeline.errors → docs/ma-loi.md. Run it to write the file: `.venv/bin/python tests/error_book.py`."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pipeline.errors
from pipeline.errors.base import VanthuError

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "pipeline"
PAGE = ROOT / "docs" / "ma-loi.md"
CODE = re.compile(r"[RKTA][1-4]\d\d")

FAMILIES = {
    "R": (
        "R1xx, R2xx: đến lượt văn thư",
        "Tệp được trả lại kèm lý do; các tệp khác vẫn chạy. Mã kết thúc 2.",
    ),
    "K": (
        "K2xx: đến lượt người soạn mẫu hoặc cài đặt",
        "Loại ấy ngừng, các loại khác vẫn chạy. Mã kết thúc 3.",
    ),
    "T": (
        "T3xx: chờ",
        "Chương trình tự thử lại, mỗi lần lâu hơn; năm lần không được thì báo người vận hành. Mã kết thúc 75.",
    ),
    "A": ("A4xx: đến lượt người vận hành", "Hư hại: ngừng mọi việc ghi. Mã kết thúc 4."),
}
HEAD = """# Mã lỗi

Mã trong ngoặc ở cuối mỗi câu báo là để đọc qua điện thoại. Chữ đầu cho biết đến lượt ai. Trang này làm từ mã nguồn
(`tests/error_book.py`); chỗ «…» là tên, số hoặc lời cụ thể của từng trường hợp.
"""


def error_classes() -> Iterator[type[VanthuError]]:
    """Every class with a code of its own."""
    for module in pkgutil.walk_packages(pipeline.errors.__path__, "pipeline.errors."):
        importlib.import_module(module.name)
    found: list[type[VanthuError]] = [VanthuError]
    while found:
        one = found.pop()
        found.extend(one.__subclasses__())
        # A finer class may share the code of the one it refines.
        if one.code not in {
            VanthuError.code,
            *(above.code for above in one.__bases__ if issubclass(above, VanthuError)),
        }:
            yield one


def finding_texts() -> dict[str, str]:
    """Codes of findings (no classes: told, never raised) and their sentences, from the tables that hold them."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and CODE.fullmatch(str(key.value)):
                        found[str(key.value)] = sentence(value)
    return found


def sentence(value: ast.expr) -> str:
    """The longest text in an expression."""
    texts = [node.value for node in ast.walk(value) if isinstance(node, ast.Constant)]
    return max((text for text in texts if isinstance(text, str)), key=len, default="")


def page() -> str:
    classes = sorted(error_classes(), key=lambda one: one.code)
    findings = finding_texts()
    parts = [HEAD]
    for letter, (title, turn) in FAMILIES.items():
        rows = [row(one) for one in classes if one.code.startswith(letter)]
        known = {one.code for one in classes}
        rows += [
            f"| {code} | {cell(blank(told))} | told by `vanthu verify` |"
            for code, told in findings.items()
            if code.startswith(letter) and code not in known
        ]
        rows.sort()
        parts.append(
            f"## {title}\n\n{turn}\n\n| mã | câu báo | for developers |\n|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )
    return "\n".join(parts)


def row(one: type[VanthuError]) -> str:
    hint = f" (ở dòng lệnh) {one.terminal_hint}" if one.terminal_hint else ""
    told = blank(one.clerk_template + hint)
    meaning = (one.__doc__ or "").strip().split("\n\n")[0]
    return f"| {one.code} | {cell(told)} | `{one.__name__}`: {cell(meaning)} |"


def blank(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "…", text)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
