"""R320–R329: what is asked of people's accounts."""

from __future__ import annotations

from typing import ClassVar

from pipeline.errors.base import RecordRejected


class AccountUnknown(RecordRejected):
    """R320: nobody has that account."""

    code: ClassVar[str] = "R320"
    clerk_template: ClassVar[str] = (
        "Không có tài khoản «{account}». Hãy xem các tài khoản ở trang Quản trị."
    )
    terminal_hint: ClassVar[str] = "Xem: «vanthu user list»."


class AccountTaken(RecordRejected):
    """R321: somebody has that account already."""

    code: ClassVar[str] = "R321"
    clerk_template: ClassVar[str] = (
        "Tài khoản «{account}» đã có ({name}). Hãy chọn tên khác, hoặc mở lại tài khoản ấy."
    )


class AccountWrong(RecordRejected):
    """R322: what is said of an account cannot be."""

    code: ClassVar[str] = "R322"
    clerk_template: ClassVar[str] = "Chưa ghi được tài khoản: {why}"


class PasswordWeak(RecordRejected):
    """R323: a password that others would guess."""

    code: ClassVar[str] = "R323"
    clerk_template: ClassVar[str] = "Mật khẩu chưa dùng được: {why}"


class LastManager(RecordRejected):
    """R324: nobody would be left who may manage the people."""

    code: ClassVar[str] = "R324"
    clerk_template: ClassVar[str] = (
        "«{account}» là người quản trị cuối cùng còn hoạt động. Hãy lập người quản trị khác trước."
    )
