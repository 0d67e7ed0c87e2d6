"""What a person sent, kept and dropped is hers by her account, whatever she is called; and a name opens nothing to another."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from office_kit import make_office, process_here, small_office
from registers_kit import drop as drop_row
from web_kit import served, text_of

from pipeline.person_names import account_in, actor_name, is_same_person, owner_key
from pipeline.roles import Role
from pipeline.saved_searches import kept_of
from pipeline.stores.registers.people import People
from pipeline.stores.registers.progress import Drops
from pipeline.stores.registers.tokens import Tokens
from pipeline.stores.registers.uploads import Uploads
from pipeline.stores.search.values import Rights
from pipeline.visible import may_see

SENT = "của hoa.json"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return small_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def web(office, cell):
    """Hoa sent a file and kept a search; then she got another name, and somebody else hers."""
    with served(office, cell) as web:
        for account in ("hoa", "hoa.khac"):
            web.person(account, Role.CHUYEN_VIEN)
        send(web, "hoa")
        web.post("/tra-cuu/luu/", {"ten": "việc của hoa", "cau": "q=giới"}, account="hoa")
        people = People(web.app.registers.db, web.app.clock)
        people.change("hoa", "thử", full_name="Trần Thị Hoa")
        people.change("hoa.khac", "thử", full_name="Người hoa")
        yield web


def send(web, account):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile(SENT, json.dumps({"ho_ten": "thiếu"}).encode())
    sent = web.post("/dang-xu-ly/gui/", {"kind": "gioi-thieu", "files": file}, account=account)
    assert sent.status_code == 302


def asked_by_program(web, account, address):
    from django.test import Client

    _, code = Tokens(web.app.registers.db, web.app.clock).add(account, "thử", "thử")
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {code}"})
    return client.get(address).status_code


def test_what_she_sent_is_hers_before_and_after_it_is_taken_in(web, office, cell):
    from pipeline.web.api.dropping import status_url

    (upload,) = Uploads(web.app.registers.db).recent(
        "Người hoa (hoa)", web.app.clock.now() - timedelta(hours=1)
    )
    for step in ("lying", "taken"):
        if step == "taken":
            process_here(office, cell)
        assert SENT in text_of(web.get("/dang-xu-ly/", account="hoa")), step
        assert SENT not in text_of(web.get("/dang-xu-ly/", account="hoa.khac")), step
        address = status_url(upload.id)
        assert asked_by_program(web, "hoa", address) == 200, step
        assert asked_by_program(web, "hoa.khac", address) == 404, step
    receipt = Uploads(web.app.registers.db).get(upload.id).receipt_id
    assert web.get(f"/dang-xu-ly/{receipt}/", account="hoa").status_code == 200
    assert web.get(f"/dang-xu-ly/{receipt}/", account="hoa.khac").status_code == 404
    assert SENT in text_of(web.get("/", account="hoa"))
    assert SENT not in text_of(web.get("/", account="hoa.khac"))


def test_what_she_keeps_is_hers(web):
    assert "việc của hoa" in text_of(web.get("/tra-cuu/", account="hoa"))
    assert "việc của hoa" not in text_of(web.get("/tra-cuu/", account="hoa.khac"))
    assert [one.name for one in kept_of("Trần Thị Hoa (hoa)", web.app)] == ["việc của hoa"]
    forgotten = web.post("/tra-cuu/bo/", {"ten": "việc của hoa"}, account="hoa.khac")
    assert forgotten.status_code == 302
    assert kept_of("Người hoa (hoa)", web.app)


def test_her_drop_of_a_kind_hidden_from_her_role_stays_hers_under_another_name(tmp_path, cell):
    with served(make_office(tmp_path, xem={"gioi-thieu": ["van-thu"]}), cell) as web:
        for account in ("hoa", "hoa.khac"):
            web.person(account, Role.CHUYEN_VIEN)
        receipt_id, _ = drop_row(web.app.registers, ["Lò Thị Mây"], owner="Tên cũ (hoa)")

        assert receipt_id in text_of(web.get("/dang-xu-ly/", account="hoa"))
        assert web.get(f"/dang-xu-ly/{receipt_id}/", account="hoa").status_code == 200
        assert receipt_id not in text_of(web.get("/dang-xu-ly/", account="hoa.khac"))


def test_a_draft_is_seen_by_its_owner_alone_whatever_she_is_called(web):
    from pipeline.record import LegalState

    class Draft:
        kind, number, facts, legal_state = "van-ban", None, None, LegalState.DU_THAO

    def sees(name):
        return may_see(Draft, Rights(hides_drafts=True, owner=name), owner="Người hoa (hoa)")

    assert sees("Trần Thị Hoa (hoa)")
    assert not sees("Người hoa (hoa.khac)")
    assert not sees("Người hoa")


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Nguyễn Thị Hoa (hoa)", "hoa"),
        ("Kẻ giả (hoa) (ke-gia)", "ke-gia"),
        ("nguoi-dung:hoa", ""),
        ("Hoa (Ban Tổ chức)", ""),
        ("(hoa)", ""),
    ],
)
def test_the_account_in_a_name_is_the_one_at_its_end(name, account):
    assert account_in(name) == account
    assert owner_key(name) == (f"tai-khoan:{account}" if account else name)


def test_the_longest_names_still_end_in_their_account():
    name = actor_name("Ờ" * 150, "h" * 50)

    assert len(name) == 150
    assert is_same_person(name, actor_name("Hoa", "h" * 50))


def test_what_was_there_before_is_carried_over(tmp_path, cell):
    from pipeline.stores.registers.models import KeptSearch, Upload

    with served(small_office(tmp_path), cell) as web:
        db, now = web.app.registers.db, web.app.clock.now()
        tables = {"database": db.alias, "verbosity": 0}
        Upload(
            id="0" * 26, kind="x", path="a", inode=1, size_bytes=1, person="Hoa (hoa)", at=now
        ).save(using=db.alias, force_insert=True)
        for person, query, days in (
            ("Hoa cũ (hoa)", "q=cũ", 2),
            ("Hoa (hoa)", "q=mới", 1),
            ("nguoi-dung:hoa", "q=máy", 3),
        ):
            at = now - timedelta(days=days)
            KeptSearch(person=person, name="Họp", name_key="hop", query=query, kept_at=at).save(
                using=db.alias
            )
        receipt_id, _ = drop_row(web.app.registers, ["Lò Thị Mây"], owner="Hoa cũ (hoa)")
        call_command("migrate", "registers", "0016", **tables)
        call_command("migrate", "registers", **tables)

        assert [one.id for one in Uploads(db).recent("Hoa (hoa)", now - timedelta(days=1))] == [
            "0" * 26
        ]
        assert [one.id for one in Drops(db).newest(owner="Hoa (hoa)", limit=9)] == [receipt_id]
        found = {one.person: one.query for one in db.rows(KeptSearch)}
        assert found == {"tai-khoan:hoa": "q=mới", "nguoi-dung:hoa": "q=máy"}
