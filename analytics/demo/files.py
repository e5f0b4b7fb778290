"""The three files as the unit would get them: each in its own dialect, with its own defects."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from analytics.basemaps.publishing import write_whole
from analytics.demo.city import DemoCity
from analytics.demo.incidents import simulate_incidents
from analytics.demo.plan import CRS
from analytics.demo.reports import (
    PUBLISHED,
    ReportErrors,
    published_place,
    report_incidents,
)

# Share of a source's records with each defect; no record has two of them.
DEFECTS: dict[str, dict[str, float]] = {
    "patrol": {
        "zero_coordinate": 0.003,
        "swapped_coordinates": 0.002,
        "unreadable_date": 0.0005,
        "implausible_date": 0.0003,
        "duplicate_record": 0.004,
    },
    "camera": {
        "zero_coordinate": 0.002,
        "implausible_date": 0.0008,
        "duplicate_record": 0.002,
    },
    "institutional": {
        "swapped_coordinates": 0.002,
        "unreadable_date": 0.001,
        "implausible_date": 0.0003,
        "duplicate_record": 0.003,
        "midnight": 0.12,
    },
}
KEPT = ("midnight",)  # defects that an import keeps, at a coarser precision
FUTURE_YEARS = 60


@dataclass(frozen=True)
class Dialect:
    """How one source writes: its file, its separators, its columns and its words.

    ``source`` is the name it is imported under; ``mapping`` (TOML) tells the importer what the
    columns alone do not.
    """

    source: str
    file_name: str
    encoding: str
    delimiter: str
    decimals: int
    comma: bool
    moment: str
    columns: tuple[str, ...]
    unreadable: str
    mapping: str
    line_end: str = "\r\n"
    found: tuple[str, str] = ("", "")  # not detected, detected


PATROL_MAPPING = """\
[columns]
category = "Procedimiento"
detection = "Detectado"
[options]
source_kind = "patrol"
location_precision = "point"
[detection]
si = "detected"
no = "reported"
"""
# A camera's own place stands for whatever it sees.
CAMERA_MAPPING = """\
[columns]
category = "evento"
detection = "origen"
[options]
source_kind = "camera"
location_precision = "block"
[detection]
operador = "detected"
aviso = "reported"
"""
INSTITUTIONAL_MAPPING = """\
[columns]
record_id = "id_denuncia"
[options]
source_kind = "institutional"
location_precision = "block"
detection = "reported"
"""

DIALECTS: dict[str, Dialect] = {
    "patrol": Dialect(
        source="Patrullas",
        file_name="patrullas.csv",
        encoding="cp1252",
        delimiter=";",
        decimals=6,
        comma=True,
        moment="%d/%m/%Y %H:%M",
        columns=(
            "N° Parte",
            "Fecha y Hora",
            "Procedimiento",
            "Cuadrante",
            "Latitud",
            "Longitud",
            "Detectado",
        ),
        unreadable="31/02/%Y %H:%M",
        mapping=PATROL_MAPPING,
        found=("NO", "SI"),
    ),
    "camera": Dialect(
        source="Cámaras",
        file_name="camaras.csv",
        encoding="utf-8",
        delimiter=",",
        decimals=6,
        comma=False,
        moment="%Y-%m-%dT%H:%M:%S",
        columns=("id", "fecha_hora", "evento", "latitud", "longitud", "origen"),
        unreadable="%Y-13-45T%H:%M:%S",
        mapping=CAMERA_MAPPING,
        line_end="\n",
        found=("Aviso", "Operador"),
    ),
    "institutional": Dialect(
        source="Registro institucional",
        file_name="registro_institucional.txt",
        encoding="utf-8-sig",
        delimiter="|",
        decimals=5,
        comma=False,
        moment="%d-%m-%Y",
        columns=(
            "id_denuncia",
            "fecha",
            "hora",
            "delito",
            "rut_denunciante",
            "nombre_denunciante",
            "latitud",
            "longitud",
        ),
        unreadable="99-99-%Y",
        mapping=INSTITUTIONAL_MAPPING,
    ),
}


def write_records(
    folder: Path, city: DemoCity, *, n: int, seed: int, until: date, errors: ReportErrors
) -> pd.DataFrame:
    """Write what happened, who told of it and the three raw files under ``folder``.

    ``truth.parquet``: incident_id, category, t, x, y (metres, EPSG:32718), parent_id.
    ``report_truth.parquet``: source, source_record_id, incident_id, report (1 or 2), category, t,
    x, y as reported. ``defects.json``: see :func:`write_files`.

    Returns
    -------
    DataFrame
        The incidents.
    """
    folder.mkdir(parents=True, exist_ok=True)
    incidents = simulate_incidents(city, n=n, seed=seed, until=until)
    told = report_incidents(incidents, city, seed=seed, errors=errors)
    published = published_place(told, seed=seed, city=city, incidents=incidents)
    incidents.to_parquet(folder / "truth.parquet", index=False)
    names = told["source"].map({key: dialect.source for key, dialect in DIALECTS.items()})
    told.assign(source=names).to_parquet(folder / "report_truth.parquet", index=False)
    write_files(folder, told, published, city, seed=seed)
    return incidents


def write_files(
    folder: Path, told: pd.DataFrame, xy_m: np.ndarray, city: DemoCity, *, seed: int
) -> dict[str, dict[str, object]]:
    """Write each source's file, its mapping and ``defects.json`` under ``folder``.

    Parameters
    ----------
    folder : Path
        Exists.
    told : DataFrame
        As :func:`analytics.demo.reports.report_incidents` returns it.
    xy_m : ndarray of shape (n, 2)
        Places as published, metres in the city's CRS; NaN where the file leaves them empty.
    city : DemoCity
        Its beats are named in the patrols' file.
    seed : int
        Of the defects.

    Returns
    -------
    dict
        What ``defects.json`` holds. By source: ``file``, ``rows`` (without the header),
        ``quarantined`` (reason → rows that an import must set aside), ``not_located`` and
        ``midnight`` (rows that it must keep).
    """
    rng = np.random.default_rng([seed, 3])
    facts: dict[str, dict[str, object]] = {}
    for source, dialect in DIALECTS.items():
        rows = (told["source"] == source).to_numpy()
        records = told[rows].reset_index(drop=True)
        defect = _choose_defects(rng, source, ~np.isnan(xy_m[rows, 0]))
        table = _table(source, records, xy_m[rows], city, defect=defect)
        order = _with_duplicates(rng, defect == "duplicate_record")
        _write(folder / dialect.file_name, dialect, table, order)
        write_whole(folder / f"{source}.toml", dialect.mapping)
        counted = {d: int((defect == d).sum()) for d in DEFECTS[source]}
        facts[source] = {
            "file": dialect.file_name,
            "rows": len(order),
            "quarantined": {d: n for d, n in counted.items() if d not in KEPT and n},
            "not_located": int(np.isnan(xy_m[rows, 0]).sum()),
            "midnight": counted.get("midnight", 0),
        }
    write_whole(folder / "defects.json", json.dumps(facts, indent=2))
    return facts


def _choose_defects(rng: np.random.Generator, source: str, located: np.ndarray) -> np.ndarray:
    """Give at most one defect to each located record ('' for most)."""
    free = rng.permutation(np.flatnonzero(located)).tolist()
    defect = np.full(len(located), "", dtype=object)
    for name, share in DEFECTS[source].items():
        for _ in range(round(share * len(located))):
            defect[free.pop()] = name
    return defect


def _table(
    source: str, records: pd.DataFrame, xy_m: np.ndarray, city: DemoCity, *, defect: np.ndarray
) -> list[Sequence[str]]:
    """Word the records column by column, in the order of the dialect's columns."""
    dialect = DIALECTS[source]
    moment = _worded_moments(dialect, records["t"], defect)
    lat, lon = _worded_places(dialect, xy_m, defect)
    kind = records["category"].map(PUBLISHED[source]).tolist()
    ids = records["source_record_id"].tolist()
    found = [dialect.found[int(flag)] for flag in records["detected"]]
    if source == "patrol":
        return [ids, moment, kind, _beat_names(city, xy_m), lat, lon, found]
    if source == "camera":
        return [ids, moment, kind, lat, lon, found]
    hour = records["t"].dt.strftime("%H:%M").where(defect != "midnight", "00:00").tolist()
    documents = [f"00.{n // 1000:03d}.{n % 1000:03d}-X" for n in range(len(records))]
    people = [f"Persona Inventada {n}" for n in range(len(records))]
    return [ids, moment, hour, kind, documents, people, lat, lon]


