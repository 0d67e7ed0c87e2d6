"""The sample day is what its own checks take for real work, and the same each time."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import make_clock, make_office

from pipeline.clock import today
from pipeline.engines import raster, tables
from pipeline.engines.cell import Cell
from pipeline.errors.sample_day import SampleKindsMissing, SampleRefused
from pipeline.kinds import check_record, load_kinds, shipped_templates_dir
from pipeline.record import Place
from pipeline.sample_day import drop
from pipeline.stores.objects import Objects

CLOCK = make_clock()


@pytest.fixture(scope="module")
def kinds():
    return load_kinds(shipped_templates_dir(), None)


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    with Cell(work_root=tmp_path_factory.mktemp("cell"), memory_bytes=2_000_000_000) as one:
        yield one


@pytest.fixture(scope="module")
def dropped(tmp_path_factory, kinds, cell) -> dict[str, Path]:
    """The dropped files, by their folder and ending; the scan by its name."""
    office = make_office(tmp_path_factory.mktemp("office"))
    paths = drop(office, kinds, cell, CLOCK)
    assert len(paths) == 8
    return {
        path.stem if path.stem.startswith("Scan") else f"{path.parent.name}{path.suffix}": path
        for path in paths
    }


def problems_of(kind, record, place=None) -> list[str]:
    place = place or Place(label="")
    context = {"van_phong": "VPTU", "hom_nay": today(CLOCK).isoformat(), "ten_tep": ""}
    return [
        problem.sentence()
        for problem in check_record(kind, record, place=place, context=context)[1]
    ]


def rows_of(kind, path: Path) -> list[tuple[dict, list]]:
    """Each row as the intake reads it, with what is wrong in it."""
    read = tables.read({"path": str(path), "suffix": path.suffix, **kind.sheet_spec()})
    assert read["problems"] == []
    return [
        (item["record"], item["problems"] + problems_of(kind, item["record"]))
        for item in read["records"]
    ]


def test_all_thirty_introductions_are_good_and_of_thirty_people(dropped, kinds):
    rows = rows_of(kinds["gioi-thieu"], dropped["gioi-thieu.xlsx"])

    assert [found for _, found in rows if found] == []
    assert len({record["ho_ten"] for record, _ in rows}) == 30
    assert 2 <= sum(record.get("mien_sinh_hoat") is True for record, _ in rows) <= 5


def test_two_of_the_forty_comment_sheets_are_wrong_and_both_faces_are_there(dropped, kinds):
    rows = rows_of(kinds["phieu-nhan-xet"], dropped["phieu-nhan-xet.xlsx"])

    assert len(rows) == 40
    assert sum(bool(found) for _, found in rows) == 2
    assert sum(record.get("muc_1") is None for record, _ in rows) == 14


@pytest.mark.parametrize("name", ["van-ban", "bien-ban", "sao-luc"])
def test_single_records_are_good(dropped, kinds, name):
    record = json.loads(dropped[f"{name}.json"].read_bytes())

    assert problems_of(kinds[name], record) == []


def test_the_printed_paper_says_what_the_record_beside_it_says(dropped, kinds):
    record = json.loads(dropped["van-ban-den.json"].read_bytes())
    text = " ".join(raster.text(dropped["van-ban-den.pdf"]).split())

    assert problems_of(kinds["van-ban-den"], record) == []
    assert record["so_ky_hieu"] in text
    assert record["trich_yeu"] in text
    assert dropped["van-ban-den.json"].stem == dropped["van-ban-den.pdf"].stem


def test_the_copy_is_asked_of_a_paper_of_the_same_day(dropped):
    copy = json.loads(dropped["sao-luc.json"].read_bytes())
    paper = json.loads(dropped["van-ban-den.json"].read_bytes())

    assert copy["sao_tu"] == paper["so_ky_hieu"]


def test_the_scan_is_a_picture_without_text(dropped):
    scan = dropped["Scan_0007"]

    assert raster.text(scan).strip() == ""
    darkest, _ = raster.gray(scan, dpi=50).getextrema()
    assert darkest < 120


def test_the_same_day_makes_the_same_files_and_another_day_others(tmp_path, kinds, cell):
    office = make_office(tmp_path)

    def digests(clock):
        return [
            hashlib.sha256(path.read_bytes()).digest() for path in drop(office, kinds, cell, clock)
        ]

    first = digests(CLOCK)

    assert digests(CLOCK) == first
    assert digests(make_clock(CLOCK.now() + timedelta(days=1))) != first


def test_a_real_office_with_papers_is_left_alone(tmp_path, kinds, cell):
    office = make_office(tmp_path)
    (office.objects_dir / "0a1").mkdir(parents=True)

    with pytest.raises(SampleRefused) as refused:
        drop(office, kinds, cell, CLOCK)

    assert str(tmp_path) in refused.value.clerk_text
    assert not office.inbox_dir.exists()


def test_an_office_just_made_takes_the_sample(tmp_path, kinds, cell):
    office = make_office(tmp_path)
    with Objects(office.objects_dir, office.staging_dir, CLOCK):
        pass
    assert (office.objects_dir / "extensions").is_dir()

    assert drop(office, kinds, cell, CLOCK)


def test_kinds_it_needs_are_named_when_they_are_missing(tmp_path, kinds, cell):
    few = {name: kind for name, kind in kinds.items() if name != "sao-luc"}

    with pytest.raises(SampleKindsMissing, match="sao-luc"):
        drop(make_office(tmp_path), few, cell, CLOCK)
