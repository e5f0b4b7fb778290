"""A compressed stream that stops before it fills the disk or the memory."""

import io
from typing import BinaryIO

from analytics.errors import SourceError

MAX_UNPACKED_BYTES = 16 << 30
MAX_RATIO = 250  # registers shrink 5 to 60 times, a bomb a thousand times
FREE_BYTES = 64 << 20  # below this the ratio does not matter: small files may be all alike


class UnpackedStream(io.RawIOBase):
    """Reads a decompressor and counts what comes out of it.

    Parameters
    ----------
    stream : binary file
        The decompressor.
    packed_bytes : int
        Size of what is decompressed, as it is on disk.
    file : str
        Name for the refusal.
    """

    def __init__(self, stream: BinaryIO, packed_bytes: int, file: str) -> None:
        self.stream, self.packed_bytes, self.file, self.seen = stream, packed_bytes, file, 0

    def readable(self) -> bool:
        """Say that the stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer.

        Raises
        ------
        SourceError
            ``source.archive_bomb`` when more comes out than any register holds.
        """
        block = self.stream.read(len(buffer))
        buffer[: len(block)] = block
        self.seen += len(block)
        check_unpacked(self.seen, self.packed_bytes, file=self.file)
        return len(block)


def check_unpacked(unpacked_bytes: int, packed_bytes: int, *, file: str) -> None:
    """Refuse content that is too large, or too large for its packing.

    Raises
    ------
    SourceError
        ``source.archive_bomb``: names the limits.
    """
    swollen = unpacked_bytes > max(FREE_BYTES, MAX_RATIO * packed_bytes)
    if swollen or unpacked_bytes > MAX_UNPACKED_BYTES:
        raise SourceError(
            "source.archive_bomb", file=file, ratio=MAX_RATIO, gigabytes=MAX_UNPACKED_BYTES >> 30
        )
