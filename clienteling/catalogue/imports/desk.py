"""One import at a time for the manager's page: sent in parts, tried, and kept when it is wanted."""

from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock, Thread

from clienteling.catalogue.imports.applying import (
    Format,
    Result,
    guess_format,
    import_products,
    read_rows,
)
from clienteling.catalogue.imports.files import text_of
from clienteling.catalogue.imports.rows import Row
from clienteling.errors import ClientelingError, UsageError
from consent.errors import ConsentError
from consent.office import Office

#: Of a file that a page sends; the command takes larger ones.
MOST_BYTES = 20_000_000


class Stage(StrEnum):
    """How far it is."""

    SENDING = "sending"
    TRYING = "trying"
    TRIED = "tried"
    KEEPING = "keeping"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(slots=True)
class Job:
    """An import, as the page shows it.

    Attributes:
        total: Rows; 0 until they are read.
        done: Of them.
        failure: Why it came to nothing: an error whose sentence a person may read.
    """

    name: str
    actor: str
    stage: Stage = Stage.SENDING
    form: Format = Format.CSV
    total: int = 0
    done: int = 0
    result: Result | None = None
    failure: Exception | None = None
    content: bytearray = field(default_factory=bytearray)
    rows: list[Row] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Whether a thread works on it."""
        return self.stage in {Stage.TRYING, Stage.KEEPING}


class ImportDesk:
    """Holds the newest import of this hub in memory. Threads may share it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = Lock()
        self._job: Job | None = None
        self._thread: Thread | None = None

    def job(self) -> Job | None:
        """Return the newest import."""
        return self._job

    def begin(self, name: str, *, actor: str) -> None:
        """Put a new import in the place of the one before.

        Raises:
            UsageError: that one is still being worked on.
        """
        with self._lock:
            if self._job is not None and self._job.is_busy:
                raise UsageError("Another import is running. Wait until it is done.")
            self._job = Job(name, actor)

    def add(self, part: bytes, *, actor: str) -> None:
        """Add the next part of the file.

        Raises:
            UsageError: nothing was begun by this person, or the file is too large.
        """
        with self._lock:
            job = self._mine(actor, Stage.SENDING)
            if len(job.content) + len(part) > MOST_BYTES:
                self._job = None
                raise UsageError("This file is larger than 20 MB. Divide it.")
            job.content += part

    def attempt(self, *, actor: str) -> None:
        """Read the file that was sent, and say what would come of it.

        Raises:
            UsageError: nothing was begun by this person.
        """
        with self._lock:
            job = self._mine(actor, Stage.SENDING)
            job.stage = Stage.TRYING
            self._start(job)

    def keep(self, *, actor: str, replace_all: bool) -> None:
        """Keep what was tried.

        Raises:
            UsageError: nothing was tried by this person.
        """
        with self._lock:
            job = self._mine(actor, Stage.TRIED)
            job.stage, job.done = Stage.KEEPING, 0
            self._start(job, replace_all=replace_all)

    def wait(self) -> None:
        """Return when nothing is being worked on."""
        if self._thread is not None:
            self._thread.join()

    def _mine(self, actor: str, stage: Stage) -> Job:
        if self._job is None or self._job.stage is not stage or self._job.actor != actor:
            raise UsageError("This import is over. Choose the file again.")
        return self._job

    def _start(self, job: Job, *, replace_all: bool = False) -> None:
        self._thread = Thread(target=self._work, args=(job, replace_all), daemon=True)
        self._thread.start()

    def _work(self, job: Job, replace_all: bool) -> None:
        trying = job.stage is Stage.TRYING
        try:
            if trying:
                text = text_of(bytes(job.content))
                job.content.clear()
                job.form = guess_format(text)
                job.rows = read_rows(text, job.form)
                job.total = len(job.rows)
            job.result = import_products(
                self._office,
                job.rows,
                actor=job.actor,
                dry_run=trying,
                replace_all=replace_all,
                said=lambda done: setattr(job, "done", done),
            )
        except (ClientelingError, ConsentError) as error:
            job.failure, job.stage = error, Stage.FAILED
        else:
            job.stage = Stage.TRIED if trying else Stage.KEPT
        if not trying:
            job.rows = []
