"""Whatever anybody typed is text on every page: names, files, records, errors, addresses.

The pages are those of the table of routes; a parameter of an address that is new needs a line in ``args``.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from helpers import example, make_office
from office_kit import (
    VAN_BAN_DEN,
    drop,
    drop_json,
    drop_sheet,
    letter,
    paper_bytes,
    person,
    process_here,
)
from web_kit import PASSWORD, a_person, served
from web_routes import pages

from pipeline.roles import Role
from pipeline.stores.registers.people import People

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
BOTH = f"{SCRIPT} {IMAGE}"
ESCAPED = "&lt;script&gt;alert(1)"
ACCOUNT = "ke-nghich"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    root = tmp_path_factory.mktemp("office")
    given = {"sidecar_wait_s": 0.0, "quiet_s": 0.0, "free_disk_bytes": 1 << 20}
    office = make_office(root, gioi_han=given, ten=f"Văn phòng {BOTH}")
    office.inbox_dir.mkdir()
    drop_sheet(
        office,
        f"danh sách {IMAGE}.xlsx",
        [
            person(601, noi_cu_tru_xa=f"xã {SCRIPT}", chi_bo=f"Chi bộ {IMAGE}"),
            person(602, ngay_sinh=BOTH),
        ],
    )
    typed = {"trich_yeu": f"về việc {BOTH}", "noi_nhan": [f"Chi bộ {BOTH}"]}
    draft = example("van-ban", "cong-van-mot-noi") | typed
    drop_json(office, f"{IMAGE}.json", draft, "van-ban")
    drop(office, VAN_BAN_DEN, "cv7.pdf", paper_bytes(root, "Cong van", "<script>alert(1)</script>"))
    told = letter(7, trich_yeu=f"về {BOTH}", co_quan_ban_hanh=f"Ban {BOTH}", loai=f"Loại {IMAGE}")
    drop_json(office, "cv7.json", told, VAN_BAN_DEN)
    drop(office, VAN_BAN_DEN, f"không phải PDF {IMAGE}.pdf", b"%PDF-1.4 " + SCRIPT.encode())
    process_here(office, cell)
    # Lies in the inbox while the pages are asked for.
    drop(office, VAN_BAN_DEN, f"đang chờ {IMAGE}.pdf", paper_bytes(root, "Doi"))
    with served(office, cell) as web:
        people = People(web.app.registers.db, web.app.clock)
        people.add(a_person(ACCOUNT, Role.QUAN_TRI, BOTH), BOTH)
        people.set_password(ACCOUNT, PASSWORD, BOTH)
        yield web


@pytest.fixture(scope="module")
def args(web):
    """Every value that a parameter of an address may have here."""
    whole = list(web.app.registers.dump())
    papers = [one.id for piece in whole for one in piece.documents]
    for paper_id in papers:
        web.app.registers.journal_append("file-taken", f"{BOTH} (x)", paper_id, {"reason": BOTH})
    _, token = People(web.app.registers.db, web.app.clock).entry_token(ACCOUNT)
    return {
        "document_id": papers,
        "receipt_id": [one.id for piece in whole for one in piece.receipts],
        "name": ["di", "den", "sao", quote(BOTH, safe="")],
        "account": [ACCOUNT, quote(IMAGE, safe="")],
        "token": [token, "x-1"],
        "kind": ["gioi-thieu", "van-ban", quote(IMAGE, safe="")],
        "draft_id": ["khong-co", quote(IMAGE, safe="")],
        "job": ["zzzz", quote(BOTH, safe="")],
        "errand_id": ["khong-co", quote(IMAGE, safe="")],
        "version": [1],
        "number": [1],
        "what": ["pdf", quote(SCRIPT, safe="")],
        "form": ["csv", quote(SCRIPT, safe="")],
    }


class Programs(HTMLParser):
    """What of a page a browser would run that stands in no file of ours."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "script" and not (names.get("src") or "").startswith("/tinh/"):
            self.found.append(self.get_starttag_text())
        if tag == "img" and names.get("src") == "x":
            self.found.append(self.get_starttag_text())
        if any(name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text())
        links = [names.get("href") or "", names.get("action") or "", names.get("src") or ""]
        if any(link.strip().lower().startswith(("javascript:", "data:")) for link in links):
            self.found.append(self.get_starttag_text())


def programs_in(response):
    if response.streaming or not response["Content-Type"].startswith("text/html"):
        return []
    reader = Programs()
    reader.feed(response.content.decode())
    return reader.found


def addresses(args):
    """Every address of a page that may be got, with each value of each of its parameters at least once."""
    for door in pages():
        if "GET" not in door.methods:
            continue
        values = [args[name] for name in door.parameters]
        for index in range(max(map(len, values), default=1)):
            picked = {
                name: one[index % len(one)]
                for name, one in zip(door.parameters, values, strict=True)
            }
            yield door.filled(picked)


def asked(address):
    """The address alone, and with everything typed into it that the pages read."""
    names = ("q", "loai", "so", "co-quan", "nguoi-ky", "noi-o", "dan", "cum", "khong", "tu", "den")
    more = ("nam", "xep", "nhiem-ky", "ky-hieu", "truoc", "next", "net", "moi-trang", "tu-thu")
    yield address
    yield f"{address}?{'&'.join(f'{name}={quote(BOTH)}' for name in (*names, *more))}"
    yield f"{address}?q={quote(SCRIPT)}"


def test_no_page_runs_what_was_typed(web, args):
    wrong, escaped, count = [], set(), 0
    for address in addresses(args):
        for one in asked(address):
            for headers in ({}, {"HX-Request": "true"}):
                response = web.get(one, ACCOUNT, headers=headers)
                count += 1
                assert response.status_code < 500, one
                if found := programs_in(response):
                    wrong.append(f"{one}: {found}")
                if not response.streaming and ESCAPED in response.content.decode(errors="replace"):
                    escaped.add(address.split("/")[1])

    assert wrong == []
    # The typed text really came as far as these.
    assert {"", "tra-cuu", "van-ban", "dang-xu-ly", "so"} <= escaped
    assert count > 60


def test_no_answer_to_a_form_runs_what_was_typed(web, args):
    answered = [
        web.post("/vao/", {"account": BOTH, "password": BOTH, "next": BOTH}, account=""),
        web.get(f"/vao/?next={quote(BOTH)}", account=""),
        web.post("/xac-thuc/", {"code": BOTH}, account=""),
        web.post("/mat-khau/", {"old": BOTH, "password": BOTH, "again": BOTH}, account=ACCOUNT),
        web.post("/dang-xu-ly/gui/", {"kind": BOTH}, account=ACCOUNT, follow=True),
        web.get(f"/{quote(BOTH)}/", account=ACCOUNT),
        web.get(f"/{quote(BOTH)}/", account=""),
    ]

    assert [found for one in answered if (found := programs_in(one))] == []
    assert any(ESCAPED in one.content.decode() for one in answered)


def test_the_reader_of_pages_sees_what_a_browser_would_run(web):
    from django.http import HttpResponse

    found = programs_in(HttpResponse(f"<p>{BOTH}</p><a href='javascript:x'><b onclick='x'>"))

    assert found[0] == "<script>"
    assert found[-2:] == ["<a href='javascript:x'>", "<b onclick='x'>"]
