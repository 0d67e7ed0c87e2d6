"""The command ``vanthu``: words in, exit status out. The only place besides the web where errors become text."""

from __future__ import annotations

from pipeline.cli.main import main

__all__ = ["main"]
