import json
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_material import read_text

from pipeline.engines.tables_dates import find_swapped

CALM = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False)
    | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
MARKS = st.text(alphabet=string.printable + "ếÔđ\u0301\ufeff{}[]:,-&*!\"'\\#|>?%@`", max_size=120)


def sound(result):
    """Records or problems, never neither and never an exception; every problem has words."""
    assert result["records"] or result["problems"]
    for problem in result["problems"]:
        assert problem["code"].startswith("R1")
        assert problem["text"].endswith(".")
        assert "{" not in problem["code"]
    json.dumps(result, ensure_ascii=False).encode()


@CALM
@given(text=MARKS)
def test_any_text_as_json_yaml_or_csv_is_read_or_named(tmp_path, text):
    for suffix in (".json", ".yaml", ".csv"):
        sound(read_text(tmp_path, text.encode("utf-8", "replace"), suffix))


@CALM
@given(data=st.binary(max_size=200))
def test_any_bytes_under_any_ending_are_read_or_named(tmp_path, data):
    for suffix in (".json", ".yml", ".csv", ".xlsx", ".xls", ".ods"):
        sound(read_text(tmp_path, data, suffix))


@CALM
@given(value=VALUES)
def test_any_json_value_is_read_or_named(tmp_path, value):
    sound(read_text(tmp_path, json.dumps(value), ".json"))
    sound(read_text(tmp_path, json.dumps(value), ".yaml"))


@CALM
@given(
    rows=st.lists(st.lists(st.text(alphabet='aBé1=,;"\n\t@', max_size=8), max_size=5), max_size=8)
)
def test_any_table_under_a_header_keeps_count_of_its_rows(tmp_path, rows):
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["TT", "Họ và tên", "Nơi cư trú"])
    writer.writerows(rows)

    sound(read_text(tmp_path, stream.getvalue(), ".csv"))


@CALM
@given(cells=st.lists(st.text(alphabet="0123456789/ -.", max_size=12) | st.dates() | st.just("")))
def test_any_column_of_days_can_be_judged(cells):
    for found in find_swapped(cells):
        assert cells[found.position] != ""
