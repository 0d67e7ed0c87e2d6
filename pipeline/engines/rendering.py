"""The operations of the cell that make sheets: a record and its number → DOCX and PDF, or what stands in the way."""

from __future__ import annotations

import io
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from pipeline.engines import raster
from pipeline.engines.html_pdf import HtmlTemplates, compile_html
from pipeline.engines.profile import Profile, font_faces, letters_of, load_profile
from pipeline.engines.rendering_words import docx_blocks, html_blocks
from pipeline.engines.word import WordTemplate, compile_word
from pipeline.engines.word_marks import with_draft_words
from pipeline.errors.base import Problem, RecordRejected
from pipeline.errors.rendering import (
    GlyphMissing,
    NumberNotPrinted,
    TooLong,
    WordFileBroken,
    WordTooLong,
)
from pipeline.kinds.sharing import whole_raw_schema, whole_table
from pipeline.vietnamese import respell_uy

_KEPT_KINDS = 16
#: Characters that no XML file may hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHAPELESS = frozenset(("Cc", "Cf", "Co", "Cs"))
#: What a clerk is told of characters that Unicode gives no name.
_NAMELESS = {"Cc": "ký tự điều khiển", "Co": "ký tự riêng của một phông chữ"}
#: More marks on one letter than any language writes: a heap that covers the lines around it.
_HEAPS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}")
#: The date inside a file whose paper has none yet.
_NO_DATE = "2000-01-01"
#: Letters without a space. The engine's time grows with the square: 5,000 take a second, 40,000 a minute.
_LONGEST_WORD = 2_000
#: Where a line may break (not at a no-break space), and spaces beside brackets where it may not (UAX 14).
_BREAKS = re.compile("[ \t\r\n\u2000-\u2006\u2008-\u200a\u3000]+")
_NO_BREAK = re.compile(r"(?<=[\[({«“‘]) +| +(?=[\])}»”!?;:,./])")
#: Outputs that are not whole papers, and the page each is drawn by.
_PAGES = {
    "pdf": "page.html",
    "mark": "mark.html",
    "block": "block.html",
    "head": "head.html",
    "corner": "corner.html",
}
#: Drawings as high as what is on them.
_FITTED = frozenset(("block", "head"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledKind:
    """Both media of a kind under one profile, ready to be filled."""

    profile: Profile
    word: WordTemplate | None
    html: HtmlTemplates
    data: Mapping[str, Any]
    schema: Mapping[str, Any]


def render(args: dict[str, Any]) -> dict[str, Any]:
    """Make the files of one record; see :func:`render_many` for the arguments.

    Returns:
        ``files`` output → name in *out_dir*, ``text`` of the PDF, its number of ``pages``.
    """
    return _render(_kind(args), args, args)


def render_many(args: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the files of ``items``, each with record, vb and stem; with ``draft`` DỰ THẢO stands in the margins.

    Args:
        args: ``kind_dir shared_dir digest spelling profile out_dir outputs`` for all items alike. Outputs are
            ``pdf``, ``docx``, ``mark`` (the stamp alone), ``block`` and ``head`` (the copy block, and the head of a page it needs, each as high as it is) and
            ``corner`` (what an electronic copy bears on page 1).
    Raises:
        KindInvalid (K22x): the template is at fault.
        NumberNotPrinted (T300): the number is not in the text of the PDF.
    """
    kind = _kind(args)
    return [_render(kind, args, item) for item in args["items"]]


def trial(args: dict[str, Any]) -> dict[str, Any]:
    """What in the record would not print, told before a number is taken; arguments as :func:`render`.

    Both templates are filled, which costs a millisecond; a form with ``[data] trang_toi_da`` is also
    laid out, unless its record is shorter than ``chac_vua_duoi`` letters.
    """
    kind = _kind(args)
    problems = _glyph_problems(args["record"], kind.profile.pdf_font)
    problems += _unbreakable(args["record"])
    context = context_of(kind, args["record"], args["vb"])
    try:
        html = kind.html.html(_PAGES["pdf"], context)
        if kind.word and not problems:
            _word(kind, context)
    except RecordRejected as error:
        problems.append(_in_longest_text(error, args["record"]))
        return {"problems": [asdict(problem) for problem in problems]}
    allowed = int(kind.data.get("trang_toi_da", 0))
    letters = sum(len(text) for _, text in _texts(args["record"]))
    if not problems and allowed and letters >= int(kind.data.get("chac_vua_duoi", 0)):
        pages = len(kind.html.layout(html).pages)
        if pages > allowed:
            problems.append(_too_long(kind, args["record"], pages=pages, allowed=allowed))
    return {"problems": [asdict(problem) for problem in problems]}


def check_glyphs(args: dict[str, Any]) -> dict[str, Any]:
    """Characters of ``record`` that the font of ``profile`` cannot print, without rendering."""
    profile = _profile(args["shared_dir"], args["profile"], args.get("digest", ""))
    problems = _glyph_problems(args["record"], profile.pdf_font)
    missing = sorted(
        {c for _, text in _texts(args["record"]) for c in _lacking(text, profile.pdf_font)}
    )
    return {
        "problems": [asdict(problem) for problem in problems],
        "characters": [{"character": c, "name": _character_name(c)} for c in missing],
    }


def words(args: dict[str, Any]) -> dict[str, Any]:
    """What both media say of one record, block by block; arguments as :func:`render`, without files."""
    kind = _kind(args)
    context = context_of(kind, args["record"], args["vb"])
    return {
        "docx": docx_blocks(_word(kind, context)) if kind.word else [],
        "pdf": html_blocks(kind.html.html(_PAGES["pdf"], context)),
    }


def _kind(args: Mapping[str, Any]) -> CompiledKind:
    return compiled(
        args["kind_dir"], args["shared_dir"], args["digest"], args["spelling"], args["profile"]
    )


@lru_cache(maxsize=_KEPT_KINDS)
def compiled(
    kind_dir: str, shared_dir: str, digest: str, spelling: str, profile_name: str
) -> CompiledKind:
    """The kind made ready; *digest* stands for the content of both folders, so equal arguments are equal kinds."""
    folder, shared = Path(kind_dir).resolve(), Path(shared_dir).resolve()
    profile = _profile(str(shared), profile_name, digest)
    spell = partial(respell_uy, spelling="uỷ" if spelling == "uỷ" else "ủy")
    body = folder / "body.docx"
    word = (
        compile_word(body, shared_dir=shared, profile=profile, spell=spell)
        if body.is_file()
        else None
    )
    return CompiledKind(
        profile=profile,
        word=word,
        html=compile_html(folder, shared_dir=shared, profile=profile, spell=spell),
        data=_kind_data(folder, shared),
        schema=whole_raw_schema(_read_json(folder / "schema.json"), shared),
    )


@lru_cache(maxsize=_KEPT_KINDS)
def _profile(shared_dir: str, name: str, digest: str) -> Profile:  # noqa: ARG001 - part of the key
    return load_profile(Path(shared_dir), name)


def _kind_data(folder: Path, shared: Path) -> dict[str, Any]:
    path = folder / "kind.toml"
    if not path.is_file():
        return {}
    table = whole_table(tomllib.loads(path.read_text(encoding="utf-8")), shared)
    data: dict[str, Any] = table.get("data", {})
    return data


def _read_json(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return data


def _render(kind: CompiledKind, args: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    out_dir, stem, vb = Path(args["out_dir"]), item["stem"], item["vb"]
    context = context_of(kind, item["record"], vb)
    files: dict[str, str] = {}
    text, pages = "", 0
    for output in args["outputs"]:
        if output == "docx":
            files[output] = f"{stem}.docx"
            data = _word(kind, context)
            if item.get("draft"):
                data = with_draft_words(data, kind.profile.word_font, kind.profile.page.number_pt)
            (out_dir / files[output]).write_bytes(data)
            continue
        files[output] = f"{stem}.pdf" if output == "pdf" else f"{stem}-{output}.pdf"
        html = kind.html.html(_PAGES[output], context)
        is_draft = bool(item.get("draft"))
        data, count = kind.html.pdf(html, fitted=output in _FITTED, draft=is_draft)
        (out_dir / files[output]).write_bytes(data)
        read = "\n".join(raster.page_texts(out_dir / files[output]))
        if output != "head":
            _check_number(read, vb["so"] if output == "mark" else _shown(vb))
        if output == "pdf" or not text:
            text, pages = read, count
    return {"files": files, "text": text, "pages": pages}


def _word(kind: CompiledKind, context: Mapping[str, Any]) -> bytes:
    if kind.word is None:
        raise WordFileBroken(
            "no body.docx in the kind's folder", file="body.docx", reason="không có tệp"
        )
    return kind.word.fill(context, lambda: _qr_png(context["vb"].get("ma_tra_cuu") or ""))


def _shown(vb: Mapping[str, Any]) -> str:
    return vb.get("so_ky_hieu") or vb.get("ma_tra_cuu") or ""


def _check_number(text: str, number: str) -> None:
    if "".join(number.split()) not in "".join(text.split()):
        raise NumberNotPrinted(f"{number!r} is not in the text of the PDF", number=number)


def context_of(
    kind: CompiledKind, record: Mapping[str, Any], vb: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything a template may name."""
    rows = _qr_rows(vb.get("noi_dung_qr") or vb.get("ma_tra_cuu") or "")
    day = vb.get("ngay") or vb.get("ngay_nhan") or {}
    return {
        **with_absent(record, kind.schema),
        "vb": {**vb, "qr": rows, "qr_net": _qr_path(rows)},
        "du_lieu": kind.data,
        "dau_vet": vb.get("dau_vet") or "",
        "thoi_diem": f"{day.get('iso') or _NO_DATE}T00:00:00Z",
    }


def with_absent(value: Any, schema: Mapping[str, Any]) -> Any:
    """*value* with every optional property that is absent, at any depth, as None: templates ask ``if``, not ``is defined``."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        filled = {key: with_absent(inner, properties.get(key, {})) for key, inner in value.items()}
        return {**dict.fromkeys(properties), **filled}
    if isinstance(value, list):
        return [with_absent(inner, schema.get("items", {})) for inner in value]
    # found and refused before the number; here they would only break the XML of the DOCX
    return _NOT_XML.sub("", value) if isinstance(value, str) else value


@lru_cache(maxsize=4)
def _qr(code: str) -> Any:
    import segno

    return segno.make(code, error="m", micro=False)


def _qr_rows(code: str) -> list[str]:
    if not code:
        return []
    return ["".join("1" if cell else "0" for cell in row) for row in _qr(code).matrix]


def _qr_path(rows: list[str]) -> str:
    """The dark cells as an SVG path, a unit a cell, a rectangle for each run of them."""
    return "".join(
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows)
        for run in re.finditer("1+", row)
    )


def _qr_png(code: str) -> bytes:
    out = io.BytesIO()
    _qr(code or "-").save(out, kind="png", scale=6, border=2)
    return out.getvalue()


def _texts(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, (*path, at))


def _glyph_problems(record: Mapping[str, Any], font: str) -> list[Problem]:
    problems = []
    for path, text in _texts(record):
        if missing := _lacking(text, font):
            characters = ", ".join(_character_name(c) for c in missing)
            error = GlyphMissing(f"no glyph for {missing!r}", characters=characters)
            problems.append(_at(path, text, error))
    return problems


def _unbreakable(record: Mapping[str, Any]) -> list[Problem]:
    problems = []
    for path, text in _texts(record):
        longest = max(map(len, _BREAKS.split(_NO_BREAK.sub("", text))))
        if longest > _LONGEST_WORD:
            error = WordTooLong(f"{longest} letters", length=longest, limit=_LONGEST_WORD)
            problems.append(_at(path, text, error))
    return problems


def _at(path: tuple[str | int, ...], text: str, error: RecordRejected) -> Problem:
    was_read = " ".join(text[:60].split())
    return Problem(
        code=error.code, where="", text=error.problem().text, was_read=was_read, path=path
    )


def _lacking(text: str, font: str) -> list[str]:
    """Characters of *text* without a glyph in some face of *font*; line ends and tabs are layout."""
    return sorted((set(text) - _printable(font)).union(*_HEAPS.findall(text)))


@cache
def _printable(font: str) -> frozenset[str]:
    faces = [letters_of(face) for face in font_faces(font)]
    letters = {chr(code) for code in frozenset.intersection(*faces)}
    # control and format characters (zero width, direction marks) have no shape even where a font lists them
    return frozenset(
        {c for c in letters if unicodedata.category(c) not in _SHAPELESS} | {*"\n\r\t"}
    )


def _character_name(character: str) -> str:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "") or _NAMELESS.get(
        unicodedata.category(character), "ký tự không có trong Unicode"
    )
    shown = f"«{character}» " if character.isprintable() else ""
    return f"{shown}{code} {name}"


def _too_long(
    kind: CompiledKind, record: Mapping[str, Any], *, pages: int, allowed: int
) -> Problem:
    path, _ = _longest_text(record)
    title = kind.schema.get("properties", {}).get(path[0], {}).get("title", path[0])
    error = TooLong(
        f"{pages} pages", pages=pages, allowed=allowed, longest=f", nhất là mục «{title}»"
    )
    return _in_longest_text(error, record)


def _in_longest_text(error: RecordRejected, record: Mapping[str, Any]) -> Problem:
    """*error* as a problem of the text that most likely is the cause."""
    path, text = _longest_text(record)
    return _at(path, text, error)


def _longest_text(record: Mapping[str, Any]) -> tuple[tuple[str | int, ...], str]:
    return max(_texts(record), key=lambda found: len(found[1]))
