"""The demonstration store: an invented city, its incidents, and the three files that tell of them.

The files go through the same import as any other; nothing here writes events by a side door.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from analytics.demo.city import draw_city, write_layers
from analytics.demo.cohort import COHORT, add_cohort
from analytics.demo.files import DIALECTS, write_records
from analytics.demo.peers import add_peers
from analytics.demo.registers import fill_registers
from analytics.demo.reports import ReportErrors
from analytics.demo.scorecard import fill_scorecard
from analytics.errors import SettingsError, StoreError
from analytics.events.publishing import publish
from analytics.settings import City, Settings
from analytics.sources.importing import import_file
from analytics.sources.mappings import read_mapping
from analytics.store import batches, people
from analytics.store.database import Database

CITY = "quimera"
ACTOR = "demo"
SEED = 20_260
INCIDENTS = 120_000
SYLLABLES = 7  # of a demo password: 42 bits, and it can be read aloud

# Username -> (name, role, scope).
PEOPLE = {
    "alcaldesa": ("Alcaldía de Puerto Quimera", "mayor", CITY),
    "analista": ("Análisis delictual", "analyst", CITY),
    "coach": ("Acompañamiento de la cohorte", "coach", "*"),
    "editora": ("Carga de indicadores", "editor", CITY),
    "validadora": ("Validación de indicadores", "validator", CITY),
    "admin": ("Administración", "admin", "*"),
}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoReport:
    """What the demonstration store holds.

    ``built`` is False if it was there already; ``sign_ins`` leads usernames to passwords as first
    given, empty if their file was removed since.
    """

    city: str
    built: bool
    version_id: str
    n_records: int
    n_incidents: int
    sign_ins: dict[str, str] = field(hash=False)


def build_demo(
    settings: Settings,
    db: Database,
    *,
    seed: int = SEED,
    until: date | None = None,
    n_incidents: int = INCIDENTS,
    errors: ReportErrors | None = None,
    progress: Progress | None = None,
) -> DemoReport:
    """Build the demonstration store, or leave it alone if it is there.

    Writes layers (EPSG:4326) under ``home/layers/quimera``, the three raw files with their truth
    under ``home/demo``, imports and publishes them, and adds the demo's people. A build that was
    interrupted is completed by the next.

    Parameters
    ----------
    settings : Settings
        Must know a city ``quimera`` marked ``synthetic``.
    db : Database
    seed : int
        Equal seed and ``until`` give equal files.
    until : date, optional
        Any day of the last of 36 months; default: the last full month.
    n_incidents : int
        Incidents that truly happened; records are more (see ``errors``).
    errors : ReportErrors, optional
        The linkage error model.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    DemoReport

    Raises
    ------
    SettingsError
        ``settings.unknown_city`` or ``demo.not_synthetic``.
    StoreError
        ``people.exists`` if one of the demo's usernames is somebody's already.
    """
    city = settings.city(CITY)
    if not city.synthetic:
        raise SettingsError("demo.not_synthetic", key=f"cities.{CITY}.synthetic")
    folder = settings.home / "demo"
    version = batches.current_version(db, CITY)
    built = version is None
    step = _counter(progress, len(DIALECTS) + 6)
    sign_ins = _sign_ins(folder, db, built=version is not None)
    last = until or date.today().replace(day=1) - timedelta(days=1)
    if version is None:
        drawn = draw_city(seed)
        write_layers(settings.home / "layers" / CITY, drawn)
        step()
        write_records(
            folder, drawn, n=n_incidents, seed=seed, until=last, errors=errors or ReportErrors()
        )
        step()
        _import_all(settings, db, city, step=step)
        version = publish(settings, db, city, actor=ACTOR)
        step()
    _add_people(db, sign_ins)
    step()
    add_cohort(db, shown_on=_shown_on(until), seed=seed)
    step()
    fill_scorecard(db, CITY, until=last, seed=seed)
    fill_registers(db, CITY, until=last)
    add_peers(db, CITY, COHORT, until=last, seed=seed)
    step()
    return DemoReport(
        city=CITY,
        built=built,
        version_id=version.version_id,
        n_records=version.n_records,
        n_incidents=version.n_incidents,
        sign_ins=sign_ins,
    )


def _shown_on(until: date | None) -> date:
    """Return the day up to which the cohort reported: in the month after the incidents end."""
    last = until or date.today().replace(day=1) - timedelta(days=1)
    shown = (last.replace(day=28) + timedelta(days=4)).replace(day=21)
    return shown if until else min(shown, date.today())


def _counter(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    return step


def _import_all(settings: Settings, db: Database, city: City, *, step: Callable[[], None]) -> None:
    """Import the three files; batches that an interrupted build left are taken out first."""
    for batch in batches.batches(db, CITY, active_only=True):
        if batch.created_by == ACTOR:
            batches.roll_back(db, batch.batch_id, ACTOR)
    folder = settings.home / "demo"
    for key, dialect in DIALECTS.items():
        import_file(
            folder / dialect.file_name,
            settings=settings,
            db=db,
            city=city,
            source=dialect.source,
            actor=ACTOR,
            mapping=read_mapping(folder / f"{key}.toml"),
        )
        step()


def _sign_ins(folder: Path, db: Database, *, built: bool) -> dict[str, str]:
    """Read the demo's passwords, or make them and keep them where only the owner reads."""
    path = folder / "sign-ins.txt"
    if path.is_file():
        lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return {username: password for username, password, *_ in lines}
    if built:
        return {}
    for username in PEOPLE:
        if people.person_of(db, username) is not None:
            raise StoreError("people.exists", username=username)
    made = {username: _password() for username in PEOPLE}
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    text = "".join(f"{name}\t{password}\t{PEOPLE[name][1]}\n" for name, password in made.items())
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)
    return made


def _password() -> str:
    """Make a password of syllables, such as ``kamo-retisu-nobali``."""
    made = [secrets.choice("bdfgklmnprstv") + secrets.choice("aeiou") for _ in range(SYLLABLES)]
    return "-".join(["".join(made[:2]), "".join(made[2:4]), "".join(made[4:])])


def _add_people(db: Database, sign_ins: dict[str, str]) -> None:
    for username, password in sign_ins.items():
        name, role, scope = PEOPLE[username]
        person = people.person_of(db, username)
        if person is None:
            people.add_user(db, username=username, name=name, password=password, actor=ACTOR)
        if person is None or not person.assignments:
            people.assign(db, username=username, role=role, scope=scope, actor=ACTOR)
