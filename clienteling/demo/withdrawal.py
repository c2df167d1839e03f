"""How long it takes from a withdrawal until the last copy is gone, with real processes.

Online: hub and camera run as processes of their own; people are erased one after the other, from a
third process, which withdraws everything. The time is that of the case: from the record of it to
its closing, when the camera has acknowledged a gallery without the template and the databases hold
no old page.

Unplugged: the camera's process is ended, and one more is erased. Nobody waits for the lease: the
case is carried on with a clock that is moved, to one second before the lease's end and one after.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from clienteling.access.devices import live_edges
from clienteling.customers.paper import enrol_from_paper
from clienteling.demo.script import load_clip, load_shop
from clienteling.demo.shop import paper_form
from clienteling.demo.stage import Stage
from clienteling.errors import ClientelingError
from clienteling.home import Home, open_home
from clienteling.oversight.flows import FlowState, flow_result
from clienteling.recognition.engine import build_engine
from consent import clock
from consent.clock import parse
from consent.log import ledger
from consent.models import FlowRow
from consent.office import erase, resume

_PATIENCE = 60.0
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WithdrawalTimes:
    """What was measured, in seconds.

    Attributes:
        online: For each withdrawal, until its last copy was gone.
        online_keys: For each, until the keys were destroyed.
        unplugged: Until the case closed with the camera killed, by the moved clock.
        lease: The lease that the hub gave the camera.
        waited_before: Whether the case was still open one second before the lease's end.
    """

    online: tuple[float, ...]
    online_keys: tuple[float, ...]
    unplugged: float
    lease: float
    waited_before: bool


def measure_withdrawals(times: int, port: int, say: Callable[[str], None]) -> WithdrawalTimes:
    """Measure so many withdrawals online and one unplugged; takes about a minute for ten.

    Raises:
        ClientelingError: a part does not start, or a camera does not answer within a minute.
    """
    with tempfile.TemporaryDirectory(prefix="clienteling-bench-") as name:
        folder = Path(name)
        with Stage(folder, port, say) as stage:
            shop = stage.open_shop()
            clip = load_clip().model_copy(update={"visit": (), "withdrawal": (), "length": 4.0})
            camera = stage.start_camera(shop.home, str(stage.make_clip(clip)), loop=True)
            engine = build_engine(shop.home.config.recognition.encoder)
            present = [one.customer for one in shop.people.values()]
            form = replace(paper_form(load_shop().person[0]), email=None)
            online = []
            for _ in range(times):
                if len(present) == 1:  # the last one leaves when the camera is unplugged
                    present.append(
                        enrol_from_paper(shop.home.office, lambda: engine, form).customer
                    )
                online.append(_time_one(shop.home, present.pop()))
            _wait_until_current(shop.home)
            camera.stop()
            say("The camera is unplugged.")
            ended = erase(shop.home.office, present[0], actor="command", method="command")
        assert ended.flow_id is not None
        unplugged = _time_unplugged(shop.home, ended.flow_id)
    return WithdrawalTimes(
        online=tuple(flow.seconds for flow in online),
        online_keys=tuple(flow.keys_seconds or 0.0 for flow in online),
        unplugged=unplugged[0],
        lease=unplugged[1],
        waited_before=unplugged[2],
    )


def _time_one(home: Home, customer: str) -> FlowState:
    _wait_until_current(home)
    ended = erase(home.office, customer, actor="command", method="command")
    assert ended.flow_id is not None
    flow_id = ended.flow_id
    _wait(lambda: _flow(home, flow_id).closed_at is not None, "did not forget")
    return _flow(home, flow_id)


def _flow(home: Home, flow_id: str) -> FlowState:
    return flow_result(home.office, flow_id, reader=None).flow


def _wait_until_current(home: Home) -> None:
    """Wait until the camera holds the newest gallery, so that there is something to forget."""

    def current() -> bool:
        with home.databases.identity.read() as identity:
            newest = ledger.gallery_version(identity)
            return all(edge.gallery_version >= newest for edge in live_edges(identity))

    _wait(current, "did not fetch the gallery")


def _wait(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > end:
            raise ClientelingError(f"The camera {what} within a minute. Is the machine too busy?")
        time.sleep(0.01)


def _time_unplugged(home: Home, flow_id: str) -> tuple[float, float, bool]:
    with home.databases.identity.read() as identity:
        (edge,) = live_edges(identity)
        assert edge.lease_until is not None
        until = parse(edge.lease_until)
        opened_at = parse(
            identity.scalars(select(FlowRow.opened_at).where(FlowRow.id == flow_id)).one()
        )
    home.databases.close()
    waited = flow_id not in _carried_on(home.path, until - _SECOND)
    _carried_on(home.path, until + _SECOND)
    again = open_home(home.path, now=_moved(until + _SECOND))
    seconds = _flow(again, flow_id).seconds
    again.databases.close()
    return seconds, (until - opened_at).total_seconds(), waited


def _carried_on(path: Path, moment: datetime) -> tuple[str, ...]:
    home = open_home(path, now=_moved(moment))
    closed = resume(home.office)
    home.databases.close()
    return closed


def _moved(moment: datetime) -> Callable[[], datetime]:
    ahead = moment - clock.now()
    return lambda: clock.now() + ahead
