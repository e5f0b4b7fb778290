"""The uploader: every ending it offers is a file that the readers can read."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import xlwt

from analytics.sources.mappings import Mapping
from analytics.sources.tables import open_table
from components.sources_upload import DATA_TYPES

ROWS = pd.DataFrame(
    {
        "id": ["1", "2"],
        "fecha": ["2026-10-13 14:05", "2026-10-14 09:30"],
        "delito": ["ROBO", "HURTO"],
        "lat": [-33.201, -33.202],
        "lon": [-73.401, -73.402],
    }
)
TEXT = ROWS.to_csv(index=False)
LAYER = gpd.GeoDataFrame(
    ROWS[["id", "fecha", "delito"]], geometry=gpd.points_from_xy(ROWS.lon, ROWS.lat), crs=4326
)


def old_workbook(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("datos")
    for number, cells in enumerate([list(ROWS), *ROWS.astype(object).values.tolist()]):
        for column, cell in enumerate(cells):
            sheet.write(number, column, cell)
    book.save(str(path))


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("datos.csv", TEXT)


WRITTEN: dict[str, Callable[[Path], object]] = {
    "csv": lambda path: path.write_text(TEXT),
    "tsv": lambda path: path.write_text(ROWS.to_csv(index=False, sep="\t")),
    "txt": lambda path: path.write_text(ROWS.to_csv(index=False, sep=";")),
    "gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "zip": archive,
    "xls": old_workbook,
    "xlsx": lambda path: ROWS.to_excel(path, index=False),
    "ods": lambda path: ROWS.to_excel(path, index=False, engine="odf"),
    "json": lambda path: path.write_text(json.dumps(ROWS.to_dict("records"))),
    "geojson": lambda path: path.write_text(LAYER.to_json()),
    "gpkg": lambda path: LAYER.to_file(path, driver="GPKG"),
    "parquet": lambda path: ROWS.to_parquet(path),
}


@pytest.mark.parametrize("ending", DATA_TYPES)
def test_every_ending_offered_is_read(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"datos.{ending}"
    WRITTEN[ending](path)
    with open_table(path, Mapping(), scratch=tmp_path / "scratch") as table:
        rows = [row for chunk in table.chunks() for row in chunk.rows]
        crimes = table.columns.index("delito")
    assert [row[crimes] for row in rows] == ["ROBO", "HURTO"]
