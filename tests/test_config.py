"""The office file: what it says comes out typed; what is wrong is told all at once, with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from helpers import make_office, office_table, to_toml

from pipeline.config import OFFICE_FILE, Limits, PrintProfile, Span, load_office
from pipeline.errors.office import (
    BodyUnknown,
    BookUnknown,
    OfficeInvalid,
    OfficeMissing,
    SignerUnknown,
    TermUnknown,
)
from pipeline.kinds import kind_names, shipped_templates_dir
from pipeline.record import Book, SeriesKey
from pipeline.toml_lines import TomlLines

DAY = date(2026, 11, 23)


def problems_of(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    (tmp_path / OFFICE_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(OfficeInvalid) as caught:
        load_office(tmp_path)
    return [(problem.code, problem.where, problem.text) for problem in caught.value.problems]


def codes_of(tmp_path: Path, **overrides: object) -> list[str]:
    return [code for code, _, _ in problems_of(tmp_path, to_toml(office_table() | overrides))]


def numbered(text: str, word: str) -> str:
    line = next(at for at, content in enumerate(text.splitlines(), 1) if content.startswith(word))
    return f"dòng {line}"


def test_the_shipped_office_file_is_an_office(tmp_path):
    shipped = shipped_templates_dir() / "vanthu.toml.mau"
    (tmp_path / OFFICE_FILE).write_bytes(shipped.read_bytes())

    office = load_office(tmp_path)

    assert office.default_body == "VPTU"
    assert office.spelling == "ủy"
    assert office.limits == Limits()
    assert office.folders.results == "_ket_qua"
    assert office.registers_dir == tmp_path / "archive" / "registers"


def test_every_limit_has_its_default_in_the_shipped_file_or_none(office):
    shown = office_table()["gioi_han"]

    assert all(getattr(Limits(), name) == value for name, value in shown.items())


def test_a_body_is_the_one_in_force_that_day(tmp_path):
    old = office_table()["co_quan"][1] | {"ten": "VĂN PHÒNG (CŨ)", "den_ngay": date(2025, 6, 30)}
    new = office_table()["co_quan"][1] | {"tu_ngay": date(2025, 7, 1)}
    office = make_office(tmp_path, co_quan=[old, new, office_table()["co_quan"][0]])

    assert office.body("VPTU", date(2025, 6, 30)).name == "VĂN PHÒNG (CŨ)"
    assert office.body("VPTU", date(2025, 7, 1)).name == "VĂN PHÒNG"
    with pytest.raises(BodyUnknown) as caught:
        office.body("HU", DAY)
    assert "VPTU, TU" in caught.value.clerk_text


def test_a_signer_is_named_by_code_or_is_the_default_one(office):
    body = office.body("VPTU", DAY)

    assert office.signer(body, None, DAY).code == "cvp"
    assert office.signer(body, "pcvp", DAY).authority == "K/T CHÁNH VĂN PHÒNG"
    with pytest.raises(SignerUnknown) as caught:
        office.signer(body, "bi-thu", DAY)
    assert "cvp (Nguyễn Hữu Thọ)" in caught.value.clerk_text


def test_a_signer_whose_days_are_over_no_longer_signs(tmp_path):
    bodies = office_table()["co_quan"]
    bodies[1]["nguoi_ky"][0]["den_ngay"] = date(2026, 10, 31)
    office = make_office(tmp_path, co_quan=bodies)

    assert office.signer(office.body("VPTU", DAY), None, DAY).code == "pcvp"


def test_terms_turn_on_the_day_after_the_congress_closes(office):
    assert office.term(date(2025, 10, 10), "VPTU").code == "2020-2025"
    assert office.term(date(2025, 10, 11), "VPTU").code == "2025-2030"
    with pytest.raises(TermUnknown):
        office.term(date(2019, 1, 1), "VPTU")


def test_a_term_of_one_body_goes_before_the_term_of_all(tmp_path):
    own = {"ma": "dot-1", "co_quan": ["BTCTU"], "tu_ngay": date(2026, 1, 1)}
    office = make_office(tmp_path, nhiem_ky=[*office_table()["nhiem_ky"], own])

    assert office.term(DAY, "BTCTU").code == "dot-1"
    assert office.term(DAY, "VPTU").code == "2025-2030"


def test_an_incoming_book_is_named_by_code_or_is_the_default_one(office):
    assert office.incoming_book(None, DAY).code == "DEN"
    assert office.incoming_book("DON-THU", DAY).title == "Sổ đăng ký đơn, thư"
    with pytest.raises(BookUnknown):
        office.incoming_book("DI", DAY)


def test_a_series_starts_where_the_paper_book_ended(tmp_path):
    start = {"so": "di", "co_quan": "VPTU", "ky_hieu": "CV", "ky": "2025-2030", "tu_so": 127}
    office = make_office(tmp_path, bat_dau=[start])
    key = SeriesKey(book=Book.DI, issuer="VPTU", symbol="CV", period="2025-2030")

    assert office.start_of(key) == 127
    assert office.start_of(SeriesKey(book=Book.DEN, issuer="DEN", symbol="", period="2026")) == 1


def test_days_may_be_written_as_people_write_them(tmp_path):
    bodies = office_table()["co_quan"]
    bodies[0]["tu_ngay"] = "01/7/2025"

    assert make_office(tmp_path, co_quan=bodies).bodies[0].span == Span(start=date(2025, 7, 1))


def test_a_folder_without_an_office_file_is_told_so(tmp_path):
    with pytest.raises(OfficeMissing) as caught:
        load_office(tmp_path)
    assert "vanthu init" in caught.value.clerk_text


def test_every_wrong_and_unknown_key_is_named_with_its_line(tmp_path):
    text = (shipped_templates_dir() / "vanthu.toml.mau").read_text(encoding="utf-8")
    text = text.replace('chinh_ta = "ủy"', 'chinh_ta = "uy"')
    text = text.replace('dia_danh = "Hà Sơn"  ', 'dia_dan = "Hà Sơn"   ', 1)
    text = text.replace("max_rows = 20_000", 'max_rows = "nhiều"')
    text = text.replace("quiet_s = 5.0", "quiet = 5.0")
    text = text.replace('co_quan_mac_dinh = "VPTU"', 'co_quan_mac_dinh = "VPTW"')

    found = problems_of(tmp_path, text)

    assert [(code, where) for code, where, _ in found] == [
        ("K253", numbered(text, "chinh_ta")),
        ("K257", numbered(text, "co_quan_mac_dinh")),
        ("K252", numbered(text, "[[co_quan]]")),
        ("K251", numbered(text, "dia_dan =")),
        ("K253", numbered(text, "max_rows")),
        ("K251", numbered(text, "quiet =")),
    ]
    assert "«dia_danh»" in found[3][2]
    assert "«VPTU»" in found[1][2]


def test_the_whole_list_stands_in_the_message(tmp_path):
    (tmp_path / OFFICE_FILE).write_text("ten = 5\nla = 1\n", encoding="utf-8")
    with pytest.raises(OfficeInvalid) as caught:
        load_office(tmp_path)

    assert "Dòng 1: Mục «ten» cần là chữ" in caught.value.clerk_text
    assert "Dòng 2: Không có mục «la»" in caught.value.clerk_text


def test_bad_toml_is_told_with_the_line_of_the_parser(tmp_path):
    found = problems_of(tmp_path, 'ten = "A"\nchinh_ta = ủy\n')

    assert [(code, where) for code, where, _ in found] == [("K258", "dòng 2")]


def test_a_file_that_is_not_utf8_is_told_so(tmp_path):
    (tmp_path / OFFICE_FILE).write_bytes('ten = "Tỉnh ủy"'.encode("utf-16"))
    with pytest.raises(OfficeInvalid) as caught:
        load_office(tmp_path)
    assert "UTF-8" in caught.value.clerk_text


def test_a_byte_order_mark_does_no_harm(tmp_path):
    text = (shipped_templates_dir() / "vanthu.toml.mau").read_text(encoding="utf-8")
    (tmp_path / OFFICE_FILE).write_text(text, encoding="utf-8-sig")

    assert load_office(tmp_path).default_body == "VPTU"


def test_bodies_of_one_symbol_may_not_share_a_day(tmp_path):
    bodies = office_table()["co_quan"]

    assert codes_of(tmp_path, co_quan=[*bodies, bodies[1]]) == ["K255"]


def test_signers_of_one_code_and_two_defaults_may_not_share_a_day(tmp_path):
    bodies = office_table()["co_quan"]
    signers = bodies[1]["nguoi_ky"]
    signers[1]["mac_dinh"] = True
    signers.append(signers[1] | {"mac_dinh": False})

    assert codes_of(tmp_path, co_quan=bodies) == ["K255", "K255"]


def test_terms_may_not_share_a_day(tmp_path):
    terms = office_table()["nhiem_ky"]
    terms[0]["den_ngay"] = date(2025, 10, 11)

    assert codes_of(tmp_path, nhiem_ky=terms) == ["K255"]


def test_a_span_may_not_end_before_it_starts(tmp_path):
    terms = office_table()["nhiem_ky"]
    terms[0]["den_ngay"] = date(2019, 1, 1)

    assert "K254" in codes_of(tmp_path, nhiem_ky=terms)


def test_a_series_is_started_once_and_for_a_known_body_and_term(tmp_path):
    start = {"so": "di", "co_quan": "VPTX", "ky_hieu": "CV", "ky": "2030", "tu_so": 2}

    assert sorted(codes_of(tmp_path, bat_dau=[start, start])) == [
        "K256",
        "K257",
        "K257",
        "K257",
        "K257",
    ]


@pytest.mark.parametrize("name", [".an", "a/b", "CON", "x?", "_ket_qua"])
def test_folder_names_must_work_on_windows_and_differ(tmp_path, name):
    assert codes_of(tmp_path, thu_muc={"tra_lai": name}) == ["K253"]


@pytest.mark.parametrize("symbol", ["V P", "V/P", "V:P", "", "-VP"])
def test_a_symbol_has_no_space_slash_or_colon(tmp_path, symbol):
    bodies = office_table()["co_quan"]
    bodies[2]["ky_hieu"] = symbol

    assert codes_of(tmp_path, co_quan=bodies) == ["K253"]


def test_cap_so_per_kind_is_one_of_three(tmp_path):
    assert make_office(tmp_path, cap_so={"van-ban": "sau-khi-ky"}).cap_so == {
        "van-ban": "sau-khi-ky"
    }
    assert codes_of(tmp_path, cap_so={"van-ban": "sau"}) == ["K253"]


def test_cap_so_of_a_kind_that_is_not_there_is_named(tmp_path):
    (tmp_path / OFFICE_FILE).write_text(
        to_toml(office_table() | {"cap_so": {"van-bann": "sau-khi-ky"}}), encoding="utf-8"
    )
    with pytest.raises(OfficeInvalid) as caught:
        load_office(tmp_path, kinds=kind_names(shipped_templates_dir(), None))

    [problem] = caught.value.problems
    assert problem.code == "K257"
    assert "«van-ban»" in problem.text


def test_a_wrong_database_url_never_shows_its_password(tmp_path):
    found = problems_of(tmp_path, to_toml(office_table() | {"database_url": "mysql://a:bimat@x/y"}))

    assert [code for code, _, _ in found] == ["K253"]
    assert "bimat" not in str(found)


@pytest.mark.parametrize("limit", [0, -1, True, "5", 1e16])
def test_a_limit_is_a_number_that_lets_work_go_on(tmp_path, limit):
    assert codes_of(tmp_path, gioi_han={"max_pages": limit}) == ["K253"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("may_chu", "may in"),
        ("may_chu", "may:so"),
        ("may_chu", "may:0"),
        ("may_chu", "ipp://may/ipp/print"),
        ("may_chu", "ipps://may/ipp/print"),
        ("kho_giay", "A6"),
        ("hai_mat", "co"),
        ("cho_s", 0.5),
    ],
)
def test_a_print_profile_that_cannot_be_is_told(tmp_path, key, value):
    assert codes_of(tmp_path, in_an={key: value}) == ["K253"]


def test_the_print_profile_is_read_and_may_be_left_out(tmp_path):
    table = office_table()
    del table["in_an"]
    (tmp_path / OFFICE_FILE).write_text(to_toml(table), encoding="utf-8")
    assert load_office(tmp_path).printing == PrintProfile()

    given = {"may_chu": "in.vptu.vn", "may_in": "tang 2", "hai_mat": True, "kho_giay": "A5"}
    office = make_office(tmp_path, in_an=given)
    assert office.printing == PrintProfile(
        host="in.vptu.vn", printer="tang 2", duplex=True, paper_size="A5"
    )
    assert codes_of(tmp_path, in_an={"may_inn": "x"}) == ["K251"]
    safe = {"may_chu": "ipps://in.vptu.vn:6310", "chung_thu_ca": "ca.pem"}
    found = make_office(tmp_path, in_an=safe).printing
    assert (found.is_tls, found.host, found.port, found.ca_file) == (
        True,
        "in.vptu.vn",
        6310,
        "ca.pem",
    )
    assert found.server == "ipps://in.vptu.vn:6310"


def test_tables_of_the_wrong_shape_are_named(tmp_path):
    assert "K253" in codes_of(tmp_path, co_quan={"ky_hieu": "X"})
    assert "K253" in codes_of(tmp_path, gioi_han=[])
    assert "K252" in codes_of(tmp_path, nhiem_ky=[])


TOML = '''ten = "x"  # [khong phai bang]
chuoi = """
[gia]
khoa = 1
"""
[a]
b = [
  1, # ]
  2,
]
"c d" = { e = 1 }
f.g = 2
[[h]]
i = 1
[[h]]
i = 2
[[h.k]]
l = 3
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("ten",), 1),
        (("chuoi",), 2),
        (("gia",), 1),
        (("a",), 6),
        (("a", "b"), 7),
        (("a", "b", 1), 7),
        (("a", "c d", "e"), 11),
        (("a", "f", "g"), 12),
        (("h", 0, "i"), 14),
        (("h", 1), 15),
        (("h", 1, "i"), 16),
        (("h", 1, "k", 0, "l"), 18),
        (("h", 1, "m"), 15),
    ],
)
def test_lines_of_keys_are_found(path, line):
    assert TomlLines(TOML).of(path) == line
