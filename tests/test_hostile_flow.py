"""What a hostile sender puts into fields and files, as the office and its clerk see the end of it.

Each comes out right or is refused in Vietnamese with place and remedy; its neighbours go on; nothing is lost.
"""

from __future__ import annotations

import html
import io
import json
import re
import socket
import subprocess
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from office_kit import (
    GIOI_THIEU,
    drop,
    inbox,
    lying,
    numbers,
    opened,
    person,
    process_here,
    returned,
    run,
    small_office,
    unsound,
    write_sheet,
)

from pipeline.process_once import Outcome

VAN_BAN = "van-ban"
TAG = re.compile(r"<[^>]+>")
#: A message ends in what to do and the code.
REMEDY = re.compile(r"(Hãy|hãy) .+\([RK]\d{3}\)", re.DOTALL)


@dataclass(frozen=True)
class End:
    """What became of one drop."""

    outcomes: list[Outcome]
    pdf: str = ""
    docx: str = ""
    name: str = ""
    links: tuple[str, ...] = ()

    @property
    def first(self):
        return self.outcomes[0]


@pytest.fixture(scope="module")
def bait():
    """A server on this machine that nobody may ever call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def url_of(bait):
    return f"http://127.0.0.1:{bait.getsockname()[1]}"


def ends_of(office, cell):
    """Process all that lies there; the end of each drop by its name without ending."""
    found = {}
    for outcome in process_here(office, cell):
        found.setdefault(Path(outcome.source).name, []).append(outcome)
    return {name: _end(office, outcomes) for name, outcomes in found.items()}


def _end(office, outcomes):
    files = {Path(name).suffix: office.inbox_dir / name for name in outcomes[0].files}
    if outcomes[0].status != "indexed" or ".pdf" not in files or ".docx" not in files:
        return End(outcomes=outcomes)
    pdf, docx = files[".pdf"], files[".docx"]
    return End(
        outcomes=outcomes,
        pdf=pdf_text(pdf),
        docx=docx_text(docx),
        name=pdf.stem,
        links=(*links_in_pdf(pdf), *links_in_docx(docx)),
    )


def pdf_text(path):
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def docx_text(path):
    with zipfile.ZipFile(path) as package:
        xml = package.read("word/document.xml").decode()
    paragraphs = (TAG.sub("", part) for part in xml.split("</w:p>"))
    return " ".join(html.unescape(" ".join(paragraphs)).split())


def links_in_pdf(path):
    done = subprocess.run(
        ["qpdf", "--qdf", "--object-streams=disable", str(path), "-"],
        capture_output=True,
        check=True,
    )
    return [
        key for key in ("/URI", "/Launch", "/JavaScript", "/GoToR") if key.encode() in done.stdout
    ]


def links_in_docx(path):
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.endswith(".rels")]
        return [name for name in names if b'TargetMode="External"' in package.read(name)]


def dump(value, *, ascii_only=False):
    return json.dumps(value, ensure_ascii=ascii_only).encode()


# --- fields of a record ---

LETTERS = {
    "markup": ("chi_bo", "A & B <b>\"đậm\"</b> 'x' </p><script>alert(1)</script>"),
    "jinja": ("chi_bo", "{{ 7*7 }} {% for x in y %}{% endfor %} {# c #}"),
    "formats": ("chi_bo", "%s %n {0} ${x} $(id) `id`"),
    "formula": ("chi_bo", "=cmd|' /C calc'!A0"),
    "plus": ("chi_bo", "+84 912"),
    "minus": ("chi_bo", "-1+1"),
    "at": ("chi_bo", "@SUM(A1)"),
}
#: Field, what is written, what must stand on the paper.
CLEANED = {
    "rtl": ("Lò \u202eVăn\u202c Rời\u200f", "Lò Văn Rời"),
    "khong": ("Lò\u200b Văn\u200d Không\ufeff", "Lò Văn Không"),
    "dieu": ("Lò \x00Văn\x07 Điều\x1b", "Lò Văn Điều"),
    "dong": ("Lò\nVăn\tDòng", "Lò Văn Dòng"),
    "nfd": (unicodedata.normalize("NFD", "Đường Thị Nguyệt Ưởng"), "Đường Thị Nguyệt Ưởng"),
    "mem": ("Lò Vă\u00adn Mềm", "Lò Văn Mềm"),
    "la": ("Lò \ufffe\uffffVăn Lạ", "Lò Văn Lạ"),
}
PATHS = {
    "len": "../../../len",
    "con": "CON",
    "a-b": "a:b\\c|d?*",
    "tuyet": "/etc/passwd",
}
REFUSED = {
    "emoji": ("ho_ten", "Lò Văn 😀", "R120", "U+1F600"),
    "han": ("ho_ten", "Lò Văn 阮", "R120", "U+962E"),
    "rieng": ("ho_ten", "Lò \ue000 Văn", "R120", "U+E000 ký tự riêng"),
    "nua": ("ho_ten", "Lò \ud800 Văn", "R120", "U+FFFD"),
    "dong-dau": ("ho_ten", "L" + "\u0301" * 60 + "ò Văn", "R120", "U+0301"),
    "dai": ("ho_ten", "A" * 10_000, "R107", "10000 ký tự"),
    "bang": ("ho_ten", {"a": 1}, "R104", "cần là chữ"),
    "lop": ("__class__", "x", "R103", "«__class__»"),
    "vb": ("vb", {"so": "99"}, "R103", "«vb»"),
    "rong": ("ho_ten", "\u200b \u200b", "R102", "«Họ và tên»"),
    "lon": ("so_to", 10**17, "R115", "«Số tờ»"),
}


@pytest.fixture(scope="module")
def letters(tmp_path_factory, cell):
    """One drop for each hostile value of a letter of introduction, and what became of it."""
    office = small_office(tmp_path_factory.mktemp("letters") / "office")
    values = {name: (field, text) for name, (field, text) in LETTERS.items()}
    values |= {name: ("ho_ten", typed) for name, (typed, _) in CLEANED.items()}
    values |= {name: ("ho_ten", text) for name, text in PATHS.items()}
    values |= {name: (field, value) for name, (field, value, *_) in REFUSED.items()}
    for number, (name, (field, value)) in enumerate(values.items()):
        record = person(400 + number, noi_cu_tru_xa=f"xã số {number}", **{field: value})
        drop(office, GIOI_THIEU, f"{name}.json", dump(record, ascii_only=name == "nua"))
    return office, ends_of(office, cell)


@pytest.mark.parametrize("name", LETTERS)
def test_what_looks_like_code_is_printed_letter_for_letter(letters, name):
    _, ends = letters
    end = ends[f"{name}.json"]

    wanted = LETTERS[name][1]
    assert end.first.status == "indexed"
    assert squeezed(wanted) in squeezed(end.pdf)
    assert squeezed(wanted) in squeezed(end.docx)
    assert end.links == ()


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("name", CLEANED)
def test_what_nobody_sees_is_taken_out_and_the_letters_stay(letters, name):
    _, ends = letters
    end = ends[f"{name}.json"]

    wanted = CLEANED[name][1]
    assert end.first.status == "indexed"
    assert f"đồng chí: {wanted} " in end.pdf
    assert wanted in end.docx
    assert end.name.endswith(f" {wanted}")


@pytest.mark.parametrize("name", PATHS)
def test_a_path_in_a_name_stays_in_its_folder(letters, name):
    office, ends = letters
    end = ends[f"{name}.json"]

    assert end.first.status == "indexed"
    assert PATHS[name] in end.pdf
    folder = inbox(office) / office.folders.results
    for file in end.first.files:
        path = office.inbox_dir / file
        assert path.resolve().is_relative_to(folder.resolve())
        assert len(path.relative_to(folder).parts) == 2
        assert not set(path.name) & set('<>:"/\\|?*')


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_come_out_right_is_refused_by_name_before_a_number(letters, name):
    _, ends = letters
    end = ends[f"{name}.json"]

    *_, code, named = REFUSED[name]
    assert (end.first.status, end.first.code, end.first.reference) == ("returned", code, None)
    assert named in end.first.message
    assert REMEDY.search(end.first.message)
    assert re.match(r"(Cột|Mục) «", end.first.message), end.first.message


def test_of_all_the_letters_nothing_is_lost_and_nothing_lies_outside(letters, cell):
    office, ends = letters

    good = len(LETTERS) + len(CLEANED) + len(PATHS)
    assert len(ends) == good + len(REFUSED)
    assert lying(office) == []
    assert {path.name for path in office.root.parent.iterdir()} == {office.root.name}
    assert sum(name.endswith(".json") for name in returned(office)) == len(REFUSED)
    with opened(office, cell) as app:
        assert numbers(app) == {"di:VPTU:GGT:2025-2030": list(range(1, good + 1))}
        assert unsound(app) == []


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_text_becomes_a_formula_in_the_books(letters, tmp_path, suffix):
    office, _ = letters
    path = tmp_path / f"so.{suffix}"

    ran = run(office, "register", "di", "--format", suffix, "-o", str(path))

    assert ran.status == 0, ran.stderr
    if suffix == "xlsx":
        cells = [
            c for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row
        ]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        assert any("../../../len" in str(cell.value) for cell in cells)
    else:
        text = path.read_text(encoding="utf-8-sig")
        assert "../../../len" in text
        assert not re.search(r"(^|[,;\t]|[,;\t]\")[=+@]", text, re.MULTILINE)


# --- running text ---


def texts_for(url):
    """Name → Markdown → words that must stand on the paper."""
    return {
        "html": (
            f'<script>alert(1)</script>\n\n<img src="{url}/x.png">',
            "<script>alert(1)</script>",
        ),
        "khung": ('Lời.\n\n<iframe src="file:///etc/passwd"></iframe>', "</iframe>"),
        "anh": (
            f"Xem ![hình đẹp]({url}/a.png) và ![x](file:///etc/passwd).",
            "![hình đẹp](http://",
        ),
        "lien-ket": (f"Xem [trang này]({url}/) và [tệp](file:///x).", "[tệp](file:///x)"),
        "bang": ("| a | b |\n|---|---|\n| {{ 7*7 }} | & < > |\n| =1+1 | x |", "{{ 7*7 }}"),
        "jinja": (
            "{{ 7*7 }} {% for x in range(10**9) %}a{% endfor %}",
            "{% for x in range(10**9) %}",
        ),
        "kieu": (f"<style>@import url({url}/a.css)</style> x", "<style>@import"),
        "word": ("<w:p><w:t>x</w:t></w:p> ]]> &amp; &#0; &lt;", "]]> &amp; &#0; &lt;"),
        "thuc-the": ("&nbsp;&copy;&#x202e;&lt;b&gt;", "&nbsp;&copy;&#x202e;&lt;b&gt;"),
        "ngoac": ("[" * 1_500 + " lời " + "[a](" * 400, "[" * 50),
        "lien": ("W" * 2_000, "W" * 25),
        "dao": ("Lời\x00 văn\x08 \u202eđảo\u202c \u200bkhông.", "Lời văn đảo không."),
    }


TOO_DEEP = {
    "danh-sach": "\n".join("  " * step + f"- mục {step}" for step in range(200)),
    "trich": ">" * 500 + " sâu",
    "sao": "*" * 900 + "x" + "*" * 900,
    "tron": "> - " * 40 + "sâu",
}
#: What no line can be broken in: no space, no-break spaces, spaces where typography forbids a break.
ONE_WORD = {"mot-tu": "W" * 40_000, "dinh": "W\u00a0" * 9_000, "mo": "[ " * 20_000}


@pytest.fixture(scope="module")
def papers(tmp_path_factory, cell, bait):
    office = small_office(tmp_path_factory.mktemp("papers") / "office")
    texts = {name: text for name, (text, _) in texts_for(url_of(bait)).items()}
    for name, text in (texts | TOO_DEEP | ONE_WORD).items():
        record = {"loai": "thong-bao", "trich_yeu": f"về việc {name}", "noi_dung": text}
        drop(office, VAN_BAN, f"{name}.json", dump(record))
    drop(office, VAN_BAN, "o-khac.json", dump(OTHER_FIELDS))
    return office, ends_of(office, cell)


OTHER_FIELDS = {
    "loai": "thong-bao",
    "trich_yeu": '../../x & <b>"CON"</b> {{ 7*7 }}',
    "can_cu": ["{% x %} & <i>"],
    "kinh_gui": ["=1+1", "<b>A</b> & B"],
    "noi_nhan": ["@x", "\u202enhư trên"],
    "noi_dung": "Lời.",
}


@pytest.mark.parametrize("name", texts_for(""))
def test_running_text_is_words_and_never_markup_of_the_web(papers, bait, name):
    _, ends = papers
    end = ends[f"{name}.json"]

    words = texts_for(url_of(bait))[name][1]
    assert end.first.status == "indexed", end.first.message
    assert squeezed(words) in squeezed(end.pdf)
    assert squeezed(words) in squeezed(end.docx)
    assert end.links == ()


@pytest.mark.parametrize("name", TOO_DEEP)
def test_text_nested_beyond_reading_is_refused_and_not_cut_short(papers, name):
    _, ends = papers
    end = ends[f"{name}.json"]

    assert (end.first.status, end.first.code) == ("returned", "R122")
    assert end.first.message.startswith("Cột «Nội dung văn bản»")
    assert REMEDY.search(end.first.message)
    assert "\n" not in end.first.message


@pytest.mark.parametrize("name", ONE_WORD)
def test_a_word_that_no_line_can_hold_is_refused_before_a_number(papers, name):
    _, ends = papers
    end = ends[f"{name}.json"]

    assert (end.first.status, end.first.code) == ("returned", "R123")
    assert "ký tự viết liền" in end.first.message
    assert REMEDY.search(end.first.message)
    assert end.first.message.startswith("Cột «Nội dung văn bản»")


def test_every_other_field_of_a_paper_is_printed_as_written(papers):
    _, ends = papers
    end = ends["o-khac.json"]

    assert end.first.status == "indexed"
    for medium in (end.pdf, end.docx):
        for words in (OTHER_FIELDS["trich_yeu"], "{% x %} & <i>", "=1+1", "<b>A</b> & B", "@x"):
            assert squeezed(words) in squeezed(medium)
        assert "như trên" in medium
        assert "\u202e" not in medium


def test_no_paper_calls_out_and_nothing_of_another_file_comes_in(papers, bait, cell):
    office, ends = papers

    with pytest.raises(BlockingIOError):
        bait.accept()
    assert not [name for name, end in ends.items() if "root:x:0" in end.pdf + end.docx]
    assert lying(office) == []
    with opened(office, cell) as app:
        assert unsound(app) == []


def test_a_very_long_text_gets_the_time_its_pages_take(tmp_path, cell):
    """The limit is for a sheet; hundreds of pages are no sheet that hangs."""
    office = small_office(tmp_path / "office", render_seconds=8)
    text = ("Đoạn văn dài của quy định về một việc nào đó. " * 25 + "\n\n") * 260
    record = {"loai": "quy-dinh", "trich_yeu": "về việc dài", "noi_dung": text}
    drop(office, VAN_BAN, "dai.json", dump(record))

    (outcome,) = process_here(office, cell)

    assert (outcome.status, outcome.reference) == ("indexed", None), outcome.message


# --- files ---


def workbook(tmp_path, *people):
    return write_sheet(tmp_path / "nguon.xlsx", list(people)).read_bytes()


def repacked(content, change):
    """The zip with its members changed by *change*."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    change(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def with_entities(head):
    def change(members):
        sheet = "xl/worksheets/sheet1.xml"
        body = members[sheet]
        members[sheet] = head + body[body.find(b"<worksheet") :].replace(b"<v>0</v>", b"<v>&a;</v>")

    return change


