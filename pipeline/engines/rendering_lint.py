"""The operation of the cell that looks a kind's templates over: names, branches, styles, links, words of both media."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, TemplateError

from pipeline.engines import html_blocks, word_blocks
from pipeline.engines.html_lint import sheets_of
from pipeline.engines.html_pdf import HtmlTemplates, compile_html
from pipeline.engines.profile import Profile, load_profile
from pipeline.engines.rendering import CompiledKind, context_of
from pipeline.engines.rendering_branches import Branches, MarkingLoader
from pipeline.engines.rendering_jinja import environment, template_error
from pipeline.engines.rendering_names import Names
from pipeline.engines.rendering_shapes import UNKNOWN, Shape, shape_of_schema, shape_of_value
from pipeline.engines.rendering_words import docx_blocks
from pipeline.engines.rendering_words import html_blocks as blocks_of_page
from pipeline.engines.word import WordTemplate, compile_word
from pipeline.engines.word_lint import lint_word
from pipeline.errors.base import VanthuError
from pipeline.errors.rendering import StyleUnknown, TemplateFailed
from pipeline.vietnamese import respell_uy

_PART_MARKS = re.compile(r"<!--(?:\[\[(.*?)|\]\])-->")
#: A tag that stood in a paragraph of its own: after XML, and not at the beginning of a text.
_OWN_TAG = re.compile(r"(?<=[\w/]>)(?<!<w:t>)(?=\{%)|(?<=%\})(?=\{%)")
_XML = re.compile(r"<[^>]*>")
_SHOWN = 90
#: How much that is still the same is shown before a difference.
_BEFORE = 20
_NO_PICTURE = b""

Flaw = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The arguments of the operation."""

    folder: Path
    shared: Path
    spell: Callable[..., str]
    profile: Profile
    schema: dict[str, Any]
    data: dict[str, Any]
    #: name, record, and vb for each variant of the office.
    examples: list[dict[str, Any]]

    @property
    def name(self) -> str:
        return self.folder.name

    def pages(self) -> list[str]:
        """The HTML files that are whole pages."""
        return [
            name
            for name in ("page.html", "mark.html", "block.html", "head.html")
            if (self.folder / name).is_file()
        ]

    def title(self, file: str) -> str:
        """A template's name with its folder."""
        return file if file.startswith("_shared/") else f"{self.name}/{file}"


def lint(args: dict[str, Any]) -> dict[str, Any]:
    """Look the templates of one kind over, and fill them with its examples.

    Args:
        args: ``kind_dir shared_dir spelling profile schema data``, ``examples``: list of ``name``, ``record`` and
            ``vb``: variant → values.
    Returns:
        ``flaws``: error (class name or code), where, values; ``used`` and ``printed`` names; ``branches``: file,
        where, what, visited, near; ``said``: example → blocks of page.html in the first variant.
    """
    asked = _Asked(
        folder=Path(args["kind_dir"]).resolve(),
        shared=Path(args["shared_dir"]).resolve(),
        spell=partial(respell_uy, spelling="uỷ" if args["spelling"] == "uỷ" else "ủy"),
        profile=load_profile(Path(args["shared_dir"]), args["profile"]),
        schema=args["schema"],
        data=args["data"],
        examples=args["examples"],
    )
    flaws = list(_looks(asked))
    told: dict[str, Any] = {"used": [], "printed": [], "branches": [], "said": {}}
    try:
        told |= _Filling(asked).told(flaws)
    except StyleUnknown:
        pass  # told with its paragraph by the looks
    except UnicodeDecodeError as error:
        reason = "có tệp HTML hoặc CSS không lưu ở dạng UTF-8"
        broken = TemplateFailed(repr(error), file=asked.name, paragraph="", reason=reason)
        flaws.append(_flaw_of(broken, asked.name))
    except VanthuError as error:
        flaws.append(_flaw_of(error, asked.name))
    return {**told, "flaws": flaws}


def _looks(asked: _Asked) -> Iterator[Flaw]:
    for folder, title in ((asked.folder, asked.name), (asked.shared, "_shared")):
        sheets = sheets_of(folder, shared_dir=asked.shared, title=title, profile=asked.profile)
        yield from sheets.lint()
        for path in sorted(folder.glob("*.docx")):
            yield from lint_word(path, f"{title}/{path.name}", asked.profile)


