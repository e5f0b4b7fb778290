"""A person's saved views of a city: kept for who may open the page, read by nobody else."""

from dataclasses import dataclass

from analytics.access import Action, Principal, authorise
from analytics.loaders.places import database
from analytics.store import views
from analytics.store.views import ViewRow


@dataclass(frozen=True)
class Shelf:
    """The views of one person, one city and one page; made by :func:`saved_views` only."""

    username: str
    city: str
    page: str

    def list(self) -> list[ViewRow]:
        """Return the views by name."""
        return views.views(database(), username=self.username, city=self.city, page=self.page)

    def save(self, name: str, query: str) -> ViewRow:
        """Keep an address's query under a new name.

        Raises
        ------
        StoreError
            If the name is in use or cannot be one.
        """
        return views.save_view(
            database(),
            username=self.username,
            city=self.city,
            page=self.page,
            name=name,
            query=query,
        )

    def rename(self, view_id: int, name: str) -> ViewRow:
        """Give a view another name.

        Raises
        ------
        StoreError
            If there is no such view, or the name is in use or cannot be one.
        """
        return views.rename_view(database(), username=self.username, view_id=view_id, name=name)

    def delete(self, view_id: int) -> None:
        """Remove a view.

        Raises
        ------
        StoreError
            If there is no such view.
        """
        views.delete_view(database(), username=self.username, view_id=view_id)


def saved_views(principal: Principal, city_key: str, page: str) -> Shelf:
    """Return the principal's own views of a city's page.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's surface.
    """
    authorise(principal, Action.READ_SURFACE, city_key)
    return Shelf(principal.username, city_key, page)
