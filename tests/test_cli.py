"""The command line speaks Vietnamese: help of every command, and every sort of usage error."""

from __future__ import annotations

import ast
import logging
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from helpers import ROOT
from office_kit import small_office
from typer._click.exceptions import ClickException
from typer.main import get_command

from pipeline.cli.common import OnScreen, is_for_screen
from pipeline.cli.main import COMMANDS, modules_for, program
from pipeline.cli.vietnamese import usage_sentence
from pipeline.errors.base import on_screen
from pipeline.errors.intake import FileChangedWhileRead

APP = program()
_ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|args|show this|message|exit\b|required|default|env var|missing"
    r"|no such|invalid|value|try|error|did you mean|possible|unexpected|extra|input|str|int|range|path|list\[)\b",
    re.IGNORECASE,
)
#: Names that are typed as they stand.
_TYPED = re.compile(r"--[a-z-]+|«[^»]*»|vanthu [a-z ]+|^  list |VANTHU_[A-Z]+", re.MULTILINE)


def commands(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, *path, name)


def english_in(text: str) -> list[str]:
    return [found.group() for found in _ENGLISH.finditer(_TYPED.sub("", text))]


def usage_error(*arguments: str) -> str:
    with pytest.raises(ClickException) as caught:
        APP(arguments, standalone_mode=False, prog_name="vanthu")
    return usage_sentence(caught.value)


@pytest.mark.parametrize("module", COMMANDS)
def test_a_module_knows_the_commands_it_is_loaded_for(module):
    assert tuple(get_command(program([module])).commands) == COMMANDS[module]


@pytest.mark.parametrize(
    ("typed", "modules"),
    [
        (["show", "x"], ("looking",)),
        (["--office", "search", "--verbose", "print", "show"], ("printing",)),
        (["--office=search", "incoming", "list"], ("incoming_files",)),
        (["--help"], tuple(COMMANDS)),
        (["shwo", "show"], tuple(COMMANDS)),
        (["--ofice", "show"], tuple(COMMANDS)),
        (["--office"], tuple(COMMANDS)),
        ([], tuple(COMMANDS)),
    ],
)
def test_only_what_the_command_needs_is_loaded(typed, modules):
    assert modules_for(typed) == modules


def test_the_words_looked_for_are_those_of_the_library():
    assert english_in("Usage: x [OPTIONS]\n  --help  Show this message and exit. [required]")


@pytest.mark.parametrize("path", list(commands(get_command(APP))), ids=" ".join)
def test_help_has_no_english_frame(path, capsys):
    APP([*path, "--help"], standalone_mode=False, prog_name="vanthu")
    text = capsys.readouterr().out

    assert text.startswith("Cách dùng: vanthu")
    assert "Hiện lời này rồi thoát." in text
    assert english_in(text) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nope", "không có lệnh «nope»"),
        ("serach", "Có phải là search, searches, user?"),
        ("kinds nope", "không có lệnh «nope»"),
        ("show", "còn thiếu tham số SỐ"),
        ("void 07", "còn thiếu --reason: lý do hủy số.\n"),
        ("number reserve CV --for Lan", "còn thiếu --reason: lý do dành số.\n"),
        ("kinds sheet gioi-thieu", "còn thiếu tùy chọn -o hoặc --out: tệp xlsx để ghi."),
        ("search x --nope", "không có tùy chọn --nope"),
        ("process --work 1", "Có phải là --workers?"),
        ("search x --limit a", "giá trị của --limit không dùng được: cần một số nguyên"),
        ("search x --limit 0", "phải từ 1 trở lên"),
        ("search x --limit 5000", "không được quá 1000"),
        ("search x --limit", "tùy chọn --limit cần một giá trị đi kèm"),
        ("run --sample=1", "tùy chọn --sample không kèm giá trị"),
        ("show a b", "thừa «b»"),
        ("search x --from hom-qua", "giá trị của --from không dùng được: cần một ngày"),
        ("register x", "giá trị của SỔ không dùng được: chỉ có thể là"),
        ("export x --what giay", "giá trị của --what không dùng được: chỉ có thể là"),
        (
            "copy x --form saoluc",
            "giá trị của --form không dùng được: chỉ có thể là sao-y, sao-luc, trich-sao",
        ),
        ("--office", "tùy chọn --office cần một giá trị đi kèm"),
        ("--verbose", "còn thiếu tên lệnh"),
    ],
)
def test_a_usage_error_is_told_in_vietnamese(line, told):
    text = usage_error(*line.split())

    assert told in text
    assert text.startswith("Lệnh chưa đúng: ")
    assert "Xem cách dùng: vanthu" in text
    assert english_in(text.partition("\n")[0]) == []


@pytest.mark.parametrize("line", ["", "kinds"])
def test_who_asks_nothing_is_shown_the_help(line):
    text = usage_error(*line.split())

    assert text.startswith("Cách dùng: vanthu")
    assert english_in(text) == []


def test_the_program_beside_the_sources_is_called_from_any_folder(tmp_path):
    link = tmp_path / "vanthu"
    link.symlink_to(ROOT / "bin" / "vanthu")
    small_office(tmp_path / "office")
    for started, folder in (
        (ROOT / "bin" / "vanthu", tmp_path / "office"),
        (link, tmp_path / "office"),
    ):
        ran = subprocess.run(
            [str(started), "show", "1"], cwd=folder, capture_output=True, text=True, check=False
        )

        assert (ran.returncode, ran.stdout) == (2, "")
        assert "Không có văn bản nào là «1»" in ran.stderr


def test_who_sits_at_the_screen_reads_vietnamese_with_the_name_of_the_file():
    error = FileChangedWhileRead("changed while it was copied")
    record = logging.makeLogRecord(
        {"msg": "waits in the inbox: %s", "args": (error,), **on_screen(error, "cv 15.pdf")}
    )
    plain = logging.makeLogRecord({"msg": "duty put off"})

    assert (
        OnScreen("%(message)s")
        .format(record)
        .endswith("«cv 15.pdf»: Tệp đang được ghi dở, sẽ xử lý khi ghi xong. (T360)")
    )
    assert OnScreen("%(message)s").format(plain).endswith("người hỗ trợ: duty put off")


def test_what_the_program_warns_of_has_words_for_the_screen_and_libraries_are_silent_there():
    silent = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"warning", "error", "exception", "critical"}
        and ast.unparse(call.func.value) in {"log", "_log"}
        and "extra" not in [one.arg for one in call.keywords]
    ]

    assert silent == []
    foreign = logging.makeLogRecord({"name": "waitress.queue", "levelno": logging.WARNING})
    assert not is_for_screen(foreign)
    assert is_for_screen(logging.makeLogRecord({"name": "pipeline.watch"}))
