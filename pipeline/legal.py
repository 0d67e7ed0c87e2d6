"""What a paper may become in law: the one table of states, and what a later paper does to an earlier one.

Source: design of the office's papers; issue, correction and recall after Nghị định 30/2020/NĐ-CP, Điều 14–18.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType

from pipeline.record import LegalState, RelationKind
from pipeline.vietnamese import fold

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
        # Corrected once more: a second paper may correct what the first left wrong.
        LegalState.DA_DINH_CHINH: frozenset(
            (
                LegalState.DA_DINH_CHINH,
                LegalState.BI_THAY_THE,
                LegalState.THU_HOI,
                LegalState.HUY_SO,
            )
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


#: What has lost its force: it stands for its deed no more, and whoever finds it must be told.
OUT_OF_FORCE = frozenset((LegalState.BI_THAY_THE, LegalState.THU_HOI, LegalState.HUY_SO))
#: What whoever holds the sheet must be told.
WARNING = OUT_OF_FORCE | {LegalState.DA_DINH_CHINH}
#: Only a paper with a number can be these; only one without is a draft.
_NEEDS_NUMBER = WARNING - {LegalState.THU_HOI} | {LegalState.DA_PHAT_HANH}
_NEEDS_NONE = frozenset((LegalState.DU_THAO,))

#: The relations that a record may name, in the order of its sheet. A copy names its source by other means.
NAMED_RELATIONS = tuple(kind for kind in RelationKind if kind is not RelationKind.SAO)

#: What the later paper does, and what the earlier one suffers; a reference follows.
DOES: Mapping[RelationKind, str] = MappingProxyType(
    {
        RelationKind.DINH_CHINH: "đính chính",
        RelationKind.THAY_THE: "thay thế",
        RelationKind.SUA_DOI: "sửa đổi",
        RelationKind.BAI_BO: "bãi bỏ",
        RelationKind.THU_HOI: "thu hồi",
        RelationKind.CAP_LAI: "cấp lại",
        RelationKind.SAO: "sao từ",
    }
)
DONE_BY: Mapping[RelationKind, str] = MappingProxyType(
    {
        RelationKind.DINH_CHINH: "được đính chính bởi",
        RelationKind.THAY_THE: "bị thay thế bởi",
        RelationKind.SUA_DOI: "được sửa đổi bởi",
        RelationKind.BAI_BO: "bị bãi bỏ bởi",
        RelationKind.THU_HOI: "bị thu hồi bởi",
        RelationKind.CAP_LAI: "được cấp lại bằng",
        RelationKind.SAO: "được sao tại",
    }
)

#: Why a draft has the version with its number.
NUMBERED_WHY = "cấp số"
#: What stands in the place of a number that a paper does not have yet.
DRAFT_WORDS = "dự thảo, chưa có số"

#: How the reason begins of a paper received that is here no more, and what is said of it.
_BY_SENDER, _BY_US = "nơi gửi thu hồi", "trả lại nơi gửi"
#: What people write once more before the reason itself.
_AGAIN = re.compile(
    rf"(?:đã )?(?:{_BY_SENDER}|{_BY_US}|trả lại)\s*(?:[:;,.–-]\s*|\s(?:vì|do)\s+)", re.IGNORECASE
)
#: Of one that its sender asked for.
RECALLED_WORDS = "nơi gửi thu hồi"
#: Of one that we did not keep.
RETURNED_WORDS = "đã trả lại nơi gửi"
_SENT_BACK = {_BY_SENDER: RECALLED_WORDS, _BY_US: RETURNED_WORDS}

#: How the reason begins of a paper that came once more.
_JOINED = "cùng một văn bản với văn bản đến "
#: In a file's name, which has no room for a number.
_JOINED_MARK = "đã gộp vào văn bản đã có"

_STATE_NAMES = {
    fold(name): state
    for state in LegalState
    for name in (state.value.replace("-", " "), STATE_WORDS[state])
}
#: What people say and what they mean; asked back, never taken for granted.
_STATE_HINTS = {
    "ban nhap": LegalState.DU_THAO,
    "nhap": LegalState.DU_THAO,
    "trinh ky": LegalState.CHO_KY,
    "chua ky": LegalState.CHO_KY,
    "ky": LegalState.DA_KY,
    "ky roi": LegalState.DA_KY,
    "phat hanh": LegalState.DA_PHAT_HANH,
    "ban hanh": LegalState.DA_PHAT_HANH,
    "da ban hanh": LegalState.DA_PHAT_HANH,
    "gui": LegalState.DA_PHAT_HANH,
    "gui di": LegalState.DA_PHAT_HANH,
    "da gui": LegalState.DA_PHAT_HANH,
    "da gui di": LegalState.DA_PHAT_HANH,
    "dinh chinh": LegalState.DA_DINH_CHINH,
    "thay the": LegalState.BI_THAY_THE,
    "thay": LegalState.BI_THAY_THE,
    "het hieu luc": LegalState.BI_THAY_THE,
    "rut": LegalState.THU_HOI,
    "rut lai": LegalState.THU_HOI,
    "bai bo": LegalState.THU_HOI,
    "bi bai bo": LegalState.THU_HOI,
    "bi thu hoi": LegalState.THU_HOI,
    "huy": LegalState.HUY_SO,
    "da huy": LegalState.HUY_SO,
}
#: A name has 255 bytes on Linux; the mark and a temp suffix want theirs.
_STEM_BYTES = 190


def may_become(now: LegalState, then: LegalState, *, has_number: bool | None = None) -> bool:
    """Whether the change is allowed, by the table and by whether the paper has a number (None: not asked)."""
    if has_number is not None and then in (_NEEDS_NONE if has_number else _NEEDS_NUMBER):
        return False
    return then in CHANGES[now]


def may_be_numbered(now: LegalState) -> bool:
    """Whether a paper without a number may be given one: it was signed, or is being signed with it."""
    return now is LegalState.DA_KY or may_become(now, LegalState.DA_KY)


def next_states(now: LegalState, *, has_number: bool | None = None) -> tuple[LegalState, ...]:
    """What *now* may be changed to, in the order of a paper's life."""
    return tuple(state for state in LegalState if may_become(now, state, has_number=has_number))


