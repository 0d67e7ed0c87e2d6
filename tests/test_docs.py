"""What people read says what the program does: every command, code and key stands in docs/."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main
from error_book import FAMILIES, PAGE, error_classes, finding_texts, page
from typer.testing import CliRunner

from pipeline.cli.main import program
from pipeline.config import Limits
from pipeline.errors.base import VanthuError

ROOT = Path(__file__).resolve().parent.parent
APP = program()
DOCS = ROOT / "docs"

#: Methods of config_reading.Section whose first argument is a key of vanthu.toml.
KEY_READERS = {"text", "choice", "number", "flag", "texts", "days", "table", "tables", "_day"}


def text_of(*names: str) -> str:
    return "\n".join((DOCS / name).read_text(encoding="utf-8") for name in names)


def commands() -> list[str]:
    def below(command, words):
        inner = getattr(command, "commands", None)
        if inner is None:
            yield " ".join(words)
        else:
            for name, one in inner.items():
                yield from below(one, [*words, name])

    return sorted(below(typer.main.get_command(APP), ["vanthu"]))


def config_keys() -> set[str]:
    keys = {item.name for item in fields(Limits)}
    for path in (ROOT / "pipeline").glob("config*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                values = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                if name in KEY_READERS or name == "_symbol":
                    keys.update(value for value in values[:1] if isinstance(value, str))
    return {key for key in keys if re.fullmatch(r"[a-z][a-z_]+", key)}


def test_every_command_is_in_the_operators_manual():
    manual = text_of("van-hanh.md")

    assert [name for name in commands() if not re.search(rf"`{name}\b", manual)] == []


def test_every_command_helps():
    runner = CliRunner()
    helpless = [
        command
        for command in commands()
        if "--help" not in runner.invoke(APP, [*command.split()[1:], "--help"]).stdout
    ]

    assert helpless == []


def test_every_key_of_the_office_file_is_in_the_operators_manual():
    manual = text_of("van-hanh.md")

    assert sorted(key for key in config_keys() if not re.search(rf"\b{key}\b", manual)) == []


def test_the_office_file_in_the_manual_is_a_good_one(tmp_path):
    from pipeline.config import load_office

    example = re.search(r"```toml\n(.*?)```", text_of("van-hanh.md"), re.DOTALL).group(1)
    (tmp_path / "vanthu.toml").write_text(example, encoding="utf-8")

    assert load_office(tmp_path).default_body == "VPTU"


def test_the_page_of_codes_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python tests/error_book.py"


def test_codes_are_told_apart_and_belong_to_their_family():
    codes = [one.code for one in error_classes()]

    assert sorted(code for code in codes if codes.count(code) > 1) == []
    assert [code for code in codes if not re.fullmatch(r"[RKTA][1-4]\d\d", code)] == []
    assert {code[0] for code in codes} <= set(FAMILIES)


@pytest.mark.parametrize(
    "one", sorted(error_classes(), key=lambda one: one.code), ids=lambda one: one.code
)
def test_an_error_speaks_to_clerk_and_developer(one: type[VanthuError]):
    assert one.__doc__
    assert one.clerk_template != VanthuError.clerk_template, "no text of its own"
    assert one.clerk_template.strip().endswith((".", "!", "}", "»")), one.clerk_template


def test_every_code_named_in_the_source_is_one_of_ours():
    known = {one.code for one in error_classes()} | set(finding_texts())
    unknown = {
        f"{path.relative_to(ROOT)}: {code}"
        for path in (ROOT / "pipeline").rglob("*.py")
        for code in re.findall(r"\"([RKTA][1-4]\d\d)\"", path.read_text(encoding="utf-8"))
        if code not in known
    }

    assert unknown == set()


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [ROOT / "README.md", *DOCS.rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []
