"""R350–R354, T389: what is answered to programs that ask through the web, and of their access codes."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected, TemporaryFailure


class TokenRefused(RecordRejected):
    """R350: no access code came along, or one that is unknown or closed."""

    code: ClassVar[str] = "R350"
    clerk_template: ClassVar[str] = (
        "Chưa có mã truy cập, hoặc mã không đúng, đã đóng. Hãy gửi kèm mã do người quản trị cấp."
    )
    terminal_hint: ClassVar[str] = "Cấp mã: «vanthu user token add»."


class RequestWrong(RecordRejected):
    """R351: what a program sent is not as the description of the interface says."""

    code: ClassVar[str] = "R351"
    clerk_template: ClassVar[str] = "Yêu cầu chưa đúng: {why}"


class DeedRefused(RecordRejected):
    """R352: the role of the person for whom the program asks does not allow it."""

    code: ClassVar[str] = "R352"
    clerk_template: ClassVar[str] = (
        "Vai trò của tài khoản này không được làm việc ấy. Nếu cần, hãy nhờ văn thư hoặc người quản trị."
    )


class NothingThere(RecordRejected):
    """R353: there is nothing at that address, or nothing that this person may see."""

    code: ClassVar[str] = "R353"
    clerk_template: ClassVar[str] = (
        "Không có gì ở địa chỉ này, hoặc tài khoản này không được xem. Hãy xem lại địa chỉ và mã văn bản."
    )


class TokenWrong(RecordRejected):
    """R354: what is asked of access codes cannot be done."""

    code: ClassVar[str] = "R354"
    clerk_template: ClassVar[str] = "Chưa làm được với mã truy cập: {why}"


class TooManyQuestions(TemporaryFailure):
    """T389: one address asked too often within a minute."""

    code: ClassVar[str] = "T389"
    clerk_template: ClassVar[str] = (
        "Đã hỏi quá nhiều lần trong một phút. Hãy đợi một phút rồi hỏi lại."
    )
