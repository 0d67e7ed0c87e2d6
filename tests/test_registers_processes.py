"""Eight processes at one book, some of them failing: one number each, no gap, no double."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from postgres import fresh_database, running_postgres
from registers_kit import GGT, archive_all, numbered, opened

from pipeline.errors.registers import DatabaseUnreachable

PROCESSES = 8
ROUNDS = 8
CHILD = Path(__file__).parent / "probes" / "registers_child.py"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@dataclass(frozen=True)
class Day:
    """What eight processes did to one new office, all at once from its very opening."""

    directory: Path
    url: str
    #: Each child's own account: deed → what came of it.
    told: list[dict[str, list[str]]]

    def of(self, deed: str) -> list[str]:
        return [one for child in self.told for one in child[deed]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Day:
    directory = tmp_path_factory.mktemp(request.param) / "registers"
    url = ""
    if request.param == "postgresql":
        url = fresh_database(request.getfixturevalue("cluster"), "tam_may")
    children = [
        subprocess.Popen(
            [sys.executable, CHILD, directory, url, str(place), str(ROUNDS)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(PROCESSES)
    ]
    printed = [child.communicate(timeout=200)[0] for child in children]
    assert [child.returncode for child in children] == [0] * PROCESSES
    return Day(directory, url, [json.loads(text) for text in printed])


def test_numbers_have_no_gap_and_no_double_when_batches_fail_halfway(day: Day) -> None:
    given = sorted(int(one) for one in day.of("number"))

    with opened(day.directory, day.url) as registers:
        assert registers.gaps() == []
        entries = [row.entry.ordinal for row in registers.entries(series=GGT)]
    assert given == entries == list(range(1, len(given) + 1))
    assert len(given) > PROCESSES * ROUNDS


def test_one_deed_dropped_by_all_at_once_is_numbered_once(day: Day) -> None:
    assert Counter(day.of("identity")) == {
        "numbered": ROUNDS,
        "duplicate": ROUNDS * (PROCESSES - 1),
    }


def test_each_paper_is_claimed_by_one_worker(day: Day) -> None:
    claimed = day.of("claim")

    with opened(day.directory, day.url) as registers:
        numbered_ids = [row.entry.document_id for row in registers.entries()]
        assert registers.counts()["documents_unarchived"] == 0
    assert sorted(claimed) == sorted(str(one) for one in numbered_ids)


def test_a_server_that_went_away_is_a_wait_and_not_the_end(tmp_path: Path, cluster: str) -> None:
    url = fresh_database(cluster, "mat_ket_noi")
    with opened(tmp_path / "r", url) as registers, opened(tmp_path / "r", url) as other:
        numbered(registers, ["Một"])
        with other.db.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = 'mat_ket_noi'"
            )
        with pytest.raises(DatabaseUnreachable):
            registers.series()

        assert registers.series()[0].last == 1
        assert len(archive_all(registers)) == 1
