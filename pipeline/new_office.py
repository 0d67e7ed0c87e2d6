"""An empty folder → an office: its settings to be filled in, and the folders it works with."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import load_office
from pipeline.durable import make_dirs, write_file
from pipeline.errors.new_office import OfficeExists
from pipeline.inbox.folders import ensure_folders
from pipeline.kinds.loading import load_kinds, shipped_templates_dir

_FILE = "vanthu.toml"


def make_office(root: Path) -> None:
    """Make an office in *root*.

    Raises:
        OfficeExists (K270): there is one already.
    """
    if (root / _FILE).exists():
        raise OfficeExists("office file exists", folder=str(root))
    for name in ("inbox", "archive", "index", "templates"):
        make_dirs(root / name)
    model = shipped_templates_dir() / f"{_FILE}.mau"
    write_file(root / _FILE, model.read_bytes())
    ensure_folders(load_office(root), load_kinds(shipped_templates_dir(), None))
