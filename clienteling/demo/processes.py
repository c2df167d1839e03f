"""The demo's two processes, started with the commands that a shop uses."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from clienteling.errors import StartError

_START_SECONDS = 60.0


class Process:
    """A `clienteling` command that runs beside us. Its JSON lines come in as they are printed."""

    def __init__(self, arguments: Sequence[str], home: Path | None, log: Path) -> None:
        """Start it; what it says to people goes to the file `log`."""
        environment = dict(os.environ)
        if home is not None:
            environment["CLIENTELING_HOME"] = str(home)
        self._log = log
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603  (our own command)
                [sys.executable, "-m", "clienteling.cli", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                start_new_session=True,  # Ctrl-C comes to us; we end them in order
            )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(b"{"):
                self._events.put(json.loads(line))

    def wait_for(self, event: str, seconds: float = _START_SECONDS) -> dict[str, Any]:
        """Return the next event of that name.

        Raises:
            StartError: the process ended, or the event did not come in time.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = self._events.get(timeout=0.1)
            except queue.Empty:
                self.check()
                continue
            if found.get("event") == event:
                return found
        raise StartError(f"The demo's camera did not report {event!r} within {seconds:.0f} s.")

    def check(self) -> None:
        """Raise when the process is no longer running.

        Raises:
            StartError: with the sentence that it ended with.
        """
        if self._process.poll() is not None and self._process.returncode != 0:
            raise StartError(f"A part of the demo stopped. It said: {self.last_words()}")

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """Return the last line that it wrote for people."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "nothing"

    def stop(self) -> None:
        """End it in order; by force after five seconds."""
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=5)
        if self._process.stdout is not None:
            self._process.stdout.close()


def wait_for_hub(hub: Process, address: str) -> None:
    """Return when the hub answers.

    Raises:
        StartError: it ended, or did not answer in time.
    """
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        hub.check()
        try:
            if httpx.get(f"{address}/health", timeout=2.0).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise StartError(f"The demo's hub did not answer at {address} within {_START_SECONDS:.0f} s.")
