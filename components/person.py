"""The person in the top bar: who I am, my roles, a new password, the way out."""

import streamlit as st

from analytics.access import Principal
from analytics.errors import NotAllowedError, StoreError
from analytics.settings import load_settings
from analytics.store.people import PASSWORD_BYTES
from components import accounts
from components.language import _
from components.notices import refusal

FIELDS = ("password_current", "password_new", "password_again")
ANSWER = "password_answer"


def person_menu(principal: Principal) -> None:
    """Draw the popover with name, roles and scopes, the password form and sign-out."""
    cities = load_settings().cities
    with st.popover(principal.name, type="tertiary", key="person"):
        st.markdown(f"**{principal.username}**")
        for held in principal.assignments:
            city = cities.get(held.scope)
            where = (
                _("access.everywhere") if held.scope == "*" else city.name if city else held.scope
            )
            st.markdown(_("access.role_in", role=_(f"role.{held.role}"), scope=where))
        with st.expander(_("access.change_password")):
            _password_form()
        st.button(_("access.leave"), key="leave", on_click=accounts.leave)


def _password_form() -> None:
    low, high = PASSWORD_BYTES
    current, new, again = FIELDS
    with st.form("change_password", border=False):
        st.text_input(
            _("access.password_current"),
            key=current,
            type="password",
            autocomplete="current-password",
        )
        st.text_input(
            _("access.password_new"),
            key=new,
            type="password",
            autocomplete="new-password",
            help=_("access.password_rule", low=low, high=high),
        )
        st.text_input(
            _("access.password_again"), key=again, type="password", autocomplete="new-password"
        )
        st.form_submit_button(_("access.password_save"), on_click=_change_password)
    answer = st.session_state.pop(ANSWER, None)
    if answer is None:
        return
    code, details = answer
    if code:
        refusal(_(f"error.{code}", **details))
    else:
        st.toast(_("access.password_changed"))


def _change_password() -> None:
    current, new, again = (st.session_state[field] for field in FIELDS)
    for field in FIELDS:
        st.session_state[field] = ""
    st.session_state[ANSWER] = ("", {})
    try:
        if new != again:
            raise StoreError("access.passwords_differ")
        accounts.change_password(current, new)
    except (NotAllowedError, StoreError) as error:
        st.session_state[ANSWER] = (error.code, error.details)
