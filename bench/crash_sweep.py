"""Kill watcher, worker, keeper and ``process`` at every durable system call; then at random moments.

A removal, a backup, numbers after signature and papers with annexes are victims too: after the kill the deed is asked again.

After each kill ``process`` runs to its end, and everything is looked at: one number for each paper, no gap, one
object, one index entry, no file lost, every drop answered once, ``verify`` clean.

    nice -n 15 .venv/bin/python bench/crash_sweep.py --jobs 2 --most 60 --random 200 --seed 213

``--most`` bounds the kills of one victim and sort (0: all of them). Prints each failure at once and a table at the end.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from crash_deeds import DEED_VICTIMS, kill_deed, make_stage
from crash_deeds import role_of as deed_role
from crash_kit import SORTS, VICTIMS, Victims, boundaries, kill_after, kill_at, stride

#: Random kills fall within this time of a victim's start.
_LONGEST_S = 2.5


def plan(servers: list[Victims], arguments: argparse.Namespace) -> Iterator[tuple]:
    """Every kill there is to be: victim, sort and number, or victim and seconds."""
    for victim in arguments.victims:
        if victim in DEED_VICTIMS:
            for server in servers:
                make_stage(server, victim)
            counts = boundaries(servers[0], victim, deed_role(victim))
        else:
            counts = boundaries(servers[0], victim)
        print(f"{victim}: {counts}", flush=True)
        for sort in SORTS:
            # One more than there are: the run that ends unharmed.
            for number in [*stride(counts[sort], arguments.most or counts[sort]), counts[sort] + 1]:
                yield victim, sort, number
    moments = random.Random(arguments.seed)
    flow = [victim for victim in arguments.victims if victim not in DEED_VICTIMS]
    for _ in range(arguments.random if flow else 0):
        yield moments.choice(flow), None, moments.uniform(0, _LONGEST_S)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--random", type=int, default=200)
    parser.add_argument("--seed", type=int, default=213)
    parser.add_argument(
        "--victims", nargs="+", default=[*VICTIMS, *DEED_VICTIMS], choices=[*VICTIMS, *DEED_VICTIMS]
    )
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        for number in range(arguments.jobs):
            place = Path(folder, str(number))
            place.mkdir()
            servers.append(Victims(place))
        failures = sweep(servers, list(plan(servers, arguments)), arguments.jobs)
        for server in servers:
            server.close()
    print(f"{failures} failures, {time.monotonic() - started:.0f} s")
    return 1 if failures else 0


def sweep(servers: list[Victims], runs: list[tuple], jobs: int) -> int:
    idle: SimpleQueue[Victims] = SimpleQueue()
    for server in servers:
        idle.put(server)
    told: dict[tuple, list[int]] = {}

    def one(task: tuple) -> None:
        victim, sort, value = task
        server = idle.get()
        try:
            if sort is None:
                killed, wrong = True, kill_after(server, victim, value)
            else:
                kill = kill_deed if victim in DEED_VICTIMS else kill_at
                killed, wrong = kill(server, victim, sort, value)
        finally:
            idle.put(server)
        line = told.setdefault((victim, sort or "random"), [0, 0, 0])
        line[0] += 1
        line[1] += killed
        line[2] += bool(wrong)
        if wrong:
            print(f"FAILED {victim} {sort or 'random'} {value}: {wrong}", flush=True)
        if sum(row[0] for row in told.values()) % 50 == 0:
            print(f"… {sum(row[0] for row in told.values())} of {len(runs)} runs", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, runs))
    print(f"{'victim':8} {'boundary':28} {'runs':>5} {'killed':>6} {'failed':>6}")
    for (victim, sort), row in told.items():
        print(f"{victim:8} {sort:28} {row[0]:5} {row[1]:6} {row[2]:6}")
    return sum(row[2] for row in told.values())


if __name__ == "__main__":
    sys.exit(main())
