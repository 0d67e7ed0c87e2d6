"""What people half typed: each person's own, of one form and one paper, and not for ever."""

from __future__ import annotations

from registers_kit import later, opened

from pipeline.stores.registers.composed import Composing, Keeping
from pipeline.stores.registers.half_typed import HalfTypedForms, Whose

A_DAY = 24 * 3600


def whose(account="lan", form="sao", subject="01"):
    return Whose(account=account, form=form, subject=subject)


def test_what_is_typed_comes_back_to_its_writer_alone_until_it_is_forgotten(tmp_path):
    with opened(tmp_path) as registers:
        forms = HalfTypedForms(registers.db, registers.clock)
        forms.keep(whose(), {"noi-nhan": ["Chi bộ 1"], "trang": ["1", "2"]})
        forms.keep(whose(), {"noi-nhan": ["Chi bộ 2"], "trang": ["3", "4"]})

        kept = forms.get(whose())
        assert kept.fields == {"noi-nhan": ["Chi bộ 2"], "trang": ["3", "4"]}
        assert kept.at == registers.clock.now()
        others = (whose("mai"), whose(form="y-kien"), whose(subject="02"))
        assert [forms.get(one) for one in others] == [None, None, None]

        forms.forget(whose("mai"))
        assert forms.get(whose()) is not None
        forms.forget(whose())
        assert forms.get(whose()) is None


def test_the_oldest_goes_when_there_are_too_many_and_each_after_a_fortnight(tmp_path):
    with opened(tmp_path) as registers:
        forms = HalfTypedForms(registers.db, registers.clock)
        for at in range(61):
            later(registers, 1)
            forms.keep(whose(subject=str(at)), {"x": [str(at)]})
        assert forms.get(whose(subject="0")) is None
        assert forms.get(whose(subject="1")) is not None

        later(registers, 15 * A_DAY)
        forms.keep(whose(subject="new"), {"x": ["new"]})
        assert forms.get(whose(subject="60")) is None


def test_it_takes_no_place_among_the_papers_that_are_composed(tmp_path):
    with opened(tmp_path) as registers:
        HalfTypedForms(registers.db, registers.clock).keep(whose(), {"x": ["1"]})
        composing = Composing(registers.db, registers.clock)

        kept = composing.keep("0" * 26, ("lan", "van-ban"), "một", {}, most=1)
        assert kept is Keeping.KEPT
        assert [one.kind for one in composing.of("lan")] == ["van-ban"]
