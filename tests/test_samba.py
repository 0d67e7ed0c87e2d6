"""The shared folder as Windows sees it, through a real Samba server with the share of deploy/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from office_kit import inbox, lying, person, results, running, small_office, wait_until
from samba import CLERK, STRANGER, Share, open_place, shared

from pipeline.config import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A running office whose inbox is shared, after one record came back as a paper."""

    office: Office
    share: Share
    place: Path
    told: str


@pytest.fixture(scope="module")
def day():
    with open_place() as place:
        office = small_office(place / "office")
        record = place / "gt.json"
        record.write_text(json.dumps(person(701)), encoding="utf-8")
        # The group of the inbox comes first: folders made in it take it over.
        with (
            shared(office.inbox_dir, place / "smb") as share,
            running(office, "watch", "work", "keep"),
        ):
            wait_until((office.inbox_dir / "gioi-thieu" / "_ket_qua").is_dir, seconds=60)
            told = share.ask("cd gioi-thieu", f'put "{record}" "giấy giới thiệu.json"')
            wait_until(lambda: results(office), seconds=120)
            yield Day(office=office, share=share, place=place, told=told)


def test_a_file_put_through_the_share_comes_back_with_its_number(day):
    fetched = day.place / "ve"
    fetched.mkdir()
    told = day.share.ask(
        r"cd gioi-thieu\_ket_qua", f'lcd "{fetched}"', "recurse ON", "prompt OFF", "mget *"
    )

    papers = list(fetched.rglob("*.pdf"))
    assert "NT_STATUS" not in day.told
    assert papers, told
    assert "01" in papers[0].name
    assert papers[0].read_bytes().startswith(b"%PDF")
    wait_until(lambda: lying(day.office) == [])


def test_results_are_hers_to_take_away(day):
    told = day.share.ask(
        r"cd gioi-thieu\_ket_qua", f'put "{day.place / "gt.json"}" ghi-chu.json', "del ghi-chu.json"
    )

    assert "NT_STATUS" not in told
    assert (inbox(day.office) / "_ket_qua").stat().st_mode & 0o7777 == 0o2775


@pytest.mark.parametrize(
    "slip", ["rename gioi-thieu khac", "rmdir gioi-thieu", "mkdir khac", 'put "{record}" x.json']
)
def test_the_folders_of_the_kinds_are_not_lost_by_a_slip(day, slip):
    before = sorted(day.office.inbox_dir.iterdir())

    told = day.share.ask(slip.format(record=day.place / "gt.json"))

    assert "NT_STATUS_" in told
    assert sorted(day.office.inbox_dir.iterdir()) == before


def test_where_files_are_taken_in_is_not_seen(day):
    assert (inbox(day.office) / ".nhan").is_dir()
    assert ".nhan" not in day.share.ask("cd gioi-thieu", "ls")
    assert "NT_STATUS" in day.share.ask(r"cd gioi-thieu\.nhan")


def test_who_is_no_clerk_stays_outside(day):
    assert "blocks" in day.share.as_(CLERK).ask("ls")
    assert "NT_STATUS_ACCESS_DENIED" in day.share.as_(STRANGER).ask("ls")


def test_a_link_in_the_share_leads_nowhere(day):
    (day.place / "bi-mat.json").write_text("{}", encoding="utf-8")
    link = inbox(day.office) / "_ket_qua" / "duong-dan.json"
    link.symlink_to(day.place / "bi-mat.json")

    told = day.share.ask(
        r"cd gioi-thieu\_ket_qua", f'get "duong-dan.json" "{day.place / "lay.json"}"'
    )
    link.unlink()

    assert "NT_STATUS" in told
    assert not (day.place / "lay.json").exists()
