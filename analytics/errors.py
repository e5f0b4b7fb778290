"""Every refusal Cabildo can make, as values without display language.

An error carries a ``code`` (a key of the message catalogues, ``error.<code>``) and ``details``
(file, row, column, n, …) that fill the translated sentence. Words live in ``components``.
"""


class AnalyticsError(Exception):
    """Base of every refusal: ``code`` names the sentence, ``details`` fill it."""

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(code, details)

    def __str__(self) -> str:
        """Developer's form: the code and its details."""
        return f"{self.code}: {self.details}" if self.details else self.code


class SettingsError(AnalyticsError):
    """``config.toml`` is wrong; ``details['key']`` names the key."""


class SourceError(AnalyticsError, ValueError):
    """A file cannot be read or mapped; names the file and, where known, row and column."""


class ProjectionError(AnalyticsError, ValueError):
    """A CRS is missing, not projected in metres, or does not cover the data."""


class FilterError(AnalyticsError, ValueError):
    """A filter or a method parameter lies outside what it may be."""


class TooFewEventsError(AnalyticsError, ValueError):
    """The selection holds fewer events than the method needs: ``n`` and ``minimum``."""


class NotAllowedError(AnalyticsError, PermissionError):
    """The principal may not do this in this scope: ``action`` and ``scope``."""


class ProgrammeError(AnalyticsError, ValueError):
    """A programme's template, date, score or entry is not possible; names what and where."""


class StoreError(AnalyticsError, RuntimeError):
    """The store refuses: stale save, unknown record, checksum mismatch, schema behind."""
