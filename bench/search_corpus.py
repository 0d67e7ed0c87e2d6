"""A seed → as many office papers as asked for, and questions of each sort with what they should find.

Seven in ten are sheets: one of four forms with the same sentences in each, other names and places. The rest are long:
passages of a given corpus put together anew, or sentences put together from words of the trade.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from math import gcd
from pathlib import Path

from pipeline.vietnamese import strip_marks

SHEETS_IN_TEN = 7
SORTS = ("names", "titles", "references", "boilerplate", "everywhere", "long")


def _words(text: str) -> list[str]:
    return text.split()


_SURNAMES = _words(
    "Lò Quàng Tòng Cầm Hoàng Nguyễn Trần Lê Phạm Vàng Giàng Sùng Mùa Thào Lường Bạc Hà Đỗ Bùi Vũ"
)
_MIDDLE = _words(
    "Văn Thị Đức Minh Thanh Hữu Ngọc Xuân Quang Kim Thu Hồng Bích Duy Trọng Mai Tiến Thế"
)
_GIVEN = _words(
    "An Bảy Chiến Dung Đạt Giang Hà Hải Hạnh Hiền Hiếu Hoa Hòa Hùng Hương Khánh Khoa Lan Liên Linh Long Lợi Mạnh Mây "
    "Minh Nam Nga Ngân Ngoan Nhung Oanh Phong Phúc Phương Quân Quỳnh Sơn Tâm Thảo Thắng Thịnh Thoa Thủy Toàn Trang "
    "Trường Tuấn Tuyết Vân Việt Vinh Xuân Yến"
)
_PLACE_FIRST = _words("Nà Mường Pá Huổi Nậm Bản Co Noong Pú Chiềng Xốp Tà Sín Phiêng Hua")
_PLACE_LAST = _words(
    "Lốm Sơn Khoang Hin Lay Củ Nghè Luông Chà Ten Pe Bon Sáng Hẹ Nưa Ư Lót Thái Mạ Khô"
)
_PRAISE = (
    "gương mẫu chấp hành chủ trương của Đảng",
    "tích cực tham gia các cuộc vận động ở cơ sở",
    "giữ mối liên hệ mật thiết với nhân dân trong bản",
    "đóng góp đầy đủ các loại quỹ do địa phương phát động",
    "vận động gia đình xây dựng nếp sống văn hóa",
    "dự đủ các buổi sinh hoạt do chi ủy nơi cư trú triệu tập",
)
_HEAD = "ĐẢNG CỘNG SẢN VIỆT NAM\nTỈNH ỦY HÀ SƠN\nVĂN PHÒNG\n"
_FORMS = (
    (
        "Phiếu nhận xét", "PNX",
        ("Kính gửi: Chi ủy {organ}.\nChi ủy bản {place} nhận xét đồng chí {name}, sinh năm {born}, đảng viên đang công tác tại {organ}, hiện cư trú tại bản {place}, xã {commune}, như sau. "
         "Về tư tưởng chính trị: kiên định mục tiêu độc lập dân tộc và chủ nghĩa xã hội, tin tưởng vào đường lối đổi mới, có ý thức học tập nâng cao nhận thức. "
         "Về quan hệ với tổ chức đảng nơi cư trú: {praise}; {praise2}. Trong năm đồng chí đã dự {meetings} buổi sinh hoạt, vắng {absent} buổi có lý do. "
         "Về nghĩa vụ công dân: bản thân và gia đình thực hiện tốt các quy định của địa phương, không vi phạm pháp luật, không mắc các tệ nạn xã hội, có trách nhiệm trong việc giữ gìn an ninh trật tự và bảo vệ môi trường. "
         "Chi ủy đề nghị cấp ủy nơi đồng chí công tác xem xét khi đánh giá, xếp loại chất lượng đảng viên cuối năm theo quy định hiện hành. "
         "Phiếu này lập thành hai bản, một bản gửi cấp ủy nơi công tác, một bản lưu tại chi bộ nơi cư trú."),
    ),
    (
        "Giấy giới thiệu", "GGT",
        ("Kính gửi: Chi ủy bản {place}, xã {commune}.\nVăn phòng Tỉnh ủy giới thiệu đồng chí {name}, sinh năm {born}, đảng viên đang công tác tại {organ}, về giữ mối liên hệ với chi ủy và tham gia sinh hoạt nơi cư trú theo quy định. "
         "Đề nghị chi ủy tiếp nhận, phân công công việc phù hợp và tạo điều kiện để đồng chí hoàn thành nhiệm vụ của người đảng viên ở khu dân cư. "
         "Đồng chí có trách nhiệm báo cáo với cấp ủy nơi công tác về việc thực hiện nghĩa vụ công dân và nêu cao tinh thần tự phê bình và phê bình. Đồng chí {name} {praise}; {praise2}. "
         "Hằng năm, trước ngày ba mươi tháng mười một, chi ủy nơi cư trú gửi nhận xét bằng văn bản về Văn phòng Tỉnh ủy để làm căn cứ đánh giá chất lượng đảng viên. "
         "Giấy này có giá trị đến ngày {day} tháng {month} năm {year}, quá thời hạn trên phải xin cấp lại theo đúng thủ tục."),
    ),
    (
        "Phiếu chuyển đơn", "PC",
        ("Kính gửi: {organ}.\nVăn phòng Tỉnh ủy nhận được đơn của ông (bà) {name}, thường trú tại bản {place}, xã {commune}, đề ngày {day} tháng {month} năm {year}, kiến nghị về việc hỗ trợ sản xuất và sửa đường vào bản. "
         "Sau khi xem xét nội dung, Văn phòng Tỉnh ủy chuyển đơn đến quý cơ quan để giải quyết theo thẩm quyền và trả lời người có đơn trong thời hạn pháp luật quy định. "
         "Kết quả giải quyết đề nghị gửi về Văn phòng Tỉnh ủy để theo dõi, tổng hợp, báo cáo Thường trực Tỉnh ủy trong phiên họp giao ban gần nhất. "
         "Người được phân công tiếp nhận đơn có trách nhiệm giữ bí mật thông tin, không để lộ họ tên và nơi ở của người kiến nghị. Theo chi bộ, người có đơn {praise}; {praise2}."),
    ),
    (
        "Giấy mời", "GM",
        ("Kính gửi: Đồng chí {name}, {organ}.\nThường trực Tỉnh ủy trân trọng kính mời đồng chí dự hội nghị tại xã {commune} vào ngày {day} tháng {month} năm {year}. "
         "Nội dung: nghe báo cáo kết quả thực hiện nghị quyết sáu tháng đầu năm, bàn phương hướng nhiệm vụ sáu tháng cuối năm, thảo luận việc củng cố tổ chức cơ sở đảng ở bản {place}. "
         "Đề nghị đồng chí chuẩn bị ý kiến phát biểu, đến dự đúng giờ, mặc trang phục theo quy định và xác nhận tham dự với Văn phòng trước hai ngày. Các đồng chí ở bản {place} {praise}; {praise2}. "
         "Tài liệu hội nghị được gửi kèm theo giấy mời này, đề nghị bảo quản và nộp lại sau hội nghị. Rất mong đồng chí bố trí thời gian đến dự đầy đủ."),
    ),
)  # fmt: skip
_ORGANS = (
    "Sở Nội vụ", "Sở Tài chính", "Ban Tổ chức Tỉnh ủy", "Ban Tuyên giáo và Dân vận", "Báo Hà Sơn", "Trường Chính trị tỉnh",
    "Bệnh viện Đa khoa tỉnh", "Công an tỉnh", "Bộ Chỉ huy Quân sự tỉnh", "Tòa án nhân dân tỉnh", "Sở Y tế", "Sở Xây dựng",
)  # fmt: skip
_LONG_KINDS = (("Quyết định", "QĐ"), ("Kế hoạch", "KH"), ("Báo cáo", "BC"), ("Hướng dẫn", "HD"))
_TRADE = _words(
    "công tác kiểm tra giám sát tổ chức cơ sở đảng viên chi bộ cấp ủy nghị quyết chương trình hành động nông thôn mới "
    "rừng phòng hộ đất đai ngân sách dự toán thu chi giáo dục phổ thông y tế cơ sở bảo hiểm giảm nghèo bền vững đường "
    "giao thông thủy lợi hợp tác xã chè cà phê chăn nuôi du lịch cộng đồng văn hóa dân tộc biên giới quốc phòng an ninh "
    "cải cách hành chính chuyển đổi số cán bộ quy hoạch luân chuyển khen thưởng kỷ luật lưu trữ văn thư con dấu"
)


def papers(count: int, passages: list[dict[str, str]], seed: int = 5) -> Iterator[dict[str, str]]:
    """The papers as objects with ``id``, ``title``, ``reference``, ``person``, ``issued_on``, ``text``."""
    chance = random.Random(seed)
    for number in range(count):
        is_sheet = number % 10 < SHEETS_IN_TEN
        yield _sheet(number, chance) if is_sheet else _long(number, chance, passages)


def passages_of(folder: Path) -> list[dict[str, str]]:
    """Title and text of the long papers' material; empty where there is none."""
    path = folder / "alqac.corpus.jsonl"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def questions(
    path: Path, every: int, seed: int = 7, each: int = 60
) -> dict[str, list[tuple[str, str]]]:
    """Questions by sort, each with the id it should find ("" where any of thousands would do), from the papers of *path*.

    Half of them are typed without marks.
    """
    chance = random.Random(seed)
    # Not in step with the ten: else all picked would be sheets.
    while gcd(every, 10) != 1:
        every += 1
    with path.open(encoding="utf-8") as stream:
        picked = [json.loads(line) for line in itertools.islice(stream, 0, None, every)]
    sheets = [paper for paper in picked if paper["person"]]
    long = [paper for paper in picked if not paper["person"]]
    asked = {
        "names": [(paper["person"], "") for paper in chance.sample(sheets, each)],
        "titles": [(paper["title"], paper["id"]) for paper in chance.sample(long, each)],
        "references": [(paper["reference"], paper["id"]) for paper in chance.sample(picked, each)],
        "boilerplate": [(_boilerplate(chance), "") for _ in range(each)],
        "everywhere": [
            (word, "")
            for word, _ in zip(
                itertools.cycle(("đảng", "tỉnh ủy", "Hà Sơn", "văn phòng", "việt nam", "cộng sản")),
                range(each),
                strict=False,
            )
        ],
        "long": [
            (_stretch(paper["text"], chance), paper["id"]) for paper in chance.sample(long, each)
        ],
    }
    return {
        sort: [
            (text if at % 2 else strip_marks(text), gold) for at, (text, gold) in enumerate(some)
        ]
        for sort, some in asked.items()
    }


