"""The command line: ``python -m analytics …`` gives every number that a page shows.

JSON on stdout with ``--json``, messages on stderr in the language of ``LANG``. Exit codes: 0 done,
1 refused input, 2 wrong usage, 3 internal failure.
"""

import typer

from analytics.commands import (
    areas,
    bandwidths,
    categories,
    cautions,
    change,
    classes,
    concentration,
    folders,
    hotspots,
    linking,
    near_repeat,
    people,
    pivots,
    placing,
    programmes,
    prospective,
    rates,
    reconciling,
    registers,
    reports,
    scorecards,
    sources,
    temporal,
    totals,
    upkeep,
    validity,
    wdd,
    workbooks,
    zones,
)

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
app.command("demo")(upkeep.demo)
app.command("import")(sources.import_command)
app.command("import-folder")(folders.import_folder)
app.command("publish")(sources.publish_command)
app.command("batches")(sources.batches_command)
app.command("compare")(sources.compare)
app.command("rollback")(sources.rollback)
app.command("link")(linking.link_command)
app.command("categories")(categories.categories_command)
app.command("place")(categories.place_command)
app.command("place-event")(placing.place_event_command)
app.command("pivot")(pivots.pivot)
app.command("located")(totals.located_command)
app.command("reconcile")(reconciling.reconcile_command)
app.command("hotspots")(hotspots.hotspots)
app.command("rates")(rates.rates)
app.command("areas")(areas.areas)
app.command("area-sheet")(areas.area_sheet_command)
app.command("bandwidths")(bandwidths.bandwidths)
app.command("cautions")(cautions.cautions_command)
app.command("change")(change.change)
app.command("concentration")(concentration.concentration)
app.command("prospective")(prospective.prospective)
app.command("wdd")(wdd.wdd)
app.command("classes")(classes.classes)
app.command("temporal")(temporal.temporal)
app.command("near-repeat")(near_repeat.near_repeat_command)
app.command("validate")(validity.validate)
app.command("zones")(zones.zones)
app.command("report")(reports.report)
app.command("overview")(hotspots.overview_command)
app.command("programme")(programmes.programme_command)
app.command("cohort-import")(programmes.cohort_import)
app.command("scorecard")(scorecards.scorecard_command)
app.command("scorecard-template")(workbooks.scorecard_template)
app.command("scorecard-fill")(workbooks.scorecard_fill)
app.command("scorecard-calendar")(scorecards.scorecard_calendar)
app.command("scorecard-layout")(workbooks.scorecard_layout)
app.command("scorecard-layout-import")(workbooks.scorecard_layout_import)
app.command("register")(registers.register_command)
app.command("sister-cities")(registers.sister_cities)
app.command("migrate")(upkeep.migrate_command)
app.command("doctor")(upkeep.doctor)
app.add_typer(people.user, name="user")

if __name__ == "__main__":
    app()
