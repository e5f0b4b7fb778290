"""Archives give their one usable file, or a refusal that says why not."""

import gzip
import io
import stat
import tarfile
import zipfile

import pytest

from analytics.errors import SourceError
from analytics.sources.mappings import Mapping
from analytics.sources.tables import open_table

ROWS = "id,fecha\n1,2019-01-05\n"


@pytest.fixture
def archive(tmp_path):
    def run(*members, name="datos.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for member, content in members:
                file.writestr(member, content)
        return tmp_path / name

    return run


def rows_of(path):
    with open_table(path, Mapping(), scratch=path.parent / "scratch") as table:
        rows = [row for chunk in table.chunks() for row in chunk.rows]
        return rows, table


def refused(path):
    with pytest.raises(SourceError) as caught:
        rows_of(path)
    assert not list((path.parent / "scratch").glob("*"))
    return caught.value


def test_the_one_data_file_is_read_and_the_archive_named(archive):
    path = archive(("carpeta/datos.csv", ROWS), ("LEEME.txt", "x"), ("__MACOSX/._datos.csv", "x"))

    rows, table = rows_of(path)

    assert rows == [["1", "2019-01-05"]]
    assert table.facts.path == path
    assert table.facts.size_bytes == path.stat().st_size
    assert table.found["archive_member"] == "datos.csv"
    assert not list((path.parent / "scratch").glob("*"))


def test_a_workbook_in_a_gzip_file_is_read(tmp_path):
    path = tmp_path / "datos.json.gz"
    path.write_bytes(gzip.compress(b'[{"id": 1}]'))

    assert rows_of(path)[0] == [["1"]]


def test_several_data_files_are_refused_with_their_names(archive):
    error = refused(archive(("a.csv", ROWS), ("b.csv", ROWS)))

    assert error.code == "source.archive_several"
    assert error.details["found"] == "a.csv, b.csv"


@pytest.mark.parametrize("name", ["../fuera.csv", "/etc/fuera.csv", "a/../../b.csv", "C:\\b.csv"])
def test_a_name_that_leads_out_is_refused_and_nothing_is_written(archive, tmp_path, name):
    error = refused(archive(("datos.csv", ROWS), (name, ROWS)))

    assert error.code == "source.archive_path"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["datos.zip", "scratch"]


def test_a_link_is_refused(archive):
    link = zipfile.ZipInfo("enlace.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert refused(archive((link, "/etc/passwd"))).code == "source.archive_link"


def test_an_encrypted_file_is_refused(archive):
    path = archive(("datos.csv", ROWS))
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    assert refused(path).code == "source.encrypted"


@pytest.mark.parametrize("name", ["dentro.zip", "dentro.gz", "dentro.7z"])
def test_an_archive_in_an_archive_is_refused(archive, name):
    error = refused(archive(("datos.csv", ROWS), (name, b"x")))

    assert (error.code, error.details["member"]) == ("source.archive_nested", name)


def test_an_archive_under_another_name_is_refused_too(archive, tmp_path):
    inner = archive(("datos.csv", ROWS), name="dentro.zip").read_bytes()

    assert refused(archive(("datos.csv", inner), name="a.zip")).code == "source.archive_nested"
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as file:
        file.addfile(tarfile.TarInfo("datos.csv"))
    for name, content in (("b.gz", inner), ("c.gz", gzip.compress(b"x")), ("d.gz", tar.getvalue())):
        (tmp_path / name).write_bytes(gzip.compress(content))
        assert refused(tmp_path / name).code == "source.archive_nested"


def test_a_bomb_is_refused_in_zip_and_in_gzip(archive, tmp_path):
    lines = b"1,2019-01-05\n" * 6_000_000
    path = archive(("datos.csv", lines))
    (tmp_path / "datos.csv.gz").write_bytes(gzip.compress(lines, 6))

    assert refused(path).code == "source.archive_bomb"
    assert refused(tmp_path / "datos.csv.gz").code == "source.archive_bomb"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_read(archive):
    path = archive(("datos.csv", b"1,2019-01-05\n" * 6_000_000))
    content = bytearray(path.read_bytes())
    start = content.index(b"PK\x01\x02") + 24
    content[start : start + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(content)

    assert refused(path).code in ("source.archive_bomb", "source.broken_zip")


def test_an_archive_without_data_names_what_it_holds(archive):
    error = refused(archive(("informe.pdf", "x")))

    assert (error.code, error.details["found"]) == ("source.archive_empty", "informe.pdf")


def test_an_archive_cut_short_is_refused(archive):
    path = archive(("datos.csv", ROWS))
    path.write_bytes(path.read_bytes()[:-30])

    assert refused(path).code == "source.broken_zip"
