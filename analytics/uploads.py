"""Uploaded bytes in a private file of the home for as long as they are read."""

import os
import re
import shutil
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from analytics.settings import Settings

UPLOADS = "uploads"
DAY_S = 86_400
NAME_BYTES, SUFFIX_BYTES = 200, 10


@contextmanager
def received(settings: Settings, name: str, content: BinaryIO) -> Iterator[Path]:
    """Keep uploaded bytes in a private file of the home while they are read.

    Parameters
    ----------
    settings : Settings
        Gives the home.
    name : str
        As the sender calls the file; not trusted, see :func:`safe_name`.
    content : file
        Copied from its start.

    Yields
    ------
    Path
        A file that its owner alone may read; gone afterwards, whatever happens. What a process
        that was killed left behind is removed by a later upload, after a day.
    """
    folder = settings.home / UPLOADS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _remove_old(folder)
    with TemporaryDirectory(dir=folder) as private:
        path = Path(private) / safe_name(name)
        content.seek(0)
        with open(path, "xb", opener=_private) as file:
            shutil.copyfileobj(content, file)
        yield path


def safe_name(name: str) -> str:
    """Return the last part of a file's name, without what is invisible or steers a terminal.

    At most 200 bytes of UTF-8, never empty, not hidden, no separators of paths.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if not unicodedata.category(letter).startswith("C"))
    plain = unicodedata.normalize("NFC", seen).strip(". ")
    suffix = Path(plain).suffix
    if len(suffix.encode()) > SUFFIX_BYTES:
        suffix = ""
    stem = plain.removesuffix(suffix).encode()[: NAME_BYTES - len(suffix.encode())]
    return (stem.decode(errors="ignore") + suffix).strip(". ") or "upload"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _remove_old(folder: Path) -> None:
    for left in folder.iterdir():
        try:
            age_s = time.time() - left.stat().st_mtime
        except FileNotFoundError:
            continue  # another upload has just ended
        if age_s > DAY_S:
            shutil.rmtree(left, ignore_errors=True)
