import json

import pytest
from tables_material import codes, read_text, records, row_codes

from pipeline.engines.tables_read_json import MAX_DEPTH


def test_one_json_object_is_one_record(tmp_path):
    result = read_text(tmp_path, '{"ho_ten": "Lê Thị Hòa", "so_con": 2}', ".json")

    assert records(result) == [{"ho_ten": "Lê Thị Hòa", "so_con": 2}]
    assert result["records"][0]["place"]["label"] == ""
    assert result["records"][0]["place"]["headings"] == {"ho_ten": "Họ và tên", "so_con": "Số con"}


def test_a_json_list_is_many_records_in_order(tmp_path):
    result = read_text(tmp_path, '[{"ho_ten": "A"}, {"ho_ten": "B"}]', ".json")

    assert [record["ho_ten"] for record in records(result)] == ["A", "B"]
    assert [item["place"]["label"] for item in result["records"]] == [
        "bản ghi thứ 1",
        "bản ghi thứ 2",
    ]
    assert [item["place"]["index"] for item in result["records"]] == [0, 1]


def test_a_wrapped_list_can_ask_to_be_held_together(tmp_path):
    wrapped = read_text(tmp_path, '{"ca_lo": true, "danh_sach": [{"ho_ten": "A"}]}', ".json")
    inside = read_text(tmp_path, '[{"ho_ten": "A", "ca_lo": true}, {"ho_ten": "B"}]', ".json")

    assert wrapped["ca_lo"] is True
    assert inside["ca_lo"] is True
    assert records(inside) == [{"ho_ten": "A"}, {"ho_ten": "B"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_unicode_form(tmp_path, encoding):
    text = json.dumps({"ho_ten": "Nguyễn Văn Ưng"}, ensure_ascii=False)

    assert records(read_text(tmp_path, text.encode(encoding), ".json")) == [
        {"ho_ten": "Nguyễn Văn Ưng"}
    ]


def test_decomposed_names_and_values_are_composed(tmp_path):
    result = read_text(
        tmp_path, '{"gio\u031b\u0300": "Hoa\u0300", "x": ["e\u0302\u0301"]}', ".json"
    )

    assert records(result) == [{"giờ": "Hoà", "x": ["ế"]}]


def test_a_word_among_the_records_is_told_and_its_neighbours_go_on(tmp_path):
    result = read_text(tmp_path, '[{"ho_ten": "A"}, 7, {"ho_ten": "B"}]', ".json")

    assert records(result) == [{"ho_ten": "A"}, {}, {"ho_ten": "B"}]
    assert row_codes(result) == [[], ["R161"], []]
    assert "Bản ghi thứ 2" in result["records"][1]["problems"][0]["text"]


def test_half_a_character_stays_visible_to_be_refused_by_name(tmp_path):
    result = read_text(tmp_path, '{"ho_ten": "L\\ud800", "\\udc00": ["\\udfff"]}', ".json")

    assert records(result) == [{"ho_ten": "L\ufffd", "\ufffd": ["\ufffd"]}]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('{\n"ho_ten": "A",\n"ho_ten": "B"}', "R157", ("«ho_ten»", "dòng 3")),
        ('{"x": {"a\u0301": 1, "\u00e1": 2}}', "R157", ("«á»",)),
        ('{\n"so_con": NaN}', "R158", ("NaN", "dòng 2")),
        ('{"so_con": -Infinity}', "R158", ("-Infinity",)),
        ('{"so_con": 1e999}', "R158", ("1e999",)),
        ('{"so_con": ' + "9" * 5000 + "}", "R158", ("dòng 1",)),
        ("[" * 5000 + "]" * 5000, "R159", (str(MAX_DEPTH),)),
        ('{"ho_ten": "A",}', "R156", ("dòng 1", "JSON")),
        ('{"ho_ten" "A"}', "R156", ("dấu hai chấm",)),
        ('{"a": 1} {"b": 2}', "R156", ("thừa",)),
        ('"chỉ một chữ"', "R161", ("không phải là một bản ghi",)),
        ("[]", "R155", ()),
        ("   ", "R155", ()),
        ("{}", "R155", ()),
        (b'{"ho_ten": "\xff\xfe\xfa"}', "R167", ("UTF-8",)),
        ('{"ho_ten": "' + "x" * (1 << 20) + '"}', "R166", ()),
    ],
)
def test_broken_json_is_named_with_its_place(tmp_path, text, code, words):
    result = read_text(tmp_path, text, ".json")

    assert codes(result) == [code]
    assert result["records"] == []
    assert all(word in result["problems"][0]["text"] for word in words)


