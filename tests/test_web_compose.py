"""Soạn: forms made from a kind's schema, checked as one types, kept for their person alone, sent like a drop."""

from __future__ import annotations

import html
import json
import re

import pytest
from office_kit import small_office
from web_kit import served, text_of

from pipeline.process_once import process_inbox
from pipeline.stores.registers.composed import Composing

NAMED = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    office = small_office(tmp_path_factory.mktemp("office"))
    with served(office, cell) as web:
        yield web


def begun(web, kind, account="van-thu", query=""):
    """The address of a new form."""
    asked = web.get(f"/van-ban-di/soan/{kind}/{query}", account=account)
    assert asked.status_code == 302
    return asked["Location"]


def fields_of(record, prefix="f"):
    """A record as the browser sends the form of it."""
    sent = {}
    for name, value in record.items() if isinstance(record, dict) else enumerate(record):
        if isinstance(value, (dict, list)):
            sent |= fields_of(value, f"{prefix}.{name}")
        else:
            sent[f"{prefix}.{name}"] = value
    return sent


def notice(number, **more):
    """A thông báo as a person types it."""
    return {
        "loai": "thong-bao",
        "trich_yeu": f"về lịch họp giao ban đợt {number}",
        "noi_dung": "Văn phòng thông báo lịch họp giao ban.\n\n1. Họp lúc 8 giờ.\n2. Họp tại hội trường.",
        "noi_nhan": ["Các phòng, đơn vị", ""],
        **more,
    }


def lying(web, kind):
    return [
        json.loads(path.read_text()) for path in (web.app.office.inbox_dir / kind).glob("*.json")
    ]


def typed_in(page, name):
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else None


def test_every_kind_made_from_a_record_has_a_form_of_its_schema(web):
    page = text_of(web.get("/van-ban-di/"))

    for kind in web.app.kinds.values():
        is_offered = f'/van-ban-di/soan/{kind.name}/"' in page
        assert is_offered is (kind.source == "record")
        if is_offered:
            form = text_of(web.get(begun(web, kind.name)))
            own = [item for item in kind.properties if item.own]
            assert own
            assert all(html.escape(item.title) in form for item in own)
    assert web.get("/van-ban-di/soan/van-ban-den/").status_code == 404


def test_a_paper_goes_the_whole_way_from_the_form_to_the_reader(web):
    address = begun(web, "van-ban")
    sent = fields_of(notice(1, ngay=""))
    looked = web.post(address, sent | {"viec": "xem"})
    look = text_of(web.get(looked["Location"]))
    pdf = web.get(f"{address}du-thao.pdf")
    posted = web.post(address, sent | {"viec": "gui"})

    assert looked["Location"] == f"{address}xem/"
    assert f'data="{address}du-thao.pdf"' in look
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"].startswith("inline")
    assert pdf.content.startswith(b"%PDF")
    assert posted["Location"] == "/dang-xu-ly/"
    assert "Đã gửi «về lịch họp giao ban đợt 1" in text_of(web.get("/dang-xu-ly/"))
    assert Composing(web.app.registers.db, web.app.clock).of("Người van-thu (van-thu)") == []

    list(process_inbox(web.app, workers=1))

    (draft,) = [one for one in web.app.registers.waiting() if one.kind == "van-ban"]
    assert draft.record["noi_nhan"] == ["Các phòng, đơn vị"]
    assert web.app.registers.receipt(draft.receipt_id).owner == "Người van-thu (van-thu)"
    assert "về lịch họp giao ban đợt 1" in text_of(web.get("/van-ban-di/"))
