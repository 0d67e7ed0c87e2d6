import hashlib
import json
import logging
import os
from datetime import date, datetime, timedelta

import pytest
from breaking_disk import MODES, BreakingDisk, in_child
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.clock import OFFICE_ZONE, FixedClock
from pipeline.durable import Disk
from pipeline.errors.archive import ArchiveFull, JournalBroken, JournalConflict
from pipeline.errors.findings import Severity
from pipeline.record import JournalLine
from pipeline.stores.journal import NO_HEAD, Journal

MOMENT = datetime(2026, 11, 22, 8, 30, tzinfo=OFFICE_ZONE)
FIRST_DAY = date(2026, 11, 22)


def line(text="numbered", **data):
    return JournalLine(
        at=MOMENT,
        person="Nguyễn Văn An",
        deed=text,
        document_id="01kbha0son",
        receipt_id=None,
        data=data,
    )


def rows(first, last):
    return [
        (row, line(trich_yeu=f"Giới thiệu đảng viên số {row}")) for row in range(first, last + 1)
    ]


@pytest.fixture
def clock():
    return FixedClock(MOMENT)


@pytest.fixture
def journal(tmp_path, clock):
    return Journal(tmp_path, clock)


def test_lines_chain_over_their_exact_bytes(journal):
    done = journal.seal(rows(1, 3))

    raw = journal.path_of(FIRST_DAY).read_bytes()
    lines = raw.split(b"\n")
    assert lines.pop() == b""
    previous = NO_HEAD
    for number, text in enumerate(lines, start=1):
        value = json.loads(text)
        assert (value["n"], value["row"], value["prev"]) == (number, number, previous)
        assert (
            text
            == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        )
        previous = hashlib.sha256(text).hexdigest()
    assert (done.day, done.first_line, done.count, done.head) == (FIRST_DAY, 1, 3, previous)
    assert journal.head() == previous
    assert [(place.row, place.day, place.line) for place in done.places] == [
        (row, FIRST_DAY, row) for row in (1, 2, 3)
    ]
    assert "số 2" in raw.decode()
    assert list(journal.verify()) == []


def test_an_empty_journal_has_no_head(journal):
    assert journal.head() == NO_HEAD
    assert list(journal.lines()) == []
    assert list(journal.verify()) == []
    assert journal.closed_days() == []
    assert journal.seal([]).count == 0


def test_a_new_day_chains_to_the_day_before(journal, clock, tmp_path):
    evening = journal.seal(rows(1, 2)).head
    assert journal.closed_days() == []
    clock.moment += timedelta(days=3)
    done = journal.seal(rows(3, 4))

    assert (done.day, done.first_line) == (date(2026, 11, 25), 1)
    assert next(journal.lines(done.day))["prev"] == evening
    assert [value["row"] for value in journal.lines()] == [1, 2, 3, 4]
    assert journal.closed_days() == [FIRST_DAY]
    assert list(Journal(tmp_path, clock).verify()) == []


def test_rows_sealed_before_are_not_sealed_again(journal, tmp_path, clock):
    journal.seal(rows(1, 3))
    clock.moment += timedelta(days=1)
    done = Journal(tmp_path, clock).seal(rows(2, 5))

    assert (done.count, done.first_line) == (2, 1)
    assert [(place.row, place.day.day, place.line) for place in done.places] == [
        (2, 22, 2),
        (3, 22, 3),
        (4, 23, 1),
        (5, 23, 2),
    ]
    again = journal.seal(rows(2, 5))
    assert (again.count, again.places, again.head) == (0, done.places, done.head)
    assert [value["row"] for value in journal.lines()] == [1, 2, 3, 4, 5]


def test_a_row_that_comes_with_other_words_stops_the_sealing(journal):
    journal.seal(rows(1, 3))
    with pytest.raises(JournalConflict) as caught:
        journal.seal([(4, line()), (2, line("voided"))])

    assert "2026-11-22.jsonl dòng 2" in caught.value.clerk_text
    assert [value["row"] for value in journal.lines()] == [1, 2, 3]


