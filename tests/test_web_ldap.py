"""Coming in by the office's directory: a real OpenLDAP over TLS, people of it, roles by its groups, and a directory that fails."""

from __future__ import annotations

import base64
import itertools
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from office_kit import run, small_office
from slapd import BASE, READER, SECRET, running_slapd, write_authority
from web_kit import PASSWORD, served, text_of

from pipeline.config import load_office
from pipeline.directory import refuse_if_unready
from pipeline.errors.directory import (
    DirectoryAuthorityMissing,
    DirectoryLibraryMissing,
    DirectorySecretWrong,
    PasswordElsewhere,
)
from pipeline.errors.office import OfficeInvalid
from pipeline.roles import Role
from pipeline.stores.registers.people import People

THEIRS = "mat-khau-danh-ba-9"
PEOPLE = f"ou=nguoi,{BASE}"
GROUPS = f"ou=nhom,{BASE}"
NOBODY = "không đúng"
PLACES = itertools.count(1)


def b64(text):
    """A value with Vietnamese letters, as LDIF wants it."""
    return ": " + base64.b64encode(text.encode()).decode()


def add_person(directory, account, name=""):
    directory.add(
        f"uid={account},{PEOPLE}",
        objectClass="user",
        uid=account,
        sAMAccountName=account,
        cn=account,
        sn=account,
        displayName=name or f"Nguoi {account}",
        userPassword=THEIRS,
    )


@pytest.fixture(scope="module")
def directory():
    with running_slapd() as server:
        for folder in (PEOPLE, GROUPS):
            server.add(folder, objectClass="organizationalUnit")
        for account in ("hoa.nt", "binh", "khong-nhom", "van-thu", "nghi-viec", "nhieu-lan"):
            add_person(server, account)
        members = [f"uid={one},{PEOPLE}" for one in ("hoa.nt", "nghi-viec", "van-thu", "nhieu-lan")]
        server.add(f"cn=VanThu,{GROUPS}", objectClass="group", member=members)
        server.add(f"cn=Nho,{GROUPS}", objectClass="group", member=f"uid=binh,{PEOPLE}")
        server.add(f"cn=TraCuu,{GROUPS}", objectClass="group", member=f"cn=Nho,{GROUPS}")
        yield server


def section(directory, root, **more):
    """``[dang_nhap_ldap]`` as an office with Active Directory writes it."""
    secret = root / "ldap.mat-khau"
    root.mkdir(parents=True, exist_ok=True)
    secret.write_text(SECRET + "\n", encoding="utf-8")
    secret.chmod(0o640)
    return {
        "may_chu": [directory.ldaps],
        "tep_ca": str(directory.authority),
        "goc": BASE,
        "tim_nguoi": "(&(objectClass=user)(sAMAccountName={tai_khoan}))",
        "tai_khoan_doc": READER,
        "tep_mat_khau": "ldap.mat-khau",
        "cho_giay": 2,
        "vai_tro": {
            # Spaces and case of a name do not count.
            "van-thu": [f"CN=vanthu, {GROUPS}"],
            "tra-cuu": [f"cn=TraCuu,{GROUPS}"],
        },
        **more,
    }


def office_of(directory, root, **more):
    told = section(directory, root, **more)
    small_office(root)
    with (root / "vanthu.toml").open("a", encoding="utf-8") as file:
        from helpers import to_toml

        file.write(to_toml({"dang_nhap_ldap": told}))
    return load_office(root)


@pytest.fixture(scope="module")
def web(directory, tmp_path_factory, cell):
    with served(office_of(directory, tmp_path_factory.mktemp("office")), cell) as web:
        yield web


@contextmanager
def pointed(web, **changes):
    """The same office with another directory."""
    from pipeline.web import office as serving

    shown = serving.served()
    before = shown.app
    profile = replace(before.office.directory, **changes)
    shown.app = replace(before, office=replace(before.office, directory=profile))
    try:
        yield
    finally:
        shown.app = before


def come(account, password=THEIRS, place=""):
    """A browser and what it is answered; each from a place of its own, so that no test locks another out."""
    from django.test import Client

    place = place or f"10.1.0.{next(PLACES)}"
    browser = Client(
        headers={"host": "localhost"}, raise_request_exception=False, REMOTE_ADDR=place
    )
    return browser, browser.post("/vao/", {"account": account, "password": password})


def people_of(web):
    return People(web.app.registers.db, web.app.clock)


def test_who_comes_the_first_time_is_made_with_the_role_of_the_group(web, directory):
    dn = f"uid=hoa.nt,{PEOPLE}"
    directory.change(dn, "replace: displayName", f"displayName:{b64('Nguyễn Thị Hoa')}")
    browser, came = come("HOA.NT")
    person = people_of(web).get("hoa.nt")

    assert came.status_code == 302, text_of(came)
    assert browser.get("/").status_code == 200
    assert (person.full_name, person.role) == ("Nguyễn Thị Hoa", Role.VAN_THU)
    assert (person.is_from_directory, person.has_password) == (True, False)
    journal = [line for _, line in web.app.registers.journal_unsealed(1000)]
    lines = [one for one in journal if one.data.get("account") == "hoa.nt"]
    assert [one.deed for one in lines] == ["person-added"]
    assert lines[0].data["by"] == "directory"


