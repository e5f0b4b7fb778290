"""What a file is before it is read: plain or gzip, text or something else, in which encoding."""

import codecs
import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import numpy as np

from analytics.errors import SourceError
from analytics.sources.unpacking import UnpackedStream

BLOCK_BYTES = 1 << 20
FIRST_OF_SEVERAL = 0xC0  # a UTF-8 letter of more than one byte begins with this byte or a higher
GZIP_MAGIC = b"\x1f\x8b"
MAGIC = (
    (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
MARKUP = ((b"<", "HTML / XML"), (b"{", "JSON"), (b"[{", "JSON"))
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tried in this order; the one that turns most high bytes into these letters is taken.
SINGLE_BYTE = ("cp1252", "cp850", "mac_roman")
LETTERS = frozenset("áéíóúüñàâãêôõçÁÉÍÓÚÜÑÀÂÃÊÔÕÇ¿¡ºª°")
_NON_ASCII = re.compile("[^\x00-\x7f]")
_UNDECODABLE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class FileFacts:
    """What one pass over the bytes of a file tells.

    ``size_bytes`` and ``mtime_ns`` are those of the file on disk, ``sha256`` of its bytes as
    they are there. ``escapes`` says that a few bytes do not decode and the rows holding them are
    to be found and set aside.
    """

    path: Path
    size_bytes: int
    mtime_ns: int
    sha256: str
    compressed: bool
    encoding: str
    escapes: bool

    def check_unchanged(self) -> None:
        """Refuse a file that is no longer the one that was looked at.

        Raises
        ------
        SourceError
            ``source.changed_while_read``.
        """
        if _stamp(self.path) != (self.size_bytes, self.mtime_ns):
            raise SourceError("source.changed_while_read", file=self.path.name)


def survey_file(path: Path, *, encoding: str | None = None) -> FileFacts:
    """Look at every byte of a file once.

    An encoding is taken from its byte order mark; else UTF-8 if the bytes are valid, or if valid
    multibyte sequences are at least as many as invalid bytes (text in a single-byte encoding
    forms next to none by chance); else the single-byte encoding that gives most Spanish and
    Portuguese letters.

    Parameters
    ----------
    path : Path
        Plain or gzip, told apart by content.
    encoding : str, optional
        Stated by a mapping; then not guessed.

    Returns
    -------
    FileFacts

    Raises
    ------
    SourceError
        If the file is absent, a folder, empty, not readable, a damaged gzip, or no text; the
        details name the file and the format it looks like.
    """
    stamp = _stamp(path)
    start = _start(path)
    compressed = start.startswith(GZIP_MAGIC)
    with _open_bytes(path, compressed) as (stream, _):
        head = stream.read(4096)
    _refuse_foreign(path, head)
    known = encoding or _marked(head) or _unmarked_utf16(head)
    counts = _ByteCounts()
    with _open_bytes(path, compressed) as (stream, _):
        while block := stream.read(BLOCK_BYTES):
            counts.add(block)
    chosen = _checked(path, known) if known else counts.encoding()
    if counts.bytes[0] and not chosen.startswith(("utf-16", "utf-32")):
        raise SourceError("source.not_text", file=path.name, format="binary")
    return FileFacts(path, *stamp, _sha256(path), compressed, chosen, counts.escapes(chosen))


def identify(path: Path) -> FileFacts:
    """Return the facts of a file that is not read as text: size, time, checksum.

    Raises
    ------
    SourceError
        If the file is absent, a folder, empty or not readable.
    """
    return FileFacts(path, *_stamp(path), _sha256(path), False, "", False)


def read_start(path: Path, n_bytes: int) -> bytes:
    """Return the first bytes of a file; of what a gzip file holds.

    Raises
    ------
    SourceError
        If the file is absent, a folder, empty or not readable.
    """
    _stamp(path)
    with _open_bytes(path, _start(path).startswith(GZIP_MAGIC)) as (stream, _):
        return stream.read(n_bytes)


@contextmanager
def open_bytes(path: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    """Open a file, or what a gzip file holds, counting what comes out.

    Raises
    ------
    SourceError
        If the file cannot be read, or swells beyond the limits; while it is being read.
    """
    with _open_bytes(path, compressed) as (stream, _):
        yield stream


@contextmanager
def open_text(facts: FileFacts) -> Iterator[tuple[TextIO, BinaryIO]]:
    """Open the text of a surveyed file.

    Bytes that do not decode come as lone surrogates (PEP 383) where ``facts.escapes`` is set.

    Yields
    ------
    (text file, binary file)
        The text, its line ends kept, as ``csv.reader`` wants them, and the raw file, whose
        ``tell()`` is the progress in bytes on disk.

    Raises
    ------
    SourceError
        If the file cannot be read or decoded, while it is being read.
    """
    errors = "surrogateescape" if facts.escapes else "strict"
    encoding = "utf-8-sig" if facts.encoding == "utf-8" else facts.encoding
    with _open_bytes(facts.path, facts.compressed) as (stream, raw):
        yield io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=""), raw


class _ByteCounts:
    """Bytes by value, and how well they decode as UTF-8."""

    def __init__(self) -> None:
        self.bytes = np.zeros(256, dtype=np.int64)
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.multibyte = self.bad = 0

    def add(self, block: bytes) -> None:
        self.bytes += np.bincount(np.frombuffer(block, dtype=np.uint8), minlength=256)
        if block.isascii() and not self.decoder.getstate()[0]:
            return
        self._count(self.decoder.decode(block))

    def invalid(self) -> int:
        self._count(self.decoder.decode(b"", final=True))
        return self.bad

    def encoding(self) -> str:
        if self.multibyte >= self.invalid():
            return "utf-8"
        best = max(SINGLE_BYTE, key=self._letters)
        return "latin-1" if self.escapes(best) else best

    def escapes(self, encoding: str) -> bool:
        """Whether some bytes of the file have no meaning in ``encoding``."""
        if encoding.startswith("utf-8"):
            return self.invalid() > 0
        if encoding.startswith(("utf-16", "utf-32")):
            return False
        found = bytes(np.flatnonzero(self.bytes).tolist())
        return "\ufffd" in found.decode(encoding, "replace")

    def _count(self, text: str) -> None:
        try:
            letters = np.frombuffer(text.encode(), dtype=np.uint8)
        except UnicodeEncodeError:
            self._count_one_by_one(text)
        else:
            self.multibyte += int(np.count_nonzero(letters >= FIRST_OF_SEVERAL))

    def _count_one_by_one(self, text: str) -> None:
        bad = len(_UNDECODABLE.findall(text))
        self.bad += bad
        self.multibyte += len(_NON_ASCII.findall(text)) - bad

    def _letters(self, encoding: str) -> int:
        return sum(
            int(self.bytes[value])
            for value in range(128, 256)
            if bytes([value]).decode(encoding, "replace") in LETTERS
        )


@contextmanager
def _open_bytes(path: Path, compressed: bool) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Turn what the system, gzip or a decoder say about the file into our refusals."""
    try:
        with path.open("rb") as raw:
            if compressed:
                with gzip.open(raw) as stream:
                    packed = path.stat().st_size
                    counted = UnpackedStream(cast(BinaryIO, stream), packed, path.name)
                    yield io.BufferedReader(counted, BLOCK_BYTES), raw
            else:
                yield raw, raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError("source.broken_gzip", file=path.name) from error
    except UnicodeDecodeError as error:
        raise SourceError("source.undecodable", file=path.name, encoding=error.encoding) from error
    except OSError as error:
        problem = error.strerror or str(error)
        raise SourceError("source.unreadable", file=path.name, problem=problem) from error


def _stamp(path: Path) -> tuple[int, int]:
    if path.is_dir():
        raise SourceError("source.is_folder", file=path.name)
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise SourceError("source.absent", file=str(path)) from error
    if status.st_size == 0:
        raise SourceError("source.empty", file=path.name)
    return status.st_size, status.st_mtime_ns


def _start(path: Path) -> bytes:
    with _open_bytes(path, False) as (file, _):
        return file.read(16)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with _open_bytes(path, False) as (file, _):
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _refuse_foreign(path: Path, head: bytes) -> None:
    if not head.strip():
        raise SourceError("source.empty", file=path.name)
    if head.startswith(b"PK\x03\x04"):
        raise SourceError("source.not_text", file=path.name, format=_zip_format(path))
    for magic, name in MAGIC:
        if head.startswith(magic):
            raise SourceError("source.not_text", file=path.name, format=name)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for mark, name in MARKUP:
        if text.startswith(mark):
            raise SourceError("source.not_text", file=path.name, format=name)


def _zip_format(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return "ZIP"
    if any(name.startswith("xl/") for name in names):
        return "Excel (.xlsx)"
    return "OpenDocument (.ods)" if "content.xml" in names else "ZIP"


def _marked(head: bytes) -> str | None:
    return next((name for mark, name in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def _unmarked_utf16(head: bytes) -> str | None:
    """Western text in UTF-16 without a mark has a NUL in every other byte."""
    even, odd = head[0::2], head[1::2]
    for name, zeros, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(head) > 8 and zeros.count(0) > 0.8 * len(zeros) and letters.count(0) == 0:
            return name
    return None


def _checked(path: Path, encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise SourceError("source.unknown_encoding", file=path.name, encoding=encoding) from error
