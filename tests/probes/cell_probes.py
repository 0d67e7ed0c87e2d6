"""Operations that misbehave, each in its own way: what a cell must survive."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pipeline.errors.cell import CellUnavailable

OPERATIONS = {
    name: f"cell_probes:{name}"
    for name in (
        "echo",
        "spin",
        "wait_for_other",
        "grow",
        "die",
        "chatter",
        "dial",
        "look_around",
        "start_other",
        "leave_litter",
        "refuse",
        "stumble",
        "shout_nonsense",
        "big_answer",
        "recurse",
        "not_json",
        "write_much",
    )
}


def echo(args):
    return args


def spin(args):
    while True:
        pass


def wait_for_other(args):
    """The machine is busy with others for more than two seconds: this process does nothing meanwhile."""
    work = "import time\nwhile time.process_time() < 2.2: pass"
    subprocess.run([sys.executable, "-c", work], check=True)
    return "waited"


def grow(args):
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def die(args):
    os.kill(os.getpid(), signal.SIGKILL)


def chatter(args):
    sys.stdout.write("x" * 300_000)
    os.write(1, b"y" * 300_000)
    os.write(2, b"last words")
    return "said"


def dial(args):
    if args["family"] == "unix":
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(args["address"])
    else:
        socket.create_connection(("127.0.0.1", args["port"]), timeout=2).close()
    return "through"


def look_around(args):
    return {"environ": dict(os.environ), "cwd": str(Path.cwd()), "uid": os.getuid()}


def start_other(args):
    return subprocess.Popen(["sleep", "60"]).pid


def leave_litter(args):
    found = sorted(path.name for path in Path(os.environ["TMPDIR"]).iterdir())
    Path(os.environ["TMPDIR"], "litter").mkdir()
    return found


def refuse(args):
    raise CellUnavailable("no such thing id=7", name="tờ trình", count=3, path=Path("/x"))


def stumble(args):
    return {}["missing"]


def shout_nonsense(args):
    for descriptor in range(3, 30):
        try:
            os.write(descriptor, args["text"].encode("latin-1"))
        except OSError:
            continue
    time.sleep(30)


def big_answer(args):
    return "x" * (130 << 20)


def recurse(args):
    value = []
    for _ in range(100_000):
        value = [value]
    return value


def not_json(args):
    return {"nan": float("nan")} if args["nan"] else {"set": {1}}


def write_much(args):
    with Path(args["path"]).open("wb") as out:
        out.truncate(3 << 30)