def test_json_that_ends_in_the_middle_is_not_whole_yet(tmp_path):
    assert read_text(tmp_path, '{"ho_ten": "A", "so', ".json")["whole"] is False
    assert read_text(tmp_path, '[{"ho_ten": "A"}, ', ".json")["whole"] is False
    assert read_text(tmp_path, '{"ho_ten" "A"}', ".json")["whole"] is True


def test_yaml_scalars_stay_as_written(tmp_path):
    text = "ho_ten: 012\nghi_chu: no\nngay_sinh: 1980-01-09\nnoi_cu_tru: 1_000\nso_the: ~\n"

    assert records(read_text(tmp_path, text, ".yaml")) == [
        {
            "ho_ten": "012",
            "ghi_chu": "no",
            "ngay_sinh": "1980-01-09",
            "noi_cu_tru": "1_000",
            "so_the": None,
        }
    ]


def test_yaml_becomes_the_types_the_kind_asks_for(tmp_path):
    text = "ho_ten: A\nso_con: 2\nmien: có\ngioi_tinh: Nữ\n"

    assert records(read_text(tmp_path, text, ".yml")) == [
        {"ho_ten": "A", "so_con": 2, "mien": True, "gioi_tinh": "nu"}
    ]


def test_yaml_takes_several_documents_and_lists(tmp_path):
    many = read_text(tmp_path, "---\nho_ten: A\n---\nho_ten: B\n", ".yaml")
    lists = read_text(tmp_path, "- ho_ten: A\n- ho_ten: B\n---\n- ho_ten: C\n", ".yaml")

    assert [record["ho_ten"] for record in records(many)] == ["A", "B"]
    assert [record["ho_ten"] for record in records(lists)] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("a: &x [1]\nb: [*x, *x]\n", "R160", ("&x", "Dòng 1")),
        ("b: *x\n", "R160", ("*x",)),
        ("a: !!python/object/apply:os.system ['id']\n", "R160", ("python",)),
        ("ho_ten: A\nho_ten: B\n", "R157", ("«ho_ten»", "dòng 2")),
        ("? [a, b]\n: 1\n", "R161", ("dòng 1",)),
        ("a: " + "[" * 3000 + "]" * 3000, "R159", ()),
        ("ho_ten: [A\n", "R156", ("YAML",)),
        ("ho_ten:\tA\n\t- b: c\n", "R156", ()),
        ("ho_ten: A: B\n", "R156", ("ngoặc kép",)),
        ("- 7\n", "R161", ()),
        ("# chỉ có ghi chú\n", "R155", ()),
        ("ho_ten: \x01\n", "R156", ()),
    ],
)
def test_broken_yaml_is_named_with_its_place(tmp_path, text, code, words):
    result = read_text(tmp_path, text, ".yaml")

    assert codes(result) == [code], result["problems"]
    assert all(word in result["problems"][0]["text"] for word in words)


def test_line_codes_in_records_go_to_their_place(tmp_path):
    from pipeline.engines.tables_codes import line_code

    code = line_code("K7Q2M9XA", 12)
    result = read_text(tmp_path, json.dumps({"ho_ten": "A", "ma_dong": code.lower()}), ".json")

    assert records(result) == [{"ho_ten": "A"}]
    assert result["records"][0]["place"]["line_code"] == code
    assert result["lot"] == "K7Q2M9XA"
