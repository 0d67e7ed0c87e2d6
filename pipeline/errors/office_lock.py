"""T370: the office is held by somebody else."""

from __future__ import annotations

from pipeline.errors.base import TemporaryFailure


class OfficeBusy(TemporaryFailure):
    """Shared and lone access exclude each other."""

    code = "T370"
    clerk_template = (
        "Văn phòng đang được dùng bởi tiến trình khác{who}. "
        "Hãy dừng «vanthu run» (hoặc đợi việc kia xong) rồi chạy lại lệnh."
    )
