"""A finished paper against the dated layout profile → remarks for whoever typed it. Never a reason to refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.engines.paper_facts import Reading
from pipeline.engines.paper_lines import Line
from pipeline.engines.paper_shapes import find_date, find_number, has_state_number
from pipeline.engines.profile import Profile
from pipeline.engines.word_text import PageSetup
from pipeline.vietnamese import fold, spell_date

_MM = 2.0
_PT = 1.0
_TITLE = "dang cong san viet nam"
_SIDES = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}
_STATE_AUTHORITY = re.compile(r"^(TM|KT|TL|TUQ)\.\s*\S")
_MOST_WORDS = 40


def remarks_on_words(lines: Sequence[Line], reading: Reading) -> list[str]:
    """How number, date, ending and signature are worded."""
    return [*_head_words(lines[:60], reading), *_tail_words(lines, reading)]


def remarks_on_page(page: PageSetup, profile: Profile) -> list[str]:
    """Paper size and margins."""
    found = []
    wanted = profile.page
    if page.width_mm is not None and page.height_mm is not None:
        size = sorted((page.width_mm, page.height_mm))
        if any(
            abs(one - other) > _MM
            for one, other in zip(size, sorted((wanted.width_mm, wanted.height_mm)), strict=True)
        ):
            found.append(
                f"Khổ giấy {page.width_mm:.0f} × {page.height_mm:.0f} mm, quy định "
                f"{wanted.width_mm:.0f} × {wanted.height_mm:.0f} mm."
            )
    margins = {
        "top": wanted.top_mm,
        "bottom": wanted.bottom_mm,
        "left": wanted.left_mm,
        "right": wanted.right_mm,
    }
    found += [
        f"Lề {_SIDES[side]} {mm:.0f} mm, quy định {margins[side]:.0f} mm."
        for side, mm in page.margins_mm.items()
        if abs(mm - margins[side]) > _MM
    ]
    return found


def remarks_on_looks(lines: Sequence[Line], reading: Reading, profile: Profile) -> list[str]:
    """Font, size and style of the parts of the head; only for files that tell how their letters look."""
    found: list[str] = []
    fonts = sorted({line.look.font for line in lines if line.look.font} - {profile.word_font})
    if fonts:
        names = ", ".join(f"«{name[:_MOST_WORDS]}»" for name in fonts[:4])
        found.append(f"Phông chữ {names}, quy định «{profile.word_font}».")
    for name, shown, line in _parts(lines, reading):
        found += _look_of(name, shown, line, profile)
    return found


def _parts(lines: Sequence[Line], reading: Reading) -> Iterator[tuple[str, str, Line]]:
    """Name of the style, name for the clerk, and the line that should look so."""
    head = lines[:60]
    for line in head:
        if fold(line.text).strip() == _TITLE:
            yield "VT Tiêu đề", "Tiêu đề «ĐẢNG CỘNG SẢN VIỆT NAM»", line
            break
    number = next((line for line in head if find_number(line.text)), None)
    if number is not None:
        yield "VT Số ký hiệu", "Số và ký hiệu", number
    dated = next((line for line in head if find_date(line.text) and len(line.text) < 80), None)
    if dated is not None and dated is not number:
        yield "VT Địa danh", "Địa danh, ngày tháng", dated
    if reading.type_at is not None:
        yield "VT Tên loại", "Tên loại", head[reading.type_at]
        after = head[reading.type_at + 1 : reading.type_at + 2]
        if after and "subject" in reading.facts:
            yield "VT Trích yếu", "Trích yếu", after[0]


def _look_of(name: str, shown: str, line: Line, profile: Profile) -> Iterator[str]:
    style = next((one for one in profile.paragraphs if one.name == name), None)
    look = line.look
    if style is None or look.bold is None:
        return
    if look.size_pt is not None and abs(look.size_pt - style.size_pt) > _PT:
        yield f"{shown}: cỡ chữ {look.size_pt:g}, quy định {style.size_pt:g}."
    if look.bold != style.bold:
        yield f"{shown}: quy định chữ {'đậm' if style.bold else 'không đậm'}."
    if bool(look.italic) != style.italic:
        yield f"{shown}: quy định chữ {'nghiêng' if style.italic else 'đứng'}."


def _head_words(head: Sequence[Line], reading: Reading) -> Iterator[str]:
    if not any(_TITLE in fold(line.text) for line in head):
        yield "Không thấy tiêu đề «ĐẢNG CỘNG SẢN VIỆT NAM» ở đầu văn bản."
    if reading.number is None and any(has_state_number(line.text) for line in head):
        yield "Số, ký hiệu viết kiểu cơ quan nhà nước; văn bản của Đảng viết «Số 12-CV/VPTU»."
    if reading.number is not None and reading.number.has_colon:
        yield "Sau chữ «Số» không có dấu hai chấm."
    if reading.printed is not None:
        spelt = spell_date(reading.printed)
        printed = next((line.text for line in head if find_date(line.text)), "")
        if spelt not in " ".join(printed.split()):
            yield f"Ngày tháng viết là «{spelt}»: thêm số 0 trước ngày dưới 10 và tháng 1, tháng 2."
    if any(re.match(r"^\(?\s*v/v\b", line.text, re.IGNORECASE) for line in head):
        yield "Trích yếu công văn bắt đầu bằng «về việc …», không viết tắt «V/v»."


def _tail_words(lines: Sequence[Line], reading: Reading) -> Iterator[str]:
    tail = lines[reading.tail_at :]
    if any(line.text.rstrip().endswith("./.") for line in lines):
        yield "Văn bản của Đảng kết thúc bằng dấu chấm, không dùng «./.»."
    for line in tail:
        if match := _STATE_AUTHORITY.match(line.text):
            short = match[1]
            party = {"TM": "T/M", "KT": "K/T", "TL": "T/L"}.get(short, "T/L")
            yield f"Quyền hạn ký viết «{party} …», không viết «{short}. …»."
            break
    keeps = [line.text for line in tail if fold(line.text).lstrip("-– ").startswith("luu")]
    if any(re.search(r"\bVT\b", text) or ":" in text for text in keeps):
        yield "Dòng lưu ở nơi nhận viết «Lưu Văn phòng …», không viết «Lưu: VT»."
