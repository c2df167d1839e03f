"""Cameras at tills: where one may stand, and what it is told that it may do (purpose P7).

One recognises for the till and for nothing else. It looks when a till asks, and whoever stands
there makes the steps of a challenge, always; see docs/decisions/0305.
"""

from sqlalchemy.orm import Session

from clienteling.access.devices import DeviceKind, live_edges
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import RefusedError, UsageError
from consent.office import Office
from consent.purposes import Purpose
from consent.region.policy import CapturePolicy

NOT_ASKED = (
    "A camera at a till needs identify = true under [till] in config.toml: customers are asked "
    "for it only there."
)
NOT_BY_PRESS = (
    "A camera at a till looks when somebody asks, so it needs the policy trigger in this shop."
)


def at_till(policy: EdgePolicy) -> EdgePolicy:
    """Return the shop's policy as a camera at a till gets it."""
    return policy.model_copy(update={"purpose": Purpose.TILL.value, "challenge": True})


def require_place(office: Office, kind: DeviceKind) -> None:
    """Refuse to pair a camera at a till where none can work.

    Raises:
        UsageError: the till may not identify, or the shop's policy waits for nobody's press.
    """
    policy = office.processing.policy or office.profile.default_policy
    problem = _problem(office, None if policy is None else str(policy))
    if kind is DeviceKind.TILL_CAM and problem is not None:
        raise UsageError(problem)


def check_till_cameras(office: Office, policy: str) -> None:
    """Refuse to start under this policy with a camera at a till that cannot work here.

    Raises:
        RefusedError: the till may not identify (any more), or the policy is another.
    """
    with office.databases.identity.read() as identity:
        names = _names(identity)
    problem = _problem(office, policy)
    if names and problem is not None:
        raise RefusedError(f"{problem} Paired as one: {', '.join(names)}. Set it, or revoke them.")


def _names(identity: Session) -> list[str]:
    edges = live_edges(identity)
    return sorted({row.camera or row.name for row in edges if row.kind == DeviceKind.TILL_CAM})


def _problem(office: Office, policy: str | None) -> str | None:
    if Purpose.TILL not in office.choices:
        return NOT_ASKED
    return None if policy == CapturePolicy.TRIGGER else NOT_BY_PRESS