def test_two_sealers_take_turns(journal, tmp_path, clock):
    other = Journal(tmp_path, clock)
    journal.seal(rows(1, 2))
    other.seal(rows(2, 4))
    journal.seal(rows(4, 5))
    other.seal(rows(6, 6))

    assert [value["row"] for value in journal.lines()] == [1, 2, 3, 4, 5, 6]
    assert list(journal.verify()) == []


def test_a_clock_set_back_does_not_reopen_a_day(journal, clock):
    journal.seal(rows(1, 1))
    clock.moment += timedelta(days=2)
    journal.seal(rows(2, 2))
    clock.moment -= timedelta(days=2)
    done = journal.seal(rows(3, 3))

    assert (done.day, done.first_line) == (date(2026, 11, 24), 2)
    assert list(journal.verify()) == []


def test_odd_words_are_sealed_all_the_same(journal):
    odd = [
        (1, line(name="a\u2028b\nc\0d")),
        (2, line(name=os.fsdecode(b"\xff\xfe.pdf"))),
        ("01kb", line(amount=0.1, deep={"z": [1, None, True], "a": {}})),
    ]
    journal.seal(odd)

    assert journal.seal(odd).count == 0
    assert [value["row"] for value in journal.lines()] == [1, 2, "01kb"]
    assert next(journal.lines())["data"] == {"name": "a\u2028b\nc\0d"}
    assert list(journal.verify()) == []


@pytest.mark.parametrize("torn", [b'{"at":"2026', b"\0" * 900, b'{"a\0\0\0\0', b"\0\n\0"])
def test_a_torn_end_is_cut_off_and_told(journal, tmp_path, clock, caplog, torn):
    journal.seal(rows(1, 3))
    path = journal.path_of(FIRST_DAY)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)

    later = Journal(tmp_path, clock)
    assert later.head() == journal.head() or b"\n" in torn
    assert {one.code for one in later.verify()} <= {"A410", "A412"}
    with caplog.at_level(logging.WARNING):
        done = later.seal(rows(3, 4))
    assert "cut torn end" in caplog.text
    assert (done.count, done.first_line) == (1, 4)
    assert path.read_bytes().startswith(whole)
    assert list(later.verify()) == []


def test_a_torn_first_line_of_a_day_is_cut_off(journal, tmp_path, clock):
    journal.seal(rows(1, 2))
    clock.moment += timedelta(days=1)
    journal.path_of(date(2026, 11, 23)).write_bytes(b'{"at"')
    clock.moment += timedelta(days=1)
    assert [one.code for one in journal.verify()] == ["A412"]
    assert journal.closed_days() == [FIRST_DAY]

    later = Journal(tmp_path, clock)
    later.seal(rows(3, 3))
    assert [value["row"] for value in later.lines()] == [1, 2, 3]
    assert list(later.verify()) == []
    assert later.closed_days() == [FIRST_DAY]


def replaced(old, new):
    return lambda data: data.replace(old, new, 1)


