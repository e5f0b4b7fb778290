"""Reports behind links: made when a link is pressed, with what the reader's View allows."""

from collections.abc import Callable, Sequence

from analytics import loaders
from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.exports.reports import Report, report_bytes
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import PatrolPlan
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from components import cards, downloads, progress
from components.language import _, current, speaking

KINDS = {
    ".pdf": ("PDF", "application/pdf"),
    ".pptx": (
        "PPTX",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ".xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def bulletin_block(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
) -> None:
    """Offer the council's bulletin in three forms, and the command that writes it."""

    def compose() -> Report:
        # Drawing is loaded by the first who asks for a report, not by everyone who opens the page.
        from components.hotspot_reports import bulletin_report

        told = None
        if held.view.sees_cells:
            told = loaders.bulletin(principal, result.city, result.filters, result.method)
        progress.tell("pictures")
        return bulletin_report(held, result, classes, told)

    note = _("report.bulletin_note" if held.view.sees_cells else "report.bulletin_surface")
    with cards.block("bulletin", title=_("report.bulletin"), note=note):
        downloads.row(
            [_download(principal, held, result, compose, kind, "bulletin") for kind in KINDS],
            key="bulletin",
        )


def briefing(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    plan: PatrolPlan,
) -> downloads.Download:
    """Return the link to the crews' one page."""

    def compose() -> Report:
        from components.hotspot_reports import briefing_report

        told = loaders.bulletin(principal, result.city, result.filters, result.method)
        progress.tell("pictures")
        return briefing_report(held, result, classes, plan, told)

    label = _("report.briefing_pdf")
    return _download(principal, held, result, compose, ".pdf", "briefing", label)


def cohort_row(principal: Principal, found: CohortOnDay, cities: Sequence[CityOnDay]) -> None:
    """Offer the shown cities of a cohort as paper, slides and workbook."""

    def compose() -> Report:
        from components.cohort_reports import cohort_report

        progress.tell("pictures")
        return cohort_report(found, cities)

    key, day = found.programme.key, found.as_of.isoformat()
    items = [
        delivered(principal, key, compose, ("cohort", day), suffix, as_of=day) for suffix in KINDS
    ]
    downloads.row(items, key="cohort_report")


def _download(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    compose: Callable[[], Report],
    suffix: str,
    kind: str,
    label: str = "",
) -> downloads.Download:
    days = [day.isoformat() for day in result.period]
    return delivered(
        principal, result.city, compose, (kind, *days), suffix, label, version=held.version
    )


def delivered(
    principal: Principal,
    city_key: str,
    compose: Callable[[], Report],
    name: Sequence[str],
    suffix: str,
    label: str = "",
    **detail: object,
) -> downloads.Download:
    """Return the audited link of a report that is composed when it is pressed.

    ``name`` are the parts of the file name after the city; its first is the kind in the audit.
    """
    spoken, making = current(), progress.Making()

    def make() -> bytes:
        # Pressed outside the page's run: there is no session to ask for the language.
        with speaking(spoken):
            report = compose()
            progress.tell("file")
            return report_bytes(report, suffix)

    kind, mime = KINDS[suffix]
    return downloads.Download(
        label or kind,
        downloads.audited(
            principal,
            city_key,
            progress.followed(make, making),
            kind=f"{name[0]}-{suffix[1:]}",
            **detail,
        ),
        downloads.file_name(city_key, *name, extension=suffix[1:]),
        mime,
        making,
    )
