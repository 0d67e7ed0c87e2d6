"""Folders of templates: the shipped ones run and say what they should; broken ones are told whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from helpers import MONDAY, example

from pipeline.errors.kinds import KindBroken, KindExpressionFailed
from pipeline.kinds import (
    Kind,
    broken_rule,
    check_record,
    context_of,
    load_kind,
    load_kinds,
    shipped_templates_dir,
)
from pipeline.kinds.expressions import Expression, Scope, compile_expression, flaws
from pipeline.record import Book, Place

SHIPPED = [
    *("bien-ban", "gioi-thieu", "phieu-nhan-xet", "sao-luc", "sao-y", "trich-sao"),
    *("van-ban", "van-ban-den", "van-ban-di"),
]
CONTEXT = context_of(van_phong="VPTU", hom_nay=MONDAY.date(), ten_tep="giấy mời họp")


def examples(folder: str) -> list[tuple[str, str]]:
    return [
        (path.relative_to(shipped_templates_dir()).parts[0], path.stem)
        for path in sorted(shipped_templates_dir().glob(folder))
    ]


def broken_codes(kind: Kind, record: dict[str, Any]) -> set[str]:
    """Codes of the problems; rules by their id."""
    _, problems = check_record(kind, record, place=Place(), context=CONTEXT)
    return {broken_rule(kind, problem) for problem in problems}


@pytest.fixture
def copied(tmp_path: Path) -> Callable[..., Path]:
    """A kind of our own that a test may spoil: text replaced in its kind.toml and schema.json."""

    def copy(*replaced: tuple[str, str], name: str = "gioi-thieu") -> Path:
        folder = tmp_path / "templates" / name
        shutil.copytree(shipped_templates_dir() / name, folder)
        for file in ("kind.toml", "schema.json"):
            text = (folder / file).read_text(encoding="utf-8")
            for old, new in replaced:
                text = text.replace(old, new)
            (folder / file).write_text(text, encoding="utf-8")
        return folder

    return copy


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(KindBroken) as caught:
        load_kind(folder, folder.parent / "_shared")
    return [problem.sentence() for problem in caught.value.problems]


def test_the_shipped_kinds_run(kinds):
    assert kinds.invalid == {}
    assert list(kinds) == SHIPPED


@pytest.mark.parametrize(("kind", "name"), examples("*/examples/*.json"))
def test_each_example_is_good_and_already_in_its_one_form(kinds, kind, name):
    record = example(kind, name)

    normal, problems = check_record(kinds[kind], record, place=Place(), context=CONTEXT)

    assert problems == []
    assert normal == record


@pytest.mark.parametrize(("kind", "name"), examples("*/examples/sai/*.json"))
def test_each_wrong_example_breaks_just_what_it_says(kinds, kind, name):
    path = shipped_templates_dir() / kind / "examples" / "sai" / f"{name}.json"
    expected = set(json.loads(path.read_text(encoding="utf-8"))["_loi"])

    assert broken_codes(kinds[kind], example(kind, f"sai/{name}")) == expected


@pytest.mark.parametrize("name", SHIPPED)
def test_each_rule_is_broken_by_some_example(kinds, name):
    folder = shipped_templates_dir() / name / "examples" / "sai"
    broken = {
        code
        for path in folder.glob("*.json")
        for code in json.loads(path.read_text(encoding="utf-8"))["_loi"]
    }

    assert {rule.id for rule in kinds[name].rules} <= broken


@pytest.mark.parametrize("name", SHIPPED)
def test_each_choice_of_each_kind_is_taken_by_some_example(kinds, name):
    kind = kinds[name]
    taken = [example(kind, file) for kind, file in examples(f"{name}/examples/*.json")]
    own = [item for item in kind.properties if item.own and item.values and item.name != "loai"]

    missing = [
        (item.name, value)
        for item in own
        for value in item.values
        if value not in {r.get(item.name) for r in taken}
    ]

    assert missing == []


@pytest.mark.parametrize("name", SHIPPED)
def test_each_optional_field_is_absent_from_some_example_and_present_in_another(kinds, name):
    taken = [example(kind, file) for kind, file in examples(f"{name}/examples/*.json")]
    own = [item for item in kinds[name].properties if item.own]

    assert [item.name for item in own if all(item.name not in record for record in taken)] == []
    optional = [item for item in own if not item.required]
    assert [item.name for item in optional if all(item.name in record for record in taken)] == []


def test_facts_of_an_introduction(kinds):
    facts = kinds["gioi-thieu"].facts(example("gioi-thieu", "day-du"), CONTEXT)

    assert facts.issuer == "VPTU"
    assert facts.symbol == "GGT"
    assert facts.issued_on == date(2026, 11, 23)
    assert facts.person == "Trần Thị Thuỳ Dương"
    assert facts.recipients == ("Đảng ủy phường Suối Ngàn, tỉnh Hà Sơn",)
    assert facts.residence == "tổ dân phố 5, phường Suối Ngàn, tỉnh Hà Sơn"
    assert facts.retention == "10 năm"


def test_a_record_names_its_body_its_day_and_its_shelf(kinds):
    record = example("gioi-thieu", "day-du") | {
        "co_quan": "BTCTU",
        "ngay": "2026-11-02",
        "ho_so": "03.TH",
        "thoi_han_bao_quan": "Vĩnh viễn",
        "so_trang": 1,
    }
    facts = kinds["gioi-thieu"].facts(record, CONTEXT)

    assert (facts.issuer, facts.issued_on, facts.ho_so) == ("BTCTU", date(2026, 11, 2), "03.TH")
    assert (facts.retention, facts.so_trang, facts.so_to) == ("Vĩnh viễn", 1, None)


def test_the_name_of_a_file_is_no_trich_yeu_the_book_says_that_it_waits(kinds):
    facts = kinds["van-ban-den"].facts({}, CONTEXT)

    assert facts.subject == "(trích yếu chờ xác nhận)"
    assert kinds["van-ban-den"].identity({}, CONTEXT) == ""


def test_an_incoming_paper_is_the_same_however_its_number_is_written(kinds):
    kind = kinds["van-ban-den"]
    record = example("van-ban-den", "day-du")
    other = record | {
        "so_ky_hieu": "số 127/KH-BTCTU",
        "co_quan_ban_hanh": "BAN TỔ CHỨC TỈNH UỶ HÀ SƠN",
    }

    assert kind.identity(record, CONTEXT) == kind.identity(other, CONTEXT)
    later = record | {"ngay_van_ban": "2031-01-05"}
    assert kind.identity(record, CONTEXT) != kind.identity(later, CONTEXT)


def test_the_same_person_to_the_same_place_is_one_introduction(kinds):
    kind = kinds["gioi-thieu"]
    record = example("gioi-thieu", "day-du")
    retyped = record | {"ho_ten": "TRẦN THỊ THÙY DƯƠNG", "noi_cu_tru_thon": "tổ 5"}

    assert kind.identity(record, CONTEXT) == kind.identity(retyped, CONTEXT)
    assert kind.identity(record, CONTEXT) != kind.identity(record | {"ngay_sinh": "1986"}, CONTEXT)


def test_a_second_sheet_for_one_member_in_one_year_is_the_same_deed(kinds):
    kind = kinds["phieu-nhan-xet"]
    record = example("phieu-nhan-xet", "muc-1")
    again = record | {"muc_1": "Nêu gương", "noi_cu_tru_dia_chi": "số 10"}

    assert kind.identity(record, CONTEXT) == kind.identity(again, CONTEXT)
    assert kind.identity(record, CONTEXT) != kind.identity(record | {"nam": 2025}, CONTEXT)


def test_a_long_identity_is_kept_as_its_digest(kinds):
    identity = kinds["van-ban"].identity(example("van-ban", "quy-dinh-day-du"), CONTEXT)

    assert identity.startswith("sha256:")
    assert len(identity) == 71


def test_the_face_of_a_sheet_follows_what_is_filled_in(kinds):
    kind = kinds["phieu-nhan-xet"]

    assert kind.face(example("phieu-nhan-xet", "de-trong-it-truong"), CONTEXT) == "de-trong"
    assert kind.face(example("phieu-nhan-xet", "muc-2"), CONTEXT) == "da-nhan-xet"
    assert kinds["gioi-thieu"].face(example("gioi-thieu", "day-du"), CONTEXT) == ""


def test_criteria_and_levels_come_from_the_data_of_the_kind(kinds):
    kind = kinds["phieu-nhan-xet"]

    for criterion in (*kind.data["tieu_chi"], *kind.data["tieu_chi_mien"]):
        assert kind.property_named(criterion["ma"]).values == tuple(criterion["muc"])


def test_quy_dinh_and_quyet_dinh_share_a_symbol_and_keep_their_names(kinds):
    kind = kinds["van-ban"]
    record = example("van-ban", "quy-dinh-day-du")

    for code, name in (("quy-dinh", "Quy định"), ("quyet-dinh", "Quyết định")):
        assert kind.symbol(record | {"loai": code}, CONTEXT) == "QĐ"
        assert kind.facts(record | {"loai": code}, CONTEXT).type_name == name


def test_numbers_and_books_of_the_kinds(kinds):
    assert kinds["phieu-nhan-xet"].number.has_number is False
    assert kinds["phieu-nhan-xet"].number.prefix == "PNX"
    assert kinds["phieu-nhan-xet"].symbol(example("phieu-nhan-xet", "muc-1"), CONTEXT) == ""
    assert {name: kinds[name].book for name in ("gioi-thieu", "van-ban-den", "sao-luc")} == {
        "gioi-thieu": Book.DI,
        "van-ban-den": Book.DEN,
        "sao-luc": Book.SAO,
    }
    assert kinds["van-ban-den"].cap_so == "khi-den"


def test_result_names_speak_of_number_and_person(kinds):
    kind = kinds["gioi-thieu"]
    record = example("gioi-thieu", "day-du") | {"ho_ten": "Lê/Văn: A?"}

    assert kind.result_name(record, CONTEXT, ordinal=127) == "GGT-0127 Lê-Văn- A-"


def test_a_complete_record_has_every_property_inside_lists_too(kinds):
    whole = kinds["bien-ban"].complete(example("bien-ban", "hoi-nghi-day-du"))

    assert whole["tinh_hinh"] is None
    assert whole["ngay"] is None
    assert whole["bieu_quyet"][0] == {
        "noi_dung": "Thông qua báo cáo công tác chín tháng",
        "tan_thanh": 13,
        "khong_tan_thanh": None,
        "y_kien_khac": None,
    }


def test_the_sheet_has_the_kinds_own_columns_and_a_sample_row(kinds):
    kind = kinds["gioi-thieu"]

    assert kind.sheet[:3] == ("ho_ten", "gioi_tinh", "ngay_sinh")
    assert kind.sheet[-3:] == ("ngay", "cap_them", "ghi_chu")
    assert set(kind.example_row) <= {item.name for item in kind.properties}


def test_the_table_of_a_kind_has_its_columns_with_titles_synonyms_and_choices(kinds):
    spec = kinds["phieu-nhan-xet"].sheet_spec()
    columns = {column["name"]: column for column in spec["properties"]}

    assert json.loads(json.dumps(spec)) == spec
    assert columns["mau"]["enum_titles"] == {
        "de-trong": "Để điền tay",
        "da-nhan-xet": "Đã nhận xét",
    }
    assert "họ tên" in columns["ho_ten"]["synonyms"]
    assert [column["name"] for column in spec["properties"] if not column["common"]] == list(
        kinds["phieu-nhan-xet"].sheet
    )
    assert columns["ma_dong"]["common"]


def test_a_heading_that_a_kind_claims_is_not_the_common_fields(kinds):
    columns = {column["name"]: column for column in kinds["van-ban-den"].sheet_spec()["properties"]}

    assert "ngày ban hành" in columns["ngay_van_ban"]["synonyms"]
    assert columns["ngay"]["title"] == "Ngày ban hành (ngay)"


def test_a_folder_of_the_offices_own_goes_before_the_shipped_one(copied):
    folder = copied(('title = "Giấy giới thiệu đảng viên về nơi cư trú"', 'title = "Giấy của ta"'))

    kinds = load_kinds(shipped_templates_dir(), folder.parent)

    assert kinds["gioi-thieu"].title == "Giấy của ta"
    assert kinds["gioi-thieu"].shared_dir == shipped_templates_dir() / "_shared"
    assert set(SHIPPED) <= set(kinds)


def test_a_broken_kind_stops_alone(copied):
    folder = copied(('source = "record"', 'source = "giay"'))

    kinds = load_kinds(shipped_templates_dir(), folder.parent)

    assert "gioi-thieu" not in kinds
    assert list(kinds.invalid) == ["gioi-thieu"]
    assert "bien-ban" in kinds


def test_a_misspelt_field_in_an_expression_is_named_with_its_line_and_the_nearest(copied):
    folder = copied(('person = "ho_ten"', 'person = "ho_tem"'))
    lines = (folder / "kind.toml").read_text(encoding="utf-8").splitlines()

    [told] = problems_of(folder)

    line = lines.index('person = "ho_tem"') + 1
    assert f"dòng {line}:" in told
    assert "«ho_tem»" in told
    assert "Có phải là «ho_ten»?" in told
    assert "(K208)" in told


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("cao_mm = 35", 'cao_mm = "35"', "data.dau_den.cao_mm"),
        ("rong_mm = 50", "rong_mm = 5000", "data.dau_den.rong_mm"),
        ("co = [1.0, 0.9", "co = [0.2, 0.9", "data.dau_den.co[0]"),
        ("co = [1.0, 0.9", "co = [0.8, 0.9", "data.dau_den.co"),
        ('ten = "trên-trái"', "ten = 1", "data.dau_den.cho[1]"),
        ("tren = 0.13", "tren = 0.5", "data.dau_den.cho[0]"),
        ("mep_trai = 0.63", "mep_trai = true", "data.dau_den.cho[2].mep_trai"),
        ("luot = 2", "luot = 0", "data.dau_den.cho[4].luot"),
        ("cho_ky = { trai = 0.42", "cho_ky = { trai = 1.0", "data.dau_den.cho_ky"),
    ],
)
def test_a_stamp_that_cannot_be_drawn_is_told_where_it_is_described(copied, old, new, key):
    [told] = problems_of(copied((old, new), name="van-ban-den"))

    assert f"«{key}»" in told
    assert "(K206)" in told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('person = "ho_ten"', 'person = "ho_ten +"', "K207"),
        ('person = "ho_ten"', 'person = "dem(ho_ten)"', "K209"),
        ('person = "ho_ten"', 'nguoi = "ho_ten"', "K204"),
        ('retention = "10 năm"', "", "K205"),
        ('retention = "10 năm"', "retention = 10", "K206"),
        ('outputs = ["pdf", "docx"]', 'outputs = ["odt"]', "K206"),
        ('book = "di"', 'book = "sổ"', "K206"),
        ("so = true }", "so = 1 }", "K206"),
        ('fields = ["ngay_vao_dang"]', 'fields = ["ngay_vao"]', "K213"),
        ('id = "vao-dang-chua-toi"', 'id = "du-tuoi-vao-dang"', "K214"),
        ('gioi_tinh = ["nam/nữ"', 'gioi_tin = ["nam/nữ"', "K213"),
        ('gioi_tinh = ["nam/nữ"', 'gioi_tinh = ["họ tên"', "K214"),
        ('title = "Giấy giới thiệu', "title = Giấy giới thiệu", "K203"),
        ('"type": "object",', '"type": "object"', "K203"),
        (
            '"ho_ten": {"title": "Họ và tên", "type": "string"',
            '"ho_ten": {"type": "string"',
            "K211",
        ),
        (
            '"ho_ten": {"title": "Họ và tên", "type": "string"',
            '"ho_ten": {"title": "Họ", "type": "chu"',
            "K210",
        ),
        ('"so_the_dang_vien": {', '"Số thẻ": {', "K212"),
        ('"so_the_dang_vien": {', '"du_lieu": {', "K212"),
        ('"minLength": 2, "maxLength": 80', '"minLength": "hai"', "K210"),
        ('"minLength": 2, "maxLength": 80', '"pattern": "(["', "K210"),
        ('"minLength": 2, "maxLength": 80', '"patternProperties": {"([": {}}', "K210"),
        ('"required": ["ho_ten"', '"required": ["ho_tem"', "K210"),
        ('"enum": ["Nam", "Nữ"]', '"x-enum": "du_lieu.gioi"', "K210"),
        ('"enum": ["Nam", "Nữ"]', '"enum": ["Nam", "Nữ"], "x-titles": ["Nam"]', "K210"),
        ('"enum": ["Nam", "Nữ"]', '"$ref": "file:///etc/passwd"', "K210"),
    ],
)
def test_each_mistake_of_an_author_has_its_code(copied, old, new, code):
    told = problems_of(copied((old, new)))

    assert any(f"({code})" in sentence for sentence in told), told


def test_all_mistakes_of_a_file_are_told_together(copied):
    folder = copied(
        ('source = "record"', 'source = "giay"'), ('person = "ho_ten"', 'person = "hoten"')
    )

    assert len(problems_of(folder)) == 2


def test_a_missing_file_is_named(copied):
    folder = copied()
    (folder / "schema.json").unlink()
    (folder / "kind.toml").unlink()

    told = problems_of(folder)

    assert [sentence[-7:] for sentence in told] == [" (K202)", " (K202)"]


def test_the_digest_follows_templates_and_not_examples(copied):
    folder = copied()
    shared = folder.parent / "_shared"
    shared.mkdir()
    before = load_kind(folder, shared).digest

    (folder / "examples" / "moi.json").write_text("{}", encoding="utf-8")
    assert load_kind(folder, shared).digest == before
    (shared / "header.html").write_text("<p>", encoding="utf-8")
    assert load_kind(folder, shared).digest != before


def test_an_expression_that_has_no_value_is_told_with_its_place(copied):
    folder = copied(('person = "ho_ten"', 'person = "ho_ten + 1"'))
    kind = load_kind(folder, folder.parent / "_shared")

    with pytest.raises(KindExpressionFailed) as caught:
        kind.facts(example("gioi-thieu", "day-du"), CONTEXT)
    assert "facts.person" in caught.value.clerk_text


def compiled(source: str) -> Expression:
    expression = compile_expression(source)
    assert isinstance(expression, Expression)
    return expression


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a == null", True),
        ("a == null || a > 2", True),
        ("dai(a) + dai([1, 2]) + dai('đủ')", 4),
        ("so(a) + so(3)", 3),
        ("nam_cua('1985') + nam_cua(a)", 1985),
        ("noi(', ', ['x', a, '', 'y'])", "x, y"),
        ("noi(';', a)", ""),
        ("gop('Hoà  BÌNH')", "hoa binh"),
        ("so_hieu('213/QĐ-TW') == so_hieu('Số 213 - QĐ/TW')", True),
        ("so_hieu(a)", ""),
        ("ngay_viet('2020-01-09')", "09/01/2020"),
        ("ngay_viet('1985')", "1985"),
        ("[a, 'x'].filter(n, n != null)", ["x"]),
    ],
)
def test_expressions_live_with_what_is_absent(source, value):
    assert compiled(source).run(Scope({"a": None})) == value


def test_variables_of_macros_and_words_in_strings_are_no_unknown_names():
    expression = compiled("ds.all(x, x.ho_ten != 'l.map(z, z)') && has(ds.k) && nam_cua(y) > 1")

    assert [flaw.name for flaw in flaws(expression, ["ds"])] == ["y"]


def test_a_bomb_in_an_expression_does_not_go_off():
    assert not flaws(compiled("[1, 2].map(x, [1, 2].map(y, x * y))"), [])
    with pytest.raises(Exception, match=r"(?i)overflow"):
        compiled("9223372036854775807 + 1").run(Scope({}))
