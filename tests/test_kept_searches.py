"""Searches that people keep, in the tables of SQLite and of PostgreSQL."""

from __future__ import annotations

from registers_kit import later

KEPT_ONCE = "search-kept"


def told(registers, person=None):
    return [(one.person, one.name, one.query) for one in registers.kept_searches(person)]


def test_a_name_is_kept_once_by_each_person_whatever_its_marks(registers):
    registers.keep_search("Lan", "Họp chi bộ", "q=a", most=5)
    later(registers, 60)
    registers.keep_search("Lan", "họp CHI BỘ", "q=b", most=5)
    registers.keep_search("Khuê", "hop chi bo", "q=c", most=5)

    assert told(registers) == [("Khuê", "hop chi bo", "q=c"), ("Lan", "họp CHI BỘ", "q=b")]
    (one,) = registers.kept_searches("Lan")
    assert one.kept_at == registers.clock.now()


def test_the_most_counts_other_names_of_that_person_only(registers):
    for name in ("a", "b"):
        assert registers.keep_search("Lan", name, "q=a", most=2)
    assert registers.keep_search("Lan", "c", "q=a", most=2) is None
    assert registers.keep_search("Lan", "B", "q=d", most=2)
    assert registers.keep_search("Khuê", "c", "q=a", most=2)

    assert told(registers, "Lan") == [("Lan", "a", "q=a"), ("Lan", "B", "q=d")]


def test_what_is_forgotten_is_no_row_and_no_deed(registers):
    registers.keep_search("Lan", "Họp", "q=a", most=5)
    deeds = registers.journal_unsealed(10)

    assert not registers.forget_search("Khuê", "Họp")
    assert registers.forget_search("Lan", "hop")
    assert not registers.forget_search("Lan", "hop")
    assert told(registers) == []
    assert deeds == registers.journal_unsealed(10) == []


def test_odd_names_are_kept_as_far_as_a_database_can(registers):
    for name in ("a\0b", "\ud800", "ﷺ" * 80, "đ" * 80):
        assert registers.keep_search("Lan\0", name, "q=%00", most=9)
        assert registers.forget_search("Lan\0", name)


def test_what_the_journal_kept_once_is_carried_over(registers):
    from django.core.management import call_command

    call_command("migrate", "registers", "0005", database=registers.db.alias, verbosity=0)
    for person, name, query in (
        ("Lan", "Họp", "q=a"),
        ("Lan", "hop", "q=b"),
        ("Lan", "Bỏ rồi", "q=c"),
        ("Lan", "bỏ rồi", None),
        ("Khuê", "Họp", "q=d"),
    ):
        registers.journal_append(KEPT_ONCE, person, None, {"name": name, "query": query})
        later(registers, 60)
    call_command("migrate", "registers", database=registers.db.alias, verbosity=0)

    assert told(registers) == [("Khuê", "Họp", "q=d"), ("Lan", "hop", "q=b")]
    assert (registers.clock.now() - registers.kept_searches("Lan")[0].kept_at).seconds == 240
    registers.keep_search("Lan", "Thêm", "q=e", most=5)
    assert len(told(registers, "Lan")) == 2
