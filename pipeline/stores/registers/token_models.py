"""The table of access codes: by one of them a program speaks for a person; the code itself is kept nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Index


class ApiToken(models.Model):
    """One access code of a person."""

    #: The part of the code that may be read by anybody, ``k3f9xq2a``.
    id = models.CharField(max_length=16, primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    #: What it is for, in the words of whoever made it.
    name = models.CharField(max_length=100)
    #: SHA-256 of the secret part, which is random and long: nothing slower is needed.
    secret_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_tokens"
        indexes: ClassVar[list[Index]] = [
            Index(fields=["person", "made_at"], name="token_person"),
        ]
