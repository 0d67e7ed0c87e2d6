"""Commands that measure: search-eval. They need no office."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipeline.cli.common import progress, put, put_json, say
from pipeline.cli.vietnamese import Command
from pipeline.search_eval import Evaluation, LineUnusable, Quality, evaluate

_STOPPED_STATUS = 143


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("search-eval", cls=Command)(search_eval)


def search_eval(
    *,
    corpus: Annotated[
        Path,
        typer.Option(help="Tệp JSONL các văn bản: mỗi dòng có id, title, text.", metavar="TỆP"),
    ],
    queries: Annotated[
        Path,
        typer.Option(
            help="Tệp JSONL các câu hỏi: mỗi dòng có qid, query, query_nodiac, gold.",
            metavar="TỆP",
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Kết quả là một đối tượng JSON.")] = False,
) -> None:
    """Đo chất lượng và tốc độ tìm kiếm trên một bộ văn bản và câu hỏi có sẵn đáp án; không cần cơ quan nào."""
    # SIGTERM as Ctrl-C: the throwaway index is removed on the way out.
    signal.signal(signal.SIGTERM, _stop)
    try:
        found = evaluate(corpus, queries, progress("Đã xong"), say)
    except LineUnusable as error:
        raise typer.BadParameter(str(error), param_hint="--corpus, --queries") from error
    if sys.stderr.isatty():
        say("")
    if json:
        put_json(found)
    else:
        _print(found)


def _stop(_number: int, _frame: object) -> NoReturn:
    sys.exit(_STOPPED_STATUS)


def _print(found: Evaluation) -> None:
    put(f"{found.queries} câu hỏi")
    put(
        f"{'':12}{'MRR@10':>8}{'đúng ở 1':>10}{'trong 5':>9}{'trong 10':>10}{'p50 ms':>9}{'p95 ms':>9}"
    )
    for name, one in (("có dấu", found.marks), ("không dấu", found.no_marks)):
        put(f"{name:12}{_figures(one)}")
    put(f"Lập mục lục: {found.docs_per_s:.0f} văn bản/giây; mục lục {found.index_bytes:,} byte")


def _figures(one: Quality) -> str:
    return (
        f"{one.mrr10:>8.3f}{one.recall1:>10.3f}{one.recall5:>9.3f}{one.recall10:>10.3f}"
        f"{one.p50_ms:>9.1f}{one.p95_ms:>9.1f}"
    )
