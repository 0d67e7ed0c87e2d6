"""All operations of the interface, and its own description."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import NinjaAPI

from pipeline.rights import Deed
from pipeline.web.api import copying, documents, dropping, finding, registers
from pipeline.web.api.door import operation
from pipeline.web.api.mending import mend

API = NinjaAPI(
    title="Văn thư",
    version="1",
    description="Văn phòng cho chương trình khác: cùng quyền, cùng mã lỗi như trang web.",
    urls_namespace="api",
    # The description is an operation like the others; a page that shows it would come from elsewhere.
    openapi_url=None,
    docs_url=None,
)
mend(API)
for part in (dropping, finding, documents, registers, copying):
    API.add_router("", part.router)


@API.get(
    "/openapi.json",
    **operation("openapi", Deed.SEE, "Bản mô tả giao diện", None, include_in_schema=False),
)
def openapi(request: HttpRequest) -> Any:
    """The description of all the others."""
    del request
    return JsonResponse(_described())


@cache
def _described() -> dict[str, Any]:
    """Made once: it is the same for everybody, and takes longer than any page."""
    return dict(API.get_openapi_schema())