def test_a_group_in_a_group_gives_its_role_too(web):
    assert come("binh")[1].status_code == 302
    assert people_of(web).get("binh").role is Role.TRA_CUU


def test_the_role_follows_the_groups_and_the_account_stays_closed_here(web, directory):
    come("nghi-viec")
    group, member = f"cn=VanThu,{GROUPS}", f"member: uid=nghi-viec,{PEOPLE}"
    directory.change(group, "delete: member", member)
    refused = come("nghi-viec")[1]
    directory.change(f"cn=TraCuu,{GROUPS}", "add: member", member)
    again = come("nghi-viec")[1]
    role = people_of(web).get("nghi-viec").role
    people_of(web).change("nghi-viec", "thử", is_active=False)
    closed = come("nghi-viec")[1]

    assert refused.status_code == 401
    assert "R391" in text_of(refused)
    assert again.status_code == 302
    assert role is Role.TRA_CUU
    assert closed.status_code == 401
    assert not people_of(web).get("nghi-viec").is_active


def test_who_has_no_group_is_told_so_and_not_made(web):
    told = text_of(come("khong-nhom")[1])

    assert "R391" in told
    assert "khong-nhom" not in [one.account for one in people_of(web).all()]


def test_a_wrong_password_and_an_unknown_name_are_one_sentence(web):
    wrong, unknown = come("hoa.nt", "sai-mat-khau")[1], come("khong-co-ai")[1]

    assert wrong.status_code == unknown.status_code == 401
    assert NOBODY in text_of(wrong)
    assert NOBODY in text_of(unknown)


def test_an_empty_password_is_no_password(web):
    """A bind with a name and no password is what servers call unauthenticated, and a success."""
    from pipeline.web.directory import look_up

    assert come("hoa.nt", "")[1].status_code == 401
    assert look_up("hoa.nt", "", web.app.office.root, web.app.office.directory) is None


@pytest.mark.parametrize(
    "typed", ["*)(uid=*", "hoa*", "*", "hoa.nt)(objectClass=*", "hoa.nt,ou=nguoi", "hoa\x00nt"]
)
def test_an_account_is_never_part_of_a_filter_or_of_a_name(web, typed):
    from pipeline.web.directory import look_up

    named = replace(web.app.office.directory, user_filter="", user_dn=f"uid={{tai_khoan}},{PEOPLE}")

    assert NOBODY in text_of(come(typed)[1])
    # As if nothing stood before it.
    assert look_up(typed, THEIRS, web.app.office.root, web.app.office.directory) is None
    assert look_up(typed, THEIRS, web.app.office.root, named) is None


def test_an_account_of_our_own_is_not_taken_over_by_a_name_of_the_directory(web):
    told = text_of(come("van-thu")[1])

    assert "R392" in told
    assert come("van-thu", PASSWORD)[1].status_code == 302
    assert not people_of(web).get("van-thu").is_from_directory


def test_many_wrong_passwords_lock_a_name_of_the_directory_too(web):
    for _ in range(7):
        last = come("nhieu-lan", "sai-mat-khau", "10.2.0.1")[1]

    assert last.status_code == 429
    assert come("nhieu-lan", THEIRS, "10.2.0.1")[1].status_code == 429


def test_passwords_of_the_directory_are_changed_there(web):
    browser = come("hoa.nt")[0]
    asked = text_of(browser.get("/mat-khau/"))
    page = text_of(web.get("/quan-tri/nguoi/hoa.nt/", account="quan-tri"))
    link = web.post("/quan-tri/nguoi/hoa.nt/", {"lam": "duong-dan"}, account="quan-tri")

    assert "R393" in asked
    assert "danh bạ" in page
    assert "Lập đường dẫn" not in page
    assert "R393" in text_of(link)
    with pytest.raises(PasswordElsewhere):
        people_of(web).set_password("hoa.nt", PASSWORD, "thử")


def test_a_directory_that_is_down_is_told_alike_for_every_name_and_our_own_come_in(web):
    with pointed(web, servers=(f"ldaps://127.0.0.1:{unused_port()}",)):
        told = {name: come(name)[1] for name in ("hoa.nt", "khong-co-ai", "quan-tri")}
        ours = come("quan-tri", PASSWORD)[1]

    assert {one.status_code for one in told.values()} == {401}
    assert all("R390" in text_of(one) for one in told.values())
    assert ours.status_code == 302


def test_tries_while_the_directory_is_down_are_counted(web):
    with pointed(web, servers=(f"ldaps://127.0.0.1:{unused_port()}",)):
        for _ in range(7):
            last = come("dang-do", "sai-mat-khau", "10.2.0.2")[1]

    assert last.status_code == 429


