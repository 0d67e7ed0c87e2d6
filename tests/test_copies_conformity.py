"""Copies and PDF/A-2u: of our own papers they are, of strangers' files the verdict is asked and kept."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
import verapdf
from copies_kit import receive_scan
from helpers import make_office
from odd_pdfs import write_pdf
from office_kit import opened, process_here
from rendering_kit import arguments, example_record

from pipeline.copies import Asked, ask_for_copy, outcome_of
from pipeline.engines import pdfa, rendering
from pipeline.engines.papers_copy import make
from pipeline.process_once import finish
from pipeline.record import CopyForm
from pipeline.retrieve import describe

_CACHE = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
#: veraPDF's own command line, as far as it is asked, over the engine that the tests have.
_COMMAND = """
import os, sys
sys.path.insert(0, {tests!r})
os.environ["XDG_CACHE_HOME"] = {cache!r}  # a cell has a home of its own
from pathlib import Path
import verapdf
assert sys.argv[1:5] == ["--format", "text", "--flavour", "2u"]
for verdict in verapdf.judge([Path(sys.argv[5])]):
    print("PASS" if verdict.is_valid else "FAIL", verdict.path, verdict.why)
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory):
    verapdf.judge([write_pdf(tmp_path_factory.mktemp("there") / "a.pdf")])
    script = tmp_path_factory.mktemp("validator") / "verapdf.py"
    script.write_text(
        _COMMAND.format(tests=str(Path(__file__).parent), cache=str(_CACHE)), encoding="utf-8"
    )
    return shlex.join([sys.executable, str(script)])


def test_copies_of_our_own_papers_are_pdf_a_2u(tmp_path):
    record = example_record("van-ban", "quy-dinh-day-du")
    rendering.render(arguments("van-ban", record, tmp_path, outputs=["pdf"], stem="goc"))
    copied = example_record("sao-y", "day-du")
    block = arguments("sao-y", copied, tmp_path, outputs=["block", "head"], stem="mot")
    many = arguments("sao-y", copied, tmp_path, outputs=["block"], stem="nhieu")
    many["vb"] |= {"cac_ban_so": ["1/3", "2/3", "3/3"]}
    corner = arguments(
        "sao-y", example_record("sao-y", "dien-tu"), tmp_path, outputs=["corner"], stem="goc-tren"
    )
    for one in (block, many, corner):
        rendering.render(one)
    forms = {
        "on-last-page": {"block_pdf": "mot-block.pdf"},
        "part": {"block_pdf": "mot-block.pdf", "pages": [1]},
        "many": {"block_pdf": "nhieu-block.pdf", "copies": 3},
        "electronic": {"corner_pdf": "goc-tren-corner.pdf"},
    }
    for name, args in forms.items():
        paths = {key: str(tmp_path / value) for key, value in args.items() if key.endswith("_pdf")}
        out = tmp_path / f"copy-{name}.pdf"
        make({"source": str(tmp_path / "goc.pdf"), "out": str(out), **args, **paths})

    verdicts = verapdf.judge(sorted(tmp_path.glob("copy-*.pdf")))

    assert len(verdicts) == len(forms)
    assert [(v.path.name, v.why) for v in verdicts if not v.is_valid] == []


def test_the_validator_is_believed_and_its_absence_told(tmp_path, command, cell):
    record = example_record("gioi-thieu", "day-du")
    rendering.render(arguments("gioi-thieu", record, tmp_path, outputs=["pdf"]))
    bad = write_pdf(tmp_path / "bad.pdf")
    asked = {"command": command, "seconds": 60}

    good = cell.call("pdf.conformity", {**asked, "path": str(tmp_path / "to.pdf")}, seconds=90)
    told = pdfa.judge({**asked, "path": str(bad)})
    missing = pdfa.judge({"command": "/khong/co", "seconds": 5, "path": str(bad)})

    assert good == {"verdict": "dat", "flavour": "PDF/A-2u", "why": ""}
    assert told["verdict"] == "khong-dat"
    assert told["why"]
    assert str(bad) not in told["why"]
    assert missing["verdict"] == "chua-kiem"


def test_the_verdict_lies_with_the_copy_and_is_shown(tmp_path, command, cell):
    limits = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    office = make_office(tmp_path, gioi_han=limits, ban_sao={"kiem_pdfa": command})
    receive_scan(office, tmp_path, 20)
    process_here(office, cell)
    with opened(office, cell) as app:
        asked = Asked(form=CopyForm.SAO_LUC, paper="20-CV/BTCTU", person="Lan")
        receipt = ask_for_copy(asked, app)
        assert finish({receipt}, app, seconds=60)
        copy, _ = outcome_of(receipt, app)
        summary = dict(describe(copy, app)["summary"])

    assert summary["Lưu lâu dài"].startswith("PDF/A-2u: không đạt")