DAMAGES = {
    "a word": replaced("số 2".encode(), "số 9".encode()),
    "a line lost": lambda data: b"".join(
        data.splitlines(keepends=True)[:1] + data.splitlines(keepends=True)[2:]
    ),
    "first line lost": lambda data: b"".join(data.splitlines(keepends=True)[1:]),
    "a line twice": lambda data: data.splitlines(keepends=True)[0] + data,
    "two swapped": lambda data: b"".join(reversed(data.splitlines(keepends=True))),
    "zeros inside": lambda data: data[:10] + b"\0\0" + data[12:],
    "not canonical": replaced(b'"deed":"', b'"deed": "'),
    "a foreign line": replaced(b"\n", b"\nhello\n"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_changed_line_is_found_and_stops_the_sealing(journal, tmp_path, clock, name):
    journal.seal(rows(1, 4))
    path = journal.path_of(FIRST_DAY)
    spoiled = DAMAGES[name](path.read_bytes())
    path.write_bytes(spoiled)

    found = list(Journal(tmp_path, clock).verify())
    if name != "first line lost":
        assert {one.code for one in found} == {"A410"}
    assert all(one.severity is Severity.DAMAGE and "dòng" in one.where for one in found)
    assert found
    if name != "first line lost":  # its own file cannot tell what came before it; verify can
        with pytest.raises(JournalBroken):
            Journal(tmp_path, clock).seal(rows(5, 5))
        assert path.read_bytes() == spoiled


def test_a_lost_day_is_found(journal, clock):
    for day in range(3):
        journal.seal(rows(day, day))
        clock.moment += timedelta(days=1)
    journal.path_of(date(2026, 11, 23)).unlink()

    assert [(one.code, one.where) for one in journal.verify()] == [
        ("A410", "2026-11-24.jsonl dòng 1")
    ]


def test_strangers_in_the_folder_are_told(journal, tmp_path):
    journal.seal(rows(1, 1))
    (tmp_path / "2026-11-22.jsonl.bak").write_bytes(b"")

    assert [one.code for one in journal.verify()] == ["A417"]


class FullDisk(Disk):
    def append(self, path, data, mode=0o644):
        super().append(path, data[:-20], mode)
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_file_as_it_was(journal, tmp_path, clock):
    full = Journal(tmp_path, clock, disk=FullDisk())
    with pytest.raises(ArchiveFull):
        full.seal(rows(1, 1))
    assert list(journal.lines()) == []
    journal.seal(rows(1, 2))
    before = journal.path_of(FIRST_DAY).read_bytes()
    with pytest.raises(ArchiveFull):
        full.seal(rows(3, 4))
    assert journal.path_of(FIRST_DAY).read_bytes() == before


@pytest.mark.parametrize("mode", MODES)
def test_wherever_the_sealer_stops_each_row_is_sealed_once(tmp_path, mode):
    for stop in range(1, 40):
        folder = tmp_path / f"{stop}"
        acknowledged = folder / "acknowledged"
        folder.mkdir()
        clock = FixedClock(MOMENT)

        def work(folder=folder, stop=stop, acknowledged=acknowledged, clock=clock):
            journal = Journal(folder / "journal", clock, disk=BreakingDisk(stop, mode))
            for batch in range(3):
                journal.seal(rows(batch * 3, batch * 3 + 2))
                acknowledged.write_text(str(batch * 3 + 2))
                clock.moment += timedelta(hours=12)

        finished = in_child(work)
        clock.moment = MOMENT + timedelta(days=1)
        journal = Journal(folder / "journal", clock)
        last = int(acknowledged.read_text()) if acknowledged.exists() else -1
        kept = [value["row"] for value in journal.lines()]
        assert kept[: last + 1] == list(range(last + 1))
        journal.seal(rows(max(last - 2, 0), 8))
        assert [value["row"] for value in journal.lines()] == list(range(9))
        assert list(journal.verify()) == []
        if finished:
            return
    pytest.fail("never came to an end")


@given(
    batches=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 30)), max_size=12
    ),
    cut=st.integers(0, 400),
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_of_repeats_days_and_cuts_seals_each_row_once(tmp_path_factory, batches, cut):
    folder = tmp_path_factory.mktemp("journal")
    clock = FixedClock(MOMENT)
    journal = Journal(folder, clock)
    sealed = 0
    for back, more, hours in batches:
        clock.moment += timedelta(hours=hours)
        journal.seal(rows(max(1, sealed - back), sealed + more))
        sealed += more
    # The last batch was never acknowledged, and a crash tore it at any byte.
    acknowledged, head = sealed, journal.head()
    before = {path: path.stat().st_size for path in folder.glob("*.jsonl")}
    clock.moment += timedelta(hours=13)
    journal.seal(rows(sealed + 1, sealed + 2))
    newest = max(folder.glob("*.jsonl"))
    os.truncate(newest, max(before.get(newest, 0), newest.stat().st_size - cut))

    later = Journal(folder, clock)
    later.seal(rows(max(1, acknowledged), acknowledged + 3))
    values = list(later.lines())
    assert [value["row"] for value in values] == list(range(1, acknowledged + 4))
    assert values[acknowledged]["prev"] == head
    assert list(later.verify()) == []
