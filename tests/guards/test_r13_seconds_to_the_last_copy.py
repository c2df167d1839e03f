"""R13: with a real hub and camera the last copy is gone within 5 s; unplugged, in 15 minutes."""

import socket

from clienteling.demo.withdrawal import measure_withdrawals


def test_online_within_five_seconds_and_unplugged_when_the_lease_is_out() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]

    times = measure_withdrawals(1, port, lambda _text: None)

    (online,) = times.online
    assert online < 5.0
    assert times.waited_before, "the case closed while the camera could still match"
    assert times.lease < times.unplugged <= 15 * 60 + 2
