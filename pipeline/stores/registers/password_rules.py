"""What a password may not be, beyond Django's own rules."""

from __future__ import annotations

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError

from pipeline.stores.registers.models import Person
from pipeline.vietnamese import fold


class NotOneself(UserAttributeSimilarityValidator):
    """Not the account's name or the person's, nor nearly: ``quantri12345`` of *quantri*; marks do not make it another."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("account", "ho_ten"))

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        if user is None:
            return
        plain = Person(account=fold(user.account), ho_ten=fold(user.ho_ten).replace(" ", ""))
        try:
            super().validate(fold(password).replace(" ", ""), plain)
        except ValidationError as error:
            told = "Mật khẩu quá giống tên tài khoản hoặc họ tên."
            raise ValidationError(told, code="password_too_similar") from error
