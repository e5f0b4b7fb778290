"""The tables of the program records, as typed SQLAlchemy classes.

Moments are UTC and timezone-aware on both databases; lists and dictionaries are JSON columns.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

# Named constraints can be changed by later migrations on SQLite as well.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_now() -> datetime:
    """Return the present moment, UTC, timezone-aware."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment stored as UTC; naive datetimes are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite drops the zone, so only UTC may reach it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()}: store moments with a timezone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back to SQLite's text, and UTC to PostgreSQL's session zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
# SQLite counts up only in a column of type INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Declarative base; its metadata is what the migrations must add up to."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: Json,
        list[str]: Json,
    }


class Versioned:
    """A record several people may edit: ``shown`` names what a refused save shows of it."""

    shown: ClassVar[tuple[str, ...]] = ()
    version: Mapped[int] = mapped_column(Integer)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # declared_attr passes the class
        return {"version_id_col": cls.version}


class User(Versioned, Base):
    """A person who may sign in; the password only as its bcrypt hash."""

    __tablename__ = "users"
    shown = ("name",)

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class RoleAssignment(Base):
    """A role of :data:`analytics.access.ROLES` held in a scope."""

    __tablename__ = "role_assignments"

    username: Mapped[str] = mapped_column(ForeignKey("users.username"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str] = mapped_column(String(100))


class SignInSession(Base):
    """A signed-in browser; the id itself is known only to that browser."""

    __tablename__ = "sign_in_sessions"

    id_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"), index=True)
    address: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Throttle(Base):
    """One failed sign-in of an account or an address; ``subject`` is a SHA-256."""

    __tablename__ = "throttle"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class AuditEntry(Base):
    """Who did what, where and when; triggers refuse changes and deletions."""

    __tablename__ = "audit_entries"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(100))
    detail: Mapped[dict[str, Any]]


class Batch(Base):
    """The manifest of one imported file; see :class:`analytics.store.batches.BatchManifest`."""

    __tablename__ = "batches"

    batch_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    city: Mapped[str] = mapped_column(String(100), index=True)
    source: Mapped[str] = mapped_column(String(200))
    source_kind: Mapped[str] = mapped_column(String(32))
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    rows_accepted: Mapped[int] = mapped_column(BigInteger)
    rows_quarantined: Mapped[dict[str, Any]]
    rows_located: Mapped[int] = mapped_column(BigInteger)
    rows_dated: Mapped[int] = mapped_column(BigInteger)
    crs: Mapped[str] = mapped_column(Text)
    choices: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    rolled_back_at: Mapped[datetime | None]
    rolled_back_by: Mapped[str | None] = mapped_column(String(100))


class DatasetVersion(Base):
    """One publication of a city's events; the row without ``superseded_at`` is current."""

    __tablename__ = "dataset_versions"
    __table_args__ = (
        Index(
            "uq_dataset_versions_current",
            "city",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100), index=True)
    version_id: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    crs: Mapped[str] = mapped_column(Text)
    batch_ids: Mapped[list[str]]
    crosswalk_checksum: Mapped[str] = mapped_column(String(64))
    n_records: Mapped[int] = mapped_column(BigInteger)
    n_incidents: Mapped[int] = mapped_column(BigInteger)
    n_located: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    superseded_at: Mapped[datetime | None]


class LinkRunEntry(Base):
    """One linkage of a city's records; the row without ``superseded_at`` is published."""

    __tablename__ = "link_runs"
    __table_args__ = (
        Index(
            "uq_link_runs_current",
            "city",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100), index=True)
    run_id: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(32))
    path: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    batch_ids: Mapped[list[str]]
    thresholds: Mapped[dict[str, Any]]
    n_pairs: Mapped[int] = mapped_column(BigInteger)
    n_incidents: Mapped[int] = mapped_column(BigInteger)
    n_doubtful: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    superseded_at: Mapped[datetime | None]


class LinkDecision(Base):
    """What a person said of two records: ``same`` incident or not; ``one`` sorts first."""

    __tablename__ = "link_decisions"

    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    one: Mapped[str] = mapped_column(String(64), primary_key=True)
    other: Mapped[str] = mapped_column(String(64), primary_key=True)
    same: Mapped[bool]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(100))


class Placement(Base):
    """A published category name, normalised, and the taxonomy key that a person gave it."""

    __tablename__ = "placements"

    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(500), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime]
    placed_by: Mapped[str] = mapped_column(String(100))


class LocatedByHand(Base):
    """Where a person put a record that came without coordinates; degrees, EPSG:4326."""

    __tablename__ = "located_by_hand"

    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    longitude: Mapped[float] = mapped_column(Double)
    latitude: Mapped[float] = mapped_column(Double)
    placed_at: Mapped[datetime]
    placed_by: Mapped[str] = mapped_column(String(100))


class SavedView(Versioned, Base):
    """A named selection of a page, kept as the page's query string."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("username", "city", "page", "name"),)
    shown = ("name", "query")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("users.username"))
    city: Mapped[str] = mapped_column(String(100))
    page: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class SavedMapping(Versioned, Base):
    """What the columns of a source mean, as a person said it; one per city and source."""

    __tablename__ = "mappings"
    shown = ("name",)

    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]]
    created_by: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
