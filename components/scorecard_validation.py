"""What waits for a second person: drafts side by side with the last value, and overrides."""

from datetime import date
from html import escape

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.office import STATUSES
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from analytics.store.scorecard_values import Reading
from components import cards, notices, scorecard_inputs
from components import scorecard_words as words
from components.language import _, _n, sentence_of

REFUSED = "validation_refused"


def draw(principal: Principal, city: City, shown: Scorecard) -> None:
    """Draw every draft with its button, and the override of one indicator."""
    cards.sentence(_n("scorecards.validation_sentence", len(shown.drafts)))
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)
    with cards.block("drafts", title=_("scorecards.drafts")):
        if not shown.drafts:
            notices.empty(_("scorecards.no_drafts"))
        for draft in shown.drafts:
            found = shown.of(draft.indicator_id)
            if found is not None:
                _draft(principal, city, found, draft)
    if shown.assessments and st.toggle(_("scorecards.override_toggle"), key="override_toggle"):
        _override(principal, city, shown)


def _draft(principal: Principal, city: City, found: Assessment, draft: Reading) -> None:
    before = words.reading(found.sheet, found.latest) if found.latest else _("scorecards.never")
    with st.container(
        key=f"draft_{draft.id}", horizontal=True, vertical_alignment="center", gap="medium"
    ):
        st.html(
            f'<p class="proof"><strong>{escape(words.short(found.sheet))}</strong> · '
            f"{escape(words.span(draft.period_from, draft.period_to))}: "
            f"{escape(before)} → <strong>{escape(words.reading(found.sheet, draft))}</strong><br>"
            f'<span class="note">{escape(words.entered_by(draft))} {escape(draft.evidence)} '
            f"{escape(draft.note)}</span></p>"
        )
        st.button(
            _("scorecards.validate"),
            key=f"validate_{draft.id}",
            disabled=draft.entered_by == principal.username,
            help=_("scorecards.own_value") if draft.entered_by == principal.username else None,
            on_click=_validate,
            args=(principal, city, draft),
        )


def _validate(principal: Principal, city: City, draft: Reading) -> None:
    try:
        loaders.indicator_validation(principal, city.key).validate([draft])
    except AnalyticsError as error:
        st.session_state[REFUSED] = sentence_of(error)


def _override(principal: Principal, city: City, shown: Scorecard) -> None:
    with cards.block("override", title=_("scorecards.override")):
        chosen = scorecard_inputs.indicator(shown)
        with st.form("override", border=False):
            status = st.selectbox(
                _("scorecards.column.status"),
                STATUSES,
                format_func=lambda key: _(f"scorecards.status.{key}"),
            )
            reason = st.text_input(_("scorecards.field.reason"))
            until = st.date_input(_("scorecards.field.until"), format="DD/MM/YYYY")
            if st.form_submit_button(_("scorecards.override_save")) and isinstance(until, date):
                desk = loaders.indicator_validation(principal, city.key)
                try:
                    desk.override(chosen, str(status), reason=reason, until=until)
                except AnalyticsError as error:
                    notices.refusal(sentence_of(error))
                    return
                st.rerun()
