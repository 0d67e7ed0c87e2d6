"""Papers as other bodies send them, laid out by their own forms, and scans of them as a tired scanner makes them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import weasyprint
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from pipeline.engines import raster

_PAGE = """<style>
@page {{ size: A4; margin: 20mm 15mm 20mm 30mm; }}
body {{ font: 14pt 'Liberation Serif'; text-align: justify; }}
table {{ width: 100%; border-collapse: collapse; text-align: center; }} td {{ vertical-align: top; }}
p {{ margin: 6pt 0; }} .c {{ text-align: center; }} .b {{ font-weight: bold; }} .s {{ font-size: 12pt; }}
</style>{body}"""
_PARTY = """<table><tr><td style="width:45%">{parent}<br><b>{issuer}</b><br>*<br>Số {number}{mark}</td>
<td><b>ĐẢNG CỘNG SẢN VIỆT NAM</b><br><br><i>{place}, {day}</i></td></tr></table>
<p class="c b">{kind}</p><p class="c b">{subject}</p><p class="c">-----</p>{text}"""
_STATE = """<table><tr><td style="width:45%" class="s">{parent}<br><b>{issuer}</b><br>Số: {number}{mark}<br>
<span class="s">V/v {subject}</span></td><td class="s"><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b>
<br><i>{place}, {day}</i></td></tr></table><p class="c">Kính gửi: Văn phòng Tỉnh ủy Hà Sơn</p>{text}"""
_LETTER = """<table><tr><td style="width:45%">{parent}<br><b>{issuer}</b><br>*<br>Số {number}{mark}<br>
<i class="s">{subject}</i></td><td><b>ĐẢNG CỘNG SẢN VIỆT NAM</b><br><br><i>{place}, {day}</i></td></tr></table>
<p class="c">Kính gửi: Văn phòng Tỉnh ủy Hà Sơn</p>{text}"""
_TAIL = """<table style="text-align:left"><tr><td style="width:50%" class="s"><u>Nơi nhận:</u><br>- Các huyện ủy, thành ủy,<br>
- Lưu Văn phòng.</td><td class="c"><b>{authority}</b><br>{title}<br><br><br><br><b>{signer}</b></td></tr></table>"""
_TEXT = (
    "<p>Thực hiện chương trình công tác năm 2026, cơ quan trân trọng thông báo để các đơn vị biết, phối hợp thực hiện "
    "và báo cáo kết quả trước ngày 30 của tháng cuối quý.</p>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a paper says of itself."""

    number: str = "127-KH/BTCTU"
    parent: str = "TỈNH ỦY HÀ SƠN"
    issuer: str = "BAN TỔ CHỨC"
    place: str = "Hà Sơn"
    day: str = "ngày 12 tháng 10 năm 2026"
    kind: str = "KẾ HOẠCH"
    subject: str = "lấy nhận xét đảng viên đang công tác năm 2026"
    authority: str = "K/T TRƯỞNG BAN"
    title: str = "PHÓ TRƯỞNG BAN"
    signer: str = "Lương Đức Hiền"
    #: What else stands under the number: a mark of urgency.
    mark: str = ""
    text: str = _TEXT
    #: Before everything: an ink stamp.
    above: str = ""
    #: After everything: a copy block.
    below: str = ""
    is_state: bool = False
    #: A Party's công văn: its trích yếu stands under the number, there is no line of its type.
    is_letter: bool = False


LETTER = Sent(
    number="1906/SGDĐT-CTrTT",
    parent="UBND TỈNH HÀ SƠN",
    issuer="SỞ GIÁO DỤC VÀ ĐÀO TẠO",
    subject="tổ chức kỳ thi chọn học sinh giỏi năm 2026",
    authority="KT. GIÁM ĐỐC",
    title="PHÓ GIÁM ĐỐC",
    is_state=True,
)


PARTY_LETTER = Sent(
    number="215-CV/BTCTU", subject="V/v rà soát hồ sơ đảng viên<br>đợt 2 năm 2026", is_letter=True
)


def write_paper(path: Path, sent: Sent) -> Path:
    """The paper as a PDF with its text layer."""
    told = {name: getattr(sent, name) for name in Sent.__dataclass_fields__}
    told["mark"] = f"<br><b>{sent.mark}</b>" if sent.mark else ""
    form = _STATE if sent.is_state else _LETTER if sent.is_letter else _PARTY
    body = sent.above + form.format(**told) + _TAIL.format(**told) + sent.below
    path.write_bytes(weasyprint.HTML(string=_PAGE.format(body=body)).write_pdf())
    return path


