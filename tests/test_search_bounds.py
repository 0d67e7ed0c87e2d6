"""Work for one question has a bound, however common its words; and what is left out is what says least."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clock import FixedClock
from pipeline.stores.search.analysis import IN_HEAD, MOST_COUNTED
from pipeline.stores.search.harvest import Bounds, gather
from pipeline.stores.search.index import SearchIndex
from pipeline.stores.search.passage import narrow, needles_of, strides_of
from pipeline.stores.search.roll import Roll
from pipeline.stores.search.values import Paper, Query
from pipeline.stores.search.worth import Worth

CLOCK = FixedClock(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
TIGHT = Bounds(papers=50, scanned=5000)


def made(directory, papers, batches=3) -> SearchIndex:
    index = SearchIndex(directory / "index", CLOCK)
    index.reset()
    size = len(papers) // batches + 1
    with index.writer() as writer:
        for start in range(0, len(papers), size):
            writer.upsert_many(papers[start : start + size])
    return index


@pytest.fixture(scope="module")
def sheets(tmp_path_factory) -> SearchIndex:
    """600 papers: all have «chi bộ», every second «nhà sàn», every third «cầu treo», one «rồng đá»."""
    papers = []
    for number in range(600):
        words = ["chi bộ", f"tổ {number}"]
        words += ["nhà sàn"] if number % 2 == 0 else []
        words += ["cầu treo"] if number % 3 == 0 else []
        words += ["rồng đá"] if number == 7 else []
        papers.append(Paper(document_id=f"p{number}", text=" ; ".join(words)))
    return made(tmp_path_factory.mktemp("sheets"), papers)


def gathered(index, *terms, allowed=None, bounds=TIGHT):
    shelves = index._current()
    counted = sorted((shelves.frequency("words", term), term, 1.0) for term in terms)
    worth, is_whole = gather(shelves, counted, allowed, bounds)
    return {shelves.stamp(number)[0]: value for number, value in worth.pairs()}, is_whole


def test_what_fits_is_read_to_the_end(sheets):
    worth, is_whole = gathered(
        sheets, "rong da", "cau treo", bounds=Bounds(papers=500, scanned=5000)
    )

    assert is_whole
    assert len(worth) == 201


def test_a_term_of_every_paper_gives_the_newest_and_says_there_are_more(sheets):
    worth, is_whole = gathered(sheets, "chi bo", bounds=Bounds(papers=250, scanned=5000))

    assert not is_whole
    assert len(worth) == 250
    assert {"p599", "p400"} <= worth.keys()
    assert "p100" not in worth


def test_common_terms_find_the_papers_that_hold_them_together(sheets):
    worth, _ = gathered(sheets, "cau treo", "nha san", "chi bo")

    best = {name for name, value in worth.items() if value == max(worth.values())}
    assert best
    assert all(int(name[1:]) % 6 == 0 for name in best)


def test_a_rare_term_leads_and_common_ones_add_to_it(sheets):
    worth, is_whole = gathered(sheets, "rong da", "chi bo", "nha san")

    assert not is_whole
    assert worth["p7"] == max(worth.values())


def test_only_what_is_allowed_is_gathered(sheets):
    shelves = sheets._current()
    allowed = frozenset(
        number for number in shelves.everyone() if shelves.stamp(number)[0] in {"p1", "p6", "p12"}
    )

    for terms in (("chi bo",), ("cau treo", "nha san"), ("rong da", "chi bo")):
        for bounds in (TIGHT, Bounds(papers=50, scanned=100)):
            worth, _ = gathered(sheets, *terms, allowed=allowed, bounds=bounds)
            assert set(worth) <= {"p1", "p6", "p12"}
            assert worth


def test_removed_papers_stay_away_from_common_terms(tmp_path):
    index = made(tmp_path, [Paper(document_id=f"p{n}", text="chi bộ bản") for n in range(400)])
    with index.writer() as writer:
        writer.remove([f"p{n}" for n in range(380, 400)])

    worth, _ = gathered(index, "chi bo", bounds=Bounds(papers=210, scanned=5000))

    assert worth
    assert not worth.keys() & {f"p{n}" for n in range(380, 400)}


def test_the_tail_of_a_long_list_is_the_same_whether_read_alone_or_whole(sheets):
    shelves = sheets._current()
    for leaf in shelves.leaves:
        for term in ("chi bo", "nha san", "cau treo", "khong co"):
            for most in (1, 7, 199, 1000):
                assert (
                    list(leaf.newest("words", term, most))
                    == list(leaf.numbers("words", term))[-most:]
                )


@pytest.mark.parametrize("is_compacted", [False, True])
def test_the_index_knows_how_often_a_paper_has_a_term_without_its_text(tmp_path, is_compacted):
    texts = [
        " ; ".join(["chi bộ"] * (number % 5 + 1) + ["cầu treo"] * (number % 7 == 0) * 3)
        for number in range(400)
    ]
    papers = [
        Paper(document_id=f"p{n}", text=text, title="Cầu treo" if n % 11 == 0 else "")
        for n, text in enumerate(texts)
    ]
    index = made(tmp_path, papers)
    with index.writer() as writer:
        writer.remove(["p3", "p201"])
        while is_compacted and writer.compact():
            pass

    shelves = index._current()
    roll = Roll([number for number in shelves.everyone() if number % 3], shelves)

    assert len(shelves.leaves) == (1 if is_compacted else 3)
    for term in ("chi bo", "chi", "cau treo", "treo cau", "khong co"):
        notes = roll.notes(term)
        told = [0] * len(roll.numbers) if notes is None else notes.tolist()
        for number, note in zip(roll.numbers, told, strict=True):
            at = int(shelves.stamp(number)[0][1:])
            in_title = at % 11 == 0 and term == "cau treo"
            folded = texts[at].replace("ộ", "o").replace("ầ", "a").replace(" ;", "")
            apart = {"chi": folded.split().count("chi"), "chi bo": texts[at].count("chi bộ")}
            apart["cau treo"] = texts[at].count("cầu treo") + in_title
            if term == "treo cau":
                apart["treo cau"] = folded.count("treo cau")
            assert note & MOST_COUNTED == apart.get(term, 0)
            assert bool(note & IN_HEAD) == in_title


def test_marks_decide_between_papers_with_the_same_folded_words(tmp_path):
    papers = [
        Paper(document_id="mo", text="Việc mở chợ ở bản. " + "Kế hoạch năm nay. " * 40),
        Paper(document_id="mo-nga", text="Việc mỡ chờ ở bản. " + "Kế hoạch năm nay. " * 40),
    ]
    index = made(tmp_path, papers, batches=1)

    assert index.search(Query(text="mở chợ")).hits[0].document_id == "mo"
    assert index.search(Query(text="mỡ chờ")).hits[0].document_id == "mo-nga"


def test_a_long_title_typed_whole_finds_its_paper_among_those_that_share_most_of_it(tmp_path):
    """What tells them apart is the common words at its end, of which ranking counts none."""
    shared = " ".join(f"{a}{b}" for a in ("ba", "ce", "di", "go", "hu") for b in "nmtpclk")
    ends = [f"giải thích từ ngữ tại xã {place}" for place in ("Nà Lốm", "Pá Hin", "Co Luông")]
    rivals = [
        Paper(document_id=f"r{number}", title=f"Kế hoạch về {shared} và {end}", text=f"{shared}. " * (1 + number))
        for number, end in enumerate(ends)
    ]  # fmt: skip
    common = [Paper(document_id=f"c{n}", text=". ".join((*ends, f"Việc {n}"))) for n in range(60)]
    index = made(tmp_path, [*common, *rivals])

    for number, end in enumerate(ends):
        for typed in (f"Kế hoạch về {shared} và {end}", f"{shared} va {end}".lower()):
            assert index.search(Query(text=typed)).hits[0].document_id == f"r{number}"


def test_the_best_come_first_also_where_few_are_worth_much():
    worth = Worth(9)
    for number, value in {1: 0.1, 2: 5.0, 3: 0.2, 4: 4.9, 7: 0.2}.items():
        worth.add(number, value)

    assert worth.best(2).tolist() == [2, 4]
    assert worth.best().tolist() == [2, 4, 7, 3, 1]
    assert worth.numbers().tolist() == [7, 4, 3, 2, 1]
    assert worth.only([3, 2]).pairs() == [(3, 0.2), (2, 5.0)]
    assert (len(worth), 3 in worth, 5 in worth, worth.of(5)) == (5, True, False, 0.0)
    assert Worth(9).best(3).tolist() == []


def test_more_than_ten_thousand_are_told_as_such(tmp_path):
    papers = [Paper(document_id=f"p{n}", text=f"tờ trình lần {n}") for n in range(10_400)]
    index = made(tmp_path, papers, batches=2)

    results = index.search(Query(text="tờ trình"))

    assert (results.total, results.total_is_exact) == (10_000, False)
    assert index.search(Query(text="tờ trình lần 123")).hits[0].document_id == "p123"


def test_a_narrowed_text_holds_what_was_asked_for_in_its_middle():
    filler = " ".join(f"chữ{n}, và\n" for n in range(3000))
    text = f"{filler} Hội nghị bàn về cây cầu treo bị nghiêng. {filler}"
    folded = f" {' '.join(text.lower().replace(',', ' ').replace('.', ' ').split())} "
    folded = folded.replace("ữ", "u").replace("à", "a").replace("ầ", "a")

    part = narrow(
        text, strides_of(text), folded, needles_of({"cau": 2.0, "cau treo": 9.0, "va": 0.1})
    )

    assert "cây cầu treo bị nghiêng" in part
    assert len(part) < 800
    assert not part.startswith("Hội")


def test_a_short_or_unmatched_text_is_kept_from_its_beginning():
    assert narrow("Tờ trình", b"", " to trinh ", needles_of({"a": 1.0})) == "Tờ trình"
    long = "Kính gửi các đồng chí. " * 300
    folded = f" {'kinh gui cac dong chi ' * 300}"
    assert narrow(long, strides_of(long), folded, needles_of({"khong": 1.0})).startswith("Kính gửi")
