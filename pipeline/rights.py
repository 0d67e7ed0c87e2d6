"""Who may do what: one table of roles and deeds, and which papers a person may see.

It holds for the web page and for the programs that ask through it alike; the command line is for whoever runs the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pipeline.config import Office
from pipeline.roles import Role
from pipeline.stores.search.values import Rights

#: Marks of circulation that keep a paper inside the office.
_INSIDE = frozenset({"luu-hanh-noi-bo", "thu-hoi"})


class Deed(StrEnum):
    """What a person may be allowed to do."""

    #: Search, open a paper, take a copy of its file to read.
    SEE = "see"
    SEE_BOOKS = "see-books"
    #: Drop records and papers, compose, see what became of the own drops.
    SUBMIT = "submit"
    #: See what became of everybody's drops.
    SEE_ALL_DROPS = "see-all-drops"
    #: Give numbers and dates to what was signed; set numbers aside, make them void.
    ISSUE = "issue"
    #: Change what a paper is in law; correct, replace, withdraw.
    RULE = "rule"
    #: Say what is written on papers that came, enter rows, send back.
    CONFIRM = "confirm"
    #: Write an opinion on a paper that came, and whom it goes to.
    ROUTE = "route"
    #: Make certified copies, say who holds them, revoke them.
    COPY = "copy"
    PRINT = "print"
    #: Print without BẢN TRA CỨU in the margin.
    PRINT_CLEAN = "print-clean"
    #: People, roles, what the office file says, what doctor says.
    MANAGE = "manage"


_LOOKS = frozenset({Deed.SEE, Deed.PRINT})
_CLERK = frozenset(Deed) - {Deed.MANAGE}
#: Role → what it may do.
TABLE: Mapping[Role, frozenset[Deed]] = MappingProxyType(
    {
        Role.QUAN_TRI: frozenset(Deed),
        Role.VAN_THU: _CLERK,
        Role.CHUYEN_VIEN: _LOOKS | {Deed.SUBMIT},
        Role.LANH_DAO: _LOOKS | {Deed.SEE_BOOKS, Deed.SUBMIT, Deed.SEE_ALL_DROPS, Deed.ROUTE},
        Role.TRA_CUU: _LOOKS,
    }
)
#: Roles that see papers which are not signed yet, and papers for the office alone.
_INSIDERS = frozenset({Role.QUAN_TRI, Role.VAN_THU, Role.LANH_DAO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who does something: as the journal shall name him, and what he may."""

    #: ``Nguyễn Thị Hoa (hoa)``: what is his is told by the account in it, :mod:`pipeline.person_names`.
    name: str
    role: Role

    def may(self, deed: Deed) -> bool:
        """Whether the table allows it."""
        return deed in TABLE[self.role]


def seen_by(actor: Actor, office: Office, kinds: Mapping[str, object]) -> Rights:
    """Which papers *actor* may see; the office file may keep a kind for some roles (``[xem]``)."""
    hidden = {kind for kind, roles in office.seen_by.items() if actor.role not in roles}
    is_insider = actor.role in _INSIDERS
    return Rights(
        kinds=frozenset(kinds) - hidden if hidden else None,
        hidden_marks=frozenset() if is_insider or actor.role is Role.CHUYEN_VIEN else _INSIDE,
        hides_drafts=not is_insider,
        owner=actor.name,
    )
