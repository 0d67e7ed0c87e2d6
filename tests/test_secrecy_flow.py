"""A mark of secrecy stops a file where it lies, and nothing of it is kept; a paper about secrets goes through."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from helpers import shared_path
from office_kit import (
    GIOI_THIEU,
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    inbox,
    letter,
    lying,
    opened,
    person,
    process_here,
    run,
    small_office,
    unsound,
    write_sheet,
)
from web_kit import served, text_of

from pipeline.inbox.folders import NOTICE_NAME

weasyprint = pytest.importorskip("weasyprint")

SEEDS = ("000_", "001_", "002_", "003_", "004_")
#: Words of a marked file that must be found nowhere else, in its name and in it.
NAME, CONTENT = "QWZX", "XQJZ7731"
HEAD = "<p>VĂN PHÒNG TỈNH ỦY HÀ SƠN</p><p>Số 15-BC/VPTU</p>"
BODY = (
    "<p>Văn phòng giữ quan hệ mật thiết với các cơ quan theo Luật Bảo vệ bí mật nhà nước.</p>" * 4
)


@pytest.fixture
def office(tmp_path):
    return small_office(tmp_path / "office")


def pdf_of(html):
    return weasyprint.HTML(string=html).write_pdf()


def box(mark):
    return f"<div style='border:1pt solid;width:3cm;text-align:center'>{mark}</div>"


def holders(office, *words):
    """Files of the office that have one of *words* in their name or bytes, UTF-16 and NFC alike."""
    wanted = [coded for word in words for coded in (word.encode(), word.encode("utf-16-le"))]
    found = set()
    for path in office.root.rglob("*"):
        if any(word in path.name for word in words):
            found.add(path)
        elif path.is_file():
            content = path.read_bytes()
            if any(one in content for one in wanted):
                found.add(path)
    return found


def workbook(root, change):
    """A list of one person with *change* made to its sheet; its rows begin at row 3."""
    path = write_sheet(root / "nguon.xlsx", [person(1, ho_ten=f"Lò Văn {CONTENT}")])
    book = openpyxl.load_workbook(path)
    book.active.insert_rows(1, 2)
    change(book.active)
    with path.open("wb") as stream:
        book.save(stream)
    content = path.read_bytes()
    path.unlink()
    return content


def title(sheet):
    sheet["A1"] = "MẬT"


def column(sheet):
    sheet["I3"], sheet["I4"] = "Độ mật", "Tối mật"


MARKED = {
    "bao-cao.pdf": lambda _: pdf_of(HEAD + box("MẬT") + f"<h1>{CONTENT}</h1>" + BODY),
    "toi-mat.pdf": lambda _: pdf_of(HEAD + box("TỐI MẬT") + f"<h1>{CONTENT}</h1>" + BODY),
    "mot.json": lambda _: json.dumps({"do_mat": "Mật", "ho_ten": CONTENT}).encode(),
    "mot-trong-nhieu.json": lambda _: json.dumps(
        [person(1), {"do_mat": "TUYỆT MẬT", "ho_ten": CONTENT}]
    ).encode(),
    "mot.yaml": lambda _: f"do_mat: TỐI MẬT\nho_ten: {CONTENT}\n".encode(),
    "tieu-de.xlsx": lambda root: workbook(root, title),
    "cot.xlsx": lambda root: workbook(root, column),
    "cot.csv": lambda _: f"Họ và tên;Giới tính;Ngày sinh;Độ mật\n{CONTENT};Nam;1980;Mật\n".encode(),
    "tieu-de.csv": lambda _: (
        f"TUYỆT MẬT;;\nHọ và tên;Giới tính;Ngày sinh\n{CONTENT};Nam;1980\n".encode()
    ),
}


@pytest.mark.parametrize("name", MARKED)
def test_a_marked_file_stays_where_it_lies_and_nothing_of_it_is_kept(
    office, cell, tmp_path, caplog, name
):
    kind = VAN_BAN_DEN if name.endswith(".pdf") else GIOI_THIEU
    content = MARKED[name](tmp_path)
    path = drop(office, kind, f"{NAME} {name}", content)
    drop_json(office, "hang-xom.json", person(2))

    with caplog.at_level("DEBUG"):
        outcomes = process_here(office, cell)

    assert sorted(one.status for one in outcomes) == ["indexed", "returned"]
    (marked,) = [one for one in outcomes if one.status == "returned"]
    assert (marked.code, marked.source, marked.files) == ("R184", kind, [])
    assert path.read_bytes() == content
    assert holders(office, NAME, CONTENT) == {path}
    assert NAME not in caplog.text + repr(outcomes)
    assert CONTENT not in caplog.text + repr(outcomes)
    notice = (inbox(office, kind) / NOTICE_NAME).read_text(encoding="utf-8-sig")
    assert "máy dành riêng" in notice
    assert lying(office) == [f"{kind}/{path.name}"]


def test_a_marked_record_stops_its_paper_too(office, cell, caplog):
    paper = drop(
        office, VAN_BAN_DEN, f"{NAME}.pdf", pdf_of(HEAD + f"<h1>{CONTENT[::-1]}</h1>" + BODY)
    )
    drop_json(office, f"{NAME}.json", letter(5, do_mat="MẬT", trich_yeu=CONTENT), VAN_BAN_DEN)

    with caplog.at_level("DEBUG"):
        (outcome,) = process_here(office, cell)

    assert outcome.code == "R184"
    assert holders(office, NAME, CONTENT) == {paper, paper.with_suffix(".json")}
    assert NAME not in caplog.text


def test_what_is_doubtful_waits_until_a_record_says_that_it_is_open(office, cell):
    """«Mật» in small letters alone on its line may be the mark of a careless typist."""
    content = pdf_of(HEAD + "<p>Mật</p><h1>BÁO CÁO</h1>" + BODY)
    path = drop(office, VAN_BAN_DEN, f"{NAME}.pdf", content)

    (doubtful,) = process_here(office, cell)

    assert (doubtful.status, doubtful.code) == ("returned", "R195")
    assert holders(office, NAME) == {path}
    assert "do_mat là «không»" in (inbox(office, VAN_BAN_DEN) / NOTICE_NAME).read_text("utf-8-sig")
    drop_json(office, f"{NAME}.json", letter(6, do_mat="không"), VAN_BAN_DEN)
    (passed,) = process_here(office, cell)
    assert (passed.status, passed.reference) == ("indexed", "01-ĐẾN/2026"), passed.message
    assert lying(office) == []


def test_the_note_counts_what_lies_there_and_goes_with_it(office, cell):
    note = inbox(office, VAN_BAN_DEN) / NOTICE_NAME
    marked = [
        drop(office, VAN_BAN_DEN, f"{name}.pdf", pdf_of("<p>MẬT</p>" + HEAD + f"<p>{name}</p>"))
        for name in ("mot", "hai")
    ]
    drop(office, VAN_BAN_DEN, "ba.pdf", pdf_of(HEAD + "<p>Mật</p><h1>BÁO CÁO</h1>" + BODY))
    process_here(office, cell)
    told = note.read_text("utf-8-sig")
    assert "đang có 2 tệp mang dấu chỉ độ mật, 1 tệp có chữ giống dấu chỉ độ mật" in told
    assert "R184" in told
    assert "R195" in told

    marked[0].unlink()
    process_here(office, cell)
    assert "đang có 1 tệp mang dấu chỉ độ mật, 1 tệp" in note.read_text("utf-8-sig")

    for path in (marked[1], marked[1].with_name("ba.pdf")):
        path.unlink()
    process_here(office, cell)
    assert not list(office.inbox_dir.rglob("CÓ TỆP*"))


def test_the_page_tells_that_a_marked_file_lies_there_and_its_name_to_few(office, cell):
    path = drop(office, VAN_BAN_DEN, f"{NAME}.pdf", pdf_of("<p>MẬT</p>" + HEAD + BODY))
    process_here(office, cell)
    drop(office, VAN_BAN_DEN, "chua xem.pdf", pdf_of(HEAD + BODY))

    with served(office, cell) as web:
        roles = ("van-thu", "quan-tri", "lanh-dao")
        page = {who: text_of(web.get("/dang-xu-ly/", who)) for who in roles}
        others = text_of(web.get("/dang-xu-ly/", "chuyen-vien"))
        path.write_bytes(pdf_of(HEAD + BODY))
        again = text_of(web.get("/dang-xu-ly/"))

    for told in page.values():
        assert "Không nhận: mang dấu chỉ độ mật, tệp vẫn nằm ở thư mục chung" in told
        assert "máy dành riêng" in told
        assert "gửi từ trang web thì nhờ văn thư lấy ra" in told
    assert NAME in page["van-thu"]
    assert NAME not in page["lanh-dao"] + page["quan-tri"]
    # Of what nobody looked at yet there is no doubt: whoever looks after the machine is told which file it is.
    assert ["chua xem.pdf" in page[who] for who in roles] == [True, True, False]
    assert "Không nhận" not in others
    assert "Không nhận" not in again, "it is another file now"


def test_the_clerk_says_in_the_browser_that_it_is_not_secret(office, cell):
    """His word lets it in, once; before it, and without his yes, nothing is taken."""
    path = drop(
        office, VAN_BAN_DEN, f"{NAME}.pdf", pdf_of(HEAD + "<p>Mật</p><h1>BÁO CÁO</h1>" + BODY)
    )
    marked = drop(office, VAN_BAN_DEN, "hoa.pdf", pdf_of("<p>MẬT</p>" + HEAD + BODY))
    process_here(office, cell)
    where = {"tep": f"{VAN_BAN_DEN}/{NAME}.pdf"}

    with served(office, cell) as web:
        shown = web.get("/dang-xu-ly/").content.decode()
        asked = text_of(web.get(f"/khong-mat/?{urlencode(where)}"))
        unsure = web.post("/khong-mat/", where)
        sure = web.post("/khong-mat/", {"tep": f"{VAN_BAN_DEN}/hoa.pdf", "da_xem": "1"})
        nowhere = web.post("/khong-mat/", {"tep": "../vanthu.toml", "da_xem": "1"})
        assert not list(office.inbox_dir.rglob("*.json"))
        said = web.post("/khong-mat/", where | {"da_xem": "1"})
        again = web.post("/khong-mat/", where | {"da_xem": "1"})
        told = text_of(web.get("/dang-xu-ly/"))
    taken = process_here(office, cell)

    assert shown.count(">Đã xem, không mật<") == 1, "of a mark that was seen nobody is asked"
    assert f"{NAME}.pdf" in asked
    assert unsure.status_code == 422
    assert {one.status_code for one in (sure, nowhere, said, again)} == {302}
    assert "Không có tệp nào như vậy đang chờ" in told
    assert {one.code for one in taken} == {None, "R184"}
    assert (marked.exists(), path.exists()) == (True, False)
    with opened(office, cell) as app:
        lines = app.journal.lines()
        (line,) = [one for one in lines if one["deed"] == "declared-open"]
    assert (line["person"], line["data"]) == ("Người van-thu (van-thu)", {"kind": VAN_BAN_DEN})


def test_of_two_files_of_one_name_no_word_lets_in_the_other(office, cell):
    """A record lies beside both: the folder does not tell of which it speaks."""
    content = pdf_of(HEAD + "<p>Mật</p><h1>BÁO CÁO</h1>" + BODY)
    paths = [drop(office, VAN_BAN_DEN, name, content) for name in ("cv.PDF", "cv.pdf")]
    process_here(office, cell)

    with served(office, cell) as web:
        page = web.get("/dang-xu-ly/").content.decode()
        for path in paths:
            web.post("/khong-mat/", {"tep": f"{VAN_BAN_DEN}/{path.name}", "da_xem": "1"})

    assert page.count("hãy đổi tên một tệp") == 2
    assert ">Đã xem, không mật<" not in page
    assert not list(office.inbox_dir.rglob("*.json"))


@pytest.fixture(scope="module")
def open_papers(tmp_path_factory, cell):
    """Papers that speak of secrets or were typed badly, as text of ours and as papers from outside."""
    office = small_office(tmp_path_factory.mktemp("open") / "office")
    texts = {"ve-bi-mat": ABOUT_SECRETS} | seeds()
    for name, text in texts.items():
        record = {"loai": "huong-dan", "trich_yeu": f"về việc {name}", "noi_dung": text}
        drop_json(office, f"{name}.json", record, "van-ban")
        lines = "".join(f"<p>{line}</p>" for line in text.splitlines() if line.strip())
        drop(office, VAN_BAN_DEN, f"{name}.pdf", pdf_of(lines))
    return office, texts, process_here(office, cell)


ABOUT_SECRETS = """### QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC

Căn cứ Luật Bảo vệ bí mật nhà nước.

#### Điều 1. Độ mật

1. Dấu MẬT, TỐI MẬT và TUYỆT MẬT do người ký văn bản quyết định.

2. Cán bộ giữ quan hệ mật thiết với nhân dân.
"""


def seeds():
    """The seeds beside the checkout, shortened to what prints; none where they are absent."""
    try:
        folder = shared_path("seeds")
    except pytest.skip.Exception:
        return {}
    found = sorted(path for path in folder.glob("*.txt") if path.name.startswith(SEEDS))
    return {path.name[:3]: path.read_text(encoding="utf-8") for path in found}


def test_papers_about_secrets_and_the_seeds_go_through(open_papers, cell):
    office, texts, outcomes = open_papers

    assert [(one.source, one.message) for one in outcomes if one.status != "indexed"] == []
    assert len(outcomes) == 2 * len(texts)
    assert lying(office) == []
    assert not list(office.inbox_dir.rglob(NOTICE_NAME))
    with opened(office, cell) as app:
        assert unsound(app) == []


def test_a_person_named_like_a_mark_is_a_person(office, cell):
    drop_sheet(office, "ds.xlsx", [person(7, ho_ten="Lò Thị Mật"), person(8, ghi_chu="mật thiết")])

    outcomes = process_here(office, cell)

    assert [one.status for one in outcomes] == ["indexed", "indexed"]


def marked_pdf():
    return pdf_of(HEAD + box("MẬT") + f"<h1>{CONTENT}</h1>" + BODY)


def test_a_paper_that_was_declassified_comes_in_with_its_decision(office, cell):
    drop(office, VAN_BAN_DEN, "cu.pdf", marked_pdf())
    decision = {
        "giai_mat_so": "12-QĐ/TU",
        "giai_mat_ngay": "01/02/2026",
        "giai_mat_nguoi": "Bí thư",
    }
    drop_json(office, "cu.json", letter(9, **decision), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert outcome.status == "indexed", outcome
    with opened(office, cell) as app:
        (paper,) = app.registers.find("9-CV/BTCTU")
        (line,) = app.registers.deeds("declassified")
    assert paper.facts.note == "Đã giải mật theo 12-QĐ/TU ngày 01/02/2026, Bí thư"
    assert line.data == {"decision": "12-QĐ/TU", "on": "2026-02-01", "by": "Bí thư"}
    assert line.receipt_id == paper.receipt_id


@pytest.mark.parametrize(
    "half", [{}, {"giai_mat_so": "12-QĐ/TU"}, {"giai_mat_ngay": "2026-02-01"},
             {"giai_mat_so": "12-QĐ/TU", "giai_mat_ngay": "hôm nào đó"}],
)  # fmt: skip
def test_a_marked_paper_without_number_and_day_of_a_decision_stays(office, cell, half):
    path = drop(office, VAN_BAN_DEN, "cu.pdf", marked_pdf())
    drop_json(office, "cu.json", letter(9, **half), VAN_BAN_DEN)

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.code) == ("returned", "R184")
    assert path.exists()
    assert holders(office, CONTENT) == {path} or holders(office, CONTENT) == set()


def test_what_nobody_had_time_to_look_at_waits_until_a_record_says_that_it_is_open(office, cell):
    """Without the program that reads, a scan cannot be looked at, as when its time ran out."""
    content = pdf_of("<p>Quét</p>")
    path = drop(office, VAN_BAN_DEN, f"{NAME}.pdf", content)

    run(office, "process", env={"PATH": str(Path(sys.executable).parent)})

    assert holders(office, NAME) == {path}
    notice = (inbox(office, VAN_BAN_DEN) / NOTICE_NAME).read_text("utf-8-sig")
    assert "chưa xem xong" in notice
    assert "do_mat là «không»" in notice
    drop_json(office, f"{NAME}.json", {"do_mat": "không"}, VAN_BAN_DEN)
    (passed,) = process_here(office, cell)
    assert (passed.status, passed.reference) == ("indexed", "01-ĐẾN/2026"), passed.message
