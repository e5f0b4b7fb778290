"""Consents: per city and programme, replaced as a whole, withdrawn at once."""

import pytest

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.peer_consents import consents, give_consent, withdraw_consent


def test_a_consent_is_given_changed_and_withdrawn(db):
    first = give_consent(db, "p", "memphis", ["POL-04", "INS-09"], version=None, actor="eva")
    assert (first.indicators, first.given, first.version) == (("INS-09", "POL-04"), True, 1)
    second = give_consent(db, "p", "memphis", ["POL-04"], version=1, actor="eva")
    assert consents(db, "p") == {"memphis": second}
    assert consents(db, "q") == {}
    assert withdraw_consent(db, "p", "memphis", actor="eva")
    assert not withdraw_consent(db, "p", "memphis", actor="eva")
    assert not consents(db, "p")["memphis"].given
    again = give_consent(db, "p", "memphis", ["INS-09"], version=3, actor="ana")
    assert consents(db, "p")["memphis"] == again
    assert again.given
    told = [entry.action for entry in audit.entries(db)]
    assert told == ["peers.share", "peers.withdraw", "peers.share", "peers.share"]


def test_a_stale_consent_is_refused_and_a_withdrawal_is_not(db):
    give_consent(db, "p", "memphis", ["INS-09"], version=None, actor="eva")
    for version in (None, 0):
        with pytest.raises(StoreError, match=r"store\.stale_save"):
            give_consent(db, "p", "memphis", ["POL-04"], version=version, actor="ana")
    assert withdraw_consent(db, "p", "memphis", actor="ana")
    assert not withdraw_consent(db, "p", "nowhere", actor="ana")
