"""How the registers name kinds, states, aspects and stages, and tell an entry in one row."""

from analytics.errors import AnalyticsError
from analytics.store.registers import Entry
from components.language import _, day, sentence_of


def kind(key: str) -> str:
    """Return the name of a register."""
    return _(f"registers.kind.{key}")


def aspect(entry: Entry) -> str:
    """Return what an entry is about; empty where its kind has no aspects."""
    return _(f"registers.aspect.{entry.aspect}") if entry.aspect else ""


def stage(key: str) -> str:
    """Return the name of a policy stage; empty where there is none."""
    return _(f"registers.stage.{key}") if key else ""


def state(entry: Entry) -> str:
    """Return an entry's state."""
    return _(f"registers.state.{entry.state}")


def days(entry: Entry) -> str:
    """Write the days of an entry: from, to, or both."""
    first, last = entry.starts_on, entry.ends_on
    if first and last:
        return _("registers.from_to", first=day(first), last=day(last))
    if last:
        return _("registers.until", day=day(last))
    return day(first) if first else ""


def row(entry: Entry) -> tuple[str, str, str, str, str, str]:
    """Return title, with whom or stage, what about, state, days and owner of an entry."""
    whom = entry.with_whom if entry.with_whom != entry.title else ""
    return (
        entry.title,
        whom or stage(entry.stage),
        aspect(entry) or entry.text,
        state(entry),
        days(entry),
        entry.owner,
    )


def refusal(error: AnalyticsError) -> str:
    """Say a refusal, the field at fault by the name that stands beside it in the form."""
    field = error.details.get("field")
    if field is None:
        return sentence_of(error)
    return _(f"error.{error.code}", **error.details | {"field": _(f"registers.field.{field}")})
