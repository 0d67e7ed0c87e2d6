"""What is said in the browser is said in its words: no option and no command, which are for whoever sits at a terminal."""

from __future__ import annotations

import re

import pytest
from error_book import error_classes
from helpers import ROOT

from pipeline.errors.backup import BackupPlaceEmpty, BackupPlaceMissing
from pipeline.errors.base import VanthuError
from pipeline.errors.copies import CopyNeedsDecision, CopyReturned
from pipeline.errors.incoming import ConfirmedAlready
from pipeline.errors.issuing import IssueRefused

#: Said to whoever runs the machine, wherever they show: he has a terminal.
OPERATORS = {"T312", "T333", "T350", "T351", "T370"}
_OPTION = re.compile(r"(^|[\s(«])--[a-z]")
_COMMAND = re.compile(r"\bvanthu [a-z]")
PAGES = ROOT / "pipeline" / "web" / "pages"
#: Told with the words that they are for the machine itself.
OF_THE_MACHINE = "trên máy chủ"

SHOWN = [one for one in error_classes() if one.code[0] in "RT" and one.code not in OPERATORS]


def is_for_a_terminal(text: str) -> bool:
    return bool(_OPTION.search(text) or _COMMAND.search(text))


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: one.code)
def test_no_sentence_of_a_page_names_an_option_or_a_command(one: type[VanthuError]):
    for sentence in (one.clerk_template, one.web_template):
        assert not is_for_a_terminal(sentence), sentence


def test_a_hint_is_what_only_a_terminal_can_do():
    idle = [
        one.code
        for one in error_classes()
        if one.terminal_hint
        and not is_for_a_terminal(one.terminal_hint)
        # What these tell depends on the case.
        and one
        not in {IssueRefused, CopyReturned, ConfirmedAlready, BackupPlaceMissing, BackupPlaceEmpty}
    ]

    assert idle == []


def test_the_same_error_says_at_a_terminal_how_it_is_done_there():
    error = CopyNeedsDecision("marked", reference="12-QĐ/TU", facts="Lưu hành nội bộ")

    assert "--despite" not in error.clerk_text
    assert "--despite" not in error.problem().text
    assert "--despite" in error.terminal_text
    assert error.terminal_text.endswith("(R262)")


def test_no_page_of_ours_names_an_option_or_a_command_for_clerks():
    named = [
        f"{path.name}: {line.strip()}"
        for path in PAGES.glob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if is_for_a_terminal(re.sub(r"<[^>]*>", " ", line)) and OF_THE_MACHINE not in line
    ]

    assert named == []