def frees_identity(kind: RelationKind) -> bool:
    """Whether a later paper of this relation stands for the deed instead of the earlier one."""
    return EFFECTS.get(kind) in OUT_OF_FORCE


def property_of(kind: RelationKind) -> str:
    """The property of a record that names the papers of a relation."""
    return kind.value.replace("-", "_")


def standing_phrase(
    state: LegalState, done: Iterable[tuple[RelationKind, str]], reasons: Sequence[str] = ()
) -> str:
    """The state in words, with what brought it about where a later paper did: «bị thay thế bởi 09-GGT/VPTU».

    Args:
        done: Relation and reference of the later papers that name this one.
        reasons: Of the paper's versions, oldest first: a paper received that went back to its sender says so in one.
    """
    causes = [f"{DONE_BY[kind]} {shown}" for kind, shown in done if EFFECTS.get(kind) is state]
    if causes or state is not LegalState.THU_HOI:
        return "; ".join(causes) or STATE_WORDS[state]
    return sent_back(reasons)[0] or _joined_words(reasons) or STATE_WORDS[state]


def bare_reason(reason: str) -> str:
    """Why a paper goes back, without the words that it goes back: those are written before it anyway."""
    return _AGAIN.sub("", reason.strip()) or reason.strip()


def sent_back_reason(reason: str, *, is_recalled: bool) -> str:
    """What is written down of a paper received that goes back: because its sender wants it, or because we do."""
    return f"{_BY_SENDER if is_recalled else _BY_US}: {reason}"


def joined_reason(shown: str) -> str:
    """What is written down of a paper that came once more, and lies under the number of the first."""
    return f"{_JOINED}{shown}"


def _joined_words(reasons: Sequence[str]) -> str:
    found = [said.removeprefix(_JOINED) for said in reasons if said.startswith(_JOINED)]
    return joined_words(found[-1]) if found else ""


def joined_words(shown: str) -> str:
    """What a paper is that lies under the number of the first."""
    return f"đã gộp vào {shown}"


def sent_back(reasons: Sequence[str]) -> tuple[str, str]:
    """How a paper received went back, in words, and why; both empty where it did not."""
    for said in reversed(reasons):
        for begin, words in _SENT_BACK.items():
            if said.startswith(f"{begin}:"):
                return words, said.removeprefix(f"{begin}:").strip()
    return "", ""


def state_named(text: str) -> LegalState | None:
    """The state that people mean by *text*: ``da-ky``, ``đã ký``, ``Da Ky``; None for other words."""
    return _STATE_NAMES.get(_bare(text))


def state_hinted(text: str) -> LegalState | None:
    """The state that people seem to mean by *text*: ``phát hành`` for «đã phát hành»; None for other words."""
    return _STATE_HINTS.get(_bare(text))


def _bare(text: str) -> str:
    return " ".join(fold(text.replace("-", " ").replace("_", " ")).split())


def marked_name(name: str, state: LegalState, reasons: Sequence[str] = ()) -> str:
    """*name* of a file for people, which says what they must know of the paper: ``… (BỊ THAY THẾ).pdf``.

    Args:
        reasons: Of the paper's versions: one received that went back to its sender says so, and one that came once more.
    """
    if state not in WARNING:
        return name
    words = sent_back(reasons)[0] or (
        _JOINED_MARK if _joined_words(reasons) else STATE_WORDS[state]
    )
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix).encode()[:_STEM_BYTES].decode(errors="ignore")
    return f"{stem} ({words.upper()}){suffix}"
