"""The hotspot page on paper: the council's bulletin and the crews' briefing, worded for a writer.

Every sentence and number is the page's own function; nothing is counted here. Words come in the
language of :func:`components.language.speaking`.
"""

from collections.abc import Sequence
from dataclasses import replace

from analytics.commands.words import report_command
from analytics.datasets import Dataset
from analytics.exports.reports import Cell, Picture, Report, Section, Table
from analytics.hotspots.bulletin import Bulletin, Compared
from analytics.hotspots.scales import area_by_class
from analytics.hotspots.scoring import MODELS, SHARES
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.validity import Validity
from analytics.hotspots.zones import PatrolPlan, Zone
from components import classes_view, hotspot_view, map_drawings, validity_view, zones_view
from components.language import _, _n, current, day, day_range, number, percent, sentence_of
from components.map_pictures import Areas, drawn_png
from components.pictures import chart_png
from components.tokens import LIGHT

HALF_PX, FIGURE_PX = 400, 560
ZONE_WIDTHS = (0.6, 3.2, 1.2, 1.1, 1.2, 5.2)
MAP_MM, ZONE_MM = (50, 95), 10  # height of the briefing's map, and what a zone's row takes of it
CERTAIN = 0.001


def bulletin_report(
    held: Dataset, surface: HotspotSurface, classes: tuple[float, ...], told: Bulletin | None
) -> Report:
    """Compose the bulletin: sentence, map, change, hours, sources, validity, method.

    Parameters
    ----------
    held : Dataset
        Describes the published version, with the reader's View.
    surface : HotspotSurface
        What is shown; a surface view gets the map and its classes only.
    classes : tuple of float
        Seven class floors per km² and 30 days.
    told : Bulletin or None
        The rest, for those who see cells.
    """
    sections = [_where(held, surface, classes)]
    method = hotspot_view.method_lines(held, surface)
    if told is None:
        sections.append(_classes(surface, classes))
    else:
        sections += [*_change(held, surface, told), *_when_and_who(told), _validity(told)]
        if told.validity is not None:
            method += validity_view.method_lines(told.validity, surface)
    return _report(
        held,
        surface,
        _("report.bulletin"),
        hotspot_view.headline(surface),
        sections,
        method,
        report_command(surface) if held.view.sees_cells else "",
    )


def briefing_report(
    held: Dataset,
    surface: HotspotSurface,
    classes: tuple[float, ...],
    plan: PatrolPlan,
    told: Bulletin | None,
) -> Report:
    """Compose the crews' page: map with zones, table with streets and reasons, validity, method."""
    where = _where(held, surface, classes, map_drawings.zone_areas(plan))
    lines = [zones_view.comparison(plan)]
    if told is not None and told.validity is not None:
        lines.append(validity_view.verdict(told.validity))
    # One page: the map gives way to the table.
    tall = max(MAP_MM[0], MAP_MM[1] - ZONE_MM * max(0, len(plan.zones) - 4))
    where = replace(where, picture_mm=tall)
    zones = Section(_("zones.title"), lines=tuple(lines), table=_zones_table(plan))
    method = [*zones_view.method_lines(plan), *hotspot_view.method_lines(held, surface)]
    sentence = _n(
        "report.briefing_sentence",
        len(plan.zones),
        share=percent(plan.share, 1),
        area=percent(plan.area_share, 1),
    )
    return _report(
        held,
        surface,
        _("report.briefing"),
        sentence,
        [where, zones],
        method,
        report_command(surface, plan),
    )


def _report(
    held: Dataset,
    surface: HotspotSurface,
    title: str,
    sentence: str,
    sections: Sequence[Section],
    method: Sequence[str],
    command: str,
) -> Report:
    return Report(
        title=title,
        eyebrow=" · ".join([held.city.name, *hotspot_view.selection(surface)]),
        sentence=sentence,
        sections=tuple(sections),
        method_title=_("hotspots.method"),
        method=tuple(method),
        command=command,
        footer=_(
            "report.footer", city=held.city.name, day=day(held.period[1]), version=held.version
        ),
        language=current(),
        stamp=_("look.synthetic") if held.city.synthetic else "",
    )


def _where(
    held: Dataset,
    surface: HotspotSurface,
    classes: tuple[float, ...],
    zones: Sequence[Areas] = (),
) -> Section:
    png = drawn_png(map_drawings.density(held, surface, classes, zones))
    alt = _("report.map_alt", city=held.city.name, period=day_range(*surface.period))
    return Section(_("report.where"), picture=Picture(png, alt), picture_mm=100)


