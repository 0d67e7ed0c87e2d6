"""One of eight: ``registers_child.py DIR URL PLACE ROUNDS`` does every deed and prints what came of each.

Every third batch of ``number`` is rolled back after its ordinals were taken.
"""

from __future__ import annotations

import json
import random
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from registers_kit import PNX, drop, number, ordinals, stored

from pipeline.clock import SystemClock, today
from pipeline.stores.registers.api import Registers, open_registers


class Injected(Exception):
    """The failure that the test puts in."""


def give_numbers(registers: Registers, place: int, rounds: int) -> list[int]:
    chance = random.Random(place)
    given: list[int] = []
    for turn in range(rounds):
        people = [f"Người {place}-{turn}-{i}" for i in range(chance.randint(1, 4))]
        receipt_id, ids = drop(registers, people)
        day = today(registers.clock)
        rulings = [number(one, name, issued_on=day) for one, name in zip(ids, people, strict=True)]
        if chance.random() < 1 / 3:
            with suppress(Injected), registers.db.transaction():
                registers.decide(receipt_id, rulings)
                raise Injected
        given += ordinals(registers.decide(receipt_id, rulings))
    return given


def drop_the_same(registers: Registers, rounds: int) -> list[str]:
    states = []
    for turn in range(rounds):
        receipt_id, ids = drop(registers, [f"Người {turn}"], content=f"tệp {turn}")
        ruling = number(ids[0], identity=f"người {turn}", series=PNX, reference_format="")
        states += [one.state.value for one in registers.decide(receipt_id, [ruling])]
    return states


def claim(registers: Registers, worker: str) -> list[str]:
    claimed: list[str] = []
    while batch := registers.claim_documents(worker, 3, 600):
        claimed += registers.archived_many([stored(one) for one in batch], worker)
    return claimed


if __name__ == "__main__":
    directory, url, place, rounds = sys.argv[1:]
    with open_registers(Path(directory), SystemClock(), database_url=url) as opened:
        told = {
            "number": give_numbers(opened, int(place), int(rounds)),
            "identity": drop_the_same(opened, int(rounds)),
            "claim": claim(opened, f"may-{place}"),
        }
    json.dump(told, sys.stdout)
