"""What a command asks for: at a terminal what is missing, of nobody anything, and nothing is guessed."""

from __future__ import annotations

import getpass
import os

import pytest
from office_kit import run, run_at_terminal, small_office

from pipeline.app import open_office
from pipeline.clock import SystemClock

RESERVE = ("number", "reserve", "CV", "--for", "Đinh Trọng Nghĩa", "--until", "31/12/2099")


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path)


def last_deed(office):
    with open_office(office.root, SystemClock()) as app:
        *_, line = app.registers.deeds("held")
        return line


def account():
    return os.environ.get("SUDO_USER") or getpass.getuser()


def test_who_does_it_is_asked_at_a_terminal(office):
    told = run_at_terminal(office, *RESERVE, "--reason", "họp", typed="Lương Thị Ngân\n")

    assert f"Người làm việc này [{account()}]: " in told.stderr
    assert last_deed(office).person == "Lương Thị Ngân"


def test_enter_takes_the_account_at_the_machine(office):
    run_at_terminal(office, *RESERVE, "--reason", "họp", typed="\n")

    assert last_deed(office).person == f"nguoi-dung:{account()}"


def test_who_is_named_is_not_asked(office):
    told = run_at_terminal(office, *RESERVE, "--reason", "họp", "--person", "Bế Khuê", typed="")

    assert "Người làm việc này" not in told.stderr
    assert last_deed(office).person == "Bế Khuê"


def test_a_missing_reason_is_asked_before_who_does_it(office):
    told = run_at_terminal(office, *RESERVE, typed="họp giao ban\nLan\n")

    assert told.stderr.index("Lý do dành số: ") < told.stderr.index("Người làm việc này")
    assert (last_deed(office).data["reason"], last_deed(office).person) == ("họp giao ban", "Lan")


def test_where_nobody_can_be_asked_the_account_that_ran_it_is_written_down(office):
    told = run(office, *RESERVE, "--reason", "họp")

    assert told.status == 0
    assert last_deed(office).person == f"nguoi-dung:{account()}"


def test_looking_asks_nobody(office):
    told = run_at_terminal(office, "issue", typed="")

    assert "Người làm việc này" not in told.stderr
    assert "0 dự thảo" in told.stderr
