"""The one usable file of a zip or gzip archive, unpacked to a private folder while it is read."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from analytics.errors import SourceError
from analytics.sources.formats import BLOCK_BYTES, GZIP_MAGIC, open_bytes
from analytics.sources.unpacking import UnpackedStream, check_unpacked

DATA = {".csv", ".tsv", ".json", ".geojson", ".xls", ".xlsx", ".xlsm", ".ods"}
DATA |= {".parquet", ".gpkg", ".shp"}
TEXT = {".txt", ".dat", ""}  # data where nothing else is; a read-me otherwise
PACKED = {".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar"}
SHAPE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
SHOWN = 10
MAX_MEMBERS = 10_000


@contextmanager
def unzipped(path: Path, scratch: Path) -> Iterator[Path]:
    """Unpack the one usable file of a zip archive.

    Nothing is taken from an archive that holds links, encrypted files, other archives or names
    that lead out of a folder. A shapefile comes with its companions.

    Parameters
    ----------
    path : Path
        A zip archive.
    scratch : Path
        Folder for a private folder, which is gone afterwards.

    Yields
    ------
    Path

    Raises
    ------
    SourceError
        ``source.archive_…`` names the member and what is wrong with it; ``source.encrypted``;
        ``source.broken_zip``.
    """
    with _private_folder(scratch) as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                members = _members(archive, path.name)
                chosen = _usable(members, path.name)
                for member in _with_companions(chosen, members):
                    with archive.open(member) as stream:
                        _copy(
                            cast(BinaryIO, stream),
                            folder / PurePosixPath(member.filename).name,
                            member.compress_size,
                            path.name,
                        )
        except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError) as error:
            problem = str(error)
            raise SourceError("source.broken_zip", file=path.name, problem=problem) from error
        yield folder / PurePosixPath(chosen.filename).name


@contextmanager
def gunzipped(path: Path, scratch: Path) -> Iterator[Path]:
    """Unpack a gzip file; see :func:`unzipped`.

    Raises
    ------
    SourceError
        ``source.archive_nested`` if it holds an archive, ``source.archive_bomb``,
        ``source.broken_gzip``.
    """
    with _private_folder(scratch) as folder, open_bytes(path, compressed=True) as stream:
        target = folder / (path.name.removesuffix(".gz") or path.name)
        _copy(stream, target, path.stat().st_size, path.name)
        yield target


def refuse_nested(start: bytes, file: str) -> None:
    """Refuse an archive within an archive.

    Parameters
    ----------
    start : bytes
        The first 512 bytes of what the outer archive holds.
    file : str
        The outer archive's name.

    Raises
    ------
    SourceError
        ``source.archive_nested``.
    """
    marks = (GZIP_MAGIC, b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
    if start.startswith(marks) or start[257:262] == b"ustar":
        raise SourceError("source.archive_nested", file=file, member="–")


def _members(archive: zipfile.ZipFile, file: str) -> list[zipfile.ZipInfo]:
    """Check every entry before any is opened."""
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise SourceError("source.archive_members", file=file, n=len(entries), limit=MAX_MEMBERS)
    for entry in entries:
        name = entry.orig_filename
        if _leads_out(name):
            raise SourceError("source.archive_path", file=file, member=name)
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise SourceError("source.archive_link", file=file, member=name)
        if entry.flag_bits & 0x1:
            raise SourceError("source.encrypted", file=file)
        check_unpacked(entry.file_size, entry.compress_size, file=file)
    return [entry for entry in entries if not entry.is_dir() and not _is_hidden(entry.filename)]


def _usable(members: list[zipfile.ZipInfo], file: str) -> zipfile.ZipInfo:
    suffixes = [PurePosixPath(member.filename).suffix.lower() for member in members]
    for member, suffix in zip(members, suffixes, strict=True):
        if suffix in PACKED:
            raise SourceError("source.archive_nested", file=file, member=member.filename)
    data = [m for m, suffix in zip(members, suffixes, strict=True) if suffix in DATA]
    text = [m for m, suffix in zip(members, suffixes, strict=True) if suffix in TEXT]
    found = data or text
    names = [member.filename for member in found or members]
    listed = ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
    if not found:
        raise SourceError("source.archive_empty", file=file, found=listed or "–")
    if len(found) > 1:
        raise SourceError("source.archive_several", file=file, n=len(found), found=listed)
    return found[0]


def _with_companions(
    chosen: zipfile.ZipInfo, members: list[zipfile.ZipInfo]
) -> list[zipfile.ZipInfo]:
    path = PurePosixPath(chosen.filename)
    if path.suffix.lower() != ".shp":
        return [chosen]
    stem = path.with_suffix("")
    return [
        member
        for member in members
        if (other := PurePosixPath(member.filename)).with_suffix("") == stem
        and other.suffix.lower() in SHAPE_PARTS
    ]


def _leads_out(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in name


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _copy(stream: BinaryIO, target: Path, packed_bytes: int, file: str) -> None:
    counted = UnpackedStream(stream, packed_bytes, file)
    with open(target, "xb", opener=lambda name, flags: os.open(name, flags, mode=0o600)) as out:
        while block := counted.read(BLOCK_BYTES):
            out.write(block)


@contextmanager
def _private_folder(scratch: Path) -> Iterator[Path]:
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        yield Path(folder)
