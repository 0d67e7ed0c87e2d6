"""Sheets that go with incoming papers: a slip with a code, a sheet that parts a stack, the phiếu of a paper sent back."""

from __future__ import annotations

import base64
import io
from html import escape
from pathlib import Path
from typing import Any

import segno
import weasyprint

_PAGE = """<style>
@page {{ size: A4; margin: 20mm; }}
body {{ font: 16pt 'Liberation Serif'; text-align: center; }}
h1 {{ font-size: 30pt; margin: 10mm 0 4mm; }} img {{ width: 60mm; height: 60mm; }} p {{ margin: 3mm 0; }}
</style><h1>{title}</h1><img src="data:image/png;base64,{code}">{lines}"""


def draw(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``slip.draw``: ``{code, title, lines, out}`` writes one page as PDF → ``{}``."""
    picture = io.BytesIO()
    segno.make(str(args["code"]), error="q", micro=False).save(picture, kind="png", scale=12)
    lines = "".join(f"<p>{escape(str(line))}</p>" for line in args["lines"])
    page = _PAGE.format(
        title=escape(str(args["title"])),
        code=base64.b64encode(picture.getvalue()).decode(),
        lines=lines,
    )
    Path(args["out"]).write_bytes(weasyprint.HTML(string=page).write_pdf())
    return {}


_LETTER = """<style>
@page {{ size: A4; margin: 20mm 15mm 20mm 30mm; }}
body {{ font: 14pt 'Liberation Serif'; text-align: justify; }} p {{ margin: 6pt 0; }}
table {{ width: 100%; border-collapse: collapse; }} td {{ vertical-align: top; text-align: center; }}
h1 {{ font-size: 15pt; text-align: center; margin: 14pt 0 2pt; }} .c {{ text-align: center; }} .b {{ font-weight: bold; }}
.s {{ font-size: 12pt; text-align: left; }} .rule {{ border-bottom: 0.7pt solid #000; padding-bottom: 1pt; }}
.text {{ white-space: pre-line; overflow-wrap: anywhere; }} .part {{ margin-top: 12pt; break-after: avoid; }}
.dots {{ border-bottom: 0.7pt dotted #000; margin: 0; height: 7.5mm; }} .day {{ text-align: right; font-style: italic; }}
</style><table><tr><td style="width:42%">{parent}<br><b>{issuer}</b><br>*</td>
<td><span class="b rule" style="font-size:15pt">ĐẢNG CỘNG SẢN VIỆT NAM</span><br><br><i>{place}, {day}</i></td></tr></table>
<h1>{title}</h1>{subject}<p class="c">-----</p>{lines}{rest}"""
_SIGNED = """<table style="margin-top:14pt"><tr><td class="s" style="width:45%"><u>Nơi nhận:</u><br>{recipients}</td>
<td><b>{authority}</b>{title_of_signer}<br><br><br><br><br><b>{signer}</b></td></tr></table>"""


def letter(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``slip.letter``: ``{parent, issuer, place, day, title, subject, lines, recipients, authority,
    signer_title, signer, out}`` writes a sheet of the Party's form as PDF → ``{}``.

    With ``parts`` (``[{title, lines, blank}]``) instead of recipients and signer it is a sheet on which people write: each
    part has its lines, and so many blank ones to write on.
    """
    plain = {name: escape(str(args[name])) for name in _WORDS}
    subject = f'<p class="c b">{escape(str(args["subject"]))}</p>' if args["subject"] else ""
    lines = _paragraphs(args["lines"])
    rest = "".join(map(_part, args["parts"])) if "parts" in args else _signed(args)
    page = _LETTER.format(**plain, subject=subject, lines=lines, rest=rest)
    Path(args["out"]).write_bytes(weasyprint.HTML(string=page).write_pdf())
    return {}


_WORDS = ("parent", "issuer", "place", "day", "title")


def _signed(args: dict[str, Any]) -> str:
    recipients = "<br>".join(f"- {escape(str(one))}" for one in args["recipients"])
    authority = escape(str(args["authority"]))
    above = "<br>" if authority else ""
    return _SIGNED.format(
        recipients=recipients,
        authority=authority,
        title_of_signer=f"{above}{escape(str(args['signer_title']))}",
        signer=escape(str(args["signer"])),
    )


def _part(part: dict[str, Any]) -> str:
    blank = '<p class="dots">&nbsp;</p>' * int(part["blank"])
    if blank:
        blank += '<p class="day">Ngày …… tháng …… năm ………</p>'
    return f'<p class="b part">{escape(str(part["title"]))}:</p>{_paragraphs(part["lines"])}{blank}'


def _paragraphs(lines: list[Any]) -> str:
    return "".join(f'<p class="text">{escape(str(line))}</p>' for line in lines)
