"""What a paper may become in law: the one table of states, and what a later paper does to an earlier one.

Source: design of the office's papers; issue, correction and recall after Nghị định 30/2020/NĐ-CP, Điều 14–18.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pipeline.record import LegalState, RelationKind

#: State → the states it may be changed to. Each change needs a person and a reason, and is a version of the paper.
CHANGES: Mapping[LegalState, frozenset[LegalState]] = MappingProxyType(
    {
        # A draft that nobody wants any more is withdrawn; it has no number to void.
        LegalState.DU_THAO: frozenset((LegalState.CHO_KY, LegalState.DA_KY, LegalState.THU_HOI)),
        # Back to the draft: the signature was refused before there was a number.
        LegalState.CHO_KY: frozenset(
            (
                LegalState.DU_THAO,
                LegalState.DA_KY,
                LegalState.DA_PHAT_HANH,
                LegalState.DA_DINH_CHINH,
                LegalState.BI_THAY_THE,
                LegalState.THU_HOI,
                LegalState.HUY_SO,
            )
        ),
        # Back to «chờ ký»: entered as signed by mistake.
        LegalState.DA_KY: frozenset(
            (
                LegalState.CHO_KY,
                LegalState.DA_PHAT_HANH,
                LegalState.DA_DINH_CHINH,
                LegalState.BI_THAY_THE,
                LegalState.THU_HOI,
                LegalState.HUY_SO,
            )
        ),
        LegalState.DA_PHAT_HANH: frozenset(
            (
                LegalState.DA_DINH_CHINH,
                LegalState.BI_THAY_THE,
                LegalState.THU_HOI,
                LegalState.HUY_SO,
            )
        ),
        LegalState.DA_DINH_CHINH: frozenset(
            (LegalState.BI_THAY_THE, LegalState.THU_HOI, LegalState.HUY_SO)
        ),
        LegalState.BI_THAY_THE: frozenset((LegalState.THU_HOI,)),
        LegalState.THU_HOI: frozenset(),
        LegalState.HUY_SO: frozenset(),
    }
)

#: What the earlier paper becomes when a later one of this relation stands in the book; «sửa đổi» and «sao» leave it
#: as it is. A paper that is abolished or withdrawn is no longer in force: the relation says which of the two.
EFFECTS: Mapping[RelationKind, LegalState] = MappingProxyType(
    {
        RelationKind.DINH_CHINH: LegalState.DA_DINH_CHINH,
        RelationKind.THAY_THE: LegalState.BI_THAY_THE,
        RelationKind.CAP_LAI: LegalState.BI_THAY_THE,
        RelationKind.BAI_BO: LegalState.THU_HOI,
        RelationKind.THU_HOI: LegalState.THU_HOI,
    }
)

STATE_WORDS: Mapping[LegalState, str] = MappingProxyType(
    {
        LegalState.DU_THAO: "dự thảo",
        LegalState.CHO_KY: "chờ ký",
        LegalState.DA_KY: "đã ký",
        LegalState.DA_PHAT_HANH: "đã phát hành",
        LegalState.DA_DINH_CHINH: "đã đính chính",
        LegalState.BI_THAY_THE: "bị thay thế",
        LegalState.THU_HOI: "đã thu hồi",
        LegalState.HUY_SO: "đã hủy số",
    }
)


#: Why a draft has the version with its number.
NUMBERED_WHY = "cấp số"
#: What stands in the place of a number that a paper does not have yet.
DRAFT_WORDS = "dự thảo, chưa có số"


def may_become(now: LegalState, then: LegalState) -> bool:
    """Whether the table allows the change."""
    return then in CHANGES[now]


def may_be_numbered(now: LegalState) -> bool:
    """Whether a paper without a number may be given one: it was signed, or is being signed with it."""
    return now is LegalState.DA_KY or may_become(now, LegalState.DA_KY)


def next_states(now: LegalState) -> tuple[LegalState, ...]:
    """What *now* may be changed to, in the order of a paper's life."""
    return tuple(state for state in LegalState if state in CHANGES[now])
