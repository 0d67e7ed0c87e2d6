"""Odd real papers from the wild, through the whole flow: each ends registered or returned, its original untouched."""

from __future__ import annotations

import hashlib
import shutil

import pytest
from helpers import make_office, shared_path
from office_kit import opened, process_here

from pipeline.document_object import RECEIVED_DIR, document_object
from pipeline.engines.cell import Cell
from pipeline.verify import verify_office

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def cell(tmp_path_factory):
    with Cell(work_root=tmp_path_factory.mktemp("cell"), memory_bytes=2_500_000_000) as made:
        yield made


def test_every_odd_paper_ends_registered_or_returned_and_lies_in_the_archive_as_it_came(
    tmp_path, cell
):
    papers = sorted(shared_path("dev-data", "pdfs").glob("*.pdf"))
    office = make_office(tmp_path)
    folder = office.inbox_dir / "van-ban-den"
    folder.mkdir(parents=True)
    for paper in papers:
        shutil.copyfile(paper, folder / paper.name)

    outcomes = process_here(office, cell)

    told = {outcome.source.partition("/")[2]: outcome for outcome in outcomes}
    assert set(told) == {paper.name for paper in papers}
    assert {outcome.status for outcome in outcomes} <= {"indexed", "returned"}
    assert all(
        outcome.code and outcome.message for outcome in outcomes if outcome.status == "returned"
    )
    with opened(office, cell) as app:
        for paper in papers:
            if told[paper.name].status == "indexed":
                assert _archived_sha512(app, told[paper.name].document_id) == _sha512(paper)
            else:
                assert _sha512(folder / "_tra_lai" / paper.name) == _sha512(paper)
        assert list(verify_office(app, deep=True)) == []


def _archived_sha512(app, document_id):
    object_id = document_object(document_id)
    name = next(f.name for f in app.objects.files(object_id) if f.name.startswith(RECEIVED_DIR))
    return hashlib.sha512(app.objects.read(object_id, name)).hexdigest()


def _sha512(path):
    return hashlib.sha512(path.read_bytes()).hexdigest()