def with_outside_link(members):
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    members["xl/externalLinks/externalLink1.xml"] = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{office}"><externalBook r:id="rId1"/></externalLink>'
    ).encode()
    members["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/externalLinkPath" '
        'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    ).encode()
    rels = "xl/_rels/workbook.xml.rels"
    members[rels] = members[rels].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdX" Type="{office}/externalLink" '
        'Target="externalLinks/externalLink1.xml"/></Relationships>'.encode(),
    )
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(
        b"</sheets>",
        f'</sheets><externalReferences xmlns:r="{office}"><externalReference r:id="rIdX"/>'
        "</externalReferences>".encode(),
    )
    members["../../../ngoai.txt"] = b"x"
    members["xl/vbaProject.bin"] = b"x"


def formulas(tmp_path):
    """Cells whose text begins like a formula, as text; and one true formula without a value."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(tmp_path, person(470), person(471))))
    sheet = book.active
    sheet["A2"].value, sheet["A2"].data_type = "=1+1", "s"
    sheet["E2"].value, sheet["E2"].data_type = "@SUM(1)", "s"
    sheet["C3"] = '=HYPERLINK("http://127.0.0.1/","x")'
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY b "lol"><!ENTITY a "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FILES = {
    "hai-lan.json": ('{"ho_ten": "A B",\n "ho_ten": "C D"}', "R157", "dòng 2"),
    "nan.json": ('{"so_to": NaN}', "R158", "NaN"),
    "vo-cung.json": ('{"so_to": 1e999}', "R158", "1e999"),
    "khong-lo.json": ('{"so_to": ' + "9" * 6000 + "}", "R158", "dòng 1"),
    "sau.json": ("[" * 100_000, "R159", "tầng"),
    "thua.json": ('{"ho_ten": "A B"} x', "R156", "dòng 1"),
    "chu.json": ('"x"', "R161", "bản ghi"),
    "rong.json": ("[]", "R155", "bản ghi"),
    "pdf.json": ("%PDF-1.4", "R156", "dòng 1"),
    "neo.yaml": ('a: &a ["x"]\nb: &b [*a,*a,*a]\nho_ten: *b\n', "R160", "Dòng 1"),
    "the.yaml": ('ho_ten: !!python/object/apply:os.system ["touch x"]\n', "R160", "!!python"),
    "hai-khoa.yaml": ("ho_ten: A B\nho_ten: C D\n", "R157", "dòng 2"),
    "day.yaml": ("ho_ten: " + "[" * 5000 + "\n", "R159", "tầng"),
    "anh.csv": (b"\x89PNG\r\n\x1a\n\0\0", "R167", "Unicode"),
    "chuong-trinh.xlsx": (b"MZ\x90\x00", "R151", ".xlsx"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory, cell):
    tmp_path = tmp_path_factory.mktemp("files")
    office = small_office(tmp_path / "kho" / "office")
    for name, (content, *_) in FILES.items():
        drop(office, GIOI_THIEU, name, content if isinstance(content, bytes) else content.encode())
    plain = workbook(tmp_path, person(460), person(461))
    drop(office, GIOI_THIEU, "no.xlsx", repacked(plain, with_entities(BOMB)))
    drop(office, GIOI_THIEU, "doc-trom.xlsx", repacked(plain, with_entities(OUTSIDE)))
    drop(office, GIOI_THIEU, "bom.xlsx", zip_bomb())
    drop(office, GIOI_THIEU, "lien-ket.xlsx", repacked(plain, with_outside_link))
    drop(office, GIOI_THIEU, "cong-thuc.xlsx", formulas(tmp_path))
    people = [person(480), 5, person(481, ho_ten="Lò \ud800 Văn"), person(482), None, person(483)]
    drop(office, GIOI_THIEU, "lan.json", dump(people, ascii_only=True))
    drop(office, GIOI_THIEU, "so-khong.yaml", yaml_of(person(484, so_the_dang_vien="012345")))
    return office, ends_of(office, cell)


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "x")
        with package.open("xl/workbook.xml", "w", force_zip64=True) as member:
            for _ in range(500):
                member.write(b" " * (1 << 20))
    return out.getvalue()


def yaml_of(record):
    return "".join(f"{name}: {value}\n" for name, value in record.items()).encode()


@pytest.mark.parametrize("name", FILES)
def test_a_tricky_file_goes_back_with_place_and_remedy(files, name):
    _, ends = files
    end = ends[name]

    _, code, named = FILES[name]
    assert (end.first.status, end.first.code) == ("returned", code)
    assert named in end.first.message
    assert REMEDY.search(end.first.message)


@pytest.mark.parametrize("name", ["no.xlsx", "doc-trom.xlsx", "bom.xlsx"])
def test_a_workbook_that_would_burst_or_read_other_files_goes_back(files, name):
    _, ends = files

    assert ends[name].first.status == "returned"
    assert ends[name].first.code in {"R150", "R152"}
    assert "root:" not in ends[name].first.message


def test_a_workbook_with_links_outside_is_read_for_its_cells_alone(files):
    office, ends = files

    assert [one.status for one in ends["lien-ket.xlsx"].outcomes] == ["indexed", "indexed"]
    assert not list(office.root.parent.parent.rglob("ngoai.txt"))


def test_text_that_begins_like_a_formula_stays_text_in_the_answer(files):
    office, ends = files
    text, formula = ends["cong-thuc.xlsx"].outcomes

    assert (text.status, formula.status, formula.code) == ("indexed", "returned", "R162")
    assert "C3" in formula.message
    answers = list(inbox(office).rglob("cong-thuc.xlsx"))
    assert len(answers) == 2
    for path in answers:
        sheet = openpyxl.load_workbook(path).active
        kinds = {c.coordinate: c.data_type for row in sheet.iter_rows() for c in row}
        # hers stays hers; no other cell has become one
        assert [at for at, kind in kinds.items() if kind == "f"] == ["C3"]
        assert sheet["A2"].value == "=1+1"


def test_neighbours_of_bad_records_in_one_list_go_on(files):
    _, ends = files
    found = [(one.record, one.status, one.code) for one in ends["lan.json"].outcomes]

    assert found == [
        (1, "indexed", None),
        (2, "returned", "R161"),
        (3, "returned", "R120"),
        (4, "indexed", None),
        (5, "returned", "R161"),
        (6, "indexed", None),
    ]
    assert "Bản ghi thứ 3, cột «Họ và tên»" in ends["lan.json"].outcomes[2].message


def test_yaml_keeps_the_zeros_that_were_written(files):
    _, ends = files

    assert ends["so-khong.yaml"].first.status == "indexed"
    assert "012345" in ends["so-khong.yaml"].pdf


def test_of_all_the_files_nothing_is_lost(files, cell):
    office, ends = files

    assert len(ends) == len(FILES) + 7
    assert lying(office) == []
    for name in FILES:
        assert name in returned(office)
    with opened(office, cell) as app:
        assert unsound(app) == []
