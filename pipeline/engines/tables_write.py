"""A kind → its blank workbook: headings, text cells, drop-down lists, a sample row, line codes, instructions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.engines.tables_codes import line_code
from pipeline.engines.tables_grid import LISTS_SHEET
from pipeline.engines.tables_headings import CODE_HEADING
from pipeline.engines.tables_sheets import HOLD_LABEL, LOT_LABEL, READ_ME_SHEET
from pipeline.engines.tables_spec import Property, Spec, spec_from
from pipeline.engines.tables_values import as_text
from pipeline.engines.tables_xlsx import FONT, GREY, HEAD, cell_text, new_workbook, sheet_name

#: Excel's limit for a list written into the cell's rule.
_MAX_INLINE_LIST = 255
_MAX_ROWS = 20_000


def write_sheet(args: dict[str, Any]) -> dict[str, Any]:
    """Write the blank workbook of a kind; equal arguments give equal bytes.

    Args:
        args: ``out``, ``lot`` (letters and digits, at least four), ``rows`` (lines with a code, 200), and the
            kind's spec as for ``tables.read``.
    Returns:
        ``out`` and ``columns``, the titles written.
    """
    spec = spec_from(args)
    lot = str(args["lot"]).upper()
    rows = min(int(args.get("rows") or 200), _MAX_ROWS)
    workbook = new_workbook(Path(args["out"]))
    workbook.set_custom_property("vanthu_lo", lot)
    # the order of the sheets is the order of making: the list first, then the words about it
    sheet = workbook.add_worksheet(sheet_name(spec.kind_title))
    read_me = workbook.add_worksheet(READ_ME_SHEET)
    lists = workbook.add_worksheet(LISTS_SHEET)
    lists.very_hidden()
    _fill_list_sheet(workbook, sheet, spec, lot=lot, rows=rows)
    _add_rules(sheet, lists, spec, rows)
    _set_up_page(sheet, spec, rows)
    _fill_read_me(workbook, read_me, spec, lot)
    workbook.close()
    return {"out": str(args["out"]), "columns": [item.title for item in spec.on_sheet()]}


def _fill_list_sheet(workbook: Any, sheet: Any, spec: Spec, *, lot: str, rows: int) -> None:
    base = {"font_name": FONT, "font_size": 12, "num_format": "@", "valign": "top"}
    head = workbook.add_format(
        {**base, "bold": True, "bg_color": HEAD, "border": 1, "align": "center", "text_wrap": True}
    )
    text = workbook.add_format({**base, "text_wrap": True})
    sample = workbook.add_format(
        {**base, "italic": True, "font_color": "#7F7F7F", "text_wrap": True}
    )
    code = workbook.add_format({**base, "bg_color": GREY, "font_color": "#595959", "font_size": 10})
    for index, item in enumerate(spec.on_sheet()):
        sheet.set_column(index, index, _width(item), text)
        title = f"{item.title} *" if item.is_required else item.title
        sheet.write_string(0, index, cell_text(title), head)
        sheet.write_string(1, index, cell_text(as_text(item, item.example)), sample)
    last = len(spec.on_sheet())
    sheet.set_column(last, last, 20, code)
    sheet.write_string(0, last, CODE_HEADING, head)
    for line in range(rows + 1):
        sheet.write_string(line + 1, last, line_code(lot, line), code)


def _width(item: Property) -> int:
    if item.is_date or item.type in {"boolean", "integer", "number"}:
        return 14
    longest = max(
        [len(item.title), len(as_text(item, item.example)), *map(len, item.enum_titles.values())]
    )
    return max(12, min(40, longest + 3))


def _add_rules(sheet: Any, lists: Any, spec: Spec, rows: int) -> None:
    for index, item in enumerate(spec.on_sheet()):
        rule: dict[str, Any] = {"validate": "any"}
        choices = list(item.enum_titles.values()) or (
            ["Có", "Không"] if item.type == "boolean" else []
        )
        if choices:
            rule = {
                "validate": "list",
                "source": _list_source(lists, index, choices),
                "error_title": "Giá trị không có trong danh sách",
                "error_message": "Hãy chọn một giá trị trong danh sách.",
            }
        rule["input_title"] = cell_text(item.title)[:32]
        rule["input_message"] = _advice(item)[:255]
        sheet.data_validation(1, index, rows + 1, index, rule)


def _list_source(lists: Any, column: int, choices: list[str]) -> Any:
    for row, choice in enumerate(choices):
        lists.write_string(row, column, cell_text(choice))
    joined = ",".join(choices)
    if len(joined) <= _MAX_INLINE_LIST and not any(
        "," in choice or '"' in choice for choice in choices
    ):
        return choices
    from xlsxwriter.utility import xl_col_to_name

    letter = xl_col_to_name(column)
    return f"={LISTS_SHEET}!${letter}$1:${letter}${len(choices)}"


def _advice(item: Property) -> str:
    parts = ["Bắt buộc." if item.is_required else "Có thể để trống."]
    if item.enum_titles:
        parts.append("Chọn trong danh sách: " + "; ".join(item.enum_titles.values()) + ".")
    elif item.type == "boolean":
        parts.append("Ghi Có hoặc Không.")
    elif item.format == "ngay":
        parts.append("Ghi ngày/tháng/năm, ví dụ 09/01/1980.")
    elif item.format == "ngay-hoac-nam":
        parts.append("Ghi ngày/tháng/năm hoặc chỉ ghi năm, ví dụ 09/01/1980 hoặc 1980.")
    elif item.type in {"integer", "number"}:
        parts.append("Ghi số.")
    elif item.type == "array":
        parts.append(
            "Nhiều mục thì ngăn bằng dấu chấm phẩy (;) hoặc xuống dòng trong ô (Alt+Enter)."
        )
    if example := as_text(item, item.example):
        parts.append(f"Ví dụ: {example}.")
    elif item.example:
        parts.append(
            "Mục này có nhiều phần: để trống ở đây, hãy dùng tệp JSON hoặc YAML nếu cần ghi."
        )
    return " ".join(parts)


def _set_up_page(sheet: Any, spec: Spec, rows: int) -> None:
    last = len(spec.on_sheet())
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    # «&» starts a code in headers; the codes are not worth printing
    sheet.set_header(
        '&C&"Times New Roman,Bold"&13' + cell_text(spec.kind_title).replace("&", "&&")[:180]
    )
    sheet.set_footer("&C&P/&N")
    sheet.print_area(0, 0, rows + 1, max(last - 1, 0))
    sheet.activate()


def _fill_read_me(workbook: Any, sheet: Any, spec: Spec, lot: str) -> None:
    base = {
        "font_name": FONT,
        "font_size": 12,
        "num_format": "@",
        "valign": "top",
        "text_wrap": True,
    }
    text, bold = workbook.add_format(base), workbook.add_format({**base, "bold": True})
    grey = workbook.add_format({**base, "bg_color": GREY})
    sheet.set_column(0, 0, 34, text)
    sheet.set_column(1, 1, 100, text)
    sheet.write_string(0, 0, cell_text(spec.kind_title), bold)
    row = 1
    for label, words in _INSTRUCTIONS:
        sheet.write_string(row, 0, label, bold)
        sheet.write_string(row, 1, words, text)
        row += 1
    sheet.write_string(row, 0, HOLD_LABEL, bold)
    sheet.write_string(row, 1, "Không", text)
    sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": ["Không", "Có"]})
    sheet.write_string(row + 1, 0, LOT_LABEL, bold)
    sheet.write_string(row + 1, 1, lot, grey)
    row += 3
    sheet.write_string(row, 0, "Cột", bold)
    sheet.write_string(row, 1, "Cách ghi", bold)
    for item in spec.on_sheet():
        row += 1
        sheet.write_string(row, 0, cell_text(item.title), text)
        sheet.write_string(row, 1, cell_text(_advice(item)), text)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


_INSTRUCTIONS = (
    (
        "Điền",
        "Mỗi dòng một văn bản, bắt đầu ngay dưới dòng mẫu chữ nghiêng. Dòng mẫu để nguyên thì được bỏ qua.",
    ),
    ("Cột có dấu *", "Bắt buộc điền."),
    (
        "Ngày",
        "Ghi ngày/tháng/năm. Các ô đã định dạng Văn bản nên số 0 ở đầu và ngày tháng giữ nguyên như gõ.",
    ),
    (
        "Mã dòng",
        "Không sửa, không chép sang dòng khác. Nhờ mã này dòng đã cấp số không bị cấp lần nữa khi thả lại.",
    ),
    ("Thêm dòng", "Hết dòng có mã thì điền tiếp xuống dưới, để trống cột Mã dòng."),
    (
        "Nộp",
        "Lưu tệp rồi thả vào thư mục của loại văn bản này. Kết quả ở _ket_qua, dòng cần sửa ở _tra_lai.",
    ),
    (
        "Cấp thêm số",
        "Cột «Cấp thêm số»: chọn Có ở dòng cố ý cấp thêm một số cho cùng người, cùng việc đã có số. Thường để trống.",
    ),
    (
        f"{HOLD_LABEL} bên dưới",
        "Chọn Có nếu muốn giữ cả danh sách, chỉ cấp số khi mọi dòng đều đúng.",
    ),
)
