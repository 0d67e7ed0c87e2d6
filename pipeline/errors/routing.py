"""R335–R339: what can stand in the way of sending an incoming paper on."""

from __future__ import annotations

from pipeline.errors.base import RecordRejected


class NothingRouted(RecordRejected):
    """Neither an opinion nor anybody it goes to nor a day."""

    code = "R335"
    clerk_template = "Chưa ghi gì. Hãy ghi ý kiến, hoặc nơi chuyển đến, hoặc hạn xử lý."


class RoutingWrong(RecordRejected):
    """Something of what was written cannot be."""

    code = "R336"
    clerk_template = "Chưa ghi được: {why}"


class NotToRoute(RecordRejected):
    """It is no incoming paper that stands and has its number."""

    code = "R337"
    clerk_template = "Văn bản «{what}» không chuyển được: {why}"
