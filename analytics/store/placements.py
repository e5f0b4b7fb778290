"""Which taxonomy key a city's people gave to a published name; it wins over the crosswalk."""

from sqlalchemy import delete, select

from analytics.errors import SourceError
from analytics.sources.taxonomy import load_taxonomy, normalise
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import Placement, utc_now

NAME_LENGTH = 500


def place(db: Database, city: str, name: str, key: str, *, actor: str) -> None:
    """Remember where a published name belongs; a later placement replaces it.

    Parameters
    ----------
    db : Database
    city : str
        The placement is for this city alone.
    name : str
        As published; case, accents and repeated spaces do not matter.
    key : str
        Of the taxonomy.
    actor : str

    Raises
    ------
    SourceError
        ``categories.name`` if the name is empty or longer than 500 characters, ``categories.key``
        if the taxonomy does not have the key.
    """
    folded = normalise(name)
    if not 0 < len(folded) <= NAME_LENGTH:
        raise SourceError("categories.name", value=name[:NAME_LENGTH], high=NAME_LENGTH)
    known = [category.key for category in load_taxonomy()]
    if key not in known:
        raise SourceError("categories.key", value=key, known=", ".join(known))
    row = Placement(city=city, name=folded, key=key, placed_at=utc_now(), placed_by=actor)
    with db.begin() as session:
        serialise(session, f"placements:{city}")
        session.merge(row)
        audit.record(
            session, actor=actor, action="category.place", scope=city, name=folded, key=key
        )


def withdraw(db: Database, city: str, name: str, *, actor: str) -> bool:
    """Forget a placement; return whether there was one."""
    folded = normalise(name)
    with db.begin() as session:
        if session.get(Placement, (city, folded)) is None:
            return False
        session.execute(delete(Placement).where(Placement.city == city, Placement.name == folded))
        audit.record(session, actor=actor, action="category.withdraw", scope=city, name=folded)
        return True


def placements(db: Database, city: str) -> dict[str, str]:
    """Return normalised published name → taxonomy key, as placed in ``city``, by name."""
    query = select(Placement).where(Placement.city == city).order_by(Placement.name)
    with db.read() as session:
        return {row.name: row.key for row in session.scalars(query)}
