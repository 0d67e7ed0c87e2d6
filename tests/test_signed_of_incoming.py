"""A scan among the signed papers whose number is that of a paper that came in."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    letter,
    opened,
    paper_bytes,
    process_here,
    small_office,
)

from pipeline.errors.signed_back import SignedUnknown
from pipeline.inbox.signed_match import match

SEEN = {
    "number": {"ordinal": 21, "symbol": "CV", "issuer": "BTCTU"},
    "last_numbers": [],
    "codes": [],
    "first": "",
    "last": "",
    "date": "",
    "is_read": True,
}


def test_the_number_of_a_paper_that_came_in_is_told_as_such(tmp_path, cell):
    office = small_office(tmp_path / "office")
    drop(office, VAN_BAN_DEN, "cv.pdf", paper_bytes(tmp_path, "Cong van 21"))
    drop_json(office, "cv.json", letter(21), VAN_BAN_DEN)
    process_here(office, cell)

    with opened(office, cell) as app, pytest.raises(SignedUnknown) as caught:
        match("scan.pdf", {}, SEEN, SimpleNamespace(registers=app.registers))

    told = caught.value.clerk_text
    assert "«21-CV/BTCTU» là của văn bản đến 01-ĐẾN/2026" in told
    assert "trong sổ không có số ấy" not in told
    assert "thư mục «van-ban-den»" in told
