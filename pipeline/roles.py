"""The roles of people in the records room."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is here; what each may do is the table of :mod:`pipeline.rights`."""

    QUAN_TRI = "quan-tri"
    VAN_THU = "van-thu"
    CHUYEN_VIEN = "chuyen-vien"
    LANH_DAO = "lanh-dao"
    TRA_CUU = "tra-cuu"


ROLE_WORDS = {
    Role.QUAN_TRI: "quản trị",
    Role.VAN_THU: "văn thư",
    Role.CHUYEN_VIEN: "chuyên viên",
    Role.LANH_DAO: "lãnh đạo",
    Role.TRA_CUU: "tra cứu",
}
