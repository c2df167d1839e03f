"""A shop's data folder: making it, and opening everything in it once, at the start of a process."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from clienteling.access.approvals import erase_approvals
from clienteling.access.devices import edges_clear
from clienteling.config import (
    Config,
    HubConfig,
    PapersConfig,
    RegionConfig,
    StoreConfig,
    load_config,
    save_config,
)
from clienteling.customers.profile import erase_lookups
from clienteling.customers.sections import erase_sections
from clienteling.customers.templates import aliases_of, erase_templates
from clienteling.customers.visits import erase_visits
from clienteling.db import migrate
from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import RefusedError, StartError, UsageError
from consent import clock
from consent.errors import ConsentError, PolicyRefusedError
from consent.keyring import open_keyring
from consent.notes import origin_of, verifier_key
from consent.office import Controller, Eraser, Office, Processing
from consent.policy import Admission, CapturePolicy, Papers, RegionProfile, admit, load_profile
from consent.roots.sealed_file import create_root, open_root
from consent.storage import Databases, open_sqlite

ROOT_KEY = Path("keys") / "root.key"
LOG_VKEY = "log.vkey"
PASSPHRASE_FILE = "CLIENTELING_PASSPHRASE_FILE"  # noqa: S105  (the name of a variable)

#: Every place that holds something of a subject has its eraser here; templates first.
ERASERS = (
    Eraser("templates", erase_templates, aliases_of),
    Eraser("sections", erase_sections),
    Eraser("lookups", erase_lookups),
    Eraser("visits", erase_visits),
    Eraser("approvals", erase_approvals),
)


@dataclass(frozen=True, slots=True)
class Home:
    """An opened data folder.

    Attributes:
        development_key: The root key lies in the clear: not for real customers.
    """

    path: Path
    config: Config
    office: Office
    profile: RegionProfile
    development_key: bool

    @property
    def databases(self) -> Databases:
        """The three databases."""
        return self.office.databases


@dataclass(frozen=True, slots=True)
class NewHome:
    """What `init` is told."""

    store: StoreConfig
    region: RegionConfig
    papers: PapersConfig
    hub: HubConfig = field(default_factory=HubConfig)


def new_store(name: str, *, demo: bool = False, **details: str) -> StoreConfig:
    """Return a store with a fresh id; details: address, contact, dpo."""
    values = {"id": str(uuid.uuid4()), "name": name, "demo": demo}
    return StoreConfig.model_validate(values | details)


def init_home(path: Path, new: NewHome, *, now: Callable[[], datetime] = clock.now) -> Home:
    """Make a data folder: configuration, keys, three databases. Nothing is made if it is refused.

    Raises:
        UsageError: the folder already holds a shop. RefusedError: the region does not allow it.
        StartError: the folder cannot be written, or the passphrase cannot be read.
    """
    config = Config(store=new.store, region=new.region, papers=new.papers, hub=new.hub)
    profile = _profile(config)
    admission(config, profile, live=False, today=now().date())
    if (path / "config.toml").exists():
        raise UsageError(f"{path} already holds a shop. Choose another folder, or use that one.")
    passphrase = _passphrase()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        create_root(path / ROOT_KEY, passphrase)
        databases = open_sqlite(path)
        migrate(databases)
        databases.close()
        save_config(path, config)  # last: a folder with it is whole
    except ConsentError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"{path} cannot be written: {error.strerror}.") from error
    return open_home(path, now=now)


def open_home(path: Path, *, now: Callable[[], datetime] = clock.now) -> Home:
    """Open a data folder, bring its databases up to date, and unlock its keys.

    Raises:
        StartError: a part is missing or damaged, or a key does not open; the message says which.
    """
    config = load_config(path)
    profile = _profile(config)
    _refuse_incomplete(path)
    try:
        databases = open_sqlite(path)
        migrate(databases)
        ring = open_keyring(
            databases.keys, lambda: (open_root(path / ROOT_KEY, _passphrase()),), now()
        )
    except ConsentError as error:
        raise StartError(str(error)) from error
    controller = Controller(
        tenant=config.store.tenant,
        store_id=config.store.id,
        name=config.store.name,
        address=config.store.address,
        contact=config.store.contact,
        dpo=config.store.dpo,
        demo=config.store.demo,
    )
    office = Office(
        databases=databases,
        ring=ring,
        controller=controller,
        profile=profile,
        erasers=ERASERS,
        now=now,
        dpia_id=config.papers.dpia_id,
        processing=_processing(config),
        edges_clear=lambda identity, leaf: edges_clear(identity, leaf, now()),
    )
    _publish_vkey(path, office)
    return Home(path, config, office, profile, development_key=ring.development)


def admission(
    config: Config,
    profile: RegionProfile,
    *,
    live: bool,
    today: date,
    policy: str | None = None,
) -> Admission:
    """Return the proof that this shop's region and papers allow the policy.

    Raises:
        RefusedError: they do not; the message names what is missing.
    """
    chosen = policy or config.region.policy
    papers = Papers(
        dpia_id=config.papers.dpia_id,
        dpo_signed=config.papers.dpo_signed,
        sign_attested=config.papers.sign_attested,
    )
    try:
        capture = None if chosen is None else CapturePolicy(chosen)
        return admit(profile, capture, papers, live=live, today=today)
    except ValueError as error:
        known = ", ".join(CapturePolicy)
        raise RefusedError(f"There is no policy {chosen}. Choose one of: {known}.") from error
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error


def edge_policy(
    admitted: Admission,
    model_id: str,
    *,
    live: bool,
    also: tuple[str, ...] = (),
    challenge: bool = False,
) -> EdgePolicy:
    """Return what a camera is told that it may do. `also`: earlier models still in use.

    Raises:
        StartError: a challenge is wanted where nobody presses, so nobody could be told the steps.
    """
    if challenge and admitted.policy is not CapturePolicy.TRIGGER:
        raise StartError(
            f"A challenge needs the policy trigger, and this is {admitted.policy.value}: where "
            "nobody presses, nobody is told what to do. Take recognition.challenge out."
        )
    return EdgePolicy(
        region=admitted.profile.region,
        policy=admitted.policy.value,
        model_id=model_id,
        also=also,
        live=live,
        challenge=challenge,
        # Who walks past behind the marked place is in the same part of the picture, but smaller.
        min_face_height=0.0 if admitted.policy is CapturePolicy.AMBIENT else 0.2,
    )


def _refuse_incomplete(path: Path) -> None:
    """Refuse a folder that lost a database: an empty one in its place would forget without a word.

    Raises:
        StartError: names the file.
    """
    for name in ("identity.db", "templates.db", "keys.db"):
        file = path / name
        if not file.is_file() or not file.stat().st_size:
            raise StartError(f"{file} is missing. Restore it from a backup.")


def _profile(config: Config) -> RegionProfile:
    try:
        return load_profile(config.region.region, config.region.state, config.region.place)
    except PolicyRefusedError as error:
        raise RefusedError(str(error)) from error


def _processing(config: Config) -> Processing:
    """Return what records say of how and where data is processed.

    Raises:
        RefusedError: there is no such policy.
    """
    policy = config.region.policy
    if policy is not None and policy not in set(CapturePolicy):
        raise RefusedError(
            f"There is no policy {policy}. Choose one of: {', '.join(CapturePolicy)}."
        )
    return Processing(
        storage=config.processing.storage,
        places=config.processing.places,
        recipients=config.processing.recipients,
        policy=CapturePolicy(policy) if policy is not None else None,
        address=config.processing.address,
    )


def _passphrase() -> bytes | None:
    """Return the passphrase of the root key, or None for a development key."""
    name = os.environ.get(PASSPHRASE_FILE)
    if not name:
        return None
    try:
        passphrase = Path(name).read_bytes().strip()
    except OSError as error:
        raise StartError(
            f"{PASSPHRASE_FILE} names {name}, which cannot be read: {error.strerror}."
        ) from error
    if not passphrase:
        raise StartError(f"{name} is empty. Write the passphrase of the root key into it.")
    return passphrase


def _publish_vkey(path: Path, office: Office) -> None:
    """Write the log's public key beside the databases, for whoever checks receipts and the log."""
    public = office.ring.log_public
    text = verifier_key(origin_of(public), public) + "\n"
    target = path / LOG_VKEY
    try:
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{target} cannot be written. Check the disk and its owner.") from error
