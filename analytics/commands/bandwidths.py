"""The command ``bandwidths``: what the rules of thumb say, and what the days after say."""

from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import (
    Categories_,
    City_,
    From_,
    Hours_,
    Json_,
    Sources_,
    To_,
    Weekdays_,
    open_city,
    parse_filters,
)
from analytics.hotspots.bandwidths import HINT_CELL_M, choose_bandwidth, rules_of_thumb
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout

DEFAULT = Holdout()


@console.guarded
def bandwidths(  # noqa: PLR0913  # one argument per option
    city: City_,
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    train_days: Annotated[int, typer.Option(help="Days learned from.")] = DEFAULT.train_days,
    test_days: Annotated[int, typer.Option(help="Days tested on.")] = DEFAULT.test_days,
    windows: Annotated[int, typer.Option(help="Tests, the last ending at --to.")] = DEFAULT.windows,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    kernel: Annotated[str, typer.Option(help="gaussian or quartic.")] = "gaussian",
    as_json: Json_ = False,
) -> None:
    """Print the rules of thumb and every candidate's held-out likelihood and PAI at 5 %."""
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, False)
    holdout = Holdout(train_days=train_days, test_days=test_days, windows=windows)
    method = Method(place.cell_m if cell_m is None else cell_m, place.bandwidth_m, kernel)
    found = choose_bandwidth(engine, place, filters, method, holdout)
    console.put(
        {
            "rules_m": rules_of_thumb(engine.moments(filters, cell_m=HINT_CELL_M), kernel),
            "candidates": found.frame.to_dict("records"),
            "by_likelihood_m": found.by_likelihood_m,
            "by_pai_m": found.by_pai_m,
            "cell_m": method.cell_m,
            "kernel": kernel,
            "version": version.version_id,
        },
        as_json=as_json,
    )
