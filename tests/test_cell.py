import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pipeline.engines.cell import Cell
from pipeline.errors.cell import CellBroken, CellKilled, CellTimeout, CellUnavailable

PROBES = Path(__file__).parent / "probes" / "cell_probes.py"
MEMORY_BYTES = 1 << 30


@pytest.fixture
def cell(tmp_path):
    with Cell(work_root=tmp_path / "a" / "b", memory_bytes=MEMORY_BYTES, table=PROBES) as made:
        yield made


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_dead(pid, seconds=10):
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        os.sched_yield()
    return not is_alive(pid)


def test_json_goes_in_and_comes_out_unchanged(cell):
    value = {"chữ": "Tỉnh ủy Hà Sơn", "số": [1, 2.5, None, True], "dài": "ă" * 3_000_000}
    assert cell.call("echo", value, seconds=20) == value


def test_one_child_answers_many_calls(cell):
    cell.call("echo", {}, seconds=20)
    first = cell.pid
    for _ in range(20):
        cell.call("echo", {}, seconds=20)
    assert cell.pid == first


def test_a_child_is_replaced_after_its_number_of_calls(tmp_path):
    with Cell(work_root=tmp_path, memory_bytes=MEMORY_BYTES, recycle_after=3, table=PROBES) as cell:
        pids = []
        for _ in range(7):
            cell.call("echo", {}, seconds=20)
            pids.append(cell.pid)
    assert len(set(pids)) == 3
    assert pids[0] == pids[2] != pids[3]


def test_an_endless_operation_is_killed_at_its_limit_and_the_next_call_works(cell):
    began = time.monotonic()
    with pytest.raises(CellTimeout, match="operation=spin"):
        cell.call("spin", {}, seconds=1.0)
    assert time.monotonic() - began < 3
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_what_others_do_takes_no_time_from_a_patient_call(cell):
    assert cell.call("wait_for_other", {}, seconds=2.0, patience=30) == "waited"
    with pytest.raises(CellTimeout):
        cell.call("wait_for_other", {}, seconds=2.0)


def test_a_patient_call_ends_by_the_work_it_did(cell):
    cell.call("echo", {}, seconds=20)
    began = time.monotonic()
    with pytest.raises(CellKilled, match="operation=spin"):
        cell.call("spin", {}, seconds=1.0, patience=120)
    assert time.monotonic() - began < 60
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_a_memory_bomb_is_stopped_and_the_next_call_works(cell):
    with pytest.raises(CellKilled):
        cell.call("grow", {}, seconds=30)
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_a_child_that_dies_is_noticed_at_once_and_replaced(cell):
    began = time.monotonic()
    with pytest.raises(CellKilled):
        cell.call("die", {}, seconds=30)
    assert time.monotonic() - began < 5
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_a_child_killed_between_calls_is_replaced_without_an_error(cell):
    cell.call("echo", {}, seconds=20)
    pid = cell.pid
    os.kill(pid, signal.SIGKILL)
    assert wait_until_dead(pid)
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_what_an_operation_prints_does_not_break_the_answer_and_its_end_is_kept(cell):
    assert cell.call("chatter", {}, seconds=20) == "said"
    with pytest.raises(CellBroken) as caught:
        cell.call("stumble", {}, seconds=20)
    assert "last words" in caught.value.detail
    assert "KeyError: 'missing'" in caught.value.detail


def test_our_own_errors_come_back_as_what_they_were(cell):
    with pytest.raises(CellUnavailable) as caught:
        cell.call("refuse", {}, seconds=20)
    assert caught.value.detail == "no such thing id=7"
    assert caught.value.values == {"name": "tờ trình", "count": 3, "path": "/x"}


def test_a_child_is_kept_after_an_error_of_ours(cell):
    cell.call("echo", {}, seconds=20)
    pid = cell.pid
    with pytest.raises(CellUnavailable):
        cell.call("refuse", {}, seconds=20)
    cell.call("echo", {}, seconds=20)
    assert cell.pid == pid


@pytest.mark.parametrize(
    "text",
    [
        "\xff\xff\xff\xff",  # a frame of four gigabytes
        "\x00\x00\x00\x02[]",
        "\x00\x00\x00\x05hello",
        '\x00\x00\x00\x0d{"value":NaN}',
        '\x00\x00\x00\x01{"value": 1}',
        "\x00\x00\x00\x02{}",
        '\x00\x00\x00\x35{"error":{"module":"os","name":"system","values":{}}}',
    ],
)
def test_nonsense_from_the_child_is_an_error_not_a_value(cell, text):
    with pytest.raises(CellBroken):
        cell.call("shout_nonsense", {"text": text}, seconds=10)
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


