"""Roles and Views: who may do what, and how much of it."""

import pytest

from analytics.access import (
    ROLES,
    Action,
    Assignment,
    Principal,
    authorise,
    may,
    scopes,
)
from analytics.errors import NotAllowedError


def person(role: str, scope: str = "quimera") -> Principal:
    return Principal(role, role, (Assignment(role, scope),))


@pytest.mark.parametrize(("role", "level"), [("mayor", "surface"), ("analyst", "points")])
def test_the_view_follows_from_the_role(role, level):
    assert authorise(person(role), Action.READ_SURFACE, "quimera").level == level


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"mayor", "analyst"}))
def test_nobody_else_reads_incidents(role):
    with pytest.raises(NotAllowedError):
        authorise(person(role, "*"), Action.READ_SURFACE, "quimera")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_ends_at_its_city(role):
    assert not any(may(person(role), action, "other") for action in Action)


def test_a_role_everywhere_holds_in_every_city():
    assert scopes(person("admin", "*"), Action.ADMINISTER, ("a", "b")) == ("a", "b")


def test_two_roles_give_the_wider_view():
    both = Principal("x", "x", (Assignment("mayor", "c"), Assignment("analyst", "c")))
    assert authorise(both, Action.READ_SURFACE, "c").sees_points


def test_an_unknown_role_allows_nothing():
    assert not any(may(person("emperor", "*"), action, "quimera") for action in Action)


def test_the_admin_role_alone_reads_no_incident():
    assert ROLES["admin"] == {Action.ADMINISTER}