def test_a_directory_that_says_nothing_is_waited_for_no_longer_than_told(web):
    with silent_server() as port, pointed(web, servers=(f"ldaps://127.0.0.1:{port}",), timeout_s=1):
        began = time.monotonic()
        told = come("hoa.nt")[1]
        took = time.monotonic() - began

    assert "R390" in text_of(told)
    assert took < 20


def test_a_server_that_nobody_vouches_for_gets_no_password(web, tmp_path):
    write_authority(tmp_path / "khac.pem", "To chuc khac")
    with pointed(web, ca_file=str(tmp_path / "khac.pem")):
        told = text_of(come("hoa.nt")[1])

    assert "R390" in told


def test_starttls_is_demanded(web, directory):
    with pointed(web, servers=(directory.plain,), has_starttls=True):
        assert come("hoa.nt")[1].status_code == 302
    with (
        plain_server() as (port, heard),
        pointed(web, servers=(f"ldap://127.0.0.1:{port}",), has_starttls=True),
    ):
        told = text_of(come("hoa.nt")[1])

    assert "R390" in told
    assert SECRET.encode() not in bytes(heard)
    assert THEIRS.encode() not in bytes(heard)


def test_a_name_of_the_directory_may_be_made_from_the_account(web):
    named = {
        "user_filter": "",
        "user_dn": f"uid={{tai_khoan}},{PEOPLE}",
        "reader": "",
        "reader_file": "",
    }
    with pointed(web, **named):
        assert come("hoa.nt")[1].status_code == 302
        assert NOBODY in text_of(come("hoa.nt", "sai-mat-khau")[1])


def test_nobody_is_asked_whom_the_directory_only_refers_to(web, directory):
    with plain_server() as (port, heard):
        directory.add(
            f"cn=noi-khac,{BASE}",
            objectClass=["referral", "extensibleObject"],
            cn="noi-khac",
            ref=f"ldap://127.0.0.1:{port}/dc=noi-khac",
        )
        came = come("hoa.nt")[1]

    assert came.status_code == 302
    assert bytes(heard) == b""


def test_the_account_that_looks_being_refused_is_no_wrong_password(web):
    with pointed(web, reader=f"cn=khong-co,{BASE}"):
        assert "R390" in text_of(come("hoa.nt")[1])


def test_the_secret_is_for_the_program_alone(directory, tmp_path):
    office = office_of(directory, tmp_path)
    secret = tmp_path / "ldap.mat-khau"
    refuse_if_unready(office)
    secret.chmod(0o644)
    with pytest.raises(DirectorySecretWrong) as opened:
        refuse_if_unready(office)
    secret.unlink()
    with pytest.raises(DirectorySecretWrong):
        refuse_if_unready(office)
    started = run(office, "web", "--port", str(unused_port()))
    told = run(office, "doctor")

    assert "K265" in opened.value.clerk_text
    assert started.status == 3
    assert "K265" in started.stderr
    assert "K265" in told.stdout


def test_a_machine_without_the_extra_says_so_only_where_a_directory_is_named(directory, tmp_path):
    missing = ("khong_co_thu_vien_nay",)
    refuse_if_unready(small_office(tmp_path / "khong"), libraries=missing)
    with pytest.raises(DirectoryLibraryMissing, match="K264"):
        refuse_if_unready(office_of(directory, tmp_path / "co"), libraries=missing)


def test_the_certificate_must_be_there(directory, tmp_path):
    with pytest.raises(DirectoryAuthorityMissing):
        refuse_if_unready(office_of(directory, tmp_path, tep_ca="khong-co.pem"))


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"may_chu": ["ldap://dc1.ha-son.vn"]}, "may_chu"),
        ({"may_chu": ["ldaps://dc1.ha-son.vn"], "starttls": True}, "may_chu"),
        ({"may_chu": []}, "may_chu"),
        ({"tim_nguoi": "(uid=hoa)"}, "tim_nguoi"),
        ({"tai_khoan_doc": ""}, "tai_khoan_doc"),
        ({"mau_dn": "uid={tai_khoan},dc=vn"}, "tim_nguoi"),
        ({"vai_tro": {}}, "vai_tro"),
        ({"vai_tro": {"vua": ["cn=x"]}}, "vua"),
        ({"mat_khau": "ro-rang"}, "mat_khau"),
        ({"loai_nhom": "khac"}, "loai_nhom"),
    ],
)
def test_what_is_wrong_in_the_office_file_is_told(directory, tmp_path, wrong, key):
    with pytest.raises(OfficeInvalid) as told:
        office_of(directory, tmp_path, **wrong)

    assert f"«{key}»" in told.value.clerk_text


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def silent_server():
    """Takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)
        yield server.getsockname()[1]


@contextmanager
def plain_server():
    """Speaks no TLS: says so to whoever asks for it, and keeps what it hears."""
    heard = bytearray()
    # ExtendedResponse, message 1: protocolError.
    refusal = bytes.fromhex("300c02010178070a010204000400")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(8)

        def answer():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(3)
                    try:
                        heard.extend(connection.recv(4096))
                        connection.sendall(refusal)
                        heard.extend(connection.recv(4096))
                    except OSError:
                        continue

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
