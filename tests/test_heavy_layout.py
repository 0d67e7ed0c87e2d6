"""What the machine cannot lay out within its limits comes back before it has a number."""

from __future__ import annotations

import pytest
from helpers import example, make_office
from office_kit import drop_json, numbers, opened, process_here, reason, small_office

from pipeline.engines.cell import Cell

VAN_BAN = "van-ban"
_ROWS = 3000


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    with Cell(work_root=tmp_path_factory.mktemp("cell"), memory_bytes=2_500_000_000) as warm:
        warm.warm("render_many", "trial")
        yield warm


def table(rows):
    head = "| Số | Tên | Nơi |\n|---|---|---|\n"
    return head + "".join(f"| {row} | Lò Thị {row} | thôn {row} |\n" for row in range(rows))


def test_a_table_that_cannot_be_laid_out_in_time_is_returned_alone_and_takes_no_number(
    tmp_path, cell
):
    small_office(tmp_path)
    limits = {
        "render_seconds": 3.0,
        "sidecar_wait_s": 0.0,
        "quiet_s": 0.0,
        "free_disk_bytes": 1 << 20,
    }
    office = make_office(tmp_path, gioi_han=limits, cap_so={VAN_BAN: "truoc-khi-ky"})
    good = example(VAN_BAN, "quy-dinh-day-du")
    heavy = good | {"trich_yeu": "về danh sách rất dài", "noi_dung": table(_ROWS) + "\nHết."}
    drop_json(office, "hai.json", [heavy, good], VAN_BAN)

    outcomes = process_here(office, cell)

    assert [one.status for one in outcomes] == ["returned", "indexed"]
    assert outcomes[0].code == "R124"
    assert "Chưa cấp số" in reason(office, VAN_BAN)
    with opened(office, cell) as app:
        assert list(numbers(app).values()) == [[1]]


def test_a_long_table_that_can_be_laid_out_gets_its_number(tmp_path, cell):
    office = small_office(tmp_path)
    long = example(VAN_BAN, "quy-dinh-day-du") | {"noi_dung": table(300) + "\nHết."}
    drop_json(office, "dai.json", long, VAN_BAN)

    assert [one.status for one in process_here(office, cell)] == ["indexed"]
