"""Odd PDFs of our own making, so that the suite does not depend on other people's files."""

from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
MM = 72 / 25.4


def content_of(lines, *, x=100, y=700, size=14):
    shown = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    return f"BT /F1 {size} Tf {x} {y} Td {shown} ET".encode("latin-1")


def write_pdf(path, contents=(), *, box=(0, 0, 595, 842), **page_keys):
    """One page for each content stream; *page_keys* such as ``Rotate=90`` go on every page."""
    contents = contents or (content_of(["Hello paper"]),)
    with pikepdf.new() as document:
        font = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/Times-Roman"),
            )
        )
        for content in contents:
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page,
                MediaBox=pikepdf.Array([*box]),
                Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
                Contents=document.make_stream(content),
                **page_keys,
            )
            document.pages.append(pikepdf.Page(document.make_indirect(page)))
        document.save(path, deterministic_id=True)
    return path


def write_mark(path, *, width_mm=50.0, height_mm=35.0, left=0.0, bottom=0.0):
    """A frame whose top edge is thick, so that a picture shows which way is up."""
    width, height = width_mm * MM, height_mm * MM
    content = (
        f"1 w {left + 1} {bottom + 1} {width - 2} {height - 2} re S "
        f"{left} {bottom + height * 0.7} {width} {height * 0.3} re f "
        f"BT /F1 10 Tf {left + 8} {bottom + 20} Td (DEN So 21) Tj ET"
    ).encode()
    return write_pdf(path, (content,), box=(left, bottom, left + width, bottom + height))


def encrypt(source, out, *, user="", owner="o"):
    with pikepdf.open(source) as document:
        document.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out


def sign_in_looks(source, out):
    """A paper with a signature field that shows a box: a signature to our eyes, though no true one."""
    with pikepdf.open(source) as document:
        look = document.make_stream(b"0 0 1 rg 0 0 100 40 re f")
        look["/Type"], look["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        look["/BBox"] = pikepdf.Array([0, 0, 100, 40])
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=pikepdf.String("Chu ky"),
                F=4,
                Rect=pikepdf.Array([300, 100, 400, 140]),
                AP=pikepdf.Dictionary(N=look),
                V=pikepdf.Dictionary(
                    Type=pikepdf.Name.Sig,
                    Filter=pikepdf.Name("/Adobe.PPKLite"),
                    ByteRange=pikepdf.Array([0, 10, 20, 10]),
                    Contents=pikepdf.String(b"\x00" * 16),
                ),
            )
        )
        document.pages[0].obj["/Annots"] = pikepdf.Array([field])
        document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out


def make_active(source, out):
    """A paper that runs, starts and carries things."""
    with pikepdf.open(source) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.Root["/OpenAction"] = script
        document.Root["/Names"] = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(
                Names=pikepdf.Array([pikepdf.String("a"), document.make_indirect(script)])
            )
        )
        document.attachments["a.txt"] = b"secret attachment"
        document.pages[0].obj["/AA"] = pikepdf.Dictionary(O=script)
        document.pages[0].obj["/Annots"] = pikepdf.Array(
            [
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=pikepdf.Array([0, 0, 10, 10]),
                    A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe")),
                )
            ]
        )
        document.save(out)
    return out


def scan_picture(lines, *, dpi=200, size_mm=(210, 297), noise=True):
    """A page as a scanner sees it; *lines*: (text, x_mm, y_mm, size_pt, framed)."""
    mm = dpi / 25.4
    picture = Image.new("L", tuple(round(side * mm) for side in size_mm), 244)
    draw = ImageDraw.Draw(picture)
    for text, x_mm, y_mm, size_pt, framed in lines:
        font = ImageFont.truetype(FONT, round(size_pt * dpi / 72))
        draw.text((x_mm * mm, y_mm * mm), text, font=font, fill=30)
        if framed:
            left, top, right, bottom = draw.textbbox((x_mm * mm, y_mm * mm), text, font=font)
            pad = 2 * mm
            draw.rectangle((left - pad, top - pad, right + pad, bottom + pad), outline=40, width=3)
    if noise:
        grain = Image.effect_noise(picture.size, 18)
        picture = Image.blend(picture, grain, 0.06)
    return picture


def write_scan(path, lines, *, tilt=0.0, **keys):
    picture = scan_picture(lines, **keys)
    if tilt:
        picture = picture.rotate(tilt, fillcolor=235, resample=Image.Resampling.BILINEAR)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "PDF", resolution=keys.get("dpi", 200))
    return path
