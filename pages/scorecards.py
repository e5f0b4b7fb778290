"""Scorecards of a city's internationalisation: the mayor's screen, sheets, entry, validation.

Numbers: analytics.scorecards. Drawing: components.scorecard_view and its siblings.
"""

from analytics import loaders
from analytics.access import Principal
from components import (
    notices,
    peer_view,
    presenting,
    register_view,
    scorecard_balance,
    scorecard_entry,
    scorecard_inputs,
    scorecard_plan,
    scorecard_sheet,
    scorecard_slides,
    scorecard_validation,
    scorecard_view,
)
from components.access import current_city, require


def page(principal: Principal) -> None:
    """Draw the view that was chosen, of the city and period in force."""
    city = current_city(principal)
    if presenting.is_on(loaders.may_present_scorecard(principal, city.key)):
        scorecard_slides.present(principal, city, scorecard_inputs.period_of(city))
        return
    chosen = scorecard_inputs.choices(principal, city)
    shown = loaders.scorecard(principal, city.key, chosen.period)
    if chosen.view == "sheet":
        scorecard_sheet.draw(principal, city, shown)
    elif chosen.view == "entry":
        scorecard_entry.draw(principal, city, shown)
    elif chosen.view == "indicators":
        scorecard_plan.draw(principal, city, chosen.period)
    elif chosen.view == "validation":
        scorecard_validation.draw(principal, city, shown)
    elif chosen.view == "peers":
        peer_view.draw(principal, city, chosen.period)
    elif chosen.view == "continuity":
        register_view.draw(principal, city)
    elif chosen.view == "balance":
        scorecard_balance.draw(shown)
    else:
        scorecard_view.draw(principal, city, shown)


def main() -> None:
    """Guard, then draw."""
    person = require("scorecards")
    with notices.explain_errors():
        page(person)


main()
