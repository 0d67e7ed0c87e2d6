"""What in a PDF acts by itself or claims a signature: found in papers, left out of renditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject

#: Actions that do more than turn to a page or show a web address.
_ACTIONS = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/RichMediaExecute",
        "/Movie",
        "/Sound",
    )
)
_ANNOTATIONS = frozenset(("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/3D", "/Sound"))
#: What of an annotation is how it looks and where.
_OF_THE_LOOK = frozenset(
    ("/Type", "/Rect", "/AP", "/AS", "/F", "/P", "/C", "/CA", "/Border", "/BS")
)
_ROOT_KEYS = ("/OpenAction", "/AA", "/Collection", "/Perms", "/DSS", "/Requirements", "/AF")
_NAMES = ("/JavaScript", "/EmbeddedFiles", "/Renditions", "/AlternatePresentations")
_MAX_PAGES = 2000


def find_active(reader: PdfReader) -> list[str]:
    """Names of what could act by itself, without repetition: ``JavaScript``, ``EmbeddedFiles`` …"""
    root = as_dictionary(reader.trailer.get("/Root"))
    found = {name for name in ("/OpenAction", "/AA", "/Collection") if _acts(name, root)}
    found |= {name for name in _NAMES if name in as_dictionary(root.get("/Names"))}
    if "/XFA" in as_dictionary(root.get("/AcroForm")):
        found.add("/XFA")
    for page in islice(reader.pages, _MAX_PAGES):
        if "/AA" in page:
            found.add("/AA")
        for annotation in _annotations(page):
            found |= set(_of_annotation(annotation))
    return sorted(name.removeprefix("/") for name in found)


def strip_active(writer: PdfWriter) -> list[str]:
    """Take out of a rendition what acts or claims; what it looks like stays. Names of what went."""
    root = writer.root_object
    # To open at a page, as every word processor asks for, is no act; it goes unsaid.
    acts = {name for name in _ROOT_KEYS if _acts(name, root)}
    gone = [name for name in _ROOT_KEYS if root.pop(name, None) is not None and name in acts]
    names = as_dictionary(root.get("/Names"))
    gone += [name for name in _NAMES if names.pop(name, None) is not None]
    gone += _strip_form(root)
    for page in writer.pages:
        if page.pop("/AA", None) is not None:
            gone.append("/AA")
        kept = ArrayObject()
        for raw in as_array(page.get("/Annots")):
            gone += _strip_annotation(raw.get_object())
            annotation = as_dictionary(raw)
            if annotation.get("/Subtype") in _ANNOTATIONS and not _leave_the_look(annotation):
                continue
            kept.append(raw)
        if "/Annots" in page:
            page[NameObject("/Annots")] = kept
    return sorted({name.removeprefix("/") for name in gone})


def as_dictionary(value: object) -> DictionaryObject:
    """The dictionary behind a reference; an empty one for anything else."""
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def as_array(value: object) -> ArrayObject:
    """The array behind a reference; an empty one for anything else."""
    found = value.get_object() if isinstance(value, PdfObject) else None
    return found if isinstance(found, ArrayObject) else ArrayObject()


def _acts(name: str, root: DictionaryObject) -> bool:
    if name != "/OpenAction":
        return name in root
    # an array only says at which page to open
    return as_dictionary(root.get(name)).get("/S") in _ACTIONS


def _annotations(page: DictionaryObject) -> Iterator[DictionaryObject]:
    for raw in as_array(page.get("/Annots")):
        yield as_dictionary(raw)


def _of_annotation(annotation: DictionaryObject) -> Iterator[str]:
    action = as_dictionary(annotation.get("/A")).get("/S")
    if action in _ACTIONS:
        yield str(action)
    if "/AA" in annotation:
        yield "/AA"
    if annotation.get("/Subtype") in _ANNOTATIONS:
        yield str(annotation.get("/Subtype"))


def _strip_form(root: DictionaryObject) -> list[str]:
    form = as_dictionary(root.get("/AcroForm"))
    gone = [name for name in ("/XFA", "/SigFlags", "/CO") if form.pop(name, None) is not None]
    fields = as_array(form.get("/Fields"))
    kept = ArrayObject(raw for raw in fields if not _is_signature(as_dictionary(raw)))
    if len(kept) < len(fields):
        gone.append("/Sig")
    if "/Fields" in form:
        form[NameObject("/Fields")] = kept
    return gone


def _is_signature(field: DictionaryObject) -> bool:
    return field.get("/FT") == "/Sig"


def _leave_the_look(annotation: DictionaryObject) -> bool:
    """Make a stamp of what carries a file, a film or a sound: its picture alone; false where it has none of its own."""
    if "/AP" not in annotation:
        return False
    for key in list(annotation):
        if key not in _OF_THE_LOOK:
            annotation.pop(key)
    annotation[NameObject("/Subtype")] = NameObject("/Stamp")
    return True


def _strip_annotation(annotation: object) -> list[str]:
    if not isinstance(annotation, DictionaryObject):
        return []
    gone = ["/AA"] if annotation.pop("/AA", None) is not None else []
    action = as_dictionary(annotation.get("/A")).get("/S")
    if action in _ACTIONS:
        annotation.pop("/A")
        gone.append(str(action))
    if annotation.get("/Subtype") in _ANNOTATIONS:
        gone.append(str(annotation.get("/Subtype")))
    parent = as_dictionary(annotation.get("/Parent"))
    if _is_signature(annotation) or (
        annotation.get("/Subtype") == "/Widget" and _is_signature(parent)
    ):
        # its picture stays where it was, as a picture only
        annotation[NameObject("/Subtype")] = NameObject("/Stamp")
        for key in ("/FT", "/V", "/T", "/Parent", "/Ff", "/Lock", "/SV", "/DA"):
            annotation.pop(key, None)
        gone.append("/Sig")
    return gone
