"""What can stand in the way of composing a paper in the browser."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected


class TooManyForms(RecordRejected):
    """R330: the person keeps as many forms as one may; nothing is dropped to make room."""

    code: ClassVar[str] = "R330"
    clerk_template: ClassVar[str] = (
        "Bạn đang soạn {most} biểu mẫu chưa gửi, không giữ thêm được. "
        "Hãy gửi hoặc xóa bớt ở mục «Đang soạn» của trang Văn bản đi rồi làm lại; chữ trên trang này chưa được lưu."
    )


class FormSent(RecordRejected):
    """R331: the form was sent meanwhile, from another window or by a second click; what was typed later is not in it."""

    code: ClassVar[str] = "R331"
    clerk_template: ClassVar[str] = (
        "Biểu mẫu này đã gửi rồi; chữ sửa thêm ở đây không được giữ và không được gửi. "
        "Muốn gửi một văn bản khác thì mở biểu mẫu mới ở trang Văn bản đi rồi chép chữ sang."
    )
