"""What docs/integrators says of receivers runs as it stands there, against a hub."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from clienteling.egress import place_of
from clienteling.home import Home
from clienteling.service.stop import stop
from clienteling.webhooks.hooks import add
from clienteling.webhooks.outbox import again, send_test
from tests.clienteling.webhooks.conftest import Hook, Rounds, hook, rounds
from tests.support.receiver import Receiver
from tests.support.web import LiveHub, eventually

__all__ = ["hook", "rounds"]  # fixtures of the webhooks' own tests

_DOCS = Path(__file__).parents[3] / "docs" / "integrators"


def _ours() -> dict[str, Any]:
    """Run the lines of the page; returns what they define."""
    (lines,) = re.findall(
        r"```python\n(.*?)```", (_DOCS / "webhooks.md").read_text(encoding="utf-8"), re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102 - they are ours
    return names


def test_the_lines_on_the_page_take_each_event_once_and_no_forgery(
    shop: Home, hook: Hook, receiver: Receiver, rounds: Rounds
) -> None:
    made, other = hook(receiver), hook(receiver, "sale.kept")
    stop(shop.office, actor="7")
    rounds()
    (heard,) = receiver.heard
    receive = _ours()["receive"]
    assert receive(other.secret, heard.headers, heard.body) == (400, None)
    assert receive(made.secret, heard.headers, heard.body + b" ") == (400, None)
    status, told = receive(made.secret, heard.headers, heard.body)
    assert (status, told["type"]) == (204, "recognition.stopped")
    assert receive(made.secret, heard.headers, heard.body) == (204, None)


@contextmanager
def _receiving(port: int, secret: str, said: Path) -> Iterator[None]:
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(_DOCS / "example_webhook.py"), str(port)],
            env={**os.environ, "WEBHOOK_SECRET": secret},
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert eventually(lambda: _listens(port), 20)
            yield
        finally:
            process.terminate()
            process.wait(10)


def _listens(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


def test_the_example_hears_the_hub(live: LiveHub, tmp_path: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    office, url = live.home.office, f"http://127.0.0.1:{port}/"
    made = add(office, url, ["sale.kept"], [place_of(url, "x")], actor="7")
    with _receiving(port, made.secret, tmp_path / "said"):
        send_test(office, made.id, actor="7")
        assert eventually(lambda: _said(tmp_path) == ["webhook.test {}"])
        since = office.now() - timedelta(hours=1)
        assert eventually(lambda: again(office, made.id, since, actor="7") > 0)  # once more
        send_test(office, made.id, actor="7")
        assert eventually(lambda: len(_said(tmp_path)) == 2)


def _said(folder: Path) -> list[str]:
    return (folder / "said").read_text().splitlines()
