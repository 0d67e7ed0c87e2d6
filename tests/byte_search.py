"""Where in a folder words stand: in any encoding, in any case, packed or not."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pypdf

from pipeline.vietnamese import fold

_ZLIB_HEADS = re.compile(rb"\x78[\x01\x5e\x9c\xda]")


def holders(folders: Iterable[Path], *words: str) -> list[str]:
    """Files whose name or content holds one of *words*, sorted."""
    wanted = [one for word in words for one in _spellings(word)]
    names = {form for word in words for form in _forms(word)}
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if any(name in path.name for name in names):
                found.add(str(path))
            elif path.is_file() and not path.is_symlink():
                pieces = _pieces(path.read_bytes())
                if any(one in piece for piece in pieces for one in wanted):
                    found.add(str(path))
    return sorted(found)


def plain_holders(folder: Path, *words: str) -> list[str]:
    """The same without looking into what is packed: for folders of large files that pack nothing of ours."""
    wanted = [one for word in words for one in _spellings(word)]
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            found += [str(path.relative_to(folder))] if any(one in data for one in wanted) else []
    return found


def _forms(word: str) -> set[str]:
    cased = {word, word.lower(), word.upper(), fold(word)}
    return cased | {unicodedata.normalize("NFD", one) for one in cased}


def _spellings(word: str) -> set[bytes]:
    spelt = set()
    for form in _forms(word):
        spelt |= {form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be")}
        spelt.add(json.dumps(form)[1:-1].encode())
        spelt.add(form.encode("ascii", "xmlcharrefreplace"))
    return spelt


def _pieces(data: bytes) -> Iterator[bytes]:
    """The bytes, and whatever is packed in them."""
    yield data
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield packed.read(name)
        return
    if data.startswith(b"%PDF"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        yield "\n".join(page.extract_text() for page in reader.pages).encode()
        yield str(reader.metadata).encode()
    for head in _ZLIB_HEADS.finditer(data):
        unpacked = zlib.decompressobj()
        try:
            yield unpacked.decompress(data[head.start() :])
        except zlib.error:
            continue
