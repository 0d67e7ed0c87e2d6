"""Markdown becomes the blocks of a Vietnamese legal text, and nothing of its words is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engines.blocks import BlockKind, parse_blocks
from pipeline.engines.html_blocks import draw_blocks


def kinds_and_texts(markdown):
    return [(block.kind.name, block.text) for block in parse_blocks(markdown)]


def test_levels_of_a_regulation_are_told_by_their_words():
    markdown = """# Phần thứ nhất: quy định chung

## Chương I. Phạm vi

### Mục 2 – Nguyên tắc

#### Điều 5. Trách nhiệm

1. Khoản một.
2. Khoản hai:

   a) điểm a;

   đ) điểm đ.

- gạch đầu dòng
"""

    assert kinds_and_texts(markdown) == [
        ("PHAN", "Phần thứ nhất"),
        ("TEN_PHAN", "QUY ĐỊNH CHUNG"),
        ("CHUONG", "Chương I"),
        ("TEN_CHUONG", "PHẠM VI"),
        ("MUC", "Mục 2"),
        ("TEN_MUC", "NGUYÊN TẮC"),
        ("DIEU", "Điều 5. Trách nhiệm"),
        ("KHOAN", "1. Khoản một."),
        ("KHOAN", "2. Khoản hai:"),
        ("DIEM", "a) điểm a;"),
        ("DIEM", "đ) điểm đ."),
        ("GACH_DAU_DONG", "- gạch đầu dòng"),
    ]


def test_a_name_may_stand_in_a_heading_of_its_own():
    assert kinds_and_texts("# Chương II\n\n# Tổ chức thực hiện") == [
        ("CHUONG", "Chương II"),
        ("TEN_CHUONG", "TỔ CHỨC THỰC HIỆN"),
    ]


def test_points_typed_on_lines_of_one_item_stand_apart():
    assert kinds_and_texts("3. Cấm:\n   a) một;\n   b) hai.") == [
        ("KHOAN", "3. Cấm:"),
        ("DIEM", "a) một;"),
        ("DIEM", "b) hai."),
    ]


def test_numbers_stay_as_typed():
    markdown = "7. bảy\n9. chín\n\n2026. một năm\n\n3) kiểu ngoặc"

    assert [text for _, text in kinds_and_texts(markdown)] == [
        "7. bảy",
        "9. chín",
        "2026. một năm",
        "3) kiểu ngoặc",
    ]


def test_an_article_in_running_text_has_a_bold_label_only():
    (block,) = parse_blocks("Điều 1. Ban hành kèm theo Quyết định này.")

    assert block.kind is BlockKind.KHOAN
    assert [(run.text, run.bold) for run in block.runs] == [
        ("Điều 1.", True),
        (" Ban hành kèm theo Quyết định này.", False),
    ]


def test_a_table_keeps_rows_and_ragged_cells():
    (block,) = parse_blocks("| A | B |\n|---|---|\n| 1 |\n| **2** | 3 |")

    assert block.kind is BlockKind.BANG
    assert ["".join(run.text for run in cell) for row in block.rows for cell in row] == [
        "A",
        "B",
        "1",
        "",
        "2",
        "3",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "A & B < C",
        "&lt;b&gt;",
        "dòng trên\n-----",
        "    thụt bốn dấu cách",
        "[chữ](http://x.vn)",
        "![ảnh](http://x.vn/a.png)",
    ],
)
def test_no_markup_of_the_web_comes_through(typed):
    drawn = draw_blocks(parse_blocks(typed))

    assert "<script" not in drawn
    assert "href" not in drawn
    assert "src" not in drawn
    assert "<hr" not in drawn


@given(st.text(alphabet="aăđ ướ123.)-*_|#>\n\\`[]&<", max_size=80))
def test_letters_and_digits_survive_whatever_is_typed(typed):
    blocks = parse_blocks(typed)

    kept = [c for c in typed if c.isalpha()]
    said = "".join(b.text for b in blocks) + "".join(
        run.text for b in blocks for row in b.rows for cell in row for run in cell
    )
    assert [c.lower() for c in said if c.isalpha()] == [c.lower() for c in kept]
