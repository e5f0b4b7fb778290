"""A folder of files into one city: what a nightly job brings in, file by file."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.errors import AnalyticsError, SourceError
from analytics.intake import Intake
from analytics.sources.archives import SHAPE_PARTS
from analytics.sources.formats import identify
from analytics.sources.importing import ImportReport
from analytics.sources.mappings import Mapping
from analytics.store.batches import BatchManifest, VersionRow

logger = logging.getLogger("cabildo")


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file of a folder.

    ``file`` is relative to the folder. ``state`` is ``imported`` (with its report), ``known``
    (``batch`` holds the same bytes), ``rolled_back`` (``batch`` did, and a person took it out:
    it is not brought back) or ``refused`` (``code`` and ``details`` as in an error).
    """

    file: str
    source: str
    state: str
    batch: str | None = None
    report: ImportReport | None = None
    code: str | None = None
    details: dict[str, Any] | None = None


Told = Callable[[FileOutcome], None]


def bring_in_folder(
    intake: Intake,
    folder: Path,
    *,
    source: str | None = None,
    mapping: Mapping | None = None,
    told: Told | None = None,
) -> list[FileOutcome]:
    """Import every new file of a folder; :func:`publish_new` makes them visible.

    A file whose bytes are already a batch of the city is passed over, whatever its name. Hidden
    files, office lock files and the companions of a shapefile are no files of their own.

    Parameters
    ----------
    intake : Intake
    folder : Path
        Looked through with its sub-folders, in alphabetical order.
    source : str, optional
        Name of the source; by default the name of the first sub-folder on the way to the file.
    mapping : Mapping, optional
        For all files.
    told : callable, optional
        Called with each outcome as soon as it is known.

    Returns
    -------
    list of FileOutcome
        One per file. What is wrong with one does not touch the others.

    Raises
    ------
    SourceError
        ``source.not_folder``.
    """
    if not folder.is_dir():
        raise SourceError("source.not_folder", file=str(folder))
    outcomes = []
    for path in _files(folder):
        below = path.relative_to(folder)
        name = source or (below.parts[0] if len(below.parts) > 1 else "")
        outcomes.append(_bring_in(intake, path, str(below), name, mapping))
        if told:
            told(outcomes[-1])
    return outcomes


def publish_new(intake: Intake) -> VersionRow | None:
    """Publish once if the active batches are not what is visible, for whatever reason.

    Returns
    -------
    VersionRow or None
        None if there was nothing to do.

    Raises
    ------
    AnalyticsError
        As :meth:`analytics.intake.Intake.publish` says.
    """
    held = intake.holdings()
    return intake.publish() if held.active and not held.is_published else None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$")) for part in parts)
        if not hidden and path.is_file() and not _is_companion(path):
            yield path


def _is_companion(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in SHAPE_PARTS - {".shp"} and any(
        path.with_suffix(shape).is_file() for shape in (".shp", ".SHP")
    )


def _bring_in(
    intake: Intake, path: Path, file: str, source: str, mapping: Mapping | None
) -> FileOutcome:
    try:
        if known := _known(intake, path):
            state = "known" if known.active else "rolled_back"
            return FileOutcome(file, source, state, known.batch_id)
        report = intake.bring_in(path, source=source, mapping=mapping)
    except AnalyticsError as refusal:
        return FileOutcome(file, source, "refused", code=refusal.code, details=refusal.details)
    except Exception as failure:  # a fault of ours in one file must not cost the others
        logger.exception("import failed: %s", file)
        details = {"file": file, "kind": type(failure).__name__}
        return FileOutcome(file, source, "refused", code="source.failed", details=details)
    return FileOutcome(file, source, "imported", report.batch, report)


def _known(intake: Intake, path: Path) -> BatchManifest | None:
    """Return a batch of the same bytes, an active one first."""
    sha256 = identify(path).sha256
    same = [batch for batch in intake.holdings().batches if batch.file_sha256 == sha256]
    return min(same, key=lambda batch: not batch.active, default=None)
