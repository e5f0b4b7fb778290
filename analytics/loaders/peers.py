"""Loaders of the comparison with peers: one's own city, and what consenting cities share."""

from dataclasses import dataclass
from datetime import date

from analytics.access import Action, Principal, authorise, may
from analytics.errors import FilterError, NotAllowedError
from analytics.loaders.places import database
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.catalogue import load_catalogue
from analytics.scorecards.office import read_assessments
from analytics.scorecards.peers import Peer, Peers, anonymised, compare, order_of
from analytics.scorecards.periods import Period
from analytics.settings import load_settings
from analytics.store import peer_consents, programmes
from analytics.store.database import Database
from analytics.store.peer_consents import Consent
from analytics.store.programmes import ProgrammeRow


@dataclass(frozen=True)
class ConsentDesk:
    """Gives and withdraws a city's consents in ``actor``'s name."""

    db: Database
    city: str
    actor: str

    def give(self, programme: str, indicators: tuple[str, ...], version: int | None) -> Consent:
        """Share indicators with a programme's cities.

        Raises
        ------
        FilterError
            ``peers.nothing`` without an indicator, ``entry.unknown`` for one not in the catalogue.
        StoreError
            As :func:`analytics.store.peer_consents.give_consent`.
        """
        if not indicators:
            raise FilterError("peers.nothing")
        unknown = [key for key in indicators if key not in load_catalogue().indicators]
        if unknown:
            raise FilterError("entry.unknown", indicator=unknown[0])
        return peer_consents.give_consent(
            self.db, programme, self.city, indicators, version=version, actor=self.actor
        )

    def withdraw(self, programme: str) -> bool:
        """Take the consent back; see :func:`analytics.store.peer_consents.withdraw_consent`."""
        return peer_consents.withdraw_consent(self.db, programme, self.city, actor=self.actor)


def peer_programmes(principal: Principal, city_key: str) -> list[ProgrammeRow]:
    """Return the programmes in which a city has peers.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's indicators.
    """
    authorise(principal, Action.READ_INDICATORS, city_key)
    db = database()
    return [
        row
        for row in programmes.programmes(db)
        if city_key in {city.key for city in programmes.cities(db, row.key)}
    ]


def own_consent(principal: Principal, programme: str, city_key: str) -> Consent | None:
    """Return what a city shares in a programme; None if it never did.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's indicators.
    """
    authorise(principal, Action.READ_INDICATORS, city_key)
    return peer_consents.consents(database(), programme).get(city_key)


def peers(
    principal: Principal, programme: str, city_key: str, period: Period, *, hidden: bool
) -> Peers:
    """Compare a city with those of a programme that consented, by what each shares.

    A mayor sees the own city whole and of the others only what they share; who may read the
    programme (its coach) sees no more of a city without its consent. Consents are read in every
    run, so that what is withdrawn is gone at once. ``hidden`` leaves names and keys out of the
    answer.

    Raises
    ------
    NotAllowedError
        If the principal may read neither the city's indicators nor the programme's, or the city
        is not enrolled.
    """
    if not may(principal, Action.READ_INDICATORS, programme):
        authorise(principal, Action.READ_INDICATORS, city_key)
    db = database()
    names = {row.key: row.name for row in programmes.cities(db, programme)}
    if city_key not in names:
        raise NotAllowedError("access.refused", action="read_indicators", scope=programme)
    own = may(principal, Action.READ_INDICATORS, city_key)
    given = {c.city: c for c in peer_consents.consents(db, programme).values() if c.given}
    held = [
        Peer(key, name, own=own and key == city_key)
        for key, name in names.items()
        if key in given or (own and key == city_key)
    ]
    salt = f"{programme}|{period.key}"
    ordered = order_of(held, salt, hidden=hidden)
    day = date.today()
    told = [_shared(db, peer, given.get(peer.key), period, day) for peer in ordered]
    shown = anonymised(ordered, salt) if hidden else ordered
    return compare(list(zip(shown, told, strict=True)))


def consent_desk(principal: Principal, city_key: str) -> ConsentDesk:
    """Return what gives and withdraws the city's consents; for those who validate its values.

    Raises
    ------
    NotAllowedError
        If the principal may not validate the city's indicators.
    """
    authorise(principal, Action.VALIDATE_INDICATORS, city_key)
    return ConsentDesk(database(), load_settings().city(city_key).key, principal.username)


def _shared(
    db: Database, peer: Peer, consent: Consent | None, period: Period, day: date
) -> dict[str, Assessment]:
    found = {a.sheet.id: a for a in read_assessments(db, peer.key, period, day)}
    if peer.own:
        return found
    assert consent is not None
    return {key: found[key] for key in consent.indicators if key in found}
