"""Invented peers of the demonstration city: cities of its cohort that let others see a part."""

from datetime import date

from analytics.demo.scorecard import fill_scorecard
from analytics.store import peer_consents, scorecards
from analytics.store.database import Database

VALIDATOR = "validadora"
PEERS = ("valdeflores", "rio-claro-del-sur", "nueva-cantabria")
SHARED_EVERY = 2  # of the indicators that a city measures


def add_peers(db: Database, city: str, programme: str, *, until: date, seed: int) -> bool:
    """Give three cities values and all four a consent, unless somebody consented already.

    Parameters
    ----------
    db : Database
    city, programme : str
        The demonstration city and its cohort.
    until : date
        The last half-year ends on or before it.
    seed : int
    """
    if peer_consents.consents(db, programme):
        return False
    for i, peer in enumerate(PEERS, start=1):
        fill_scorecard(db, peer, until=until, seed=seed + i)
    for sharing in (city, *PEERS):
        shared = list(scorecards.plans(db, sharing))[::SHARED_EVERY]
        peer_consents.give_consent(db, programme, sharing, shared, version=None, actor=VALIDATOR)
    return True
