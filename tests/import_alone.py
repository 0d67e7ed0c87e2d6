"""Import each module named in argv in a process of its own: forks of this one, which has none of them.

What comes from outside is imported beforehand, once for all. Writes `module: last line of the traceback` for each that fails. Run by test_architecture.
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

#: These stand on Django, which must be set up before its models are imported (design: one place does it).
NEED_DJANGO = ("pipeline.stores.registers", "pipeline.web")


def import_the_outside() -> None:
    """All libraries that the package imports anywhere: theirs is most of the time."""
    names = set()
    for path in (Path(__file__).parent.parent / "pipeline").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    for name in sorted(names):
        if not name.startswith("pipeline"):
            # What needs settings or another system fails again, and loudly, in the module that wants it.
            with suppress(Exception):
                importlib.import_module(name)


def import_alone(module: str) -> None:
    if module.startswith(NEED_DJANGO) and module not in NEED_DJANGO:
        os.environ["DJANGO_SETTINGS_MODULE"] = "pipeline.django_settings"
        import django

        django.setup()
    importlib.import_module(module)


def fails_alone(module: str) -> bool:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            import_alone(module)
            status = 0
        except BaseException:  # noqa: BLE001 -- whatever it is, it is what we are here to tell
            reason = traceback.format_exc().strip().splitlines()[-1]
            sys.stdout.write(f"{module}: {reason}\n")
            sys.stdout.flush()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] != 0


if __name__ == "__main__":
    import_the_outside()
    # What the forks share is not to be copied by collecting it.
    gc.freeze()
    failed = [module for module in sys.argv[1:] if fails_alone(module)]
    sys.exit(bool(failed))