def _sheet(number: int, chance: random.Random) -> dict[str, str]:
    title, symbol, form = chance.choice(_FORMS)
    name = f"{chance.choice(_SURNAMES)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"
    praise = chance.sample(_PRAISE, 2)
    year = chance.randint(2005, 2026)
    text = form.format(
        name=name, place=_place(chance), commune=_place(chance), organ=chance.choice(_ORGANS), born=chance.randint(1950, 2003),
        praise=praise[0], praise2=praise[1], meetings=chance.randint(3, 12), absent=chance.randint(0, 3),
        day=chance.randint(1, 28), month=chance.randint(1, 12), year=year,
    )  # fmt: skip
    return {
        "id": f"p{number}",
        "title": title,
        "reference": f"{number + 1}-{symbol}/VPTU",
        "person": name,
        "issued_on": f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "text": _HEAD + text,
    }


def _place(chance: random.Random) -> str:
    return f"{chance.choice(_PLACE_FIRST)} {chance.choice(_PLACE_LAST)}"


def _long(number: int, chance: random.Random, passages: list[dict[str, str]]) -> dict[str, str]:
    kind, symbol = chance.choice(_LONG_KINDS)
    if passages:
        chosen = chance.sample(passages, 4)
        lines = [line for one in chosen for line in one["text"].split("\n") if line.strip()]
        chance.shuffle(lines)
        about = f"{chosen[0]['title']} và {chosen[1]['title'].lower()}"
        text = "\n".join(lines)
    else:
        about = " ".join(chance.choices(_TRADE, k=9))
        text = "\n".join(" ".join(chance.choices(_TRADE, k=30)) + "." for _ in range(25))
    year = chance.randint(2005, 2026)
    return {
        "id": f"p{number}",
        "title": f"{kind} về {about} tại xã {_place(chance)}",
        "reference": f"{number + 1}-{symbol}/TU",
        "person": "",
        "issued_on": f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        "text": _HEAD + text,
    }


def _boilerplate(chance: random.Random) -> str:
    """Some sentences' worth of what every sheet of a form says."""
    fixed = [
        words
        for _, _, form in _FORMS
        for sentence in form.replace("\n", " ").split(". ")
        if "{" not in sentence and len(words := sentence.split()) >= 12
    ]
    words = chance.choice(fixed)
    length = chance.choice((4, 8, 12, len(words)))
    start = chance.randint(0, max(0, len(words) - length))
    return " ".join(words[start : start + length])


def _stretch(text: str, chance: random.Random) -> str:
    words = text.split()
    length = chance.randint(30, 80)
    start = chance.randint(12, max(12, len(words) - length))
    return " ".join(words[start : start + length])
