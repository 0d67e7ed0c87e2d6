"""Digital signatures of received papers are judged at receipt, and what was found is kept with the paper."""

from __future__ import annotations

import json

import pytest
from odd_pdfs import content_of, sign_in_looks, write_pdf
from office_kit import VAN_BAN_DEN, drop, inbox, opened, process_here, small_office
from signing_kit import SIGNER, add_note_behind, make_authority, sign

from pipeline.between import notes_of
from pipeline.engines import signatures
from pipeline.retrieve import describe
from pipeline.signed_paper import is_validly_signed, trust_dir


@pytest.fixture(scope="module")
def authority():
    return make_authority()


@pytest.fixture
def signed(tmp_path, authority):
    lines = ["Ke hoach so 127-KH/BTCTU", "Cac chi bo thuc hien truoc ngay 25 thang 6"]
    return sign(write_pdf(tmp_path / "a.pdf", (content_of(lines),)), tmp_path / "ky.pdf", authority)


def tampered(data):
    """The page made a little shorter, the structure of the file as it was."""
    assert data.count(b"595 842") >= 1
    return data.replace(b"595 842", b"595 841")


def judge(path, folder=None):
    return signatures.look({"path": str(path), **({"trust_dir": str(folder)} if folder else {})})


def test_who_signed_is_told_and_an_unknown_chain_says_so(signed):
    told = judge(signed)
    [one] = told["signatures"]
    assert (one["signer"], one["issuer"]) == (SIGNER, "Ban Cơ yếu thử nghiệm")
    assert (one["is_intact"], one["is_whole"], one["chain"]) == (True, True, "unknown")
    assert one["signed_at"]
    assert not is_validly_signed({"signatures": told})


def test_a_chain_that_ends_at_a_root_of_the_office_is_known(tmp_path, signed, authority):
    authority.trusted_in(tmp_path / "goc")
    (tmp_path / "goc" / "rac.pem").write_bytes(b"nothing of the sort")
    told = judge(signed, tmp_path / "goc")
    assert [one["chain"] for one in told["signatures"]] == ["known"]
    assert is_validly_signed({"signatures": told})


def test_one_changed_byte_breaks_it(tmp_path, signed, authority):
    authority.trusted_in(tmp_path / "goc")
    broken = tmp_path / "hong.pdf"
    broken.write_bytes(tampered(signed.read_bytes()))
    told = judge(broken, tmp_path / "goc")
    [one] = told["signatures"]
    assert not one["is_intact"]
    assert not is_validly_signed({"signatures": told})


def test_what_was_changed_behind_the_signature_is_seen(tmp_path, signed, authority):
    authority.trusted_in(tmp_path / "goc")
    told = judge(add_note_behind(signed, tmp_path / "sau.pdf"), tmp_path / "goc")
    [one] = told["signatures"]
    assert (one["is_intact"], one["is_whole"]) == (True, False)
    assert not is_validly_signed({"signatures": told})


def test_a_second_signature_leaves_the_first_whole(tmp_path, signed, authority):
    authority.trusted_in(tmp_path / "goc")
    twice = sign(signed, tmp_path / "hai.pdf", authority, field="ChuKy2")
    told = judge(twice, tmp_path / "goc")
    assert [one["field"] for one in told["signatures"]] == ["ChuKy1", "ChuKy2"]
    assert is_validly_signed({"signatures": told})


def test_what_only_looks_signed_is_named_as_not_judged(tmp_path):
    path = sign_in_looks(write_pdf(tmp_path / "a.pdf"), tmp_path / "b.pdf")
    told = judge(path)
    assert told["why"] or any(one["why"] or not one["is_intact"] for one in told["signatures"])
    assert not is_validly_signed({"signatures": told})


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_torn_signed_file_is_no_reason_to_fail(tmp_path, signed, cut):
    path = tmp_path / "rach.pdf"
    data = signed.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    assert not is_validly_signed({"signatures": judge(path)})


def test_an_unsigned_paper_has_nothing_to_judge(tmp_path):
    assert judge(write_pdf(tmp_path / "a.pdf")) == {"signatures": [], "why": ""}


def test_the_report_is_archived_with_the_paper_and_a_broken_one_is_told(
    tmp_path, signed, authority, cell
):
    office = small_office(tmp_path / "vp")
    authority.trusted_in(trust_dir(office))
    ids = []
    for name, data in (
        ("tot", signed.read_bytes()),
        ("hong", tampered(signed.read_bytes())),
    ):
        drop(office, VAN_BAN_DEN, f"{name}.pdf", data)
        record = {"so_ky_hieu": f"{len(ids)}-KH/X", "co_quan_ban_hanh": "X", "trich_yeu": name}
        drop(office, VAN_BAN_DEN, f"{name}.json", json.dumps(record).encode())
        [outcome] = process_here(office, cell)
        ids.append(outcome.document_id)
    with opened(office, cell) as app:
        good, bad = (app.registers.get(one) for one in ids)
        notes = notes_of(good, app.objects)
        assert is_validly_signed(notes)
        assert notes["signatures"]["judged_at"].startswith("20")
        shown = [value for title, value in describe(good, app)["summary"] if title == "Chữ ký số"]
        assert len(shown) == 1
        assert shown[0].startswith(f"Chữ ký của {SIGNER}, ")
        assert shown[0].endswith("còn nguyên vẹn; chứng thư do nơi cơ quan tin cậy cấp")
        assert not is_validly_signed(notes_of(bad, app.objects))
    told = [path.read_text() for path in inbox(office, VAN_BAN_DEN).rglob("KẾT QUẢ.txt")]
    assert [("KHÔNG còn nguyên vẹn" in text) for text in sorted(told)].count(True) == 1
