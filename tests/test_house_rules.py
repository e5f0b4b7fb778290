"""The rules of the house that no linter knows: guards, sizes, fences, documents, what is served."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from analytics.__main__ import app as command_line
from analytics.settings import ROOT, City
from components.access import PAGES, ROOM

MAX_PAGE_LINES = 120
MAX_FILE_LINES = 350
MAX_BODY_LINES = 50
MAY_IMPORT_STREAMLIT = ("app.py", "pages/", "components/", "analytics/loaders/", "tests/")
MAY_IMPORT_IBIS = ("analytics/events/engine.py", "tests/")
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc"}
# Spelled in parts: this file is read as well.
MACHINE_PATHS = re.compile(
    "|".join(rf"(?<![\w.}}])/{folder}\b" for folder in ("work", "root", "tmp"))
)
FONTS = {".woff2", ".ttx", ".txt", ".md"}
STREET_PROPERTIES = {"class", "name", "highway", "kind"}


def sources(*folders: str) -> list[Path]:
    """Python files of the project, or of some of its folders."""
    named = folders or ("app.py", "pages", "components", "analytics", "tests")
    found = [
        path
        for folder in named
        for path in (
            [ROOT / folder] if (ROOT / folder).is_file() else (ROOT / folder).rglob("*.py")
        )
    ]
    return sorted(path for path in found if "migrations" not in path.parts)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def imported(path: Path) -> set[str]:
    """First parts of the names of all modules that a file imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def offenders(module: str, allowed: tuple[str, ...]) -> list[str]:
    return [
        name(path)
        for path in sources()
        if module in imported(path) and not name(path).startswith(allowed)
    ]


def texts() -> list[Path]:
    """Every text file that belongs to the project's source."""
    loose = [path for path in ROOT.iterdir() if path.suffix in (".md", ".toml", ".txt")]
    loose += [ROOT / "Makefile", *(ROOT / ".ci").glob("*"), *(ROOT / ".streamlit").glob("c*.toml")]
    data = [*(ROOT / "data").glob("*.md"), *(ROOT / "data" / "reference").rglob("*")]
    words = (ROOT / "components").rglob("*.[pc][os]*")
    return [path for path in (*sources(), *loose, *data, *words) if path.is_file()]


# Pages


def test_every_page_file_is_a_page_and_every_page_has_its_file() -> None:
    assert {path.stem for path in sources("pages")} == {page.key for page in PAGES} | {ROOM}


@pytest.mark.parametrize("path", sources("pages"), ids=name)
def test_a_page_is_a_docstring_imports_functions_and_one_guarded_call(path: Path) -> None:
    body = tree(path).body
    assert ast.get_docstring(tree(path))
    *middle, last = body[1:]
    assert {type(node) for node in middle} <= {ast.Import, ast.ImportFrom, ast.FunctionDef}
    assert ast.unparse(last) == "main()"
    (main,) = [node for node in middle if isinstance(node, ast.FunctionDef) and node.name == "main"]
    first = main.body[1] if ast.get_docstring(main) else main.body[0]
    guard = r"require_room\(.*\)" if path.stem == ROOM else rf"require\('{path.stem}'\)"
    assert re.fullmatch(rf"\w+ = {guard}", ast.unparse(first))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_PAGE_LINES


@pytest.mark.parametrize("path", sources("pages"), ids=name)
def test_a_page_reads_no_data_but_through_the_loaders(path: Path) -> None:
    modules = {node.module for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}
    assert not {m for m in modules if m and m.startswith(("analytics.events.", "analytics.store"))}
    assert "EventEngine" not in path.read_text(encoding="utf-8")


# Sizes and names


def test_no_file_is_longer_than_it_may_be() -> None:
    long = {
        name(path): lines
        for path in sources("analytics", "components")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    }
    assert long == {}


def test_no_function_is_longer_than_it_may_be() -> None:
    long = {
        f"{name(path)}:{function.name}": lines
        for path in sources("app.py", "pages", "components", "analytics")
        for function in functions(path)
        if (lines := body_lines(function)) > MAX_BODY_LINES
    }
    assert long == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name(p) for p in sources() if EMPTY_NAMES & {p.stem, *p.parts}] == []


def test_no_work_is_left_open_in_the_source() -> None:
    open_work = re.compile(r"\b(?:TO[D]O|FI[X]ME|XX[X])\b|pytest\.mark\.x[f]ail")
    assert [name(p) for p in sources() if open_work.search(p.read_text(encoding="utf-8"))] == []


