from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from office_kit import wait_until

DATA = Path(__file__).resolve().parent / "data" / "search"
ROOT = Path(__file__).resolve().parents[1]
QUALITY = {"mrr10", "recall1", "recall5", "recall10", "p50_ms", "p95_ms"}


def command(corpus: Path, queries: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "pipeline.cli", "search-eval"),
        *("--corpus", str(corpus), "--queries", str(queries), *more),
    ]


def run(corpus: Path, queries: Path, tmp_path: Path, *more: str) -> subprocess.CompletedProcess:
    """In an empty folder that is no office, with a folder of its own for throwaway things."""
    (tmp_path / "tam").mkdir(exist_ok=True)
    return subprocess.run(
        command(corpus, queries, *more),
        cwd=tmp_path,
        env=surroundings(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )


def surroundings(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tmp_path / "tam"), "PYTHONPATH": str(ROOT)}


def left_over(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tam").iterdir())


def test_our_own_papers_are_found_with_marks_and_without(tmp_path):
    ran = run(DATA / "corpus.jsonl", DATA / "queries.jsonl", tmp_path, "--json")

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert set(found) == {"queries", "marks", "no_marks", "docs_per_s", "index_bytes"}
    assert set(found["marks"]) == set(found["no_marks"]) == QUALITY
    assert found["queries"] == 42
    for way in ("marks", "no_marks"):
        assert found[way]["recall1"] >= 0.95
        assert found[way]["recall10"] == 1.0
        assert found[way]["mrr10"] >= 0.97
    assert found["docs_per_s"] > 0
    assert found["index_bytes"] > 10_000
    assert left_over(tmp_path) == []


def test_people_read_a_table(tmp_path):
    ran = run(DATA / "corpus.jsonl", DATA / "queries.jsonl", tmp_path)

    assert "không dấu" in ran.stdout
    assert "42 câu hỏi" in ran.stdout


GOOD_PAPER = '{"id": "a", "title": "Tờ trình", "text": "sửa mái nhà kho"}'
GOOD_QUESTION = '{"qid": "1", "query": "mái nhà", "gold": ["a"]}'


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ("{broken", "JSON"),
        ("[1, 2]", "đối tượng JSON"),
        ('{"title": "x", "text": "y"}', "thiếu «id»"),
        ('{"id": "", "text": "y"}', "«id» để trống"),
        ('{"id": "a", "text": ["y"]}', "«text» phải là chữ"),
        ('{"id": {"a": 1}, "text": "y"}', "«id» phải là chữ"),
        ("[" * 100_000, "JSON"),
        ('{"id": "a", "title": "Tờ trình", "text": "khác"}', "trùng với dòng 1"),
        (r'{"id": "a\ud800", "text": "y"}', "«id» có ký tự hỏng"),
        ('{"id": " ", "text": "y"}', "«id» để trống"),
        ('{"id": "b", "text": NaN}', "«text» phải là chữ"),
    ],
    ids=range(11),
)
def test_a_bad_line_of_the_corpus_is_told_by_file_and_number(tmp_path, paper, told):
    (tmp_path / "c.jsonl").write_text(f"{GOOD_PAPER}\n\n{paper}\n", encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(GOOD_QUESTION, encoding="utf-8")

    ran = run(tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path, "--json")

    assert ran.returncode == 64
    assert "tệp c.jsonl, dòng 3" in ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ('{"qid": "1", "gold": ["a"]}', "thiếu «query»"),
        ('{"qid": "1", "query": "x", "gold": []}', "«gold»"),
        ('{"qid": "1", "query": "x", "gold": ""}', "«gold»"),
        ('{"qid": "1", "query": "x", "gold": true}', "«gold»"),
        ('{"qid": "1", "query": " ", "gold": ["a"]}', "«query» để trống"),
        ('{"qid": "1", "query": "x", "gold": [null]}', "«gold»"),
        ("\udcff", "UTF-8"),
    ],
    ids=range(7),
)
def test_a_bad_question_is_told_by_file_and_number(tmp_path, question, told):
    (tmp_path / "c.jsonl").write_text(GOOD_PAPER, encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(
        f"{GOOD_QUESTION}\n{question}", encoding="utf-8", errors="surrogateescape"
    )

    ran = run(tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path)

    assert ran.returncode == 64
    assert "tệp q.jsonl, dòng 2" in ran.stderr
    assert told in ran.stderr


def test_missing_empty_and_odd_files_are_told(tmp_path):
    (tmp_path / "c.jsonl").write_text(GOOD_PAPER, encoding="utf-8")
    (tmp_path / "empty.jsonl").write_bytes(b"\n\n")

    for corpus, told in (
        (tmp_path / "none.jsonl", "không có tệp này"),
        (tmp_path, "thư mục"),
        (tmp_path / "empty.jsonl", "không có văn bản nào"),
    ):
        ran = run(corpus, DATA / "queries.jsonl", tmp_path)
        assert (ran.returncode, told in ran.stderr) == (64, True), ran.stderr
    ran = run(tmp_path / "c.jsonl", tmp_path / "empty.jsonl", tmp_path)
    assert (ran.returncode, "không có câu hỏi nào" in ran.stderr) == (64, True)


def test_a_question_without_a_form_without_marks_gets_one(tmp_path):
    (tmp_path / "c.jsonl").write_text(f"\ufeff{GOOD_PAPER}\r\n", encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(GOOD_QUESTION, encoding="utf-8")

    ran = run(tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path, "--json")

    assert json.loads(ran.stdout)["no_marks"]["recall1"] == 1.0


def test_odd_files_that_are_right_are_measured_right(tmp_path):
    papers = [
        {"id": "a", "text": "sửa mái nhà kho"},
        {"id": 7, "title": None, "text": "mua xăng xe"},
        {"id": "a", "text": "sửa mái nhà kho"},
        {"id": "dai", "title": "Dài", "text": "hồ sơ lưu trữ " * 380_000},
        {"id": "hong", "title": "\ud800", "text": "\x00 cầu treo \udfff"},
    ]
    questions = [
        {"qid": 1, "query": "mái nhà", "gold": "a"},
        {"qid": 2, "query": "mua xăng", "query_nodiac": "", "gold": 7},
        {"query": "lưu trữ", "query_nodiac": "luu tru", "gold": ["dai", "khong-co"]},
        {"qid": "4", "query": "cầu treo \ud800", "gold": ["hong"]},
        {"qid": "5", "query": "🙂 mái nhà 🙂", "gold": ["a"]},
    ]
    lines = "\r\n".join(map(json.dumps, papers))
    (tmp_path / "c.jsonl").write_bytes(f"\ufeff{lines}\r\n\r\n".encode())
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")

    ran = run(tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path, "--json")

    assert ran.returncode == 0, ran.stderr
    (line,) = ran.stdout.splitlines()
    found = json.loads(line)
    assert list(found) == ["queries", "marks", "no_marks", "docs_per_s", "index_bytes"]
    assert found["queries"] == 5
    assert found["marks"]["recall1"] == found["no_marks"]["recall1"] == 1.0
    assert "không nằm trong tệp" not in ran.stderr


def test_answers_that_no_paper_is_are_told_and_count_as_not_found(tmp_path):
    (tmp_path / "c.jsonl").write_text(GOOD_PAPER, encoding="utf-8")
    lost = '{"qid": "2", "query": "mái nhà", "gold": ["khong-co"]}'
    (tmp_path / "q.jsonl").write_text(f"{GOOD_QUESTION}\n{lost}", encoding="utf-8")

    ran = run(tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path, "--json")

    assert ran.returncode == 0
    assert json.loads(ran.stdout)["marks"]["recall10"] == 0.5
    assert "1 câu hỏi có đáp án không nằm trong tệp c.jsonl" in ran.stderr


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_leaves_no_throwaway_index(tmp_path, asked):
    (tmp_path / "tam").mkdir()
    with (tmp_path / "c.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(40_000):
            paper = {"id": str(number), "title": "Tờ trình", "text": f"việc số {number} " * 30}
            stream.write(json.dumps(paper) + "\n")
    # Programs of whoever runs the tests in the background inherit that Ctrl-C is no matter of theirs.
    listening = ["env", "--default-signal=INT"]
    process = subprocess.Popen(
        [*listening, *command(tmp_path / "c.jsonl", DATA / "queries.jsonl")],
        cwd=tmp_path,
        env=surroundings(tmp_path),
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: any(list(one.iterdir()) for one in left_over(tmp_path)))
    process.send_signal(asked)
    _, told = process.communicate(timeout=60)

    assert process.returncode in {130, 143}
    assert b"Traceback" not in told
    assert left_over(tmp_path) == []