class _Filling:
    """Both media of a kind with marks in every branch."""

    def __init__(self, asked: _Asked) -> None:
        self._asked = asked
        self._branches = Branches()
        self._word_environment = environment(
            partial(word_blocks.draw_blocks, profile=asked.profile)
        )
        self._html = self._marked_html()
        self._word, self._sources = self._marked_word()
        self._kind = CompiledKind(
            profile=asked.profile,
            word=self._word,
            html=self._html,
            data=asked.data,
            schema=asked.schema,
        )

    def told(self, flaws: list[Flaw]) -> dict[str, Any]:
        """Names, branches and words; what is wrong goes to *flaws*."""
        names = self._names()
        flaws += [self._unfed(one) for one in names.unfed]
        if names.unfed:
            # they are told; the rest can still be looked at
            self._html.environment.undefined = ChainableUndefined
            self._word_environment.undefined = ChainableUndefined
        said, stopped, differing = self._fill()
        # where a name is not fed, words are bound to lack: that is no news
        flaws += [*stopped, *([] if names.unfed else differing)]
        return {
            "used": sorted(names.used),
            "printed": sorted(names.printed),
            "branches": [self._branch(at) for at in range(len(self._branches.all)) if not stopped],
            "said": {} if names.unfed else said,
        }

    def _marked_html(self) -> HtmlTemplates:
        asked = self._asked
        html = compile_html(
            asked.folder, shared_dir=asked.shared, profile=asked.profile, spell=asked.spell
        )
        self._load = html.environment.loader.load_func
        env = environment(html_blocks.draw_blocks, loader=MarkingLoader(self._branches, self._load))
        self._branches.watch(env)
        return replace(html, environment=env)

    def _marked_word(self) -> tuple[WordTemplate | None, dict[str, str]]:
        asked = self._asked
        body = asked.folder / "body.docx"
        if not body.is_file():
            return None, {}
        word = compile_word(
            body, shared_dir=asked.shared, profile=asked.profile, spell=asked.spell, marked=True
        )
        sources = {name: _line_by_line(text) for name, text in word.sources.items()}
        env = self._word_environment
        self._branches.watch(env)
        templates = {
            name: env.from_string(self._branches.marked(env.parse(source), name, env))
            for name, source in sources.items()
        }
        return replace(word, templates=templates, sources=sources), sources

    def _names(self) -> Names:
        names = Names(environment=self._html.environment, load=self._load, root=self._root())
        try:
            for page in self._asked.pages():
                names.file(page)
            for member, source in self._sources.items():
                names.source(member, self._html.environment.parse(source))
        except TemplateError as error:
            file = getattr(error, "name", None) or "page.html"
            text = self._load(file) or ""
            raise template_error(error, self._asked.title(file), text, {}) from error
        return names

    def _root(self) -> dict[str, Shape]:
        variants = [vb for one in self._asked.examples for vb in one["vb"].values()]
        given = shape_of_value(variants).items or UNKNOWN
        # without an example nobody knows what an office gives
        computed = {"qr": UNKNOWN, "qr_net": UNKNOWN} if given.fields else {}
        vb = Shape(fields={**given.fields, **computed})
        return {
            **shape_of_schema(self._asked.schema).fields,
            "vb": vb,
            "du_lieu": shape_of_value(self._asked.data),
            "thoi_diem": UNKNOWN,
            "dau_vet": UNKNOWN,
        }

    def _fill(self) -> tuple[dict[str, list[str]], list[Flaw], list[Flaw]]:
        """Words of page.html by example; what stopped, each fault once; what differed, once an example."""
        said: dict[str, list[str]] = {}
        stopped: dict[str, Flaw] = {}
        differing: dict[str, Flaw] = {}
        for example in self._asked.examples:
            where = f"{self._asked.name}/{example['name']}"
            for variant, vb in example["vb"].items():
                try:
                    page, docx = self._words(example["record"], vb)
                except VanthuError as error:
                    flaw = _flaw_of(error, where)
                    stopped.setdefault(flaw["values"]["text"], flaw)
                    continue
                if page is not None:
                    said.setdefault(example["name"], page)
                if page is not None and docx is not None and docx != page:
                    differing.setdefault(where, _differ(page, docx, where, variant))
        return said, list(stopped.values()), list(differing.values())

    def _words(
        self, record: Any, vb: Mapping[str, Any]
    ) -> tuple[list[str] | None, list[str] | None]:
        """What page.html and body.docx say; None for the one that is not there."""
        context = context_of(self._kind, record, vb)
        pages = {page: self._html.html(page, context) for page in self._asked.pages()}
        page = blocks_of_page(pages["page.html"]) if "page.html" in pages else None
        if self._word is None:
            return page, None
        return page, docx_blocks(self._word.fill(context, lambda: _NO_PICTURE))

    def _unfed(self, found: Any) -> Flaw:
        where, near = self._place(found.file, found.line)
        name = found.name.rpartition(".")[2]
        close = difflib.get_close_matches(name, found.known, n=1, cutoff=0.5)
        nearest = f"Có phải là «{close[0]}»?" if close else "Hãy thêm trường ấy vào schema.json."
        return {
            "error": "PlaceholderUnfed",
            "where": where,
            "values": {"name": found.name, "paragraph": near, "nearest": nearest},
        }

    def _branch(self, at: int) -> dict[str, Any]:
        branch = self._branches.all[at]
        where, near = self._place(branch.file, branch.line)
        return {
            "shared": where.startswith("_shared/"),
            "where": where,
            "near": near,
            "what": branch.what,
            "visited": at in self._branches.visited,
        }

    def _place(self, file: str, line: int) -> tuple[str, str]:
        """Where a line is, as its author sees it: line of an HTML file, paragraph of a DOCX."""
        if file not in self._sources:
            return f"{self._asked.title(file)} dòng {line}", ""
        lines = self._sources[file].splitlines()
        parts = [f"{self._asked.name}/{_spoken(file)}"]
        for text in lines[: line - 1]:
            for mark in _PART_MARKS.finditer(text):
                parts = [*parts, self._asked.title(mark[1])] if mark[1] else parts[:-1]
        text = " ".join(_XML.sub("", lines[line - 1] if line <= len(lines) else "").split())
        return parts[-1], f" ở đoạn «{text[:_SHOWN]}»"


