"""The pictures of the guide, taken from made-up offices through a real browser.

python -m bench.pictures --out docs/anh
python -m bench.pictures --out FOLDER --all                # every page whole, on a laptop and on a telephone, to be looked at
python -m bench.pictures --out FOLDER --only "^van-ban"    # pictures whose names match
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from bench import pictures_finding, pictures_working
from bench.camera import taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="every page in both sizes, whole")
    parser.add_argument("--only", default="", help="names that match this expression")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for part in (pictures_finding, pictures_working):
        shots = [
            one
            for one in part.SHOTS
            if re.search(args.only, one.name) and (args.all or one.in_guide)
        ]
        if not shots:
            continue
        with TemporaryDirectory() as folder, part.served(Path(folder) / "office") as base:
            for picture in taken(shots, base, args.out, is_all=args.all):
                print(
                    json.dumps({"picture": str(picture), "bytes": picture.stat().st_size}),
                    flush=True,
                )


if __name__ == "__main__":
    main()
