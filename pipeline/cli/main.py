"""Arguments → a command, and what it raised → an exit status and a sentence on stderr."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

# Typer carries click inside and does not hand its base class out; the version is pinned.
from typer._click.exceptions import ClickException

from pipeline.cli.common import USAGE_STATUS, ForDevelopers, OnScreen, Settings, is_for_screen
from pipeline.cli.vietnamese import Group, usage_sentence
from pipeline.errors.base import VanthuError

#: The commands of each module, in the order of the help. Each module brings in the half of the program its deeds
#: need: whoever asks for one command waits for that half alone.
COMMANDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "running": ("run", "watch", "work", "read", "keep", "web", "process"),
        "searching": ("search", "searches"),
        "looking": ("show", "export", "doctor", "verify"),
        "measuring": ("search-eval",),
        "books": ("register",),
        "deeds": ("init", "void", "rebuild", "reindex", "kinds"),
        "states": ("state",),
        "numbers": ("number",),
        "safekeeping": ("purge", "backup", "restore", "seal-office", "upgrade"),
        "issuing": ("issue", "preview"),
        "incoming_files": ("incoming",),
        "printing": ("print", "printers", "prints", "print-done"),
        "copying": ("copy", "copies", "copy-give", "copy-revoke", "check"),
        "users": ("user",),
    }
)


def program(modules: Iterable[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with the commands of these modules; all of them if not told."""
    app = typer.Typer(
        name="vanthu",
        cls=Group,
        help="Văn thư: phòng văn thư của văn phòng cấp ủy. Thả tệp vào, tìm trong kho, in bản sao có xác nhận.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_settings)
    for name in modules:
        import_module(f"pipeline.cli.{name}").register(app)
    return app


def modules_for(arguments: Sequence[str]) -> tuple[str, ...]:
    """The modules that know what is asked for: one where a command is named, else all (help, a word mistyped)."""
    words = iter(arguments)
    for word in words:
        if word == "--office":
            next(words, None)
        elif not word.startswith(("--office=", "--verbose")):
            return tuple(name for name, known in COMMANDS.items() if word in known) or tuple(
                COMMANDS
            )
    return tuple(COMMANDS)


def _settings(
    ctx: typer.Context,
    office: Annotated[
        Path | None,
        typer.Option(
            "--office", envvar="VANTHU_OFFICE", help="Thư mục của cơ quan (có tệp vanthu.toml)."
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Ghi nhật ký chi tiết ra stderr.")
    ] = False,
) -> None:
    """Phòng văn thư của văn phòng cấp ủy."""
    is_for_developers = verbose or bool(os.environ.get("VANTHU_LOG"))
    handler = logging.StreamHandler(sys.stderr)
    usual = "%(levelname)s %(message)s"
    handler.setFormatter(ForDevelopers(usual) if is_for_developers else OnScreen(usual))
    if not is_for_developers:
        handler.addFilter(is_for_screen)
    logging.basicConfig(
        level=logging.INFO if is_for_developers else logging.WARNING, handlers=[handler]
    )
    ctx.obj = Settings(root=(office or Path.cwd()).resolve())


def main() -> int:
    """Run the command line and return the exit status.

    0 well, 2 something went back to its clerk, 3 a kind or the office file is wrong, 4 damage, 64 usage, 75 waiting.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        status = program(modules_for(sys.argv[1:]))(standalone_mode=False, prog_name="vanthu")
    except typer.Abort:
        return 130
    except ClickException as error:
        sys.stderr.write(f"{usage_sentence(error)}\n")
        return USAGE_STATUS
    except VanthuError as error:
        logging.getLogger(__name__).info("%s", error)
        sys.stderr.write(f"{error.terminal_text}\n")
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    return int(status or 0)
