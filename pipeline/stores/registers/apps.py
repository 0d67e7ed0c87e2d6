"""The registers as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Label ``registers``: it stands in table names and migrations for ever."""

    name = "pipeline.stores.registers"
    label = "registers"
