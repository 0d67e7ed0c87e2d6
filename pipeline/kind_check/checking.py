"""Every kind asked for → what is to mend in it, each thing with its place and what to do."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.app import App
from pipeline.clock import today
from pipeline.engines.cell import Cell
from pipeline.engines.profile import profile_for
from pipeline.errors.base import VanthuError
from pipeline.errors.findings import Finding
from pipeline.errors.kind_check import (
    BranchNotVisited,
    ExampleRefused,
    ExpectedDiffers,
    KindNotThere,
    TemplateMissing,
    WordsNotPrinted,
)
from pipeline.kind_check.examples import (
    Example,
    expected_example,
    good_examples,
    wrong_examples,
)
from pipeline.kind_check.fields import levels_not_visited, not_shown
from pipeline.kind_check.sample_office import sample_variants
from pipeline.kind_check.telling import told, told_as, told_by_cell
from pipeline.kinds.checking import context_of
from pipeline.kinds.model import Kind
from pipeline.sheet_context import number_to_try, render_args

_EXPECTED = "expected.txt"
_SHOWN = 80
#: Which template makes which output.
_FILES = {
    "pdf": "page.html",
    "docx": "body.docx",
    "mark": "mark.html",
    "block": "block.html",
    "head": "head.html",
    "corner": "corner.html",
}


def check_kinds(app: App, names: Sequence[str]) -> Iterator[Finding]:
    """What is to mend in the kinds called *names*, or in all of them and in what they share.

    A fault in a shared part is told once. A branch of a shared part counts as visited where any kind goes
    through it, so it is only asked for when all kinds are checked.

    Raises:
        TemporaryFailure: the cell had to be stopped.
    """
    known = {*app.kinds, *app.kinds.invalid}
    for name in sorted(set(names) - known):
        yield told(KindNotThere, "templates", name=name, known=", ".join(sorted(known)))
    asked = [name for name in sorted(known) if not names or name in names]
    shared: dict[tuple[str, str, str], bool] = {}
    seen: set[tuple[str, str, str]] = set()
    with app.new_cell() as cell, tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        for name in asked:
            for finding in _kind_findings(name, app, cell, Path(folder), shared):
                key = (finding.code, finding.where, finding.text)
                if key not in seen:
                    seen.add(key)
                    yield finding
    if not names:
        unvisited = [branch for branch, visited in shared.items() if not visited]
        for where, near, what in unvisited:
            yield told(BranchNotVisited, where, branch=what, paragraph=near)


def write_expected(app: App, names: Sequence[str]) -> Iterator[Path]:
    """Write the words of their example down in the expected.txt of the kinds called *names*; those that have one that can be drawn."""
    with app.new_cell() as cell, tempfile.TemporaryDirectory(dir=app.work_dir) as folder:
        for name in names:
            if name in app.kinds:
                kind = app.kinds[name]
                check = _Check(app=app, cell=cell, kind=kind, folder=Path(folder), shared={})
                words = check.words_of_example()
                if words:
                    path = kind.directory / _EXPECTED
                    path.write_text("\n".join(words) + "\n", encoding="utf-8")
                    yield path


def _kind_findings(
    name: str,
    app: App,
    cell: Cell,
    folder: Path,
    shared: dict[tuple[str, str, str], bool],
) -> Iterator[Finding]:
    if name in app.kinds.invalid:
        for problem in app.kinds.invalid[name].problems:
            where = ", ".join(part for part in (name, problem.where) if part)
            yield told_as(problem.code, where, problem.text)
        return
    check = _Check(app=app, cell=cell, kind=app.kinds[name], folder=folder, shared=shared)
    yield from check.findings()


@dataclass(slots=True, kw_only=True)
class _Check:
    """One kind that runs."""

    app: App
    cell: Cell
    kind: Kind
    folder: Path
    shared: dict[tuple[str, str, str], bool]
    context: dict[str, Any] = field(init=False)
    profile: str = field(init=False)

    def __post_init__(self) -> None:
        day = today(self.app.clock)
        self.context = context_of(van_phong=self.app.office.default_body, hom_nay=day)
        self.profile = profile_for(self.kind.shared_dir, day)

    def findings(self) -> Iterator[Finding]:
        missing = list(self._missing_templates())
        yield from missing
        found: list[Finding] = []
        examples: list[Example] = []
        try:
            examples = good_examples(self.kind, self.context, found)
            found += wrong_examples(self.kind, self.context)
            looked = self._look(examples)
        except VanthuError as error:
            yield from found
            text = error.clerk_template.format_map(error.values)
            yield told_as(error.code, self.kind.name, text)
            return
        yield from found
        flaws = [told_by_cell(one["error"], one["where"], one["values"]) for one in looked["flaws"]]
        yield from flaws
        if looked["branches"] and examples:
            yield from not_shown(self.kind, frozenset(looked["used"]))
            records = [example.record for example in examples]
            yield from levels_not_visited(self.kind, frozenset(looked["printed"]), records)
            yield from self._branches(looked["branches"])
        yield from self._expected(looked["said"], examples)
        if not flaws and not missing:
            yield from self._printed(looked["said"], examples)

    def words_of_example(self) -> list[str]:
        """What the example of expected.txt says, block by block; empty where it cannot be drawn."""
        examples = good_examples(self.kind, self.context, [])
        example = expected_example(examples)
        if example is None:
            return []
        said: dict[str, list[str]] = self._look(examples)["said"]
        return said.get(example.name, [])

    def _missing_templates(self) -> Iterator[Finding]:
        for output in (*self.kind.outputs, *self.kind.drawn):
            file = _FILES[output]
            if not (self.kind.directory / file).is_file():
                yield told(TemplateMissing, self.kind.name, output=output, file=file)

    def _look(self, examples: list[Example]) -> dict[str, Any]:
        items = [
            {
                "name": example.name,
                "record": self.kind.complete(example.record),
                "vb": sample_variants(self.kind, example.record, self.context),
            }
            for example in examples
        ]
        args = {
            **self._render_args(),
            "schema": self.kind.schema,
            "data": self.kind.data,
            "examples": items,
        }
        looked: dict[str, Any] = self.cell.call(
            "kinds.lint", args, seconds=self._seconds(len(items))
        )
        return looked

    def _branches(self, branches: list[dict[str, Any]]) -> Iterator[Finding]:
        own: dict[tuple[str, str, str], bool] = {}
        for branch in branches:
            table = self.shared if branch["shared"] else own
            key = (branch["where"], branch["near"], branch["what"])
            table[key] = table.get(key, False) or branch["visited"]
        for (where, near, what), visited in own.items():
            if not visited:
                yield told(BranchNotVisited, where, branch=what, paragraph=near)

    def _expected(self, said: dict[str, list[str]], examples: list[Example]) -> Iterator[Finding]:
        example = expected_example(examples)
        if example is None or example.name not in said:
            return
        path = self.kind.directory / _EXPECTED
        expected = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        found = said[example.name]
        for at in range(max(len(expected), len(found))):
            wanted, now = (lines[at] if at < len(lines) else "" for lines in (expected, found))
            if wanted != now:
                yield told(
                    ExpectedDiffers,
                    f"{self.kind.name}/{_EXPECTED} dòng {at + 1}",
                    example=example.name,
                    expected=wanted[:_SHOWN],
                    found=now[:_SHOWN],
                )
                return

    def _printed(self, said: dict[str, list[str]], examples: list[Example]) -> Iterator[Finding]:
        """Draw each example as it would be for a clerk, and read the words back out of the PDF."""
        for example in examples:
            where = f"{self.kind.name}/{example.name}"
            try:
                problems = self._tried(example)
                text = self._drawn(example) if "pdf" in self.kind.outputs else ""
            except VanthuError as error:
                yield told_as(error.code, where, error.clerk_template.format_map(error.values))
                continue
            for problem in problems:
                yield told(ExampleRefused, where, problem=problem)
            missing = _missing_words(said.get(example.name, []), text) if text else ""
            if missing:
                yield told(WordsNotPrinted, where, words=missing)

    def _tried(self, example: Example) -> list[str]:
        """What the check before the number would say."""
        day = today(self.app.clock)
        facts = self.kind.facts(example.record, self.context)
        symbol = self.kind.symbol(example.record, self.context)
        number = number_to_try(self.kind, symbol, facts, day)
        vb = sample_variants(self.kind, example.record, self.context)["có đủ"] | {
            "so_ky_hieu": number.reference,
            "ma_tra_cuu": number.lookup_code,
        }
        args = {**self._render_args(), "stem": "thu", "vb": vb}
        record = self.kind.complete(example.record)
        tried = self.cell.call("trial", {**args, "record": record}, seconds=self._seconds(1))
        return [str(problem["text"]) for problem in tried["problems"]]

    def _drawn(self, example: Example) -> str:
        vb = sample_variants(self.kind, example.record, self.context)["có đủ"]
        args = {**self._render_args(), "stem": "mau", "vb": vb}
        record = self.kind.complete(example.record)
        made = self.cell.call("render", {**args, "record": record}, seconds=self._seconds(1))
        return str(made["text"])

    def _render_args(self) -> dict[str, Any]:
        outputs = tuple(
            output
            for output in (*self.kind.outputs, *self.kind.drawn)
            if (self.kind.directory / _FILES[output]).is_file()
        )
        return render_args(self.kind, self.app.office, self.profile, self.folder, outputs)

    def _seconds(self, examples: int) -> float:
        return float(self.app.office.limits.render_seconds) * (1 + examples)


def _missing_words(blocks: list[str], text: str) -> str:
    """The words of *blocks* whose letters are not all in *text*; a PDF may break a word over two lines."""
    words, printed = (" ".join(blocks).split(), text.split())
    lacking = Counter("".join(words)) - Counter("".join(printed))
    if not lacking:
        return ""
    lost = Counter(words) - Counter(printed)
    return " ".join(list(lost)[:8]) or "".join(lacking)
