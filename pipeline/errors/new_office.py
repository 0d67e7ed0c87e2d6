"""K270: making an office."""

from __future__ import annotations

from pipeline.errors.base import KindInvalid


class OfficeExists(KindInvalid):
    """There is an office in that folder already."""

    code = "K270"
    exit_status = 64
    clerk_template = (
        "Thư mục «{folder}» đã là một cơ quan (có tệp vanthu.toml). "
        "Hãy chọn thư mục khác, hoặc sửa tệp vanthu.toml đang có."
    )