def scan(
    paper: Path,
    path: Path,
    *,
    turn: float = 0.0,
    blur: float = 0.0,
    noise: int = 0,
    dpi: int = 200,
    is_dirty: bool = False,
) -> Path:
    """Its pages as pictures: turned by so many degrees, out of focus, with so many specks in a thousand dots.

    A dirty scan shows the dark bed beside the sheet, two punch holes, and dust of a millimetre and a half.
    """
    chance = random.Random(7)
    pages = []
    for index in range(raster.page_count(paper)):
        page = raster.gray(paper, index, dpi=dpi)
        if is_dirty:
            _soil(page, dpi, chance)
        bed = 90 if is_dirty else 255
        page = page.rotate(turn, fillcolor=bed, resample=Image.Resampling.BICUBIC)
        if blur:
            page = page.filter(ImageFilter.GaussianBlur(blur))
        dots = page.load()
        for _ in range(page.width * page.height * noise // 1000):
            x, y = chance.randrange(page.width), chance.randrange(page.height)
            dots[x, y] = chance.randrange(256)
        pages.append(page)
    pages[0].save(path, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    return path


def _soil(page: Image.Image, dpi: int, chance: random.Random) -> None:
    """The shadow along the sheet's edges, holes in its margin, dust all over."""
    dot, draw = dpi / 25.4, ImageDraw.Draw(page)
    width, height = page.size
    draw.rectangle((0, 0, 4 * dot, height), fill=110)
    draw.rectangle((width - 6 * dot, 0, width, height), fill=70)
    draw.rectangle((0, height - 3 * dot, width, height), fill=140)
    for at in (height / 2 - 40 * dot, height / 2 + 40 * dot):
        draw.ellipse((9 * dot, at - 3 * dot, 15 * dot, at + 3 * dot), fill=60)
    for _ in range(40):
        x, y, size = chance.uniform(0, width), chance.uniform(0, height), 1.5 * dot
        draw.ellipse((x, y, x + size, y + size), fill=100)


_RED = (205, 40, 45)
_BOLD = "LiberationSerif-Bold.ttf"


def inked(
    paper: Path, path: Path, at_mm: tuple[float, float], *, number: int, is_framed: bool = True
) -> Path:
    """A colour scan of page 1 with a red stamp ĐẾN pressed over whatever stands there, two degrees askew."""
    dots = 200 / 25.4
    stamp = Image.new("RGB", (round(50 * dots), round(33 * dots)), "white")
    pen = ImageDraw.Draw(stamp)
    if is_framed:
        pen.rectangle((2, 2, stamp.width - 3, stamp.height - 3), outline=_RED, width=4)
    small, large = (ImageFont.truetype(_BOLD, size) for size in (30, 42))
    middle = stamp.width // 2
    pen.text((middle, 14), "VĂN PHÒNG TỈNH ỦY", font=small, fill=_RED, anchor="mt")
    pen.text((middle, 58), "ĐẾN", font=large, fill=_RED, anchor="mt")
    for row, line in enumerate((f"Số: {number}", "Ngày: 16/10/2026", "Chuyển:")):
        pen.text((20, 110 + 40 * row), line, font=small, fill=_RED)
    return _pressed(paper, path, stamp.rotate(2, expand=True, fillcolor="white"), at_mm)


def sealed(paper: Path, path: Path, at_mm: tuple[float, float]) -> Path:
    """A colour scan of page 1 with a round red seal and a red mark of urgency in its frame."""
    dots = 200 / 25.4
    seal = Image.new("RGB", (round(45 * dots), round(60 * dots)), "white")
    pen = ImageDraw.Draw(seal)
    pen.ellipse((4, 4, 36 * dots, 36 * dots), outline=_RED, width=5)
    pen.ellipse((30, 30, 32 * dots, 32 * dots), outline=_RED, width=3)
    pen.rectangle((4, 42 * dots, 42 * dots, 52 * dots), outline=_RED, width=4)
    font = ImageFont.truetype(_BOLD, 44)
    pen.text((21 * dots, 47 * dots), "HỎA TỐC", font=font, fill=_RED, anchor="mm")
    return _pressed(paper, path, seal, at_mm)


def _pressed(paper: Path, path: Path, ink: Image.Image, at_mm: tuple[float, float]) -> Path:
    page = raster.colour(paper, 0, dpi=200)
    over = Image.new("RGB", page.size, "white")
    over.paste(ink, (round(at_mm[0] * 200 / 25.4), round(at_mm[1] * 200 / 25.4)))
    ImageChops.multiply(page, over).save(path, "PDF", resolution=200)
    return path
