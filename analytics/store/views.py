"""Saved views: a page's query string under a name, private to one person."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import StoreError
from analytics.store.database import Database, serialise
from analytics.store.models import SavedView, utc_now


@dataclass(frozen=True)
class ViewRow:
    """A saved view as read; ``version`` goes back with the next save."""

    id: int
    username: str
    city: str
    page: str
    name: str
    query: str
    saved_at: datetime
    version: int


def save_view(
    db: Database,
    *,
    username: str,
    city: str,
    page: str,
    name: str,
    query: str,
    version: int | None = None,
) -> ViewRow:
    """Keep a page's query string under a name.

    Parameters
    ----------
    db : Database
    username, city, page, name : str
        Whose view, of what, and its name: unique together.
    query : str
        The page's query string without ``?``.
    version : int, optional
        The version that is being replaced; None for a new view.

    Returns
    -------
    ViewRow

    Raises
    ------
    StoreError
        ``views.name_taken`` if a new view has a name already in use, ``views.unknown`` if there
        is none to replace, ``store.stale_save`` if it was saved meanwhile, ``views.name_form`` if
        the name is empty, longer than 200 characters or not printable.
    """
    name = _checked(name)
    with db.begin() as session:
        serialise(session, f"views:{username}")
        key = {"username": username, "city": city, "page": page, "name": name}
        view = session.scalars(select(SavedView).filter_by(**key)).one_or_none()
        if version is None:
            if view is not None:
                raise StoreError("views.name_taken", name=name)
            view = SavedView(**key)
            session.add(view)
        elif view is None:
            raise StoreError("views.unknown", name=name)
        else:
            # The version that was on screen, not the one just read, must still be stored.
            set_committed_value(view, "version", version)
        view.query, view.saved_at = query, utc_now()
        session.flush()
        return _row(view)


def views(db: Database, *, username: str, city: str, page: str | None = None) -> list[ViewRow]:
    """Return a person's views of a city, or of one page of it, by page and name."""
    query = (
        select(SavedView)
        .where(SavedView.username == username, SavedView.city == city)
        .order_by(SavedView.page, SavedView.name)
    )
    if page is not None:
        query = query.where(SavedView.page == page)
    with db.read() as session:
        return [_row(view) for view in session.scalars(query)]


def rename_view(db: Database, *, username: str, view_id: int, name: str) -> ViewRow:
    """Give one of the person's own views another name.

    Raises
    ------
    StoreError
        ``views.unknown`` if the person has no such view, ``views.name_taken`` if another view of
        the same page has that name, ``views.name_form`` if it cannot be a name.
    """
    name = _checked(name)
    with db.begin() as session:
        serialise(session, f"views:{username}")
        view = session.get(SavedView, view_id)
        if view is None or view.username != username:
            raise StoreError("views.unknown", name=view_id)
        key = {"username": username, "city": view.city, "page": view.page, "name": name}
        other = session.scalars(select(SavedView).filter_by(**key)).one_or_none()
        if other is not None and other.id != view_id:
            raise StoreError("views.name_taken", name=name)
        view.name = name
        session.flush()
        return _row(view)


def delete_view(db: Database, *, username: str, view_id: int) -> None:
    """Remove one of the person's own views.

    Raises
    ------
    StoreError
        ``views.unknown`` if the person has no such view.
    """
    with db.begin() as session:
        view = session.get(SavedView, view_id)
        if view is None or view.username != username:
            raise StoreError("views.unknown", name=view_id)
        session.delete(view)


def _checked(name: str) -> str:
    name = name.strip()
    if not (1 <= len(name) <= 200 and name.isprintable()):
        raise StoreError("views.name_form", n=len(name))
    return name


def _row(view: SavedView) -> ViewRow:
    return ViewRow(**{f.name: getattr(view, f.name) for f in fields(ViewRow)})
