"""A cohort on paper, slides and sheets: sentence, bars, gates and table as the page shows them."""

from collections.abc import Sequence

from analytics.commands.words import cohort_report_command
from analytics.exports.reports import Cell, Picture, Report, Section, Table
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from components import cohort_view
from components.language import _, _n, current
from components.pictures import chart_png
from components.tokens import LIGHT

BARS_PX, GATES_PX = 760, 640
BARS_MM, GATES_MM = 105.0, 95.0
WIDTHS = {
    "city": 1.7, "country": 0.7, "state": 1.1, "why": 3.4, "slip": 0.9, "finish": 1.7, "range": 2.1,
}  # fmt: skip


def cohort_report(found: CohortOnDay, cities: Sequence[CityOnDay]) -> Report:
    """Compose a cohort's report.

    Parameters
    ----------
    found : CohortOnDay
        The cohort with the cities that the reader may see.
    cities : sequence of CityOnDay
        Those of them that are shown, in order; without any, only the sentence is told.
    """
    of_day = _("cohort.as_of", day=found.as_of)
    return Report(
        title=_("cohort.title"),
        eyebrow=" · ".join([found.programme.name, _n("cohort.cities", len(cities)), of_day]),
        sentence=cohort_view.headline(found),
        sections=_sections(found, cities) if cities else (Section(_("cohort.nothing_left")),),
        method_title=_("hotspots.method"),
        method=(_("cohort.method"), _("cohort.source", source=found.template.source)),
        command=cohort_report_command(found.programme.key, found.as_of),
        footer=f"{found.programme.name} · {of_day}",
        language=current(),
        stamp=_("look.synthetic") if found.programme.synthetic else "",
    )


def _sections(found: CohortOnDay, cities: Sequence[CityOnDay]) -> tuple[Section, ...]:
    bars = chart_png(cohort_view.timeline(found, cities, LIGHT), width=BARS_PX)
    gates = chart_png(cohort_view.matrix(found, cities, LIGHT, named=True), width=GATES_PX)
    return (
        Section(
            _("cohort.calendar"),
            lines=(_("cohort.calendar_note"),),
            picture=Picture(bars, _("cohort.calendar_alt", n=len(cities))),
            picture_mm=BARS_MM,
        ),
        Section(
            _("cohort.gates"),
            lines=(cohort_view.state_words(),),
            picture=Picture(gates, _("cohort.gates_alt", n=len(cities))),
            picture_mm=GATES_MM,
        ),
        Section(_("cohort.city"), table=_table(cities)),
    )


def _table(cities: Sequence[CityOnDay]) -> Table:
    frame = cohort_view.cities_frame(cities)
    rows = tuple(
        tuple(
            Cell(str(text), city.slip_days, "+0;-0;0") if name == "slip" else Cell(str(text))
            for name, text in row.items()
        )
        for city, row in zip(cities, frame.to_dict("records"), strict=True)
    )
    names = [str(name) for name in frame]
    headings = tuple(_(f"cohort.column_{name}") for name in names)
    return Table(headings, rows, tuple(WIDTHS[name] for name in names))
