"""An IPP request → bytes, and bytes → an IPP answer (RFC 8010). Nothing here knows what a printer is."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

_VERSION = (2, 0)
_HEAD = struct.Struct(">BBHI")
_LENGTH = struct.Struct(">H")
_INTEGER = struct.Struct(">i")

OPERATION_GROUP = 0x01
JOB_GROUP = 0x02
_END = 0x03
_PRINTER_GROUP = 0x04
_LAST_GROUP = 0x0F


class Tag(IntEnum):
    """The types of values that we write."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


#: Tag of a value → how its bytes are read; what is not here stays bytes.
_INTEGERS = frozenset((Tag.INTEGER, Tag.ENUM))
_WORDS = frozenset((0x41, 0x42, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49))
#: A language before the words.
_WORDS_OF_A_LANGUAGE = frozenset((0x35, 0x36))

Value = str | int | bool | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a request; several values are written one after the other."""

    tag: Tag
    name: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    #: Each group of printer or job attributes: name → values.
    groups: tuple[MappingProxyType[str, tuple[Value, ...]], ...]
    #: The server's own words.
    message: str


def text(tag: Tag, name: str, *values: str) -> Attribute:
    """An attribute of words."""
    return Attribute(tag=tag, name=name, values=values)


def write_request(
    operation: int,
    attributes: Sequence[Attribute],
    *,
    job_attributes: Sequence[Attribute] = (),
    request_id: int = 1,
) -> bytes:
    """A request without its document, which follows it."""
    parts = [_HEAD.pack(*_VERSION, operation, request_id), bytes([OPERATION_GROUP])]
    parts += [_attribute(one) for one in attributes]
    if job_attributes:
        parts.append(bytes([JOB_GROUP]))
        parts += [_attribute(one) for one in job_attributes]
    parts.append(bytes([_END]))
    return b"".join(parts)


def _attribute(one: Attribute) -> bytes:
    parts, name = [], one.name.encode("ascii")
    for value in one.values:
        raw = _INTEGER.pack(value) if isinstance(value, int) else value.encode()
        parts.append(bytes([one.tag]) + _sized(name) + _sized(raw))
        name = b""  # further values of the same attribute have none
    return b"".join(parts)


def _sized(raw: bytes) -> bytes:
    return _LENGTH.pack(len(raw)) + raw


def read_answer(data: bytes) -> Answer:
    """What a server answered.

    Raises:
        ValueError: it is no IPP.
    """
    try:
        return _read(data)
    except (struct.error, IndexError) as error:
        message = f"cut short: {error}"
        raise ValueError(message) from error


def _read(data: bytes) -> Answer:
    _, _, status, _ = _HEAD.unpack_from(data)
    groups: list[tuple[int, dict[str, tuple[Value, ...]]]] = []
    at, name = _HEAD.size, ""
    while (tag := data[at]) != _END:
        at += 1
        if tag <= _LAST_GROUP:
            groups.append((tag, {}))
            continue
        label, at = _take(data, at)
        raw, at = _take(data, at)
        name = label.decode("ascii", errors="replace") or name
        if not groups:
            message = "a value outside of every group"
            raise ValueError(message)
        found = groups[-1][1]
        found[name] = (*found.get(name, ()), _value(tag, raw))
    said = next((group.get("status-message", ()) for tag, group in groups), ())
    return Answer(
        status=status,
        groups=tuple(
            MappingProxyType(group) for tag, group in groups if tag in {JOB_GROUP, _PRINTER_GROUP}
        ),
        message=str(said[0]) if said else "",
    )


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    end = at + _LENGTH.size + length
    if end > len(data):
        message = "longer than the answer"
        raise ValueError(message)
    return data[at + _LENGTH.size : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in _INTEGERS:
        return int(_INTEGER.unpack(raw)[0])
    if tag == Tag.BOOLEAN:
        return raw != b"\0"
    if tag in _WORDS_OF_A_LANGUAGE:
        _, at = _take(raw, 0)
        raw, _ = _take(raw, at)
        return raw.decode(errors="replace")
    return raw.decode(errors="replace") if tag in _WORDS else raw
