"""A shop's data folder: making it, and opening everything in it once, at the start of a process."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

from sqlalchemy import select

from clienteling.access.approvals import erase_approvals
from clienteling.access.devices import edge_answers
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
from clienteling.customers.records import erase_records
from clienteling.customers.releases import erase_releases
from clienteling.customers.sections import erase_sections
from clienteling.customers.templates import aliases_of, erase_templates
from clienteling.customers.visits import erase_visits
from clienteling.databases_config import DatabasesConfig
from clienteling.db import open_databases
from clienteling.errors import RefusedError, StartError, UsageError
from clienteling.keystore.keys_config import FileKeys, KeysConfig
from clienteling.keystore.rootkeys import make_place, roots_of
from clienteling.region import active_profile, admission
from clienteling.rollback import refuse_incomplete, refuse_rollback
from clienteling.service.helpbar.forgetting import erase_help
from consent import clock
from consent.endings import Memory
from consent.errors import ConsentError
from consent.keystore.keyring import open_keyring, renew_log_key
from consent.log.notes import origin_of, verifier_key
from consent.models import ServiceKeyRow
from consent.office import Controller, Eraser, Office, Processing
from consent.proof.public_keys import PublicKeys, key_lines
from consent.region.policy import CapturePolicy, RegionProfile
from consent.rights.request_forgetting import erase_requests
from consent.rights.restriction import erase_restrictions
from consent.storage import Databases

Clock = Callable[[], datetime]

LOG_VKEY = "log.vkey"
SHOP_VKEYS = "shop.vkeys"

#: Every place that holds something of a subject has its eraser here; templates first.
ERASERS = (
    Eraser("templates", erase_templates, aliases_of),
    Eraser("sections", erase_sections),
    Eraser("records", erase_records),
    Eraser("lookups", erase_lookups),
    Eraser("visits", erase_visits),
    Eraser("help", erase_help),
    Eraser("releases", erase_releases),
    Eraser("approvals", erase_approvals),
    Eraser("requests", erase_requests),
    Eraser("restrictions", erase_restrictions),
)


@dataclass(frozen=True, slots=True)
class Home:
    """An opened data folder.

    Attributes:
        memory: What outlives the databases: which consents ended, and how long the log was.
        development_key: The root key lies in the clear: not for real customers.
    """

    path: Path
    config: Config
    office: Office
    profile: RegionProfile
    memory: Memory
    development_key: bool

    @property
    def databases(self) -> Databases:
        """The three databases."""
        return self.office.databases

    @property
    def by_pass(self) -> bool:
        """Whether a template is made for a pass here: the shop chose the policy `pass` (R26)."""
        return self.config.region.policy == CapturePolicy.PASS.value


@dataclass(frozen=True, slots=True)
class NewHome:
    """What `init` is told.

    Attributes:
        counsel_file: What the shop's counsel signed; `region.profile` has its name, and it is
            copied into the folder.
    """

    store: StoreConfig
    region: RegionConfig
    papers: PapersConfig
    hub: HubConfig = field(default_factory=HubConfig)
    counsel_file: Path | None = None
    keys: KeysConfig = field(default_factory=FileKeys)
    databases: DatabasesConfig | None = None


def new_store(name: str, *, demo: bool = False, **details: str) -> StoreConfig:
    """Return a store with a fresh id; details: address, contact, dpo."""
    values = {"id": str(uuid.uuid4()), "name": name, "demo": demo}
    return StoreConfig.model_validate(values | details)


def init_home(path: Path, new: NewHome, *, now: Clock = clock.now) -> Home:
    """Make a data folder: configuration, keys, three databases. Nothing is made if it is refused.

    Raises:
        UsageError: the folder already holds a shop. RefusedError: the region does not allow it.
        StartError: the folder cannot be written, or the root key cannot be made there.
    """
    config = Config(
        store=new.store,
        region=new.region,
        papers=new.papers,
        hub=new.hub,
        keys=new.keys,
        databases=new.databases,
    )
    today = now().date()
    given = path if new.counsel_file is None else new.counsel_file.parent
    profile = active_profile(given, new.region, today)
    if profile.blocked:
        raise RefusedError(profile.blocked)
    admission(config, profile, live=False, today=today)
    if (path / "config.toml").exists():
        raise UsageError(f"{path} already holds a shop. Choose another folder, or use that one.")
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        databases = open_databases(path, config.databases)
        inhabited = _inhabited(databases)
        databases.close()
        if inhabited:
            raise UsageError(
                "The databases hold a shop already, perhaps of an init that died halfway. "
                "Name three empty ones, or another folder."
            )
        make_place(path, config.keys)
        if new.counsel_file is not None:
            copyfile(new.counsel_file, path / new.counsel_file.name)
        Memory(path).begin()
        save_config(path, config)  # last: a folder with it is whole
    except ConsentError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"{path} cannot be written: {error.strerror}.") from error
    return open_home(path, now=now)


def _inhabited(databases: Databases) -> bool:
    with databases.keys.read() as keys:
        return keys.scalar(select(ServiceKeyRow.name).limit(1)) is not None


def open_home(
    path: Path,
    *,
    now: Clock = clock.now,
    inspecting: bool = False,
    new_log: bool = False,
) -> Home:
    """Open a data folder, bring its databases up to date, and unlock its keys.

    Args:
        path: The folder.
        now: The clock.
        inspecting: Open it even if its log went back: to find out what is wrong.
        new_log: Let the log go on under a new key, after a restore (`consent.log.epochs`).

    Raises:
        StartError: a part is missing or damaged, a key does not open, or the log went back; the
            message says which.
    """
    config = load_config(path)
    profile = active_profile(path, config.region, now().date())
    refuse_incomplete(path, served=config.databases is not None)
    memory = Memory(path)
    try:
        databases = open_databases(path, config.databases)
    except ConsentError as error:
        raise StartError(str(error)) from error
    try:
        if not inspecting:
            refuse_rollback(memory, databases.identity)
        roots = roots_of(path)
        if new_log:
            renew_log_key(databases.keys, roots, now())
        ring = open_keyring(databases.keys, roots, now())
        if not inspecting:
            memory.remember(databases.identity)
    except BaseException as error:
        databases.close()
        if isinstance(error, ConsentError):
            raise StartError(str(error)) from error
        raise
    controller = Controller(
        tenant=config.store.tenant,
        store_id=config.store.id,
        name=config.store.name,
        address=config.store.address,
        contact=config.store.contact,
        dpo=config.store.dpo,
        demo=config.store.demo,
        country=config.store.country or ("US" if profile.region.startswith("us") else "NL"),
    )
    office = Office(
        databases=databases,
        ring=ring,
        controller=controller,
        profile=profile,
        erasers=ERASERS,
        now=now,
        dpia_id=config.papers.dpia_id,
        processing=_processing(config, profile.default_policy),
        edges=lambda identity, leaf: edge_answers(identity, leaf, now()),
        note_ending=lambda ended: memory.note(ended, databases.identity),
        home=path,
        zone=ZoneInfo(config.oversight.zone),
    )
    _publish_keys(path, office)
    return Home(path, config, office, profile, memory, development_key=ring.development)


def _processing(config: Config, default: CapturePolicy | None) -> Processing:
    """Return what records say of how and where data is processed.

    Raises:
        RefusedError: there is no such policy, or it leaves nothing for a till to ask.
    """
    policy = config.region.policy
    if policy is not None and policy not in set(CapturePolicy):
        raise RefusedError(
            f"There is no policy {policy}. Choose one of: {', '.join(CapturePolicy)}."
        )
    if config.till.identify and (policy or default) not in {None, CapturePolicy.TRIGGER}:
        raise RefusedError(
            "A camera at a till looks when somebody asks, so only the policy trigger has one, and "
            "customers are asked for nothing that cannot be. Set identify = false under [till] in "
            "config.toml, or choose the policy trigger."
        )
    return Processing(
        storage=config.processing.storage,
        places=config.processing.places,
        recipients=config.processing.recipients,
        policy=CapturePolicy(policy) if policy is not None else None,
        address=config.processing.address,
        till=config.till.identify,
    )


def _publish_keys(path: Path, office: Office) -> None:
    """Write the public keys beside the databases, for whoever checks receipts and the log."""
    public = office.ring.log_public
    keys = PublicKeys(public, office.ring.receipt_public)
    _publish(path / LOG_VKEY, verifier_key(origin_of(public), public) + "\n")
    _publish(path / SHOP_VKEYS, key_lines(keys))


def _publish(target: Path, text: str) -> None:
    try:
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{target} cannot be written. Check the disk and its owner.") from error
