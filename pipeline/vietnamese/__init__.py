"""The one place that knows how Vietnamese is written: forms, dates, references, old codings."""

from pipeline.vietnamese.asked_codes import AskedCode, asked_code
from pipeline.vietnamese.asked_numbers import AskedNumbers, asked_numbers
from pipeline.vietnamese.date_hints import DateHint, take_dates
from pipeline.vietnamese.dates import parse_date, short_date, spell_date
from pipeline.vietnamese.keystrokes import is_loan_word, read_keystrokes, read_word
from pipeline.vietnamese.legacy import (
    bare_syllables,
    decode_legacy,
    is_syllable,
    plausibility,
    readable_share,
)
from pipeline.vietnamese.letters import (
    canonical,
    clean_text,
    fold,
    mend_letters,
    nfc,
    pad_ordinal,
    pairs,
    place_tones,
    respell_uy,
    settle_y,
    skeleton,
    skeleton_joined,
    strip_marks,
    syllables,
)
from pipeline.vietnamese.names import safe_file_name
from pipeline.vietnamese.references import (
    Reference,
    find_references,
    is_copy_symbol,
    leading_reference,
    parse_reference,
    party_symbols,
    symbol_of_type,
    symbol_printed,
    type_words,
)
from pipeline.vietnamese.surnames import names_in, places_of_names

__all__ = [
    "AskedCode",
    "AskedNumbers",
    "DateHint",
    "Reference",
    "asked_code",
    "asked_numbers",
    "bare_syllables",
    "canonical",
    "clean_text",
    "decode_legacy",
    "find_references",
    "fold",
    "is_copy_symbol",
    "is_loan_word",
    "is_syllable",
    "leading_reference",
    "mend_letters",
    "names_in",
    "nfc",
    "pad_ordinal",
    "pairs",
    "parse_date",
    "parse_reference",
    "party_symbols",
    "place_tones",
    "places_of_names",
    "plausibility",
    "read_keystrokes",
    "read_word",
    "readable_share",
    "respell_uy",
    "safe_file_name",
    "settle_y",
    "short_date",
    "skeleton",
    "skeleton_joined",
    "spell_date",
    "strip_marks",
    "syllables",
    "symbol_of_type",
    "symbol_printed",
    "take_dates",
    "type_words",
]
