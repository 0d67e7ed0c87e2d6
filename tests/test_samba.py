"""The shared folder as Windows sees it: a file put through a real Samba server comes back as a numbered paper."""

from __future__ import annotations

import json

from office_kit import drop_json, inbox, lying, person, results, running, small_office, wait_until
from samba import shared


def test_a_file_put_through_the_share_comes_back_with_its_number(tmp_path):
    office = small_office(tmp_path / "office")
    record = tmp_path / "gt.json"
    record.write_text(json.dumps(person(701)), encoding="utf-8")
    drop_json(office, "truoc.json", person(700))

    with (
        running(office, "watch", "work", "keep"),
        shared(office.inbox_dir, tmp_path / "smb") as share,
    ):
        wait_until(lambda: results(office), seconds=120)
        told = share.ask("cd gioi-thieu", f'put "{record}" "giấy giới thiệu.json"')
        assert "NT_STATUS" not in told, told
        wait_until(lambda: any("02" in name for name in results(office)), seconds=120)
        fetched = tmp_path / "ve"
        fetched.mkdir()
        told = share.ask(
            r"cd gioi-thieu\_ket_qua", f'lcd "{fetched}"', "recurse ON", "prompt OFF", "mget *"
        )

    papers = [path for path in fetched.rglob("*.pdf") if "02" in path.name]
    assert papers, told
    assert papers[0].read_bytes().startswith(b"%PDF")
    assert lying(office) == []


def test_a_link_in_the_share_leads_nowhere(tmp_path):
    office = small_office(tmp_path / "office")
    folder = inbox(office)
    folder.mkdir(parents=True, exist_ok=True)
    (tmp_path / "bi-mat.json").write_text("{}", encoding="utf-8")
    (folder / "duong-dan.json").symlink_to(tmp_path / "bi-mat.json")

    with shared(office.inbox_dir, tmp_path / "smb") as share:
        told = share.ask("cd gioi-thieu", f'get "duong-dan.json" "{tmp_path / "lay.json"}"')

    assert "NT_STATUS" in told
    assert not (tmp_path / "lay.json").exists()
