"""Start and stop the real RTSP camera of `rtsp_server.py`."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.clips import PHOTOS, jpegs

SERVER = Path(__file__).with_name("rtsp_server.py")
PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly"
)


class RtspCamera:
    """One camera at one port; `start` and `stop` may be called again, as a plug is pulled."""

    def __init__(self, folder: Path, *, name: str = "", password: str = "") -> None:
        for number, jpeg in enumerate(jpegs((PHOTOS / "a3.jpg",), 20)):
            (folder / f"{number:02d}.jpg").write_bytes(jpeg)
        self._arguments = [str(folder), *((name, password) if name else ())]
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def start(self) -> None:
        """Start, or skip the test where GStreamer's server is not installed; in CI that fails."""
        command = ["/usr/bin/python3", str(SERVER), str(self.port), *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._process.stdout is not None
        if self._process.stdout.readline().startswith(b"ready"):
            return
        self.stop()
        missing = f"needs a real RTSP server: apt-get install {PACKAGES}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)

    def stop(self) -> None:
        """Go away without a word, as a camera does that loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def address(self, path: str, who: str = "") -> str:
        return f"rtsp://{who}127.0.0.1:{self.port}/{path}"
