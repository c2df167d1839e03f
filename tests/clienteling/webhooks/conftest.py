"""What the tests of webhooks share."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait

import pytest

from clienteling.egress import place_of
from clienteling.home import Home
from clienteling.webhooks.courier import Courier, Send
from clienteling.webhooks.events import OFFERED
from clienteling.webhooks.hooks import Added, add
from clienteling.webhooks.sending import Sender
from tests.support.receiver import Receiver


class Rounds:
    """A courier that does a round when it is told to."""

    def __init__(self, shop: Home, send: Send) -> None:
        self.courier = Courier(shop.office, send, chance=lambda: 0.0)

    def __call__(self) -> None:
        done, late = wait(self.courier.step(), timeout=20)
        assert not late
        for run in done:
            run.result()


@pytest.fixture
def rounds(shop: Home) -> Iterator[Rounds]:
    made = Rounds(shop, Sender())
    yield made
    made.courier.stop()


Hook = Callable[..., Added]


@pytest.fixture
def hook(shop: Home) -> Hook:
    """Add a webhook for a receiver, told of everything unless a test says of what."""

    def make(receiver: Receiver, *events: str) -> Added:
        url = f"{receiver.url}/hooks"
        wanted = events or tuple(event.value for event in OFFERED)
        return add(shop.office, url, wanted, [place_of(url, "webhooks.to")], actor="7")

    return make