def _spoken(member: str) -> str:
    part = member.rpartition("/")[2].removesuffix(".xml")
    known = {"header": "đầu trang", "footer": "chân trang", "core": "thuộc tính tệp"}
    spoken = known.get(part.rstrip("0123456789"))
    return f"body.docx, {spoken}" if spoken else "body.docx"


def _line_by_line(source: str) -> str:
    """Part marks and tags of their own on lines of their own, so that each fault has its place."""
    return _OWN_TAG.sub("\n", _PART_MARKS.sub(lambda mark: f"\n{mark[0]}\n", source))


def _differ(page: list[str], docx: list[str], where: str, variant: str) -> Flaw:
    pairs = zip([*page, *[""] * len(docx)], [*docx, *[""] * len(page)], strict=False)
    at, (pdf, word) = next((at, pair) for at, pair in enumerate(pairs) if pair[0] != pair[1])
    letters = enumerate(zip(pdf, word, strict=False))
    shorter = min(len(pdf), len(word))
    same = next((at for at, (one, other) in letters if one != other), shorter)
    start = max(0, pdf.rfind(" ", 0, max(0, same - _BEFORE)) + 1)
    docx_words, pdf_words = (_from(text, start) for text in (word, pdf))
    values = {"variant": variant, "at": at + 1, "docx": docx_words, "pdf": pdf_words}
    return {"error": "MediaDiffer", "where": where, "values": values}


def _from(text: str, start: int) -> str:
    shown = text[start : start + _SHOWN]
    return f"… {shown}" if start else shown


def _flaw_of(error: VanthuError, where: str) -> Flaw:
    text = error.clerk_template.format_map(error.values)
    return {"error": error.code, "where": where, "values": {"text": text}}