def _change(held: Dataset, surface: HotspotSurface, told: Bulletin) -> list[Section]:
    if not told.compared:
        return [Section(_("report.change"), lines=(_("report.nothing_before"),))]
    rows = tuple(_change_row(each) for each in told.compared)
    headings = tuple(
        _(f"column.{name}")
        for name in ("against", "earlier", "now", "change_per_day", "change_p", "rose", "fell")
    )
    first = told.compared[0]
    changed = first.cells.significant
    alt = _("report.change_alt", rose=first.n_rose, fell=first.n_fell)
    sections = [
        Section(
            _("report.change"),
            lines=(*(_change_line(each) for each in told.compared), _("report.change_rule")),
            table=Table(headings, rows, (2.6, 1.2, 1.2, 1.2, 1, 1, 1)),
        ),
    ]
    if not changed.any():
        return sections
    picture = Picture(drawn_png(map_drawings.change(held, first.cells)), alt)
    note = _("report.change_where_note", period=day_range(*first.before))
    where = Section(_("report.change_where"), lines=(note,), picture=picture, picture_mm=60)
    return [*sections, where]


def _change_line(each: Compared) -> str:
    verdict = "unclear" if each.p > 0.05 else ("rose" if each.rate_ratio > 1 else "fell")
    return _(
        f"report.change_{verdict}",
        against=_(f"report.against_{each.against}", period=day_range(*each.before)),
        change=_signed(each.rate_ratio - 1),
    )


def _change_row(each: Compared) -> tuple[Cell, ...]:
    return (
        Cell(day_range(*each.before)),
        _count(each.n_before),
        _count(each.n_after),
        Cell(_signed(each.rate_ratio - 1), each.rate_ratio - 1, "+0.0%;-0.0%"),
        Cell(_probability(each.p), each.p, "0.000"),
        _count(each.n_rose),
        _count(each.n_fell),
    )


def _when_and_who(told: Bulletin) -> list[Section]:
    hours = chart_png(hotspot_view.hours_chart(told.hours, LIGHT), width=HALF_PX)
    rows = tuple(
        (Cell(name), _share(share), _share(detected))
        for name, share, detected in hotspot_view.source_shares(told.by_source)
    )
    names = tuple(_(f"column.{name}") for name in ("source", "share_of_total", "detected"))
    return [
        Section(
            _("hotspots.when"),
            lines=(hotspot_view.when_note(told.hours),),
            picture=Picture(hours, _("hotspots.when_alt")),
            half=True,
        ),
        Section(
            _("hotspots.who"),
            table=Table(names, rows, (2, 1, 1)),
            half=True,
        ),
    ]


def _validity(told: Bulletin) -> Section:
    found = told.validity
    if found is None:
        assert told.refusal is not None
        return Section(_("validity.title"), lines=(sentence_of(told.refusal),))
    words, names = validity_view.table(found), validity_view.columns()
    rows = tuple(
        tuple(Cell(row[name], _behind(found, share, name), "0.00") for name in names)
        for share, row in zip(SHARES, words.to_dict("records"), strict=True)
    )
    return Section(
        _("validity.title"),
        lines=(validity_view.verdict(found), _("validity.key")),
        picture=Picture(
            chart_png(validity_view.figure(found, LIGHT), width=FIGURE_PX), _("validity.alt")
        ),
        table=Table(tuple(names.values()), rows, (1.2, 1, 1.4, 1, 1.2, 1, 0.8)),
    )


def _behind(found: Validity, share: float, name: str) -> float | None:
    """Return the number behind a cell of the validity's table; None for the interval."""
    if name in MODELS:
        return float(found.at(share, name)["pai"])
    return {"share": share, "pei": float(found.at(share, "density")["pei_star"])}.get(name)


def _classes(surface: HotspotSurface, classes: tuple[float, ...]) -> Section:
    words = classes_view.classes_frame(surface, classes)
    exact = area_by_class(surface.density_per_km2_30d, surface.grid.cell_m, classes)
    rows = tuple(
        (
            Cell(str(row[0])),
            Cell(str(row[1]), float(area), "0.00"),
            Cell(str(row[2]), float(share), "0.0%"),
        )
        for row, area, share in zip(
            words.itertuples(index=False), exact["area_km2"], exact["share"], strict=True
        )
    )
    headings = tuple(_(f"column.{name}") for name in words)
    return Section(
        _("hotspots.classes"),
        note=_("hotspots.key_unit"),
        table=Table(headings, rows, (2, 1, 1)),
    )


def _zones_table(plan: PatrolPlan) -> Table:
    rows = tuple(_zone_cells(zone) for zone in plan.zones)
    return Table(tuple(zones_view.headings().values()), rows, ZONE_WIDTHS)


def _zone_cells(zone: Zone) -> tuple[Cell, ...]:
    name, streets, expected, between, share, why = zones_view.row(zone)
    return (
        Cell(name, zone.number, "0"),
        Cell(streets),
        Cell(expected, zone.expected, "0.0"),
        Cell(between),
        Cell(share, zone.share, "0.0%"),
        Cell(why),
    )


def _count(n: float) -> Cell:
    return Cell(number(n, 0), round(n), "#,##0")


def _share(share: float) -> Cell:
    return Cell(percent(share), share, "0%")


def _signed(share: float) -> str:
    """Write a change with its sign; the words for none where nothing was recorded before."""
    if share != share:
        return _("report.from_nothing")
    return f"{'+' if round(share, 3) > 0 else ''}{percent(share, 1)}"


def _probability(p: float) -> str:
    return f"< {number(CERTAIN, 3)}" if p < CERTAIN else number(p, 3)
