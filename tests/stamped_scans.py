"""Scans of papers with a stamp of secrecy set by hand, and of papers without one, as an office's scanner makes them."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONTS = "/usr/share/fonts/truetype/"
SERIF = FONTS + "liberation2/LiberationSerif-Regular.ttf"
SERIF_BOLD = FONTS + "liberation2/LiberationSerif-Bold.ttf"
SANS_BOLD = FONTS + "liberation2/LiberationSans-Bold.ttf"
SLAB_BOLD = FONTS + "dejavu/DejaVuSerif-Bold.ttf"
MONO_BOLD = FONTS + "liberation2/LiberationMono-Bold.ttf"
CONDENSED_BOLD = FONTS + "dejavu/DejaVuSansCondensed-Bold.ttf"
SERIF_ITALIC = FONTS + "liberation2/LiberationSerif-BoldItalic.ttf"
PAPER, PRINT = (248, 247, 244), (30, 30, 30)
BLACK, GREY, PALE = (40, 40, 40), (95, 95, 95), (135, 135, 135)
RED, BLUE, PURPLE = (204, 51, 51), (40, 60, 170), (100, 50, 140)
#: Where a stamp is set, millimetres from the left and the top of the page: beside the number, over the lines below.
FREE, OVER_TEXT, HALF_OVER = (32.0, 49.0), (62.0, 92.0), (40.0, 80.0)
_FINE = 300
_LINES = (
    "Thực hiện chương trình công tác năm 2026, Ban Thường vụ yêu cầu các cấp ủy",
    "rà soát toàn bộ hồ sơ đảng viên đang sinh hoạt tại chi bộ, đối chiếu với danh",
    "sách đã nộp và báo cáo kết quả trước ngày 30 tháng 11 về Văn phòng để tổng",
    "hợp. Những nơi chưa nộp đủ phải nêu rõ lý do, thời hạn khắc phục và người chịu",
    "trách nhiệm; quan hệ mật thiết với nhân dân, giữ bí mật công tác theo quy định.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One stamp and how it was set."""

    words: str = "MẬT"
    tilt: float = 0.0
    ink: tuple[int, int, int] = BLACK
    at: tuple[float, float] = FREE
    font: str = SERIF_BOLD
    size_pt: float = 14.0
    #: Lines of the frame around it: none, one or two.
    frames: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """How a page was scanned."""

    dpi: int = 200
    skew: float = 0.0
    blur: float = 0.6
    noise: float = 6.0
    jpeg: int = 75
    is_grey: bool = True


def page_of(
    sender: str,
    *,
    seed: int = 0,
    marks: str = "",
    title: str = "công tác bảo vệ bí mật nhà nước năm 2026",
) -> Image.Image:
    """A letter as it was printed; *marks*: an urgency in its frame under the number."""
    page = Image.new("RGB", tuple(round(side * _FINE / 25.4) for side in (210, 297)), PAPER)
    _write(page, "TỈNH ỦY HÀ SƠN", 40, 18, 13, SERIF)
    _write(page, sender, 30, 24, 13, SERIF_BOLD)
    _write(page, "Số 71-BC/BNCTU", 36, 36, 13, SERIF)
    _write(page, "ĐẢNG CỘNG SẢN VIỆT NAM", 110, 18, 14, SERIF_BOLD)
    _draw(page).line([_px(112), _px(25), _px(180), _px(25)], fill=PRINT, width=3)
    _write(page, "Hà Sơn, ngày 12 tháng 10 năm 2026", 112, 36, 13, SERIF)
    _write(page, "BÁO CÁO", 92, 64, 14, SERIF_BOLD)
    _write(page, title, 48, 71, 14, SERIF_BOLD)
    chance = random.Random(seed)
    for line in range(26):
        _write(page, chance.choice(_LINES), 30, 84 + line * 7.4, 14, SERIF)
    if marks:
        set_stamp(page, Stamp(words=marks, at=(34, 46), size_pt=13))
    return page


