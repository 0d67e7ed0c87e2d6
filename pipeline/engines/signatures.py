"""Digital signatures of a received PDF → who signed, when, whether it is what was signed, and whether we know who vouches for it.

Judged at receipt by pyHanko, without a network: in ten years nobody can ask the issuers of these certificates any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from pipeline.engines import pdf
from pipeline.engines.time_box import TookTooLong, time_box

_SECONDS = 20.0
_MOST_SIGNATURES = 50
_LONGEST = 300
_CERTIFICATES = ("*.pem", "*.crt", "*.cer")
#: What may be added behind a signature without touching what was signed: time stamps, proofs, other signatures.
_HARMLESS = frozenset({ModificationLevel.NONE, ModificationLevel.LTA_UPDATES})
_WHOLE = frozenset({SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What one signature proves."""

    #: ``signature`` of a person or body, ``timestamp`` of the whole file.
    kind: str
    field: str
    signer: str = ""
    issuer: str = ""
    #: ISO 8601, as the signer's own clock said; empty where it says nothing.
    signed_at: str = ""
    #: ISO 8601, as a time-stamping authority said.
    stamped_at: str = ""
    #: The bytes it covers are those that were signed.
    is_intact: bool = False
    #: It covers the whole file as it was, and what came behind it touched nothing of it.
    is_whole: bool = False
    #: ``known``: its chain ends at a root the office trusts; ``unknown``; ``revoked``.
    chain: str = "unknown"
    #: Why it could not be judged, in English, for the archive.
    why: str = ""


def look(args: dict[str, Any]) -> dict[str, Any]:
    """Operation ``paper.signatures``: ``{path, trust_dir?}`` → ``{signatures: [Signature], why}``.

    Never fails for the paper's sake: *why* says what kept all of them from being judged.
    """
    path = Path(args["path"])
    if not pdf.is_signed(path):
        return {"signatures": [], "why": ""}
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    found: list[Signature] = []
    why = ""
    try:
        with time_box(_SECONDS), path.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            roots = list(_roots(args.get("trust_dir")))
            found.extend(_judge_all(reader, roots))
            why = "" if found else "the bytes of a signature, and none to be found"
    except TookTooLong:
        why = "took too long"
    except Exception as error:  # noqa: BLE001 -- what pyHanko raises on a stranger's file is not to be listed
        why = f"{type(error).__name__}: {error}"[:_LONGEST]
    return {"signatures": [asdict(one) for one in found], "why": why}


def _roots(folder: str | None) -> Iterator[x509.Certificate]:
    """The certificates the office trusts; files that are none are left out."""
    if not folder or not Path(folder).is_dir():
        return
    for pattern in _CERTIFICATES:
        for path in sorted(Path(folder).glob(pattern)):
            data = path.read_bytes()
            with suppress(ValueError):
                pieces = pem.unarmor(data, multiple=True) if pem.detect(data) else [("", {}, data)]
                for _name, _headers, der in pieces:
                    yield x509.Certificate.load(der)


def _judge_all(reader: PdfFileReader, roots: list[x509.Certificate]) -> Iterator[Signature]:
    signatures = list(reader.embedded_signatures)[:_MOST_SIGNATURES]
    fields = {str(one.field_name) for one in signatures}
    for one in signatures:
        is_stamp = one.sig_object_type == "/DocTimeStamp"
        try:
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            yield _timestamp(one, context, fields) if is_stamp else _signature(one, context, fields)
        except TookTooLong:
            raise
        except Exception as error:  # noqa: BLE001 -- as above; the others are still judged
            yield Signature(
                kind="timestamp" if is_stamp else "signature",
                field=str(one.field_name)[:_LONGEST],
                why=f"{type(error).__name__}: {error}"[:_LONGEST],
            )


def _signature(
    one: EmbeddedPdfSignature, context: ValidationContext, fields: set[str]
) -> Signature:
    status = validate_pdf_signature(one, context)
    stamp = status.timestamp_validity
    return Signature(
        kind="signature",
        field=str(one.field_name)[:_LONGEST],
        signer=_name(status.signing_cert.subject),
        issuer=_name(status.signing_cert.issuer),
        signed_at=status.signer_reported_dt.isoformat() if status.signer_reported_dt else "",
        stamped_at=stamp.timestamp.isoformat() if stamp is not None and stamp.intact else "",
        is_intact=status.intact and status.valid,
        is_whole=_is_whole(status, fields),
        chain=_chain(status),
    )


def _timestamp(
    one: EmbeddedPdfSignature, context: ValidationContext, fields: set[str]
) -> Signature:
    status = validate_pdf_timestamp(one, context)
    return Signature(
        kind="timestamp",
        field=str(one.field_name)[:_LONGEST],
        signer=_name(status.signing_cert.subject),
        issuer=_name(status.signing_cert.issuer),
        stamped_at=status.timestamp.isoformat(),
        is_intact=status.intact and status.valid,
        is_whole=_is_whole(status, fields),
        chain=_chain(status),
    )


def _is_whole(status: Any, fields: set[str]) -> bool:
    """What came behind it may be proofs and further signatures (*fields*), and nothing else."""
    if status.coverage not in _WHOLE:
        return False
    if status.modification_level == ModificationLevel.FORM_FILLING:
        return bool(status.diff_result.changed_form_fields <= fields)
    return status.modification_level in _HARMLESS


def _chain(status: Any) -> str:
    if status.revoked:
        return "revoked"
    return "known" if status.trusted else "unknown"


def _name(name: x509.Name) -> str:
    """Whose it is, in the words of the certificate: the common name, else all of it."""
    native = name.native
    common = native.get("common_name")
    return str(common if isinstance(common, str) else name.human_friendly)[:_LONGEST]
