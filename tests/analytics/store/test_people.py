"""Accounts, passwords and assignments."""

import bcrypt
import pytest

from analytics.access import Assignment, Principal
from analytics.errors import StoreError
from analytics.store import audit, people
from analytics.store.database import Database
from analytics.store.models import User

PASSWORD = "correct horse battery"


def refusal(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def add(db: Database, username: str = "ana", password: str = PASSWORD) -> None:
    people.add_user(db, username=username, name="Ana Rivas", password=password, actor="cli:root")


def test_a_person_signs_in_with_the_password_given(db, ana):
    assert people.check_password(db, ana, PASSWORD)


def test_a_wrong_password_is_refused(db, ana):
    assert not people.check_password(db, ana, PASSWORD + "!")


def test_the_case_and_the_blanks_around_a_username_do_not_matter(db, ana):
    assert people.check_password(db, " ANA ", PASSWORD)


def test_a_password_typed_with_combining_accents_is_the_same_password(db):
    add(db, password="contraseña ancha")
    assert people.check_password(db, "ana", "contrasen\u0303a ancha")


def test_the_database_holds_only_the_bcrypt_hash(db, ana):
    with db.read() as session:
        stored = session.get_one(User, ana).password_hash
    assert stored.startswith("$2b$04$")
    assert bcrypt.checkpw(PASSWORD.encode(), stored.encode())


@pytest.mark.parametrize("password", ["a" * 12, "a" * 72, "ñ" * 6, "ñ" * 36])
def test_passwords_of_12_to_72_bytes_are_taken(db, password):
    add(db, password=password)
    assert people.check_password(db, "ana", password)


@pytest.mark.parametrize(("password", "n"), [("a" * 11, 11), ("a" * 73, 73), ("ñ" * 37, 74)])
def test_other_lengths_are_refused_with_the_number_of_bytes(db, password, n):
    with refusal("people.password_length") as caught:
        add(db, password=password)
    assert caught.value.details == {"n": n, "low": 12, "high": 72}


def test_what_follows_the_72nd_byte_is_not_ignored(db):
    add(db, password="a" * 72)
    assert not people.check_password(db, "ana", "a" * 73)


@pytest.mark.parametrize("username", ["", "-ana", "ana rivas", "cli:root", "a" * 65, "ana\0"])
def test_usernames_of_another_form_are_refused(db, username):
    with refusal("people.username_form"):
        add(db, username=username)


def test_a_username_is_given_once(db, ana):
    with refusal("people.exists"):
        add(db, username="ANA")


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "Ana\0"])
def test_names_that_cannot_be_shown_are_refused(db, name):
    with refusal("people.name_form"):
        people.add_user(db, username="ana", name=name, password=PASSWORD, actor="cli:root")


@pytest.mark.parametrize("username", ["ana", "nobody", "closed", "", "ana\0", "\ud800"])
def test_every_sign_in_costs_one_bcrypt_round_of_the_same_cost(db, ana, monkeypatch, username):
    add(db, username="closed")
    people.disable_user(db, "closed", actor="cli:root")
    people.check_password(db, "nobody", PASSWORD)  # the dummy hash is made once, before counting
    costs = []

    def counting(password: bytes, stored: bytes, check=bcrypt.checkpw) -> bool:
        costs.append(stored[:7])
        return check(password, stored)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    monkeypatch.setattr(bcrypt, "hashpw", None)
    people.check_password(db, username, PASSWORD)
    assert costs == [b"$2b$04$"]


@pytest.mark.parametrize("password", ["", "short", "a" * 500])
def test_passwords_of_impossible_length_cost_a_bcrypt_round_too(db, ana, monkeypatch, password):
    calls = []
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: calls.append(given) or False)
    assert not people.check_password(db, ana, password)
    assert len(calls) == 1


def test_a_disabled_person_cannot_sign_in_and_has_no_rights(db, ana):
    people.disable_user(db, ana, actor="cli:root")
    assert not people.check_password(db, ana, PASSWORD)
    assert people.principal_of(db, ana) is None
    assert people.usernames(db) == []


def test_an_enabled_person_signs_in_again(db, ana):
    people.disable_user(db, ana, actor="cli:root")
    people.enable_user(db, ana, actor="cli:root")
    assert people.check_password(db, ana, PASSWORD)