@pytest.mark.parametrize(
    ("operation", "args"),
    [
        ("big_answer", {}),
        ("recurse", {}),
        ("not_json", {"nan": True}),
        ("not_json", {"nan": False}),
    ],
)
def test_an_answer_that_cannot_be_told_is_an_error(cell, operation, args):
    with pytest.raises(CellBroken):
        cell.call(operation, args, seconds=30)
    assert cell.call("echo", {"a": 1}, seconds=20) == {"a": 1}


def test_lone_surrogates_do_not_reach_the_parent(cell):
    assert cell.call("echo", {"a": "x\ud800y"}, seconds=20) == {"a": "x?y"}


def test_there_is_no_network_in_the_cell(cell):
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(CellBroken) as caught:
        cell.call("dial", {"family": "inet", "port": server.getsockname()[1]}, seconds=20)
    assert "PermissionError" in caught.value.detail


def test_sockets_that_are_files_are_refused_too(cell, tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        with pytest.raises(CellBroken) as caught:
            cell.call("dial", {"family": "unix", "address": str(path)}, seconds=20)
    assert "PermissionError" in caught.value.detail


def test_secrets_of_the_surroundings_are_not_seen_in_the_cell(tmp_path):
    os.environ["PGPASSWORD"] = os.environ["VANTHU_SECRET"] = "x"
    try:
        with Cell(work_root=tmp_path, memory_bytes=MEMORY_BYTES, table=PROBES) as cell:
            seen = cell.call("look_around", {}, seconds=20)
    finally:
        del os.environ["PGPASSWORD"], os.environ["VANTHU_SECRET"]
    assert not {"PGPASSWORD", "VANTHU_SECRET"} & set(seen["environ"])
    assert seen["environ"]["LANG"] == "C.UTF-8"
    assert seen["cwd"] == seen["environ"]["TMPDIR"]
    # root without its powers cannot map itself into its own namespace; files do not mind
    assert seen["uid"] in {os.getuid(), 65534}


def test_the_private_folder_is_private_and_removed(cell, tmp_path):
    folder = Path(cell.call("look_around", {}, seconds=20)["environ"]["HOME"])
    assert folder.stat().st_mode & 0o777 == 0o700
    cell.close()
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_litter_of_one_call_is_gone_at_the_next(cell):
    assert cell.call("leave_litter", {}, seconds=20) == []
    assert cell.call("leave_litter", {}, seconds=20) == []


def test_processes_the_child_started_die_with_the_cell(cell):
    other = cell.call("start_other", {}, seconds=20)
    assert is_alive(other)
    cell.close()
    assert wait_until_dead(other)


def test_files_larger_than_the_limit_cannot_be_written(cell, tmp_path):
    with pytest.raises(CellBroken) as caught:
        cell.call("write_much", {"path": str(tmp_path / "big")}, seconds=20)
    assert "File too large" in caught.value.detail


def test_the_child_dies_with_a_killed_parent_and_its_folder_is_swept_by_the_next(tmp_path):
    script = (
        "import pathlib, sys, time\n"
        "from pipeline.engines.cell import Cell\n"
        f"cell = Cell(work_root=pathlib.Path({str(tmp_path)!r}), memory_bytes=1 << 30,"
        f" table=pathlib.Path({str(PROBES)!r}))\n"
        "cell.call('echo', {}, seconds=20)\n"
        "print(cell.pid, flush=True)\n"
        "cell.call('spin', {}, seconds=60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.kill()
    assert wait_until_dead(child)
    assert len(list(tmp_path.iterdir())) == 1
    with Cell(work_root=tmp_path, memory_bytes=MEMORY_BYTES, table=PROBES) as cell:
        cell.call("echo", {}, seconds=20)
    assert list(tmp_path.iterdir()) == []


def _call_once(work_root):
    with Cell(work_root=Path(work_root), memory_bytes=MEMORY_BYTES, table=PROBES) as cell:
        return cell.call("echo", {"root": work_root}, seconds=60)


def test_many_cells_in_many_processes_share_one_work_root(tmp_path):
    with ProcessPoolExecutor(max_workers=4) as pool:
        roots = [str(tmp_path / "cells")] * 12
        assert list(pool.map(_call_once, roots)) == [{"root": root} for root in roots]


def test_a_place_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with (
        Cell(work_root=tmp_path / "file", memory_bytes=MEMORY_BYTES) as cell,
        pytest.raises(CellUnavailable),
    ):
        cell.call("paper.look", {}, seconds=20)


def test_a_call_costs_little(cell):
    cell.call("echo", {}, seconds=20)
    times = []
    for _ in range(300):
        began = time.perf_counter()
        cell.call("echo", {"a": 1}, seconds=20)
        times.append(time.perf_counter() - began)
    # the aim is 0.3 ms; a shared machine may be slower
    assert sorted(times)[150] < 0.003
