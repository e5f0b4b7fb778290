"""Choices kept in the address: the same words as the command line's options, in every language.

Streamlit's own binding writes the labels people see, which change with the language; these are
keys. A value that cannot be is refused with a sentence instead of being dropped in silence.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import streamlit as st

from analytics.errors import FilterError

T = TypeVar("T")


def seed(key: str, parameter: str, default: T, read: Callable[[list[str]], T]) -> T:
    """Give a widget its value before it is drawn: the session's, the address's or the default.

    Parameters
    ----------
    key : str
        The widget's key.
    parameter : str
        Name in the address; read by ``read`` from the texts found there.

    Raises
    ------
    FilterError
        ``filter.address`` if ``read`` cannot make sense of what stands there.
    """
    if key not in st.session_state:
        told = st.query_params.get_all(parameter)
        try:
            st.session_state[key] = read(told) if told else default
        except (ValueError, IndexError) as error:
            raise FilterError(
                "filter.address", parameter=parameter, value=", ".join(told)
            ) from error
    value: T = st.session_state[key]
    return value


def read(parameter: str, default: T, parse: Callable[[str], T]) -> T:
    """Return what stands in the address, whatever the session holds, or else the default.

    Raises
    ------
    FilterError
        ``filter.address`` if ``parse`` cannot make sense of it.
    """
    told = st.query_params.get(parameter)
    try:
        return default if told is None else parse(told)
    except ValueError as error:
        raise FilterError("filter.address", parameter=parameter, value=told) from error


def known(values: Iterable[str], options: Iterable[str]) -> list[str]:
    """Return the values if all are among the options (ValueError else)."""
    chosen, offered = list(values), set(options)
    if not offered.issuperset(chosen):
        raise ValueError(chosen)
    return chosen


def remember(parameter: str, texts: Sequence[str], default: Sequence[str] = ()) -> None:
    """Write a choice into the address; the default leaves it."""
    if list(texts) == list(default):
        st.query_params.pop(parameter, None)
    elif st.query_params.get_all(parameter) != list(texts):
        st.query_params[parameter] = list(texts)
