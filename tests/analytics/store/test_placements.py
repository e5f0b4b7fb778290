"""Placements: a person's word on a published name, for one city, audited, undone."""

import pytest

from analytics.errors import SourceError
from analytics.store import audit
from analytics.store.placements import place, placements, withdraw


def test_a_placement_is_kept_by_normalised_name_for_its_city_alone(db):
    place(db, "memphis", "  Robo   en Vía PÚBLICA", "robbery_violence", actor="ana")

    assert placements(db, "memphis") == {"robo en via publica": "robbery_violence"}
    assert placements(db, "bogota") == {}
    entry = audit.entries(db)[-1]
    assert (entry.action, entry.actor, entry.scope) == ("category.place", "ana", "memphis")


def test_a_later_placement_replaces_the_earlier_and_can_be_withdrawn(db):
    place(db, "memphis", "RARO", "homicide", actor="ana")
    place(db, "memphis", "raro", "robbery_violence", actor="eva")
    assert placements(db, "memphis") == {"raro": "robbery_violence"}

    assert withdraw(db, "memphis", "Raro", actor="eva")
    assert placements(db, "memphis") == {}
    assert not withdraw(db, "memphis", "Raro", actor="eva")


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        (" ", "homicide", "categories.name"),
        ("x" * 501, "homicide", "categories.name"),
        ("RARO", "nothing", "categories.key"),
    ],
)
def test_what_cannot_be_placed_is_refused_and_leaves_nothing(db, name, key, code):
    with pytest.raises(SourceError) as caught:
        place(db, "memphis", name, key, actor="ana")
    assert caught.value.code == code
    assert placements(db, "memphis") == {}