def test_a_new_password_replaces_the_old_one(db, ana):
    people.set_password(db, ana, "another long password", actor="ana")
    assert not people.check_password(db, ana, PASSWORD)
    assert people.check_password(db, ana, "another long password")


def test_a_principal_carries_the_assignments_held_now(db, ana):
    people.assign(db, username=ana, role="mayor", scope="memphis", actor="cli:root")
    people.assign(db, username=ana, role="admin", scope="*", actor="cli:root")
    people.unassign(db, username=ana, role="mayor", scope="memphis", actor="cli:root")
    assert people.principal_of(db, "Ana", "s1") == Principal(
        "ana", "Ana Rivas", (Assignment("admin", "*"),), "s1"
    )


def test_nobody_unknown_is_a_principal(db):
    assert people.principal_of(db, "nobody") is None


def test_roles_outside_the_code_are_refused_with_those_there_are(db, ana):
    with refusal("people.unknown_role") as caught:
        people.assign(db, username=ana, role="king", scope="memphis", actor="cli:root")
    assert caught.value.details["known"] == "mayor, analyst, coach, editor, validator, admin"


def test_a_role_needs_a_scope(db, ana):
    with refusal("people.empty_scope"):
        people.assign(db, username=ana, role="mayor", scope=" ", actor="cli:root")


def test_a_role_that_is_not_held_cannot_be_taken(db, ana):
    with refusal("people.not_assigned"):
        people.unassign(db, username=ana, role="mayor", scope="memphis", actor="cli:root")


def test_changing_an_unknown_person_is_refused(db):
    for change in (
        lambda: people.disable_user(db, "nobody", actor="cli:root"),
        lambda: people.enable_user(db, "nobody", actor="cli:root"),
        lambda: people.set_password(db, "nobody", PASSWORD, actor="cli:root"),
        lambda: people.rename_user(db, "nobody", "N", version=1, actor="cli:root"),
        lambda: people.assign(db, username="nobody", role="mayor", scope="*", actor="cli:root"),
    ):
        with refusal("people.unknown_user"):
            change()


def test_administrators_see_everyone_with_roles_and_version(db, ana):
    add(db, username="bea")
    people.disable_user(db, "bea", actor="cli:root")
    people.assign(db, username=ana, role="mayor", scope="memphis", actor="cli:root")
    seen = people.everyone(db)
    assert [(p.username, p.disabled_at is None, p.version) for p in seen] == [
        ("ana", True, 1),
        ("bea", False, 2),
    ]
    assert seen[0].assignments == (Assignment("mayor", "memphis"),)
    assert seen[1].assignments == ()


def test_every_change_of_a_person_is_audited_without_name_or_password(db, ana):
    people.assign(db, username=ana, role="mayor", scope="memphis", actor="bea")
    people.assign(db, username=ana, role="mayor", scope="memphis", actor="bea")
    people.unassign(db, username=ana, role="mayor", scope="memphis", actor="bea")
    people.rename_user(db, ana, "Ana R.", version=1, actor="bea")
    people.set_password(db, ana, "another long password", actor="ana")
    people.disable_user(db, ana, actor="bea")
    people.enable_user(db, ana, actor="bea")
    told = [(e.actor, e.action, e.scope, e.detail) for e in reversed(audit.entries(db))]
    assert told == [
        ("cli:root", "user.add", "*", {"username": "ana"}),
        ("bea", "user.assign", "memphis", {"username": "ana", "role": "mayor"}),
        ("bea", "user.unassign", "memphis", {"username": "ana", "role": "mayor"}),
        ("bea", "user.rename", "*", {"username": "ana"}),
        ("ana", "user.password", "*", {"username": "ana"}),
        ("bea", "user.disable", "*", {"username": "ana"}),
        ("bea", "user.enable", "*", {"username": "ana"}),
    ]


def test_a_refused_change_leaves_no_audit_entry(db, ana):
    before = audit.entries(db)
    with refusal("store.stale_save"):
        people.rename_user(db, ana, "Ana R.", version=7, actor="bea")
    assert audit.entries(db) == before
