"""Text → words in the forms under which they are compared; the same for papers and questions."""

from __future__ import annotations

import re

from pipeline.vietnamese import mend_letters, nfc, place_tones, settle_y, strip_marks

_WORD = re.compile(r"[^\W_]++")
#: No syllable is this long; digests and base64 would only swell the index.
_LONGEST_WORD = 40


class Folder(dict[str, str]):
    """Lower-case NFC word → its folded form, remembered: a language of syllables has few words."""

    _LIMIT = 100_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._LIMIT:
            self.clear()
        folded = self[word] = settle_y(strip_marks(mend_letters(word)))
        return folded


class Placer(dict[str, str]):
    """Lower-case NFC word → its canonical form, remembered."""

    _LIMIT = 100_000

    def __missing__(self, word: str) -> str:
        if len(self) >= self._LIMIT:
            self.clear()
        placed = self[word] = settle_y(place_tones(mend_letters(word)))
        return placed


def words_of(text: str) -> list[str]:
    """Lower-case NFC words in order. The tone may stand in either place; folding takes it away."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(mend_letters(nfc(nfc(text).lower())))]


def folded_phrase(text: str, folder: Folder) -> str:
    """The folded words of *text* with single spaces."""
    return " ".join([folder[word] for word in words_of(text)])


def as_bytes(term: str) -> bytes:
    """A term as it is kept; sorts as the text does, whatever half characters somebody pasted."""
    return term.encode("utf-8", "surrogatepass")
