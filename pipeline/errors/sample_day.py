"""Why a sample day is not dropped."""

from __future__ import annotations

from pipeline.errors.base import VanthuError


class SampleRefused(VanthuError):
    """The office already holds papers of its own: made-up ones would take real numbers."""

    code = "T350"
    exit_status = 64
    clerk_template = (
        "Văn phòng {folder} đã có hồ sơ thật nên không thả ngày mẫu vào: văn bản mẫu sẽ lấy mất số thật. "
        "Hãy chạy «bin/run --sample» trong thư mục phần mềm, hoặc lập một văn phòng trống để thử."
    )


class SampleKindsMissing(VanthuError):
    """Kinds that the sample day is made of are missing or broken."""

    code = "T351"
    exit_status = 64
    clerk_template = (
        "Không thả được ngày mẫu vì thiếu hoặc hỏng các loại văn bản: {kinds}. "
        "Hãy chạy «vanthu kinds check» để biết vì sao."
    )
