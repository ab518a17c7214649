"""The transactions of the store: who asks is checked, kept to the own rows, and written down.

Every reading and writing of the store passes here, so that no call can forget any of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from data import audit, rights
from data.access import FIELD, Action, Scope, Viewer, scope
from data.failures import database_failure
from data.scopes import confine
from data.settings import Settings
from data.tables import meta
from geo.errors import ConflictError, RefusedError

Clock = Callable[[], datetime]


class Transactions:
    """Sessions on one database, each for a viewer. Safe to share between threads."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock) -> None:
        self._engine = engine
        self._settings = settings
        self._clock = clock
        with engine.connect() as connection:
            self._rights = rights.in_force(connection)
        self._noted = audit.Noted()
        # Writers of this process wait here, in turn: SQLite lets them sleep and try again.
        self._turn = threading.RLock()
        self._in_force: tuple[dict[str, object], Settings] | None = None

    @contextmanager
    def reading(
        self, viewer: Viewer | None = None, action: Action | None = None
    ) -> Iterator[Session]:
        """A session to read in; without a viewer, facts about the whole alone.

        What was read is in the audit before the caller has it.
        """
        reach = self._reach(viewer, action) if viewer and action else Scope.COMMON
        with _told(), Session(self._engine, expire_on_commit=False) as session:
            self._begin(session, viewer, action, reach)
            count = audit.counting(session)
            yield session
        if viewer and action and reach is not Scope.COMMON:
            self._note_reading(viewer, action, reach, count())

    @contextmanager
    def writing(self, viewer: Viewer, action: Action) -> Iterator[Session]:
        """One transaction; its first act, counting the revision, makes writers take turns."""
        reach = self._reach(viewer, action)
        with self._alone() as session:
            self._begin(session, viewer, action, reach)
            row = meta(session, "revision", lock=True)
            row.value = str(int(row.value) + 1)
            session.flush()
            count = audit.counting(session, writes=True)
            yield session
            session.flush()
            rows = count()
            self._as(session, None)
            audit.append(session, viewer, action, reach, rows=rows, now=self._clock())

    @contextmanager
    def recording(self, viewer: Viewer | None = None) -> Iterator[Session]:
        """A transaction for what the program writes of itself: the audit, a fact about the
        database; with the rights of a `viewer` where it must. No cache forgets what it knows."""
        with self._alone() as session:
            self._as(session, viewer)
            yield session

    @contextmanager
    def _alone(self) -> Iterator[Session]:
        writer = self._engine.execution_options(write=True)
        fresh = Session(writer, expire_on_commit=False)
        with self._turn, _told() as act, fresh as session, session.begin():
            yield session
            session.flush()
            act.committing = True

    def _reach(self, viewer: Viewer, action: Action) -> Scope:
        """How far the viewer may go; nobody of the field in the municipalities' installation."""
        if viewer.role in FIELD and self._settings.profile == "municipality":
            raise RefusedError("not_allowed", role=viewer.role, action=action)
        return scope(viewer, action)

    def _begin(
        self, session: Session, viewer: Viewer | None, action: Action | None, reach: Scope
    ) -> None:
        if self._rights:
            rights.become(session, rights.hands(viewer, action))
        if viewer and viewer.organisation and reach is Scope.OWN_ORGANISATION:
            confine(session, viewer.organisation)

    def _as(self, session: Session, viewer: Viewer | None) -> None:
        if self._rights:
            rights.become(session, viewer)

    def _note_reading(self, viewer: Viewer, action: Action, reach: Scope, rows: int) -> None:
        now = self._clock()
        if self._noted.again(viewer, action, rows, now):
            return
        with self.recording() as session:
            audit.append(session, viewer, action, reach, rows=rows, now=now)
        self._noted.remember(viewer, action, rows, now)

    # For those who must know: `data.retention` and the like

    @property
    def engine(self) -> Engine:
        """The database itself, for what no transaction can do."""
        return self._engine

    def now(self) -> datetime:
        """The moment by this store's clock, aware."""
        return self._clock()


class _told:
    """What goes wrong in the database, as our own errors."""

    def __init__(self) -> None:
        self.committing = False

    def __enter__(self) -> _told:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case StaleDataError():
                raise ConflictError("plan_changed") from error
            case IntegrityError():
                raise ConflictError("row_taken") from error
            case DatabaseError():
                lost = error.connection_invalidated
                ours = database_failure(error.orig, lost=lost, committing=self.committing)
                if ours is not None:
                    raise ours from error
