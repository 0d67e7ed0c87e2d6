"""Our own rules, held: who may import what, how big things get, what does not stand in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from pipeline.django_settings import INSTALLED_APPS, MIDDLEWARE

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pipeline"

MODULE_LINES = 400
FUNCTION_LINES = 60
POSITIONAL_PARAMETERS = 5

#: A library's types stop at its module: who alone may import what (globs over module names).
BORDERS = {
    "django": ["pipeline.stores.registers*", "pipeline.django_settings*", "pipeline.web*"],
    "ldap": ["pipeline.web.directory_asking"],
    "django_auth_ldap": ["pipeline.web.directory_asking"],
    "psycopg": ["pipeline.stores.registers*", "pipeline.stores.search*"],
    "whoosh": ["pipeline.stores.search*"],
    "pypdf": ["pipeline.engines.pdf*"],
    "pikepdf": ["pipeline.engines.join*"],
    "pypdfium2": ["pipeline.engines.raster*"],
    "weasyprint": ["pipeline.engines.html_pdf*"],
    "docxtpl": ["pipeline.engines.word*"],
    "docx": ["pipeline.engines.word*"],
    "openpyxl": ["pipeline.engines.tables*"],
    "xlsxwriter": ["pipeline.engines.tables*"],
    "python_calamine": ["pipeline.engines.tables*"],
    "cel": ["pipeline.kinds*"],
    "jsonschema": ["pipeline.kinds*"],
    "jsonschema_rs": ["pipeline.kinds*"],
    "ninja": ["pipeline.web.api*"],
    "watchdog": ["pipeline.watch*", "pipeline.inbox*"],
    "typer": ["pipeline.cli*"],
    "rich": ["pipeline.cli*"],
    "segno": ["pipeline.engines*"],
    "zxingcpp": ["pipeline.engines.codes*"],
    "markdown_it": ["pipeline.engines*"],
    "jinja2": ["pipeline.engines*"],
    "img2pdf": ["pipeline.engines.papers_image"],
    "ocrmypdf": ["pipeline.engines.ocr_pdf"],
    "pyhanko": ["pipeline.engines.signatures"],
    "pyhanko_certvalidator": ["pipeline.engines.signatures"],
    "asn1crypto": ["pipeline.engines.signatures"],
    "PIL": ["pipeline.engines*", "pipeline.sample_day*"],
}

#: Distributions of pyproject.toml whose import name is another; the rest are called as they are spelt.
IMPORT_NAMES = {
    "argon2-cffi": "argon2",
    "common-expression-language": "cel",
    "django-auth-ldap": "django_auth_ldap",
    "django-axes": "axes",
    "django-csp": "csp",
    "django-ninja": "ninja",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "pyhanko-certvalidator": "pyhanko_certvalidator",
    "python-calamine": "python_calamine",
    "python-docx": "docx",
    "python-ldap": "ldap",
    "pyyaml": "yaml",
    "zxing-cpp": "zxingcpp",
}

#: Files of the repository that a person wrote, by what they end in.
TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".html",
    ".css",
    ".json",
    ".service",
    ".sh",
    ".yaml",
    ".yml",
    "",
}


@cache
def sources() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def written_files() -> Iterator[Path]:
    """What git keeps or would keep: nothing that set-up, tools or a running office made."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path.suffix in TEXT_SUFFIXES:
            yield path


