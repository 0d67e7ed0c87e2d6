"""Names of what acts by itself in a paper, or is carried in it → what the clerk is told of it."""

from __future__ import annotations

from collections.abc import Collection

_CODE = frozenset(
    (
        "OpenAction", "AA", "JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Rendition", "Renditions",
        "RichMediaExecute", "XFA",
    )
)  # fmt: skip
_CARRIED = frozenset(
    (
        "EmbeddedFiles", "FileAttachment", "AF", "Collection", "RichMedia", "Screen", "3D", "Movie", "Sound",
        "AlternatePresentations",
    )
)  # fmt: skip


def left_out_words(names: Collection[str]) -> list[str]:
    """Of a rendition without them; nothing where only a signature went, which is told elsewhere."""
    what = _what(names)
    if not what:
        return []
    return [
        f"Tệp gốc có {what}; bản đóng dấu, bản sao không mang theo. Tệp gốc giữ nguyên trong kho."
    ]


def kept_words(names: Collection[str]) -> list[str]:
    """Of a paper that is kept as it came."""
    what = _what(names)
    if not what:
        return []
    words = (
        f"Tệp có {what}: chương trình không chạy, không mở; tệp giữ nguyên như khi nhận. "
        "Hãy hỏi nơi gửi trước khi mở bằng chương trình khác."
    )
    return [words]


def _what(names: Collection[str]) -> str:
    parts = ["mã tự chạy"] if _CODE.intersection(names) else []
    parts += ["tệp, phim hoặc âm thanh nhúng"] if _CARRIED.intersection(names) else []
    return " và ".join(parts)
