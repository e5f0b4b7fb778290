"""What an evidence file is, by its content: documents and pictures, nothing that runs."""

from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from PIL import Image, UnidentifiedImageError

from analytics.errors import ProgrammeError
from analytics.uploads import safe_name

MOST_BYTES = 10_000_000
MOST_PARTS = 5_000  # of an office file; a few hundred are usual
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml",
                "pptx": "ppt/presentation.xml"}  # fmt: skip
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OPEN_KINDS = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
MACROS = ("vbaproject.bin", "basic/", "scripts/")
OOXML = "application/vnd.openxmlformats-officedocument."
MIMES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": f"{OOXML}wordprocessingml.document",
    "xlsx": f"{OOXML}spreadsheetml.sheet",
    "pptx": f"{OOXML}presentationml.presentation",
    **{kind: OPEN_DOCUMENT + name for kind, name in OPEN_KINDS.items()},
}
ENDINGS = {"jpeg": "jpg"}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its name without what could mislead, and its kind."""

    name: str
    kind: str


def check_file(name: str, content: bytes) -> Checked:
    """Refuse what is too large, empty, of no kind that is kept, or not what its name says.

    Parameters
    ----------
    name : str
        As the sender calls the file.
    content : bytes

    Raises
    ------
    ProgrammeError
        ``evidence.too_large`` with both sizes in MB; ``evidence.type`` with the kinds there are;
        ``evidence.disguised`` if the ending belongs to another kind than the content.
    """
    plain = safe_name(name)
    if len(content) > MOST_BYTES:
        mb, limit = round(len(content) / 1e6, 1), MOST_BYTES // 10**6
        raise ProgrammeError("evidence.too_large", name=plain, mb=mb, limit=limit)
    kind = _kind(content)
    if kind is None:
        raise ProgrammeError("evidence.type", name=plain, known=", ".join(MIMES))
    ending = plain.rpartition(".")[2].lower() if "." in plain else ""
    if ENDINGS.get(ending, ending) != kind:
        raise ProgrammeError("evidence.disguised", name=plain, kind=kind)
    return Checked(plain, kind)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf" if b"%%EOF" in content[-2048:] else None
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return _picture_kind(content)


def _picture_kind(content: bytes) -> str | None:
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            kind = {"PNG": "png", "JPEG": "jpg"}[str(picture.format)]
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        return None
    return kind


def _office_kind(content: bytes) -> str | None:
    try:
        with ZipFile(BytesIO(content)) as parts:
            names = parts.namelist()
            if len(names) > MOST_PARTS or any(_runs(name) for name in names):
                return None
            for kind, part in OFFICE_PARTS.items():
                if part in names and "[Content_Types].xml" in names:
                    return kind
            if "mimetype" in names and parts.getinfo("mimetype").file_size < len(content):
                told = parts.read("mimetype")[:100].decode("ascii", errors="replace")
                kinds = {OPEN_DOCUMENT + name: kind for kind, name in OPEN_KINDS.items()}
                return kinds.get(told.strip())
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None
    return None


def _runs(name: str) -> bool:
    low = name.lower()
    return low.endswith(MACROS[0]) or low.startswith(MACROS[1:])