def imported_names(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_import_contracts_hold():
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_every_module_imports_alone():
    names = [name for name in sources() if ".migrations" not in name and "__main__" not in name]
    alone = subprocess.run(
        [sys.executable, ROOT / "tests" / "import_alone.py", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert alone.returncode == 0, alone.stdout + alone.stderr


def test_a_process_of_ours_brings_in_no_terminal_toolkit():
    asked = "import sys, pipeline.app; sys.exit('prompt_toolkit' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 0


def test_nothing_imports_from_the_package_root_or_relatively():
    wrong = [
        f"{shown(path)}:{node.lineno}"
        for path in [*sources().values(), *(ROOT / "tests").rglob("*.py")]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module == "pipeline" or node.level)
    ]

    assert wrong == []


@pytest.mark.parametrize("library", sorted(BORDERS))
def test_a_library_stops_at_its_module(library):
    strangers = [
        name
        for name, path in sources().items()
        if not any(fnmatchcase(name, allowed) for allowed in BORDERS[library])
        and any(imported.split(".")[0] == library for imported in imported_names(tree(path)))
    ]

    assert strangers == []


def test_every_library_we_depend_on_is_used_and_every_one_used_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["ldap"]]
    asked = {re.split(r"[\[=]", line)[0].lower() for line in lines}
    asked_imports = {IMPORT_NAMES.get(name, name) for name in asked}
    third_party = set(metadata.packages_distributions())
    used = {
        imported.split(".")[0]
        for path in sources().values()
        for imported in imported_names(tree(path))
        if imported.split(".")[0] in third_party
    } - {"pipeline", *sys.stdlib_module_names}
    # Django loads these by the names in its settings.
    named = [*INSTALLED_APPS, *MIDDLEWARE]
    used |= {name.split(".")[0] for name in named} - {"pipeline"} | {"argon2"}
    # Part of what WeasyPrint, docxtpl, typer and jsonschema are, which we name: theirs to pin.
    brought_along = {
        "jinja2",
        "markupsafe",
        "click",
        "cssselect2",
        "fontTools",
        "tinycss2",
        "tinyhtml5",
        "referencing",
    }

    assert used - asked_imports - brought_along == set()
    assert asked_imports - used == set()


def test_the_constraints_repeat_the_versions_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    constraints = (
        (ROOT / "deploy" / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    )
    missing = [line for line in asked if re.sub(r"\[.*?\]", "", line).lower() not in constraints]

    assert missing == []


def test_the_steps_are_the_calls_of_the_flow():
    steps = {
        path.stem
        for path in (PACKAGE / "steps").iterdir()
        if path.suffix == ".py" and not path.stem.startswith("_")
    } | {path.name for path in (PACKAGE / "steps").iterdir() if (path / "__init__.py").exists()}
    flow = tree(PACKAGE / "flow.py")
    called = {
        name.split(".")[2] for name in imported_names(flow) if name.startswith("pipeline.steps.")
    }

    assert called == steps


def test_modules_stay_small():
    large = {
        shown(path): count
        for path in sources().values()
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > MODULE_LINES
    }

    assert large == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sources().values():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{shown(path)}:{node.lineno} {node.name}", node


def test_functions_stay_short():
    long = {
        name: length
        for name, node in functions()
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }

    assert long == {}


def test_functions_take_few_positional_parameters():
    # Commands of the CLI are called by typer, with keywords only.
    greedy = {
        name: count
        for name, node in functions()
        if not name.startswith("pipeline/cli")
        and (
            count := len(
                [a for a in node.args.posonlyargs + node.args.args if a.arg not in {"self", "cls"}]
            )
        )
        > POSITIONAL_PARAMETERS
    }

    assert greedy == {}


def test_public_modules_say_what_they_are():
    silent = [
        shown(path)
        for path in sources().values()
        if "migrations" not in path.parts
        and ast.get_docstring(tree(path)) is None
        and any(
            isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            for node in tree(path).body
        )
    ]

    assert silent == []


def lines_matching(pattern: str, *, suffixes: set[str], but: Path | None = None) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{shown(path)}:{number}"
        for path in written_files()
        if path.suffix in suffixes and path != but
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        )
        if wanted.search(line)
    ]


def test_nothing_is_left_unfinished():
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX\\b", "raise NotImplemented" + "Error"))

    assert (
        lines_matching(
            rf"\b({words})", suffixes={".py", ".sh", ".html", ".css"}, but=Path(__file__)
        )
        == []
    )


def test_tests_fake_nothing_and_do_not_sleep():
    pattern = r"mock\.patch|MagicMock|\bmonkeypatch\b|unittest\.mock|time\.sleep\("
    tests = [
        place
        for place in lines_matching(pattern, suffixes={".py"}, but=Path(__file__))
        # Probes are programs that misbehave on purpose.
        if place.startswith("tests/") and not place.startswith("tests/probes/")
    ]

    assert tests == []


def test_no_path_of_a_machine_stands_in_the_tree():
    machine = "|".join(
        (r"/ro" + "ot/", r"/ho" + r"me/\w", r"/wo" + "rk/", r"/Us" + "ers/", r"C:\\\\Us" + "ers")
    )

    assert lines_matching(machine, suffixes=TEXT_SUFFIXES, but=Path(__file__)) == []
