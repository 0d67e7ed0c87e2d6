"""A kind's body.docx and a record → a DOCX, byte for byte the same each time; compiled once, filled many times."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zlib import error as zlib_error

from docxtpl import DocxTemplate
from jinja2 import Template, TemplateError
from lxml import etree

from pipeline.engines.profile import Profile
from pipeline.engines.rendering_jinja import TEMPLATE_FAULTS, environment, template_error
from pipeline.engines.word_blocks import draw_blocks
from pipeline.engines.word_marks import put_mark
from pipeline.engines.word_parts import inline_parts, picture_member, read_members
from pipeline.engines.word_styles import (
    parse,
    set_page,
    unknown_styles,
    use_our_ids,
    w,
    with_profile,
)
from pipeline.engines.word_zip import add_member, zipped
from pipeline.errors.rendering import StyleUnknown, WordFileBroken

#: The parts that Jinja sees.
_FILLED = re.compile(
    r"(word/(document|header\d*|footer\d*|footnotes|endnotes)|docProps/(core|app|custom))\.xml$"
)
_BODIES = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$")
_DATES = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms)")
_PICTURE = "vb.qr"


class Spell(Protocol):
    """Puts the template's own words into the office's spelling."""

    def __call__(self, text: str) -> str:
        """The text respelled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTemplate:
    """A compiled body.docx."""

    file: str
    #: A zip of all that never changes; the filled parts are added to it.
    unchanging: bytes
    templates: Mapping[str, Template]
    sources: Mapping[str, str]
    #: Zip member of the picture to replace by the QR code; empty without one.
    picture: str

    def fill(self, context: Mapping[str, Any], picture_png: Callable[[], bytes]) -> bytes:
        """The finished DOCX.

        Raises:
            KindInvalid: the template asks for what is not there, or cannot be worked out.
        """
        out = io.BytesIO()
        out.write(self.unchanging)
        with zipfile.ZipFile(out, "a") as package:
            for member, template in self.templates.items():
                add_member(package, member, self._filled(member, template, context).encode())
            if self.picture:
                add_member(package, self.picture, picture_png())
        return out.getvalue()

    def _filled(self, member: str, template: Template, context: Mapping[str, Any]) -> str:
        try:
            return template.render(context)
        except (TemplateError, *TEMPLATE_FAULTS) as error:
            raise template_error(error, self.file, self.sources[member], context) from error


def compile_word(
    body: Path, *, shared_dir: Path, profile: Profile, spell: Spell, marked: bool = False
) -> WordTemplate:
    """Read *body*, put the shared parts and the profile in, and compile what Jinja fills.

    Args:
        marked: Comments tell in the sources where a shared part begins and ends.
    Raises:
        KindInvalid: the file cannot be opened, a shared part or style is missing, a tag is broken.
    """
    members = _opened(body)
    file = f"{body.parent.name}/{body.name}"
    styles = parse(members["word/styles.xml"])
    for name in filter(_BODIES.match, list(members)):
        part = parse(members[name])
        use_our_ids(part, styles)
        inline_parts(part, body=body, shared_dir=shared_dir, marked=marked)
        _check_styles(part, profile, file)
        for section in part.iter(w("sectPr")):
            set_page(section, profile)
        members[name] = _xml(part)
    members["word/styles.xml"] = with_profile(members["word/styles.xml"], profile)
    put_mark(members, "{{ dau_vet }}")
    picture = picture_member(members, _PICTURE)
    sources = {name: _source(data, spell) for name, data in members.items() if _FILLED.match(name)}
    env = environment(lambda blocks: draw_blocks(blocks, profile))
    templates: dict[str, Template] = {}
    for name, source in sources.items():
        try:
            templates[name] = env.from_string(source)
        except TemplateError as error:
            raise template_error(error, file, source, {}) from error
    unchanging = {n: d for n, d in members.items() if n not in sources and n != picture}
    return WordTemplate(
        file=file,
        unchanging=zipped(unchanging),
        templates=templates,
        sources=sources,
        picture=picture,
    )


def _opened(body: Path) -> dict[str, bytes]:
    try:
        return read_members(body)
    except (OSError, zipfile.BadZipFile, KeyError, zlib_error, etree.XMLSyntaxError) as error:
        raise WordFileBroken(
            f"cannot open {body}: {error!r}", file=body.name, reason=str(error)
        ) from error


def _source(data: bytes, spell: Spell) -> str:
    """Jinja source of one part: tags joined by docxtpl, one paragraph a line so that errors have a place."""
    patched = DocxTemplate.patch_xml(None, data.decode())
    patched = _DATES.sub(r"\1{{ thoi_diem }}\2", patched)
    return spell(re.sub(r"(?<!\n)<w:p(?=[ >])", "\n<w:p", patched))


def _check_styles(part: etree._Element, profile: Profile, file: str) -> None:
    for style in unknown_styles(part, profile):
        raise StyleUnknown(f"{file}: style {style!r}", file=file, style=style, profile=profile.name)


def _xml(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
