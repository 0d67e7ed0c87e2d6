"""A file that hangs the engines takes its share of one call's time, however many ways there are to read it."""

from __future__ import annotations

import time

from odd_pdfs import content_of, write_pdf

from pipeline.config import Limits
from pipeline.engines import papers_copy, papers_stamp
from pipeline.engines.papers_mend import ways

#: Drawing pages and rewriting files, beside what is limited.
_BESIDE_S = 4.0


def test_no_further_way_is_tried_once_the_time_is_up(tmp_path):
    source = write_pdf(tmp_path / "a.pdf", (content_of(["Mot"]),))

    late = list(ways(source, tmp_path, time.monotonic() - 1))
    early = list(ways(source, tmp_path, time.monotonic() + 60))

    assert late == [source]
    assert [path.name for path in early] == ["a.pdf", "whole.pdf", "rescued.pdf"]


def test_all_ways_together_end_before_the_limit_of_one_call():
    limit_s = Limits().paper_seconds
    slips = 3 * papers_stamp._LEAST_SECONDS

    assert papers_stamp._SECONDS_FOR_ALL + slips + _BESIDE_S < limit_s
    assert limit_s > papers_copy._SECONDS_FOR_ALL + 1.0 + _BESIDE_S
