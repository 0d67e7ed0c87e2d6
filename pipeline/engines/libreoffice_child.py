"""One conversion inside LibreOffice's own library, in a process that may be killed.

Started only by ``libreoffice``: ``python -m pipeline.engines.libreoffice_child PROGRAM_DIR PROFILE_URL SOURCE_URL OUT_URL``.
Source: LibreOfficeKit.h; both classes are structures that begin with their size and a function to destroy.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

from pipeline.engines.libreoffice import LIBRARIES

#: PDF/A-2b, tagged; the kit takes these by word only, not from the profile.
_PDF_A = (
    b'{"SelectPdfVersion": {"type": "long", "value": "2"},'
    b' "UseTaggedPDF": {"type": "boolean", "value": "true"}}'
)
#: Places of functions in LibreOfficeKitClass and LibreOfficeKitDocumentClass.
_DOCUMENT_LOAD = 2
_SAVE_AS = 2


def main(arguments: list[str]) -> int:
    """Convert; 0 when the file was written."""
    program, profile, source, out = arguments
    library = next(path for name in LIBRARIES if (path := Path(program, name)).is_file())
    hook = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL).libreofficekit_hook_2
    hook.restype, hook.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
    kit = hook(program.encode(), profile.encode())
    if not kit:
        return 1
    load = _method(kit, _DOCUMENT_LOAD, ctypes.c_void_p, ctypes.c_char_p)
    document = load(kit, source.encode())
    if not document:
        return 2
    save = _method(
        document, _SAVE_AS, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p
    )
    return 0 if save(document, out.encode(), b"pdf", _PDF_A) else 3


def _method(instance: int, place: int, result: Any, *arguments: Any) -> Any:
    table = ctypes.cast(instance, ctypes.POINTER(ctypes.c_void_p))[0]
    address = ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[place]
    return ctypes.CFUNCTYPE(result, ctypes.c_void_p, *arguments)(address)


if __name__ == "__main__":
    # its own way out takes long and may crash; the file is written by now
    os._exit(main(sys.argv[1:]))
