"""Who this camera is at its hub: known from its folder, or paired now with a one-time code."""

from dataclasses import dataclass
from typing import Final

from camera.config import CameraConfig, read_secret
from camera.device import DeviceFolder, Identity
from camera.hub import Hub
from clienteling.edge_protocol import EdgePolicy, EdgePurpose, PairRequest
from clienteling.errors import RefusedError, StartError
from consent.sealing import DeviceKeys, new_device_keys

#: By what the camera itself is set up for.
_ELSEWHERE: Final[dict[EdgePurpose, str]] = {
    "recognise": "The hub has this camera at a till, and its own configuration does not. Write "
    'purpose = "till" there if it stands at one; else revoke it and pair it as a camera box.',
    "till": "This camera is set up for a till, and the hub did not pair it as one. Revoke it and "
    'pair it as a camera at a till, or take purpose = "till" out of its configuration.',
}


@dataclass(frozen=True, slots=True)
class Pairing:
    """A camera that the hub knows; `hub` signs as this camera."""

    hub: Hub
    identity: Identity
    keys: DeviceKeys
    folder: DeviceFolder
    is_new: bool


def join(config: CameraConfig, folder: DeviceFolder, hub: Hub) -> Pairing:
    """Return the pairing that the folder holds; pair if it holds none.

    Raises:
        StartError: the folder belongs to another hub or is damaged, or there is no code.
        HubUnreachableError, HubRefusedError, WireError: pairing failed; nothing was kept.
        RefusedError: the hub asks for what this version cannot do.
    """
    identity = folder.identity()
    if identity is None:
        identity, keys = _pair(config, folder, hub)
        is_new = True
    elif identity.hub != config.hub:
        raise StartError(
            f"{folder.path} belongs to a camera of {identity.hub}. Give that hub, or an empty "
            "folder and a new pairing code."
        )
    else:
        keys = folder.keys()
        is_new = False
    hub.sign_as(identity.device_id, keys)
    return Pairing(hub, identity, keys, folder, is_new)


def require_available(policy: EdgePolicy, purpose: EdgePurpose) -> None:
    """Refuse a policy that is for replay only, or for a camera that stands elsewhere.

    Raises:
        RefusedError: it is not for a live camera, or not for this `purpose`.
    """
    if policy.purpose != purpose:
        raise RefusedError(_ELSEWHERE[purpose])
    if not policy.live:
        raise RefusedError(
            f"The policy {policy.policy} that the hub gives is for replay only; it is not "
            "available for a live camera."
        )


def _pair(config: CameraConfig, folder: DeviceFolder, hub: Hub) -> tuple[Identity, DeviceKeys]:
    keys = new_device_keys()
    request = PairRequest(
        code=_pair_code(config),
        name=config.name,
        sign_public=keys.sign_public,
        open_public=keys.open_public,
    )
    reply = hub.pair(request)
    require_available(reply.policy, config.purpose)
    return folder.save(reply, config.hub, keys), keys


def _pair_code(config: CameraConfig) -> str:
    if config.pair_code_file is None:
        raise StartError(
            "This camera is not paired. Make a code at the hub, write it to a file and give "
            "--pair-code-file FILE."
        )
    code = read_secret(config.pair_code_file)
    if not 4 <= len(code) <= 64:  # noqa: PLR2004  # PairRequest's bounds
        raise StartError(f"{config.pair_code_file} holds no pairing code. Make one at the hub.")
    return code
