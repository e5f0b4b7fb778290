"""How a challenge's criteria are called and ordered in the language of the page."""

from collections.abc import Iterable, Mapping
from functools import cache

from analytics.programmes.challenges import Case, published_case
from components.language import current, percent


@cache
def case() -> Case:
    """Return the published case, whose criteria are offered first for a new challenge."""
    return published_case("providencia_uoad")


def criterion_name(key: str) -> str:
    """Name a criterion; one that a city made up is named by itself."""
    names = {criterion.key: criterion.name[current()] for criterion in case().criteria}
    return names.get(key, key)


def in_order(keys: Iterable[str]) -> list[str]:
    """Order criteria: those of the published case as it tells them, then the others by name."""
    told = [criterion.key for criterion in case().criteria]
    return sorted(keys, key=lambda key: (told.index(key) if key in told else len(told), key))


def weights_words(weights: Mapping[str, float]) -> str:
    """Word weights as shares of their sum, criterion by criterion."""
    whole = sum(weights.values())
    return "; ".join(
        f"{criterion_name(key)} {percent(weights[key] / whole)}" for key in in_order(weights)
    )
