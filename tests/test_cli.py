"""The command line speaks Vietnamese: help of every command, and every sort of usage error."""

from __future__ import annotations

import ast
import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from gunicorn.config import Config
from helpers import ROOT
from office_kit import run, small_office, wait_until
from typer._click.exceptions import ClickException, MissingParameter
from typer.main import get_command

from pipeline.cli.common import ForDevelopers, OnScreen, is_for_screen
from pipeline.cli.main import COMMANDS, modules_for, program
from pipeline.cli.vietnamese import usage_sentence
from pipeline.errors.base import on_screen, shown_as
from pipeline.errors.intake import FileChangedWhileRead
from pipeline.office_processes import running_whole
from pipeline.web.server_log import ServerLog

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
        ("void 07", "còn thiếu --reason: lý do hủy số.\nVí dụ: --reason "),
        ("show", "\nVí dụ: 07-GGT/VPTU\n"),
        ("copy 07", "còn thiếu tùy chọn --form: "),
        ("copy 07", "\nVí dụ: --form sao-y\n"),
        (
            "copy 07 --form trich-sao",
            "còn thiếu --pages: các trang cần trích.\nVí dụ: --pages 1,3-5",
        ),
        ("copy 07 --form sao-y --pages 1", "--pages không dùng được: chỉ đi cùng --form trich-sao"),
        ("kinds sheet gioi-thieu", "\nVí dụ: -o tep.xlsx\n"),
        ("print", "còn thiếu SỐ: số, ký hiệu của văn bản cần in"),
        ("print 07 --here", "còn thiếu -o TỆP.pdf: "),
        ("print --sheets 3", "còn thiếu --again: "),
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


@pytest.mark.parametrize("path", list(commands(get_command(APP))), ids=" ".join)
def test_whatever_must_be_written_has_an_example(path):
    command = get_command(APP)
    for name in path:
        command = command.commands[name]
    for parameter in command.params:
        if parameter.required:
            assert "\nVí dụ: " in usage_sentence(MissingParameter(param=parameter)), parameter.name


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


def test_lines_of_the_log_have_the_offices_time_and_its_offset():
    at = datetime(2026, 11, 22, 20, 0, tzinfo=UTC).timestamp()
    record = logging.makeLogRecord({"msg": "done", "created": at, **shown_as("Xong.")})

    assert OnScreen("%(message)s").format(record) == "03:00:00+07:00  Xong."
    assert ForDevelopers("%(message)s").format(record) == "2026-11-23 03:00:00.000+07:00 done"


def test_what_the_web_server_says_is_said_in_vietnamese_once(caplog):
    log = ServerLog(Config())

    log.error("Connection in use: %s", "('127.0.0.1', 8000)")
    log.error("connection to ('127.0.0.1', 8000) failed: [Errno 98] Address already in use")
    log.critical("WORKER TIMEOUT (pid:%s)", 7)

    told = [OnScreen("%(message)s").format(record).partition("  ")[2] for record in caplog.records]
    assert [line.partition(":")[0] for line in told] == ["Trang web", "Trang web"], told
    assert "cổng 8000 của máy đang có chương trình khác dùng" in told[0]


def test_a_second_run_says_that_the_office_runs_and_where_and_ends_well(tmp_path):
    office = small_office(tmp_path / "office")
    with running_whole(office, "http://127.0.0.1:8123") as elsewhere:
        assert not elsewhere

        ran = run(office, "run", "--sample")
        added = run(office, "user", "add", "lo.hoa")
    stopped = run(office, "user", "link", "lo.hoa")

    assert added.stdout.startswith("http://127.0.0.1:8123/dat-mat-khau/lo.hoa/")
    assert stopped.stdout.startswith("http://127.0.0.1:8000/dat-mat-khau/lo.hoa/")
    assert ran.status == 0, ran.stderr
    assert "đang chạy rồi" in ran.stderr
    assert "Trang web:          http://127.0.0.1:8123/" in ran.stderr
    assert f"Kết quả hiện ở:     {office.inbox_dir}" in ran.stderr
    assert not list(office.inbox_dir.rglob("*.xlsx"))


def test_who_sets_up_waits_for_a_set_up_that_is_going_on_and_says_so(tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "_setup.sh", tmp_path / "bin")
    script = ". bin/_setup.sh; begin_alone; echo in; read -r _ || true"
    command = ["bash", "-c", script]
    pipe, told = subprocess.PIPE, tmp_path / "told"
    with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdout.readline() == "in\n"
        with (
            told.open("w") as errors,
            subprocess.Popen(
                command, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=errors, text=True
            ) as second,
        ):
            wait_until(lambda: "đang chờ việc ấy xong" in told.read_text(encoding="utf-8"))
            first.communicate("go\n")
            assert second.communicate("go\n")[0] == "in\n"


@pytest.mark.parametrize("name", ["run", "test", "bundle"])
def test_help_is_told_without_setting_anything_up(tmp_path, name):
    shutil.copytree(ROOT / "bin", tmp_path / "bin")

    told = subprocess.run(
        [tmp_path / "bin" / name, "--help"], check=False, capture_output=True, text=True
    )

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith(f"Cách dùng: bin/{name} ")
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]
    if name == "run":
        options = {
            one for each in get_command(program()).commands["run"].params for one in each.opts
        }
        assert options == set(re.findall(r"--\w+", told.stdout)) - {"--help"}


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


def test_a_new_office_is_told_the_command_that_works_from_where_it_was_made(office, tmp_path):
    ran = run(office, "init", str(tmp_path / "moi"), env={"VANTHU_PROGRAM": "/cho/nay/bin/vanthu"})

    assert ran.status == 0, ran.stderr
    assert f"chạy: /cho/nay/bin/vanthu --office {tmp_path / 'moi'} doctor" in ran.stderr
