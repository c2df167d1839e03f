"""Putting another root key, or a new version of it, above the store's and the service's keys.

    1 opened    the flow's row and the log entry (consent.keystore.rotation)
    2 made      the new root key is there, beside the old one
    3 rewrapped every wrapped key is under the new one: one transaction of the key database
    4 switched  the next start opens the new one
    5 retired   the old one is destroyed
    6 closed    log `key.rotated` once no page with an old wrap is left in the files

Every step may be repeated. Until step 4 a start tries both (clienteling.keystore), so that the shop
opens after a death anywhere. A running hub needs no root key until it must open another store key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from consent.clock import stamp
from consent.errors import SealError
from consent.keystore.roots import Root
from consent.keystore.rotation import close, mark
from consent.keystore.wrapping import binding, not_opened, open_under
from consent.models import FlowRow, RootKeyRow, ServiceKeyRow, StoreKeyRow
from consent.setting import Office

_MADE, _REWRAPPED, _SWITCHED, _RETIRED = "made", "rewrapped", "switched", "retired"
#: Steps 2 to 6, for a bar of progress.
STEPS = 5


@dataclass(frozen=True, slots=True)
class RootSwitch:
    """How one root key takes the place of another; each act may be repeated.

    Attributes:
        make: Makes the new one.
        open: Opens what is left of the two, the new one first.
        rewrap: Given a wrapped key and its binding: the same under the new root, without showing
            the key to us. None: it is opened and wrapped.
        switch: Has the next start open the new one.
        retire: Destroys the old one.
    """

    make: Callable[[], None]
    open: Callable[[], Sequence[Root]]
    rewrap: Callable[[bytes, bytes], bytes] | None
    switch: Callable[[], None]
    retire: Callable[[], None]


def carry_on(office: Office, flow_id: str, change: RootSwitch, told: Callable[[int], None]) -> bool:
    """Carry the rotation on from where it stopped; `told` hears how many steps are done.

    Returns:
        Whether it is closed; not while another connection still reads an old page. Call again.

    Raises:
        KeyUnavailableError: one of the two root keys cannot be used now. Call again.
    """
    with office.databases.identity.read() as session:
        flow = session.get_one(FlowRow, flow_id)
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        (_MADE, change.make),
        (_REWRAPPED, lambda: _rewrap(office, change)),
        (_SWITCHED, change.switch),
        (_RETIRED, change.retire),
    )
    for number, (name, act) in enumerate(steps, start=1):
        if name not in flow.data["done"]:
            act()
            mark(office, flow_id, name)
        told(number)
    if not office.databases.keys.scrub():
        return False
    close(office, flow_id)
    told(STEPS)
    return True


def _rewrap(office: Office, change: RootSwitch) -> None:
    roots = change.open()
    with office.databases.keys.write() as session:
        for store in session.scalars(select(StoreKeyRow)):
            store.wrapped = _under_new(roots, change, store.wrapped, "store", store.id)
        for service in session.scalars(select(ServiceKeyRow)):
            service.wrapped = _under_new(roots, change, service.wrapped, "service", service.name)
        session.execute(delete(RootKeyRow))
        session.add(RootKeyRow(provider=roots[0].provider, since=stamp(office.now())))


def _under_new(
    roots: Sequence[Root], change: RootSwitch, wrapped: bytes, kind: str, name: str
) -> bytes:
    aad = binding(kind, name)
    if change.rewrap is not None:
        return change.rewrap(wrapped, aad)
    try:
        roots[0].unwrap(wrapped, aad)
    except SealError:
        secret = open_under(roots, wrapped, kind, name)
        anew = roots[0].wrap(secret, aad)
        if roots[0].unwrap(anew, aad) != secret:  # before the old one goes
            raise not_opened(kind, name) from None
        return anew
    return wrapped