# Fences


def test_streamlit_stays_outside_the_analysis() -> None:
    assert offenders("streamlit", MAY_IMPORT_STREAMLIT) == []


def test_only_the_engine_knows_ibis() -> None:
    assert offenders("ibis", MAY_IMPORT_IBIS) == []


def test_the_analysis_takes_nothing_from_components_but_words_for_the_command_line() -> None:
    found = {
        f"{name(path)}: {node.module}"
        for path in sources("analytics")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("components")
    }
    # A report is words and drawing from end to end: its command asks for one, worded and drawn.
    assert found == {
        "analytics/commands/console.py: components.catalogue",
        "analytics/commands/reports.py: components",
        "analytics/commands/reports.py: components.language",
    }


def test_the_public_package_never_imports_the_loaders() -> None:
    assert "loaders" not in re.sub(r'""".*?"""', "", init_text(), flags=re.S)


def init_text() -> str:
    return (ROOT / "analytics" / "__init__.py").read_text(encoding="utf-8")


# Documents


def undocumented(path: Path) -> Iterator[str]:
    module = tree(path)
    if not ast.get_docstring(module):
        yield name(path)
    public = [(None, node) for node in module.body]
    public += [
        (owner.name, node)
        for owner in module.body
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
    ]
    for owner, node in public:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if owner and owner.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{name(path)}:{owner + '.' if owner else ''}{node.name}"


def test_everything_public_in_the_analysis_is_documented() -> None:
    assert [found for path in sources("analytics") for found in undocumented(path)] == []


def test_every_data_file_is_described() -> None:
    described = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    files = [path for path in (ROOT / "data" / "reference").rglob("*") if path.is_file()]
    assert files
    assert [name(p) for p in files if f"`{p.relative_to(ROOT / 'data')}`" not in described] == []
    loose = {path.name for path in (ROOT / "data").iterdir()}
    assert loose <= {"README.md", "reference", "home"}


def test_every_key_of_the_settings_is_documented() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")
    told += (ROOT / "config.toml").read_text(encoding="utf-8")
    keys = {field.name for field in fields(City)} - {"key"}
    keys |= {"title", "languages", "trusted_proxies", "CABILDO_CONFIG", "CABILDO_HOME"}
    keys |= {"[database]", "[engine]"}
    assert (
        sorted(key for key in keys if not re.search(rf"(?<!\w){re.escape(key)}(?!\w)", told)) == []
    )


def command_names() -> set[str]:
    groups = {
        f"{group.name} {command.name}"
        for group in command_line.registered_groups
        for command in (group.typer_instance.registered_commands if group.typer_instance else ())
    }
    return {str(command.name) for command in command_line.registered_commands} | groups


def test_every_command_says_what_it_does() -> None:
    callbacks = [command.callback for command in command_line.registered_commands]
    callbacks += [
        command.callback
        for group in command_line.registered_groups
        for command in (group.typer_instance.registered_commands if group.typer_instance else ())
    ]
    assert [callback for callback in callbacks if not (callback and callback.__doc__)] == []


def test_every_command_that_the_documents_show_exists() -> None:
    told = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "README.md", ROOT / "data" / "README.md", ROOT / "CHANGELOG.md")
    )
    shown = set(re.findall(r"python -m analytics ([a-z]+(?:-[a-z]+)*(?: [a-z]+)?)", told))
    known = command_names()
    unknown = {words for words in shown if not {words, words.split()[0]} & known}
    assert unknown == set()
    assert shown


# What leaves the machine


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = [
        f"{name(path)}: {line.strip()[:80]}"
        for path in texts()
        if path.suffix not in (".csv", ".woff2")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_what_is_served_without_sign_in_is_fonts_and_streets_only() -> None:
    static = ROOT / "static"
    assert {path.name for path in static.iterdir()} <= {"fonts", "basemaps"}
    assert {path.suffix for path in (static / "fonts").iterdir()} <= FONTS
    for path in sorted((static / "basemaps").glob("*")):
        assert path.suffix in (".geojson", ".json"), path.name
        if path.suffix == ".geojson":
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            kinds = {feature["geometry"]["type"] for feature in features}
            assert kinds <= {"LineString", "MultiLineString", "Polygon", "MultiPolygon"}, path.name
            properties = {key for feature in features for key in feature["properties"]}
            assert properties <= STREET_PROPERTIES, path.name
