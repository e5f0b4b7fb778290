"""Invented register entries of the demonstration city: one story that a handover must carry on."""

from datetime import date, timedelta

from analytics.scorecards.registers import BOARD, STAGES, check_entry
from analytics.store import registers
from analytics.store.database import Database
from analytics.store.registers import Entry

EDITOR, OFFICE = "editora", "Relaciones Internacionales"
DONE = ("vision", "awareness", "lines", "accords")
ORIGIN = "ejemplo"
LAST_DAYS = 400  # of the term of office, after the data's last day


def fill_registers(db: Database, city: str, *, until: date) -> bool:
    """Add the example entries, unless the city's registers hold something.

    Parameters
    ----------
    db : Database
    city : str
    until : date
        The last day of the data; every day told lies around it.
    """
    if registers.entries(db, city):
        return False
    told = [*_told(until), *_board()]
    numbered = [
        check_entry(Entry(**fields, origin=ORIGIN, reference=f"{ORIGIN}-{i}"))  # type: ignore[arg-type]
        for i, fields in enumerate(told)
    ]
    registers.import_entries(db, city, numbered, actor=EDITOR)
    return True


def _told(until: date) -> list[dict[str, object]]:
    def ago(days: int) -> date:
        return until - timedelta(days=days)

    own: dict[str, object] = {"owner": OFFICE}
    return [
        own | {"kind": "term", "title": "Período municipal", "starts_on": ago(1060),
               "ends_on": ago(-LAST_DAYS)},
        own | {"kind": "agreement", "title": "Intercambio técnico sobre ferias y mercados",
               "with_whom": "Valdeflores (ejemplo)", "starts_on": ago(700), "ends_on": ago(-390)},
        own | {"kind": "agreement", "title": "Datos abiertos de movilidad",
               "with_whom": "Río Claro del Sur (ejemplo)", "starts_on": ago(310)},
        own | {"kind": "agreement", "title": "Residencias artísticas", "state": "ended",
               "with_whom": "Puerto Sereno (ejemplo)", "starts_on": ago(900), "ends_on": ago(170)},
        own | {"kind": "membership", "title": "Red de ciudades de ejemplo",
               "with_whom": "Alianza de Datos, cohorte de ejemplo", "starts_on": ago(420)},
        own | {"kind": "mission", "title": "Visita técnica a Valdeflores", "state": "done",
               "with_whom": "Valdeflores (ejemplo)", "starts_on": ago(150), "ends_on": ago(147)},
        own | {"kind": "mission", "title": "Visita de retorno",
               "with_whom": "Valdeflores (ejemplo)", "starts_on": ago(-90)},
        own | {"kind": "lesson", "title": "Mesa sin presidencia", "aspect": "failed",
               "starts_on": ago(120), "text": "Sin presidencia, la mesa intersectorial dejó de "
               "reunirse y dos acuerdos quedaron sin responsable."},
        own | {"kind": "lesson", "title": "Contraparte técnica", "aspect": "worked",
               "starts_on": ago(60), "text": "Nombrar una contraparte técnica por acuerdo acortó "
               "las respuestas."},
        own | {"kind": "commitment", "title": "Nombrar la presidencia de la mesa intersectorial",
               "ends_on": ago(-45)},
        own | {"kind": "synthesis", "title": "Avances", "stage": "design", "aspect": "advances",
               "text": "Líneas estratégicas acordadas con seis direcciones."},
        own | {"kind": "synthesis", "title": "Dificultad", "stage": "implementation",
               "aspect": "difficulties", "text": "Presupuesto propio insuficiente."},
        own | {"kind": "synthesis", "title": "Riesgo", "stage": "evaluation", "aspect": "risks",
               "text": "Cambio de gobierno antes de la primera evaluación."},
        own | {"kind": "synthesis", "title": "Mitigación", "stage": "evaluation",
               "aspect": "mitigation", "text": "Paquete de traspaso cada semestre."},
        own | {"kind": "capitalisation", "title": "Intercambio sobre ferias",
               "text": "El recorrido conjunto con feriantes enseñó más que el seminario.",
               "detail": "Una feriante explicó en diez minutos por qué fallaba el permiso."},
    ]  # fmt: skip


def _board() -> list[dict[str, object]]:
    return [
        {
            "kind": "board",
            "title": item,
            "stage": stage,
            "aspect": item,
            "owner": OFFICE,
            "state": "done" if item in DONE else "open",
        }
        for stage in STAGES
        for item in BOARD[stage]
    ]