def set_stamp(page: Image.Image, stamp: Stamp) -> None:
    """Ink on the page: what lies under it shows through."""
    font = ImageFont.truetype(stamp.font, round(stamp.size_pt * _FINE / 72))
    left, top, right, bottom = font.getbbox(stamp.words)
    pad = _px(2.0)
    width, height = right - left + 2 * pad + _px(2), bottom - top + 2 * pad
    layer = Image.new("RGB", (width + 12, height + 12), "white")
    draw = ImageDraw.Draw(layer)
    draw.text((6 + pad + _px(1) - left, 6 + pad - top), stamp.words, font=font, fill=stamp.ink)
    for step in range(stamp.frames):
        gap = 6 + step * 9
        box = (gap, gap, 6 + width - (gap - 6), 6 + height - (gap - 6))
        draw.rectangle(box, outline=stamp.ink, width=4)
    layer = layer.rotate(
        stamp.tilt, expand=True, resample=Image.Resampling.BICUBIC, fillcolor="white"
    )
    x, y = _px(stamp.at[0]), _px(stamp.at[1])
    under = page.crop((x, y, x + layer.width, y + layer.height))
    page.paste(ImageChops.multiply(under, layer), (x, y))


def set_seal(page: Image.Image, x_mm: float, y_mm: float) -> None:
    """A round seal with a signature across it."""
    draw = _draw(page)
    draw.ellipse((_px(x_mm), _px(y_mm), _px(x_mm + 36), _px(y_mm + 36)), outline=RED, width=12)
    draw.ellipse(
        (_px(x_mm + 5), _px(y_mm + 5), _px(x_mm + 31), _px(y_mm + 31)), outline=RED, width=5
    )
    _write(page, "TỈNH ỦY", x_mm + 9, y_mm + 11, 10, SERIF_BOLD, RED)
    _write(page, "HÀ SƠN", x_mm + 10, y_mm + 18, 10, SERIF_BOLD, RED)
    chance = random.Random(5)
    points = [
        (_px(x_mm + 20 + step * 3), _px(y_mm + 16 + chance.uniform(-9, 9))) for step in range(16)
    ]
    draw.line(points, fill=BLUE, width=7, joint="curve")


def set_arrival(page: Image.Image, tilt: float, at: tuple[float, float] = (30.0, 56.0)) -> None:
    """The stamp ĐẾN, with what was written into it."""
    layer = Image.new("RGB", (_px(52), _px(37)), "white")
    draw = ImageDraw.Draw(layer)
    draw.rectangle((4, 4, _px(50), _px(35)), outline=RED, width=5)
    _write(layer, "VĂN PHÒNG TỈNH ỦY", 6, 2, 9, SERIF_BOLD, RED)
    draw.line((4, _px(8), _px(50), _px(8)), fill=RED, width=3)
    _write(layer, "ĐẾN", 4, 14, 16, SERIF_BOLD, RED)
    for line, words in enumerate(("Số: 1271", "Ngày: 14/10", "Chuyển: ........")):
        _write(layer, words, 20, 10 + line * 7, 11, SERIF, RED)
    layer = layer.rotate(tilt, expand=True, resample=Image.Resampling.BICUBIC, fillcolor="white")
    x, y = _px(at[0]), _px(at[1])
    under = page.crop((x, y, x + layer.width, y + layer.height))
    page.paste(ImageChops.multiply(under, layer), (x, y))


def scanned(page: Image.Image, scanner: Scanner, *, seed: int = 0) -> Image.Image:
    """The page as it comes from the scanner."""
    scale = scanner.dpi / _FINE
    picture = page.resize((round(page.width * scale), round(page.height * scale)))
    if scanner.skew:
        picture = picture.rotate(scanner.skew, fillcolor=PAPER, resample=Image.Resampling.BICUBIC)
    if scanner.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(scanner.blur * scanner.dpi / 200))
    if scanner.is_grey:
        picture = picture.convert("L").convert("RGB")
    if scanner.noise:
        grain = Image.effect_noise(picture.size, scanner.noise * 8).convert("RGB")
        picture = Image.blend(picture, grain, 0.06)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=scanner.jpeg)
    return Image.open(kept).convert("RGB")


def _write(
    page: Image.Image,
    text: str,
    x_mm: float,
    y_mm: float,
    size_pt: float,
    font: str,
    ink: tuple[int, int, int] = PRINT,
) -> None:
    drawn = ImageFont.truetype(font, round(size_pt * _FINE / 72))
    _draw(page).text((_px(x_mm), _px(y_mm)), text, font=drawn, fill=ink)


def _draw(page: Image.Image) -> ImageDraw.ImageDraw:
    return ImageDraw.Draw(page)


def _px(mm: float) -> int:
    return round(mm * _FINE / 25.4)
