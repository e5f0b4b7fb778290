"""Saved views, and two people saving the same record at once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from analytics.errors import StoreError
from analytics.store import people, views
from analytics.store.database import Database
from analytics.store.models import SavedView, User
from analytics.store.views import ViewRow


@pytest.fixture
def save(db: Database, ana: str) -> "partial[ViewRow]":
    return partial(
        views.save_view, db, username=ana, city="memphis", page="hotspots", name="Centro"
    )


def test_a_view_comes_back_by_person_city_and_page(db, ana, save):
    view = save(query="hours=18-23")
    assert views.views(db, username=ana, city="memphis") == [view]
    assert views.views(db, username=ana, city="memphis", page="hotspots") == [view]
    assert views.views(db, username=ana, city="memphis", page="overview") == []
    assert views.views(db, username=ana, city="quito") == []
    assert views.views(db, username="bea", city="memphis") == []


def test_saving_again_with_the_version_seen_replaces_the_query(db, ana, save):
    first = save(query="a=1")
    second = save(query="a=2", version=first.version)
    assert (second.id, second.query, second.version) == (first.id, "a=2", first.version + 1)
    assert views.views(db, username=ana, city="memphis") == [second]


def test_a_new_view_takes_no_name_in_use(save):
    save(query="a=1")
    with pytest.raises(StoreError, match=r"views\.name_taken"):
        save(query="a=2")


def test_a_view_that_is_not_there_cannot_be_replaced(save):
    with pytest.raises(StoreError, match=r"views\.unknown"):
        save(query="a=2", version=1)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
def test_names_that_cannot_be_shown_are_refused(save, name):
    with pytest.raises(StoreError, match=r"views\.name_form"):
        save(query="a=1", name=name)


def test_a_stale_save_is_refused_with_both_versions_and_changes_nothing(db, ana, save):
    seen = save(query="a=1")
    theirs = save(query="a=2", version=seen.version)
    with pytest.raises(StoreError, match=r"store\.stale_save") as caught:
        save(query="a=3", version=seen.version)
    assert caught.value.details == {
        "record": f"SavedView {seen.id}",
        "your_version": 1,
        "stored_version": 2,
        "yours": {"name": "Centro", "query": "a=3"},
        "stored": {"name": "Centro", "query": "a=2"},
    }
    assert views.views(db, username=ana, city="memphis") == [theirs]


def test_of_two_people_saving_one_record_at_once_one_is_refused(db, ana):
    def rename(name: str) -> str:
        try:
            people.rename_user(db, ana, name, version=1, actor="cli:root")
        except StoreError as error:
            return f"{error.code} {error.details['stored_version']}"
        return name

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(rename, ["One", "Two"]))
    stored = people.person_of(db, ana)
    assert sorted(told) == sorted([stored.name, "store.stale_save 2"])
    assert stored.version == 2


def test_a_change_made_between_reading_and_saving_is_noticed(db, ana):
    with db.read() as reader:
        mine = reader.get_one(User, ana)
    people.rename_user(db, ana, "Theirs", version=mine.version, actor="bea")
    with pytest.raises(StoreError, match=r"store\.stale_save") as caught, db.begin() as session:
        session.add(mine)
        mine.name = "Mine"
    assert caught.value.details["yours"] == {"name": "Mine"}
    assert caught.value.details["stored"] == {"name": "Theirs"}


def test_a_save_over_a_deleted_record_is_refused(db, save):
    view = save(query="a=1")
    with db.read() as reader:
        mine = reader.get_one(SavedView, view.id)
    views.delete_view(db, username="ana", view_id=view.id)
    with pytest.raises(StoreError, match=r"store\.stale_deleted") as caught, db.begin() as session:
        session.add(mine)
        mine.query = "a=2"
    assert caught.value.details["yours"] == {"name": "Centro", "query": "a=2"}


def test_only_the_owner_deletes_a_view(db, ana, save):
    view = save(query="a=1")
    with pytest.raises(StoreError, match=r"views\.unknown"):
        views.delete_view(db, username="bea", view_id=view.id)
    views.delete_view(db, username=ana, view_id=view.id)
    assert views.views(db, username=ana, city="memphis") == []


def test_a_view_is_renamed_and_keeps_its_query(db, ana, save):
    view = save(query="a=1")
    renamed = views.rename_view(db, username=ana, view_id=view.id, name=" Norte ")
    assert (renamed.id, renamed.name, renamed.query) == (view.id, "Norte", "a=1")
    assert views.rename_view(db, username=ana, view_id=view.id, name="Norte").name == "Norte"


def test_a_name_in_use_a_name_that_is_none_and_anothers_view_are_refused(db, ana, save):
    save(query="a=1", name="Norte")
    view = save(query="a=2")
    for name, code in (("Norte", r"views\.name_taken"), ("", r"views\.name_form")):
        with pytest.raises(StoreError, match=code):
            views.rename_view(db, username=ana, view_id=view.id, name=name)
    with pytest.raises(StoreError, match=r"views\.unknown"):
        views.rename_view(db, username="bea", view_id=view.id, name="Sur")
    assert [row.name for row in views.views(db, username=ana, city="memphis")] == [
        "Centro",
        "Norte",
    ]
