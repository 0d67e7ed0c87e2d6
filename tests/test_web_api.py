"""The office for programs: every deed by an access code, the same rights and errors as the pages, and nothing that its description does not say."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import re
import subprocess
import threading
from base64 import b64decode
from contextlib import contextmanager
from datetime import datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import schemathesis
from helpers import ROOT
from office_kit import letter, paper_bytes, person, run, small_office
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from web_kit import served_sheet

from pipeline.errors.programs import TokenWrong
from pipeline.process_once import process_inbox
from pipeline.roles import Role
from pipeline.stores.registers.people import People
from pipeline.stores.registers.tokens import MOST_OPEN, Tokens

BASE = "/api/v1"
SCHEMA = f"{BASE}/openapi.json"


@pytest.fixture(scope="module")
def web(tmp_path_factory, cell):
    people = person(601), person(602, noi_cu_tru_xa="xã Mường Sơn")
    with served_sheet(tmp_path_factory.mktemp("office"), cell, *people) as web:
        yield web


@pytest.fixture(scope="module")
def codes(web):
    """Account → an access code of it, for one person of each role."""
    tokens = Tokens(web.app.registers.db, web.app.clock)
    return {role.value: tokens.add(role.value, "thử", "thử")[1] for role in Role}


@pytest.fixture(scope="module")
def program(codes):
    """A program that speaks for a văn thư; or for whom it is told to."""
    from django.test import Client

    def speaking_for(account="van-thu", code=""):
        code = code or codes[account]
        headers = {"host": "localhost", "authorization": f"Bearer {code}"}
        return Client(headers=headers, raise_request_exception=False)

    return speaking_for


def paper_of(web, reference="01-GGT/VPTU"):
    (paper,) = web.app.registers.find(reference)
    return paper


def fault(response):
    told = response.json()
    return response.status_code, told["code"]


def test_without_a_code_or_with_a_wrong_or_closed_one_nobody_comes_in(web, program):
    from django.test import Client

    tokens = Tokens(web.app.registers.db, web.app.clock)
    made, code = tokens.add("van-thu", "sẽ đóng", "thử")
    assert program(code=code).get(f"{BASE}/search").status_code == 200
    tokens.close(made.id, "thử")
    without = Client(headers={"host": "localhost"}).get(f"{BASE}/search")

    assert fault(without) == (401, "R350")
    assert without["WWW-Authenticate"] == "Bearer"
    for wrong in (code, code[:-1] + "x", f"vt_{made.id}_", "vt_", "sai", "", "é" * 50):
        assert fault(program(code=wrong or "x").get(f"{BASE}/search")) == (401, "R350")


def test_a_session_of_the_page_opens_nothing_here(web):
    assert web.get("/").status_code == 200
    assert fault(web.get(f"{BASE}/search")) == (401, "R350")


def test_the_code_of_a_closed_account_is_closed_with_it(web, program):
    people = People(web.app.registers.db, web.app.clock)
    web.person("se-nghi", Role.VAN_THU)
    _, code = Tokens(web.app.registers.db, web.app.clock).add("se-nghi", "của người nghỉ", "thử")
    assert program(code=code).get(f"{BASE}/registers").status_code == 200

    people.change("se-nghi", "thử", is_active=False)

    assert fault(program(code=code).get(f"{BASE}/registers")) == (401, "R350")


def test_only_a_hash_is_kept_and_use_and_deeds_are_written_down(web, program):
    from pipeline.stores.registers.models import ApiToken

    tokens = Tokens(web.app.registers.db, web.app.clock)
    made, code = tokens.add("lanh-dao", "xem sổ", "người cấp")
    secret = code.rpartition("_")[2] if code.count("_") == 2 else code.split("_", 2)[2]
    row = ApiToken.objects.get(id=made.id)

    assert secret not in str(vars(row))
    assert row.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert made.last_used is None
    program(code=code).get(f"{BASE}/registers")
    assert [one.last_used for one in tokens.all("lanh-dao") if one.id == made.id] != [None]
    tokens.close(made.id, "người đóng")
    told = [*web.app.registers.deeds("token-made"), *web.app.registers.deeds("token-closed")]
    assert [one.person for one in told if one.data["token"] == made.id] == [
        "người cấp",
        "người đóng",
    ]
    assert secret not in str(told)


def test_a_person_has_only_so_many_open_codes(web):
    tokens = Tokens(web.app.registers.db, web.app.clock)
    web.person("nhieu-ma", Role.TRA_CUU)
    for count in range(MOST_OPEN):
        made, _ = tokens.add("nhieu-ma", f"mã {count}", "thử")
    with pytest.raises(TokenWrong, match="R354"):
        tokens.add("nhieu-ma", "một mã nữa", "thử")
    tokens.close(made.id, "thử")

    assert tokens.add("nhieu-ma", "một mã nữa", "thử")


def test_the_command_tells_the_code_once(tmp_path):
    office = small_office(tmp_path)
    run(office, "user", "add", "phan-mem", "--role", "chuyen-vien", "--person", "thử")
    added = run(office, "user", "token", "add", "phan-mem", "--name", "nhân sự", "--person", "thử")
    code = added.stdout.strip()
    (listed,) = run(office, "user", "token", "list", "--json").lines
    closed = run(office, "user", "token", "close", listed["id"], "--person", "thử")
    unknown = run(office, "user", "token", "close", "khong-co", "--person", "thử")

    assert added.status == 0
    assert code.startswith(f"vt_{listed['id']}_")
    assert code not in run(office, "user", "token", "list").stdout
    assert (listed["account"], listed["name"], listed["closed_at"]) == ("phan-mem", "nhân sự", None)
    assert "đã đóng" in run(office, "user", "token", "list", "phan-mem").stdout
    assert closed.status == 0
    assert (unknown.status, "R354" in unknown.stderr) == (2, True)


def test_a_record_that_is_sent_becomes_a_numbered_paper_and_its_status_tells_so(web, program):
    asker = program("chuyen-vien")
    sent = asker.post(f"{BASE}/drops", {"kind": "gioi-thieu", "record": json.dumps(person(701))})
    url = sent.json()["status_url"]
    before = asker.get(url).json()
    list(process_inbox(web.app, workers=1))
    after = asker.get(url).json()

    assert sent.status_code == 202
    assert (before["state"], before["receipt_id"]) == ("dang", None)
    assert (after["state"], after["counts"]["archived"]) == ("xong", 1)
    assert after["papers"][0]["reference"].endswith("-GGT/VPTU")
    assert after["sent_by"] == "Người chuyen-vien (chuyen-vien)"
    assert datetime.fromisoformat(after["sent_at"]).utcoffset().total_seconds() == 7 * 3600
    assert asker.get(f"{BASE}/drops/{after['receipt_id']}").json()["papers"] == after["papers"]
    assert program("van-thu").get(url).status_code == 200


def test_what_another_sent_is_not_there_for_a_chuyen_vien(web, program):
    sent = program("van-thu").post(
        f"{BASE}/drops", {"kind": "gioi-thieu", "record": json.dumps(person(702))}
    )

    assert fault(program("chuyen-vien").get(sent.json()["status_url"])) == (404, "R353")
    drop_id = paper_of(web).receipt_id
    assert fault(program("chuyen-vien").get(f"{BASE}/drops/{drop_id}")) == (404, "R353")
    list(process_inbox(web.app, workers=1))


def test_two_uploads_of_one_name_are_told_apart(web, program):
    asker = program("van-thu")
    urls = []
    for number in (711, 712):
        given = {"kind": "gioi-thieu", "name": "cùng tên", "record": json.dumps(person(number))}
        urls.append(asker.post(f"{BASE}/drops", given).json()["status_url"])
        list(process_inbox(web.app, workers=1))
    first, second = (asker.get(url).json() for url in urls)

    assert first["name"] == second["name"] == "cùng tên.json"
    assert first["receipt_id"] != second["receipt_id"]


def test_a_paper_goes_in_with_its_record(web, program, tmp_path):
    file = io.BytesIO(paper_bytes(tmp_path, "Cong van"))
    file.name = f"cv 31 {'rất dài ' * 20}.pdf"
    given = {"kind": "van-ban-den", "file": file, "record": json.dumps(letter(31))}
    sent = program().post(f"{BASE}/drops", given)
    list(process_inbox(web.app, workers=1))
    told = program().get(sent.json()["status_url"]).json()
    paper = program().get(f"{BASE}/documents/{told['papers'][0]['document_id']}").json()

    assert told["state"] == "xong"
    assert paper["facts"]["their_reference"] == "31-CV/BTCTU"


def test_what_is_wrong_comes_back_with_its_reasons(web, program):
    bad = person(720, ngay_sinh="32/13/2026")
    sent = program().post(f"{BASE}/drops", {"kind": "gioi-thieu", "record": json.dumps(bad)})
    list(process_inbox(web.app, workers=1))
    told = program().get(sent.json()["status_url"]).json()

    assert told["state"] == "sua"
    assert told["papers"][0]["problems"][0]["code"].startswith("R1")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "«kind» còn thiếu"),
        ({"kind": "gioi-thieu"}, "một bản ghi"),
        ({"kind": "khong-co", "record": "{}"}, "không có loại «khong-co»"),
        ({"kind": "gioi-thieu", "record": "{"}, "phải là JSON"),
        ({"kind": "van-ban-den", "record": "{}"}, "cần tệp"),
        ({"kind": "../../etc", "record": "{}"}, "không có loại"),
    ],
)
def test_a_submission_that_cannot_be_is_told_in_words(program, given, why):
    refused = program().post(f"{BASE}/drops", given)

    assert fault(refused) == (422, "R351")
    assert why in refused.json()["message"]


def test_an_empty_file_is_refused_with_the_code_of_the_folder(program):
    file = io.BytesIO(b"")
    file.name = "rỗng.pdf"

    assert fault(program().post(f"{BASE}/drops", {"kind": "van-ban-den", "file": file}))[0] == 422


def test_a_search_is_that_of_the_page_and_goes_on(web, program):
    first = program().get(f"{BASE}/search?q=gioi+thieu&moi-trang=1&dem=1").json()
    second = program().get(f"{BASE}/search?q=gioi+thieu&moi-trang=1&tu-thu={first['next']}").json()
    named = program().get(f"{BASE}/search?q=01-GGT/VPTU").json()

    assert first["next"] == 1
    assert first["hits"][0]["document_id"] != second["hits"][0]["document_id"]
    assert first["counts"]["kinds"][0]["value"] == "gioi-thieu"
    assert named["hits"][0]["is_named"]
    assert named["hits"][0]["document_id"] == paper_of(web).id


def test_faults_name_their_place_in_words(program):
    refused = program().get(f"{BASE}/search?nam=abc&xep=la&moi-trang=0&tu=2026-02-31")

    assert fault(refused) == (422, "R351")
    assert refused.json()["where"] == "query.nam"
    assert "«nam» phải là số nguyên" in refused.json()["message"]
    assert fault(program().get(f"{BASE}/search?tu=2026-02-31")) == (422, "R351")
    broken = program().post(f"{BASE}/copies", "{", content_type="application/json")
    assert fault(broken) == (400, "R351")
    extra = program().post(
        f"{BASE}/copies",
        json.dumps({"form": "sao-y", "paper": "1", "la": 1}),
        content_type="application/json",
    )
    assert (extra.json()["where"], "không có mục này" in extra.json()["message"]) == (
        "body.wanted.la",
        True,
    )


def test_nothing_here_is_said_as_json_whatever_the_way(program):
    missing = [
        program().get(f"{BASE}/documents/khong-co"),
        program().get(f"{BASE}/documents/{'0' * 26}"),
        program().get(f"{BASE}/registers/khong-co"),
        program().get(f"{BASE}/khong-co"),
        program().get(f"{BASE}/"),
        program().get("/api/v2/search"),
        program().get(f"{BASE}/documents/%00"),
    ]
    method = program().delete(f"{BASE}/search")
    strange = program().get(f"{BASE}/search", headers={"host": "evil.example"})

    assert [fault(one) for one in missing] == [(404, "R353")] * len(missing)
    assert (fault(method), method["Allow"]) == ((405, "R351"), "GET")
    assert fault(strange) == (400, "R351")


def test_a_paper_tells_its_facts_versions_and_files_whose_bytes_are_those_told(web, program):
    paper = paper_of(web)
    told = program().get(f"{BASE}/documents/{paper.id}").json()
    files = program().get(f"{BASE}/documents/{paper.id}/files").json()["files"]
    offered = {one["what"]: one for one in files}
    taken = program().get(f"{BASE}/documents/{paper.id}/files/pdf")
    body = b"".join(taken.streaming_content)

    assert (told["reference"], told["facts"]["issuer"]) == ("01-GGT/VPTU", "VPTU")
    assert offered["pdf"]["sha512"] in {one["sha512"] for one in told["versions"][-1]["files"]}
    assert hashlib.sha512(body).hexdigest() == taken["X-Content-SHA512"] == offered["pdf"]["sha512"]
    digest = taken["Repr-Digest"].removeprefix("sha-512=:").removesuffix(":")
    assert b64decode(digest).hex() == offered["pdf"]["sha512"]
    assert taken["Content-Disposition"].startswith("attachment")
    assert fault(program().get(f"{BASE}/documents/{paper.id}/files/signed")) == (404, "R353")
    line = [one for one in web.app.registers.journal_of(paper.id) if one.deed == "file-taken"][-1]
    assert line.person == "Người van-thu (van-thu)"


def test_a_book_is_read_to_its_end_page_by_page(web, program):
    whole = program().get(f"{BASE}/registers/di").json()
    lines, before = [], ""
    for _ in range(50):
        piece = program().get(f"{BASE}/registers/di?moi-trang=1{before}").json()
        lines += piece["lines"]
        if piece["next"] is None:
            break
        before = f"&truoc={piece['next']}"

    assert lines == whole["lines"]
    assert whole["lines"][-1]["cells"][0] == "01-GGT/VPTU"
    assert len(whole["columns"]) == len(whole["lines"][0]["cells"])
    names = [one["name"] for one in program().get(f"{BASE}/registers").json()["registers"]]
    assert names[:3] == ["di", "den", "sao"]


def test_a_copy_is_ordered_made_and_known_again(web, program):
    order = {"form": "sao-y", "paper": "01-GGT/VPTU", "recipients": ["Chi bộ 3"]}
    order["attested_by"] = "Đinh Thùy Nhung"
    sent = program().post(f"{BASE}/copies", json.dumps(order), content_type="application/json")
    list(process_inbox(web.app, workers=1))
    told = program().get(sent.json()["status_url"]).json()
    copy_id = told["papers"][0]["document_id"]
    taken = program().get(f"{BASE}/documents/{copy_id}/files/pdf")
    file = io.BytesIO(b"".join(taken.streaming_content))
    file.name = "bs.pdf"
    checked = program().post(f"{BASE}/check", {"file": file}).json()

    assert sent.status_code == 202
    assert told["state"] == "xong"
    assert checked["is_known"]
    assert checked["shown"] == told["papers"][0]["reference"]
    unknown = dict(order, paper="999-GGT/VPTU")
    refused = program().post(f"{BASE}/copies", json.dumps(unknown), content_type="application/json")
    assert fault(refused) == (422, "R191")


def test_whoever_checks_too_often_must_wait_in_words(program):
    asking = {"path": f"{BASE}/check", "data": {"code": "x"}, "REMOTE_ADDR": "10.250.0.1"}
    asked = [program().post(**asking) for _ in range(25)]

    assert fault(asked[-1]) == (429, "T389")


def test_what_a_program_is_told_is_vietnamese(program):
    from pipeline.vietnamese import fold

    told = [
        program().get(f"{BASE}/search?nam=x").json(),
        program("tra-cuu").get(f"{BASE}/registers").json(),
        program(code="x").get(f"{BASE}/registers").json(),
        program().get(f"{BASE}/nothing").json(),
        program().post(f"{BASE}/copies", "[]", content_type="application/json").json(),
        program().post(f"{BASE}/drops", {"kind": "x" * 900}).json(),
    ]

    assert [one["message"] for one in told if fold(one["message"]) == one["message"].lower()] == []
    assert {one["code"] for one in told} == {"R350", "R351", "R352", "R353"}


@contextmanager
def listening():
    """The address of a server of this very process."""
    from django.core.wsgi import get_wsgi_application

    class Silent(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_examples_of_the_manual_run_as_they_stand(web, codes, tmp_path):
    manual = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", manual, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    (tmp_path / "ban-ghi.json").write_text(json.dumps(person(801)))
    (tmp_path / "cong-van.json").write_text(json.dumps(letter(81)))
    (tmp_path / "cong-van.pdf").write_bytes(paper_bytes(tmp_path, "Cong van"))
    told = {}
    with listening() as address:
        given = {"MAY": address, "MA": codes["van-thu"], "VB": paper_of(web).id}
        for command in commands:
            ran = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env=os.environ | given,
                capture_output=True,
                check=True,
                timeout=60,
            )
            told[command] = json.loads(ran.stdout) if ran.stdout else {}

    assert len(commands) >= 7
    assert [command for command, one in told.items() if "code" in one] == []
    assert (tmp_path / "van-ban.pdf").read_bytes().startswith(b"%PDF")
    assert all(one for command, one in told.items() if "-o van-ban.pdf" not in command)
    list(process_inbox(web.app, workers=1))


def test_every_operation_stands_in_the_manual(program):
    manual = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    paths = program().get(SCHEMA).json()["paths"]
    shown = {
        f"{method.upper()} {re.sub(r'{[a-z_]+_id}', '{id}', path)}"
        for path, methods in paths.items()
        for method in methods
    }

    assert sorted(one for one in shown if f"`{one}`" not in manual) == []


def described(web, code):
    """The description as a program reads it, with ids and names that there are among those to try."""
    from django.core.wsgi import get_wsgi_application

    application, numbers = get_wsgi_application(), itertools.count(1)

    def from_everywhere(environ, start_response):
        # Whoever asks often from one place must wait, which is tested elsewhere.
        number = next(numbers)
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return application(environ, start_response)

    known = {
        "document_id": [paper.id for paper in (paper_of(web), paper_of(web, "02-GGT/VPTU"))],
        "drop_id": [paper_of(web).receipt_id],
        "name": ["di", "den", "sao"],
        "what": ["pdf", "docx"],
    }
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20261126,
            "workers": 1,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {code}"},
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": {
                f"path.{name}": {"dictionary": name, "probability": 0.7} for name in known
            },
            "generation": {"max-examples": 8, "deterministic": True, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
            # It cannot ask anew within one process; that nobody comes in without a code is tested elsewhere.
            "checks": {"ignored_auth": {"enabled": False}},
            # Whether a paper may be copied, a code is ours, a record is one: no description tells.
            "operations": [
                {
                    "include-operation-id": ["submit", "copy", "check-copy"],
                    "checks": {"positive_data_acceptance": {"enabled": False}},
                }
            ],
        }
    )
    return schemathesis.openapi.from_wsgi(
        SCHEMA, from_everywhere, config=config, headers={"Authorization": f"Bearer {code}"}
    )


def test_whatever_is_asked_is_answered_as_described(web, codes):
    schema = described(web, codes["van-thu"])
    wrong, asked = [], set()
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError | FatalError):
            wrong.append(repr(event))
        if isinstance(event, ScenarioFinished):
            asked.add(event.label)
            wrong += [
                f"{event.label} {check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]

    assert wrong == []
    assert len(asked) == sum(len(path) for path in schema.raw_schema["paths"].values())
