"""``python -m pipeline.cli``: the same command where no script is installed."""

from __future__ import annotations

import sys

from pipeline.cli.main import main

sys.exit(main())
