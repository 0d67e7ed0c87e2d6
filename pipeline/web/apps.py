"""The web page as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Without tables of its own: what it keeps stands in the registers."""

    name = "pipeline.web"
    label = "web"
