"""What the registers of a city may hold: kinds, states, the board's checklist, the synthesis table.

Stages, the observable results of the *mesa de concertación* and the rows of the synthesis table are
AL-LAs' Cuaderno 8 (2018), l. 521–523 and 1876–1885; the capitalisation sheet asks its two questions
(l. 921–923): ``text`` and ``detail``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analytics.errors import FilterError
from analytics.store.registers import Entry

STAGES = ("design", "implementation", "evaluation")
BOARD: Mapping[str, tuple[str, ...]] = {
    "design": ("vision", "awareness", "lines", "rules", "priorities"),
    "implementation": ("accords", "subcommittees", "calendars"),
    "evaluation": ("presentation", "systematisation", "bulletins"),
}
SYNTHESIS = ("advances", "in_process", "difficulties", "risks", "mitigation")
LONGEST = 4000
TITLE_LENGTH = 300


@dataclass(frozen=True)
class Kind:
    """A kind of entry: its states, the first the usual one, and what else it must say.

    ``needs`` names fields that may not be empty; ``staged`` entries belong to a policy stage.
    """

    key: str
    states: tuple[str, ...] = ("noted",)
    aspects: tuple[str, ...] = ()
    staged: bool = False
    needs: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("agreement", ("in_force", "preparing", "ended"), needs=("with_whom",)),
        Kind("sister_city", ("listed", "in_force", "ended"), ("mutual", "outgoing", "incoming")),
        Kind("membership", ("in_force", "ended"), needs=("with_whom",)),
        Kind("mission", ("planned", "done", "cancelled"), needs=("starts_on",)),
        Kind("lesson", aspects=("worked", "failed"), needs=("text",)),
        Kind("board", ("open", "done"), tuple(i for s in STAGES for i in BOARD[s]), staged=True),
        Kind("synthesis", aspects=SYNTHESIS, staged=True, needs=("text",)),
        Kind("capitalisation", needs=("text", "detail")),
        Kind("commitment", ("open", "kept"), needs=("owner", "ends_on")),
        Kind("term", needs=("starts_on", "ends_on")),
    )
}


def check_entry(entry: Entry) -> Entry:
    """Return the entry with its texts trimmed and its state filled in.

    Raises
    ------
    FilterError
        ``register.kind``; ``register.value`` (state, aspect or stage, with what is known);
        ``register.empty`` with the field that must be filled; ``register.long``;
        ``register.days`` if it ends before it starts.
    """
    kind = KINDS.get(entry.kind)
    if kind is None:
        raise FilterError("register.kind", value=entry.kind, known=", ".join(KINDS))
    texts = ("title", "with_whom", "owner", "text", "detail", "evidence")
    trimmed = {name: str(getattr(entry, name)).strip() for name in texts}
    state = entry.state or kind.states[0]
    checked = replace(entry, state=state, **trimmed)  # type: ignore[arg-type]  # texts only
    for field, value, known in (
        ("state", checked.state, kind.states),
        ("aspect", checked.aspect, kind.aspects or ("",)),
        ("stage", checked.stage, STAGES if kind.staged else ("",)),
    ):
        if value not in known:
            raise FilterError("register.value", field=field, value=value, known=", ".join(known))
    if kind.key == "board" and checked.aspect not in BOARD[checked.stage]:
        results = ", ".join(BOARD[checked.stage])
        raise FilterError("register.value", field="aspect", value=checked.aspect, known=results)
    for name in ("title", *kind.needs):
        if not getattr(checked, name):
            raise FilterError("register.empty", field=name)
    for name in texts:
        most = LONGEST if name in ("text", "detail", "evidence") else TITLE_LENGTH
        if len(trimmed[name]) > (200 if name == "owner" else most):
            raise FilterError("register.long", field=name, most=most)
    if checked.starts_on and checked.ends_on and checked.ends_on < checked.starts_on:
        raise FilterError("register.days", first=checked.starts_on, last=checked.ends_on)
    return checked
