"""The columns of an uploaded file: what each seems to mean, why, how surely; to be corrected."""

from dataclasses import dataclass, replace
from html import escape
from typing import Literal

import streamlit as st

from analytics.intake import Intake
from analytics.sources.mappings import Mapping
from analytics.sources.preview import DATES, Guess, Preview
from analytics.sources.proposals import Proposal
from components import cards
from components.language import _, percent

SEEN = "sources_preview"
WIDTHS = (1.2, 2.2, 1.6, 2.4)
ORDERS = {"": "auto", "dd/mm/yyyy": "dmy", "mm/dd/yyyy": "mdy"}


@dataclass(frozen=True)
class Seen:
    """The preview on screen: of which city, upload and source; ``turn`` makes its fields new.

    ``version`` is that of the mapping remembered then, 0 for none;
    ``offered`` are the remedies proposed for it so far with their rows, ``accepted`` those in the
    mapping in work, ``then`` what is to be done with it in the run that comes.
    """

    city: str
    upload: str
    source: str
    preview: Preview
    turn: int
    version: int
    offered: tuple[tuple[Proposal, int], ...] = ()
    accepted: tuple[Proposal, ...] = ()
    then: Literal["", "check", "import"] = ""


@dataclass(frozen=True)
class Asked:
    """What a person wants done with the columns as corrected, and under which name."""

    mapping: Mapping
    name: str
    version: int
    then: Literal["check", "import"]


def keep(intake: Intake, upload: str, source: str, preview: Preview) -> None:
    """Show a preview from now on, until its upload, its source or its city is another."""
    last = st.session_state.get(SEEN)
    turn, version = last.turn + 1 if last else 0, intake.remembered_version(source)
    st.session_state[SEEN] = Seen(intake.city.key, upload, source, preview, turn, version)


def drop() -> None:
    """Show no preview any more."""
    st.session_state.pop(SEEN, None)


def current(city: str, upload: str, source: str) -> Seen | None:
    """Return the preview on screen if it is of this city, upload and source."""
    seen: Seen | None = st.session_state.get(SEEN)
    if seen is None or (seen.city, seen.upload, seen.source) != (city, upload, source):
        return None
    return seen


def import_accepted(seen: Seen | None) -> bool:
    """Have the mapping in work imported if it holds an accepted remedy; return whether it does."""
    if seen is None or not seen.accepted:
        return False
    st.session_state[SEEN] = replace(seen, then="import")
    return True


def columns(intake: Intake, upload: str, source: str) -> Asked | None:
    """Draw the columns of the upload that was looked at; return what was asked, if anything."""
    seen = current(intake.city.key, upload, source)
    if seen is None:
        return None
    note = _("mapping.note")
    with cards.block("mapping", title=_("mapping.title", file=seen.preview.file), note=note):
        _remembered(intake, seen)
        chosen = _roles(seen)
        order = _order(seen, chosen)
        left_out = sorted(seen.preview.personal - set(chosen.values()))
        if left_out:
            told = _("sources.read.personal", columns=", ".join(left_out))
            st.html(f'<p class="note">{escape(told)}</p>')
        return _ask(seen, _in_work(seen, seen.preview.mapping(chosen, order)))


def key_of_role(role: str, turn: int) -> str:
    """Return the key of the field in which a role's column is chosen."""
    return f"role_{role}_{turn}"


def _in_work(seen: Seen, mapping: Mapping) -> Mapping:
    """Add what was accepted; of the columns the fields tell, which a person may have changed."""
    for proposal in seen.accepted:
        if proposal.option != "columns":
            mapping = proposal.added_to(mapping)
    return mapping


def _roles(seen: Seen) -> dict[str, str]:
    """Draw a row per role; return role → column, an empty text where there is none."""
    heads = ("role", "column", "how", "examples")
    for place, head in zip(st.columns(WIDTHS, gap="small"), heads, strict=True):
        place.html(f'<p class="note">{escape(_(f"mapping.head.{head}"))}</p>')
    return {guess.role: _role(seen, guess) for guess in seen.preview.guesses}


def _role(seen: Seen, guess: Guess) -> str:
    preview = seen.preview
    role, column, how, examples = st.columns(WIDTHS, gap="small", vertical_alignment="center")
    name = _(f"sources.role.{guess.role}")
    role.html(f'<p class="proof">{escape(name)}</p>')
    options = ("", *preview.columns)
    chosen: str = column.selectbox(
        name,
        options,
        index=options.index(guess.column),
        key=key_of_role(guess.role, seen.turn),
        format_func=lambda option: _label(preview, option),
        label_visibility="collapsed",
    )
    reason = guess.how if chosen == guess.column else "chosen"
    sure = percent(preview.shares.get((guess.role, chosen), 0.0)) if chosen else ""
    told = " · ".join(filter(None, (_(f"mapping.how.{reason}"), sure)))
    how.html(f'<p class="note">{escape(told)}</p>')
    shown = " · ".join(preview.examples.get(chosen, ()))
    examples.html(f'<p class="note">{escape(shown)}</p>')
    return chosen


def _label(preview: Preview, column: str) -> str:
    if not column:
        return _("mapping.no_column")
    return _("mapping.personal", column=column) if column in preview.personal else column


def _order(seen: Seen, chosen: dict[str, str]) -> str:
    """Ask for the order of day and month where the first rows leave it open."""
    if not {chosen[role] for role in DATES} & seen.preview.undecided:
        return ""
    order: str = st.selectbox(
        _("mapping.order"),
        list(ORDERS),
        key=f"order_{seen.turn}",
        format_func=lambda option: _(f"mapping.order.{ORDERS[option]}"),
        help=_("mapping.order_help"),
        width=360,
    )
    return order


def _ask(seen: Seen, mapping: Mapping) -> Asked | None:
    name = seen.preview.told.remembered_as or seen.source
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        named = st.text_input(
            _("mapping.name"),
            value=name,
            key=f"mapping_name_{seen.turn}",
            max_chars=200,
            width=280,
            help=_("mapping.name_help"),
        )
        check = st.button(_("mapping.check"), key="check_columns")
        bring = st.button(_("mapping.import"), key="import_columns", type="primary")
    then = "import" if bring else "check" if check else seen.then
    if not then:
        return None
    st.session_state[SEEN] = replace(seen, then="")
    return Asked(mapping, named.strip() or seen.source, seen.version, then)


def _remembered(intake: Intake, seen: Seen) -> None:
    """Say that the columns were corrected before, and offer to guess them anew."""
    name = seen.preview.told.remembered_as
    if not name:
        return
    cards.lede([_("mapping.remembered", name=name, source=seen.source)])
    if st.button(_("mapping.forget"), key="forget_columns", type="tertiary"):
        intake.forget(seen.source)
        drop()
        st.rerun()
