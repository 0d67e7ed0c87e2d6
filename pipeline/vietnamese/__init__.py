"""The one place that knows how Vietnamese is written: forms, dates, references, old codings."""

from pipeline.vietnamese.dates import parse_date, short_date, spell_date
from pipeline.vietnamese.legacy import (
    decode_legacy,
    is_syllable,
    plausibility,
    readable_share,
)
from pipeline.vietnamese.letters import (
    canonical,
    clean_text,
    fold,
    nfc,
    pad_ordinal,
    pairs,
    place_tones,
    respell_uy,
    skeleton,
    skeleton_joined,
    strip_marks,
    syllables,
)
from pipeline.vietnamese.names import safe_file_name
from pipeline.vietnamese.references import (
    Reference,
    find_references,
    parse_reference,
    party_symbols,
)

__all__ = [
    "Reference",
    "canonical",
    "clean_text",
    "decode_legacy",
    "find_references",
    "fold",
    "is_syllable",
    "nfc",
    "pad_ordinal",
    "pairs",
    "parse_date",
    "parse_reference",
    "party_symbols",
    "place_tones",
    "plausibility",
    "readable_share",
    "respell_uy",
    "safe_file_name",
    "short_date",
    "skeleton",
    "skeleton_joined",
    "spell_date",
    "strip_marks",
    "syllables",
]
