"""Whatever papers do to one another in whatever order: states only by the table, and undone with their cause."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from rebuilding_kit import Keeping
from registers_kit import copy_of, drop, later, number, opened
from test_registers_machine import made_tables

from pipeline.errors.registers import NothingToVoid, NotWaiting, StateNotAllowed
from pipeline.legal import EFFECTS, OUT_OF_FORCE, may_be_numbered, may_become
from pipeline.record import DocumentId, LegalState, Number, Relation, RelationKind
from pipeline.stores.registers.views import DocumentState, DocumentView, Verdict

_KINDS = [kind for kind in RelationKind if kind is not RelationKind.SAO]
_START = (LegalState.CHO_KY, LegalState.DA_PHAT_HANH)
_PEOPLE = st.sampled_from(["Mây", "Páo"])


class LegalMachine(RuleBasedStateMachine):
    """Keeps for each paper the changes that stand, as (state, the later paper that caused it)."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.home = Path(tempfile.mkdtemp(prefix="vanthu-legal-"))
        self.open.callback(shutil.rmtree, self.home)
        copy_of(made_tables(), self.home / "registers")
        self.registers = self.open.enter_context(opened(self.home / "registers", self.new_url()))
        self.keeping = Keeping(self.home, self.registers, made_tables(), self.open)
        self.history: dict[DocumentId, list[tuple[LegalState, DocumentId | None]]] = {}
        self.numbers: dict[DocumentId, Number | None] = {}
        self.named: dict[DocumentId, tuple[Relation, ...]] = {}
        self.dumps = 0

    def new_url(self) -> str:
        """Where the registers of one run are; empty: in a file."""
        return ""

    def teardown(self) -> None:
        try:
            self.burn_down_and_rebuild()
        finally:
            self.open.close()

    # --- what is true by our own account ---

    def _state(self, one: DocumentId) -> LegalState:
        return self.history[one][-1][0]

    def _targets(self, data: st.DataObject) -> tuple[Relation, ...]:
        """One or two earlier papers and what is done to each, drawn without asking whether it is allowed."""
        known = [one for one, given in self.numbers.items() if given]
        if not known:
            return ()
        chosen = data.draw(st.lists(st.sampled_from(known), max_size=2, unique=True))
        return tuple(
            Relation(kind=data.draw(st.sampled_from(_KINDS)), reference="x", document_id=one)
            for one in chosen
        )

    def _is_lawful(self, relations: tuple[Relation, ...]) -> bool:
        return all(
            may_become(self._state(one.document_id), EFFECTS[one.kind], has_number=True)
            for one in relations
            if one.kind in EFFECTS
        )

    def _take_effect(self, one_later: DocumentId) -> None:
        for one in self.named[one_later]:
            if one.kind in EFFECTS:
                self.history[one.document_id].append((EFFECTS[one.kind], one_later))

    # --- what people do ---

    @rule(data=st.data(), person=_PEOPLE, waits=st.booleans(), again=st.booleans())
    def drop_a_paper(self, data, person, waits, again) -> None:
        """Whatever it names: much of that is not allowed."""
        self._drop(data.draw(st.sampled_from(_START)), self._targets(data), (person, waits, again))

    @precondition(lambda self: self._open_to_effects())
    @rule(data=st.data(), person=_PEOPLE, waits=st.booleans())
    def do_something_to_an_earlier_paper(self, data, person, waits) -> None:
        target, kinds = data.draw(st.sampled_from(self._open_to_effects()))
        relation = Relation(
            kind=data.draw(st.sampled_from(kinds)), reference="x", document_id=target
        )
        self._drop(LegalState.CHO_KY, (relation,), (person, waits, True))

    def _open_to_effects(self) -> list[tuple[DocumentId, list[RelationKind]]]:
        """Papers to which something can be done, and what."""
        found = []
        for one, given in self.numbers.items():
            allowed = [
                kind
                for kind, effect in EFFECTS.items()
                if given and may_become(self._state(one), effect, has_number=True)
            ]
            found += [(one, allowed)] if allowed else []
        return found

    @precondition(lambda self: self._acting())
    @rule(data=st.data())
    def void_a_paper_that_did_something(self, data) -> None:
        chosen = data.draw(st.sampled_from(self._acting()))
        self.registers.void(chosen, "thử", "lan")
        self.history[chosen].append((LegalState.HUY_SO, None))
        self._undo(chosen)

    def _acting(self) -> list[DocumentId]:
        return [
            one
            for one, given in self.numbers.items()
            if given
            and any(relation.kind in EFFECTS for relation in self.named[one])
            and may_become(self._state(one), LegalState.HUY_SO, has_number=True)
        ]

    def _drop(
        self,
        start: LegalState,
        relations: tuple[Relation, ...],
        choices: tuple[str, bool, bool],
    ) -> None:
        person, waits, again = choices
        later(self.registers, 1)  # ids sort by time: every run of the machine sees one order
        receipt_id, ids = drop(self.registers, [person])
        verdict = Verdict.NO_NUMBER if waits else Verdict.NUMBER
        ruling = number(
            ids[0],
            person,
            verdict=verdict,
            identity=person,
            issue_again=again,
            legal_state=LegalState.CHO_KY if waits else start,
            relations=relations,
        )
        (paper,) = self.registers.decide(receipt_id, [ruling])
        if not self._is_lawful(relations):
            assert paper.state in {DocumentState.RETURNED, DocumentState.DUPLICATE}
            assert paper.number is None
            return
        if paper.state is DocumentState.DUPLICATE:
            assert paper.duplicate_of not in {one.document_id for one in relations}
            assert not again
            return
        assert (paper.number is None) == waits
        self.history[paper.id] = [(paper.legal_state, None)]
        self.numbers[paper.id] = paper.number
        self.named[paper.id] = relations
        if not waits:
            self._take_effect(paper.id)

    @precondition(lambda self: None in self.numbers.values())
    @rule(data=st.data())
    def issue_one_that_waited(self, data) -> None:
        self.keeping.archive()  # a draft on its way to the archive has no number to take yet
        waiting = [one for one, given in self.numbers.items() if given is None]
        chosen = data.draw(st.sampled_from(waiting))
        # A number changes nothing of what the draft says but its day and who signs.
        name = self.registers.get(chosen).record["ho_ten"]
        ruling = number(chosen, name, legal_state=LegalState.DA_PHAT_HANH)
        if not may_be_numbered(self._state(chosen)):
            with pytest.raises(NotWaiting):
                self.registers.issue(ruling, "lan")
            return
        if not self._is_lawful(self.named[chosen]):
            with pytest.raises(StateNotAllowed):
                self.registers.issue(ruling, "lan")
            assert self.registers.get(chosen).number is None
            return
        issued = self.registers.issue(ruling, "lan")
        self.numbers[chosen] = issued.number
        self.history[chosen] = [(issued.legal_state, None)]
        self._take_effect(chosen)
        with pytest.raises(NotWaiting):
            self.registers.issue(ruling, "lan")

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), state=st.sampled_from(LegalState))
    def change_a_state_by_hand(self, data, state) -> None:
        chosen = data.draw(st.sampled_from(list(self.numbers)))
        has_number = self.numbers[chosen] is not None
        if not may_become(self._state(chosen), state, has_number=has_number):
            with pytest.raises((StateNotAllowed, NothingToVoid)):
                self.registers.set_state(chosen, state, person="lan", reason="thử")
            return
        self.registers.set_state(chosen, state, person="lan", reason="thử")
        self.history[chosen].append((state, None))
        if state is LegalState.HUY_SO:
            self._undo(chosen)

    def _undo(self, void: DocumentId) -> None:
        for one in self.named[void]:
            changes = self.history[one.document_id]
            if changes[-1][1] != void:
                continue
            while (cause := changes[-1][1]) is not None and (
                cause == void or self._state(cause) is LegalState.HUY_SO
            ):
                changes.pop()

    @rule()
    def archive_what_is_due(self) -> None:
        self.keeping.archive()

    # --- what must hold ---

    @invariant()
    def every_paper_is_what_its_story_says(self) -> None:
        papers = self._papers()
        for one, paper in papers.items():
            assert paper.legal_state is self._state(one), (one, self.history[one])
            assert paper.number == self.numbers[one]
            assert paper.relations == self.named[one]

    @invariant()
    def one_living_paper_stands_for_each_deed(self) -> None:
        papers = self._papers().values()
        for person in ("Mây", "Páo"):
            alike = [paper for paper in papers if paper.identity == person]
            living = [paper for paper in alike if paper.legal_state not in OUT_OF_FORCE]
            holding = [paper for paper in alike if paper.holds_identity]
            assert len(holding) == min(1, len(living))
            assert all(paper in living for paper in holding)

    @invariant()
    def every_change_has_a_person_and_a_reason_in_the_journal(self) -> None:
        for one in self.history:
            for line in self.registers.journal_of(one):
                if line.deed == "state":
                    assert line.person in {"lan", "nguoi-dung:lan"}
                    assert line.data["reason"]

    @rule()
    def burn_down_and_restore(self) -> None:
        self.dumps += 1
        before = list(self.registers.dump())
        copy = copy_of(made_tables(), self.home / f"lai-{self.dumps}")
        restored = self.open.enter_context(opened(copy, clock=self.registers.clock))
        restored.restore(before)
        assert list(restored.dump()) == before
        self.registers = restored
        self.keeping.app.registers = restored

    @rule()
    def burn_down_and_rebuild(self) -> None:
        """Later versions may still wait for the archive; of a paper that is not there at all its number alone is known."""
        if any(not paper.archived_version for paper in self._papers().values()):
            self.keeping.archive()
        self.keeping.rebuilt_alike()

    def _papers(self) -> dict[DocumentId, DocumentView]:
        found = {paper.id: paper for piece in self.registers.dump() for paper in piece.documents}
        return {one: found[one] for one in self.history}


LegalMachine.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLegalLife = LegalMachine.TestCase
