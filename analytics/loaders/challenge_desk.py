"""What a person may do with a city's challenges; the loader of programmes hands it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.errors import StoreError
from analytics.store import challenge_scores, challenges
from analytics.store.database import Database


@dataclass(frozen=True)
class ChallengeDesk:
    """What a person may do with the challenges of one city, in the person's name."""

    db: Database
    programme: str
    city: str
    username: str

    def pose(self, title: str, weights: Mapping[str, float], finalists: int) -> str:
        """Put a challenge to the market; see :func:`analytics.store.challenges.pose`."""
        return challenges.pose(
            self.db, self.programme, self.city, title=title, weights=weights,
            finalists=finalists, actor=self.username,
        )  # fmt: skip

    def amend(
        self, key: str, title: str, weights: Mapping[str, float], finalists: int, *, version: int
    ) -> None:
        """Change title, criteria or finalists; see :func:`analytics.store.challenges.amend`."""
        challenges.amend(
            self.db, self._own(key), title=title, weights=weights, finalists=finalists,
            version=version, actor=self.username,
        )  # fmt: skip

    def propose(self, key: str, names: Sequence[str]) -> None:
        """Add proposals; see :func:`analytics.store.challenges.propose`."""
        challenges.propose(self.db, self._own(key), names, actor=self.username)

    def withdraw(self, key: str, name: str) -> None:
        """Take a proposal out; see :func:`analytics.store.challenges.withdraw`."""
        challenges.withdraw(self.db, self._own(key), name, actor=self.username)

    def score(
        self, key: str, evaluator: str, rows: pd.DataFrame, versions: Mapping[tuple[str, str], int]
    ) -> None:
        """Keep an evaluator's scores; see :func:`analytics.store.challenge_scores.score`."""
        challenge_scores.score(
            self.db, self._own(key), evaluator, rows, actor=self.username, versions=versions
        )

    def decide(self, key: str, decision: str, reason: str, *, version: int) -> None:
        """Decide with a reason; see :func:`analytics.store.challenges.decide`."""
        challenges.decide(
            self.db, self._own(key), decision, reason, version=version, actor=self.username
        )

    def _own(self, key: str) -> str:
        found = challenges.place_of(self.db, key)
        if found != (self.programme, self.city):
            raise StoreError("challenge.unknown", value=key)
        return key