def _worded_moments(dialect: Dialect, t: pd.Series, defect: np.ndarray) -> list[str]:
    text = t.dt.strftime(dialect.moment)
    later = t.dt.year.astype(str), (t.dt.year + FUTURE_YEARS).astype(str)
    for row in np.flatnonzero(defect == "implausible_date"):
        text.iloc[row] = text.iloc[row].replace(later[0].iloc[row], later[1].iloc[row])
    bad = defect == "unreadable_date"
    return [str(value) for value in text.where(~bad, t.dt.strftime(dialect.unreadable))]


def _worded_places(
    dialect: Dialect, xy_m: np.ndarray, defect: np.ndarray
) -> tuple[list[str], list[str]]:
    to_lonlat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lonlat = np.stack(to_lonlat.transform(xy_m[:, 0], xy_m[:, 1]), axis=1)
    lonlat[np.isnan(xy_m[:, 0])] = np.nan
    lonlat[defect == "zero_coordinate"] = 0.0
    swapped = defect == "swapped_coordinates"
    lonlat[swapped] = lonlat[swapped][:, ::-1]
    mark = "," if dialect.comma else "."
    lon, lat = (
        ["" if np.isnan(v) else f"{v:.{dialect.decimals}f}".replace(".", mark) for v in axis]
        for axis in lonlat.T
    )
    return lat, lon


def _beat_names(city: DemoCity, xy_m: np.ndarray) -> list[str]:
    names = np.full(len(xy_m), "", dtype=object)
    for name, shape in zip(city.beats["name"], city.beats.geometry, strict=True):
        shapely.prepare(shape)
        names[shapely.contains_xy(shape, xy_m)] = name
    return [str(name) for name in names]


def _with_duplicates(rng: np.random.Generator, repeated: np.ndarray) -> np.ndarray:
    """Order of rows in which each repeated one comes again some rows later."""
    rows = np.arange(len(repeated))
    again = rows[repeated]
    position = np.concatenate([rows, again + rng.integers(1, 40, len(again)) + 0.5])
    return np.asarray(np.concatenate([rows, again])[np.argsort(position, kind="stable")])


def _write(path: Path, dialect: Dialect, table: list[Sequence[str]], order: np.ndarray) -> None:
    rows = list(zip(*table, strict=True))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writerow(dialect.columns)
    writer.writerows(rows[index] for index in order)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(text.getvalue().encode(dialect.encoding))
    partial.replace(path)
