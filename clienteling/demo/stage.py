"""The demo's stage: the shop, its hub, its camera and the clip, started and ended together."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from clienteling.access.devices import DeviceKind
from clienteling.customers.paper import PaperEnrolment
from clienteling.demo.clip import render
from clienteling.demo.processes import Process, wait_for_hub
from clienteling.demo.script import Clip
from clienteling.demo.shop import (
    Login,
    add_products,
    add_staff,
    enrol_people,
    make_shop,
    pairing_code,
)
from clienteling.demo.story import tell_stories
from clienteling.home import Home
from clienteling.recognition.engine import build_engine

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shop:
    """The demo shop, ready: its people are enrolled and its staff can sign in."""

    home: Home
    logins: tuple[Login, ...]
    people: dict[str, PaperEnrolment]

    def login(self, username: str) -> Login:
        """Return a member of staff."""
        return next(login for login in self.logins if login.username == username)


class Stage:
    """Everything that runs. Use it as a context manager: leaving it ends both processes."""

    def __init__(self, folder: Path, port: int, say: Say) -> None:
        """Prepare on `folder`; nothing is started yet."""
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._port = port
        self._say = say
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in reversed(self._processes):
            process.stop()

    def open_shop(self) -> Shop:
        """Make the shop, enrol its people, start its hub.

        Raises:
            StartError: the port is taken, or a part does not start; the message says which.
        """
        self._say("Making the demo shop (EU, trigger policy, DEMO papers) …")
        home = make_shop(self._folder / "shop", self._port)
        logins = add_staff(home)
        products = add_products(home)
        self._say(f"{products} products. Enrolling the demo's people from photographs …")
        engine = build_engine(home.config.recognition.encoder)
        people = enrol_people(home, engine)
        accounts = {key: person.customer for key, person in people.items()}
        tell_stories(home, accounts, staff=logins[0].id)
        self.hub = self._start("hub", ["serve"], home.path)
        wait_for_hub(self.hub, self.address)
        return Shop(home, logins, people)

    def make_clip(self, clip: Clip) -> Path:
        """Render the clip."""
        self._say(f"Rendering the clip ({clip.length:.0f} s) …")
        return render(clip, self._folder / "clip.avi")

    def start_camera(self, home: Home, source: str, *, loop: bool) -> Process:
        """Pair and start the camera service on a clip or a webcam.

        In the clip, flat photographs play the people: the attack check would refuse them rightly.
        A file goes unchecked, and the health page says so.

        Raises:
            StartError: the source cannot be opened.
        """
        code = self._folder / "pairing-code.txt"
        code.write_text(pairing_code(home, DeviceKind.EDGE, "demo camera"), encoding="ascii")
        code.chmod(0o600)
        arguments = [
            "camera", "--source", source, "--hub", self.address,
            "--state", str(self._folder / "edge"), "--pair-code-file", str(code),
        ]  # fmt: skip
        self.camera = self._start("camera", [*arguments, *(["--loop"] if loop else [])], None)
        self.camera.wait_for("paired")
        code.unlink()
        return self.camera

    @property
    def edge_checkpoint(self) -> str | None:
        """The newest checkpoint that the camera keeps."""
        found = sorted((self._folder / "edge").glob("**/*checkpoint*"))
        return found[0].read_text(encoding="utf-8") if found else None

    def watch(self) -> None:
        """Raise when a part ended that should run.

        Raises:
            StartError: with what it said last.
        """
        for process in self._processes:
            process.check()

    def _start(self, name: str, arguments: list[str], home: Path | None) -> Process:
        process = Process(arguments, home, self._folder / f"{name}.log")
        self._processes.append(process)
        return process


class ClipClock:
    """Waits for moments of the clip."""

    def __init__(self, stopping: threading.Event) -> None:
        """Second 0 is now: the camera has read the clip's first frame."""
        self._zero = time.monotonic()
        self._stopping = stopping

    def sleep_until(self, second: float) -> bool:
        """Sleep until that clip second; False when the demo is stopping."""
        return not self._stopping.wait(max(0.0, self._zero + second - time.monotonic()))
