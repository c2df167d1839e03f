"""Another root key above all others: whichever provider, whatever step the process dies after."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from clienteling.access.approvals import ApprovalNeededError, decide, proposals
from clienteling.access.devices import DeviceKind, new_pairing, redeem_token
from clienteling.access.users import RoleName
from clienteling.config import PapersConfig, RegionConfig, load_config
from clienteling.customers.renewal import renew_templates
from clienteling.customers.templates import open_gallery
from clienteling.errors import StartError, UsageError
from clienteling.home import Home, NewHome, init_home, new_store, open_home
from clienteling.keystore.keys_config import FileKeys, KeysConfig
from clienteling.keystore.rotations import revoke_lost, rotate_root, rotate_store
from consent.keystore.key_status import key_status
from consent.models import ServiceKeyRow, StoreKeyRow
from tests.support.office import Stopped
from tests.support.people import MODEL_ID, join
from tests.support.rooted import PROVIDERS, Places, places, tokens, vault
from tests.support.vault import FakeVault

__all__ = ["places", "tokens", "vault"]

STEPS = ("opened", "made", "rewrapped", "switched", "retired", "closed")
OFFICER = "user:officer"


def shop_at(path: Path, keys: KeysConfig) -> Home:
    region = RegionConfig(region="eu", policy="trigger")
    papers = PapersConfig(dpia_id="DEMO-DPIA")
    return init_home(path, NewHome(new_store("Shop", demo=True), region, papers, keys=keys))


def approved(home: Home, act: Callable[[], object]) -> object:
    """Do what needs a second person: the first try proposes, the officer approves."""
    with pytest.raises(ApprovalNeededError) as asked:
        act()
    roles = (RoleName.OFFICER,)
    decide(home.office, asked.value.proposal_id, approve=True, actor=OFFICER, roles=roles)
    return act()


def rotate(home: Home, to: KeysConfig | None = None, file: Path | None = None) -> None:
    rotate_root(home, to, file, actor="command", told=lambda _done: None)


def dying_after(home: Home, step: str) -> Home:
    def stop(done: str) -> None:
        if done == step:
            raise Stopped(step)

    return replace(home, office=replace(home.office, after_step=stop))


def wraps(home: Home) -> set[bytes]:
    with home.databases.keys.read() as session:
        rows = [*session.scalars(select(StoreKeyRow.wrapped))]
        return {*rows, *session.scalars(select(ServiceKeyRow.wrapped))}


@pytest.mark.parametrize("provider", ["file", "vault", "pkcs11"])
def test_a_root_key_is_replaced_where_it_lies(
    places: Places, tmp_path: Path, provider: str
) -> None:
    home = shop_at(tmp_path / "shop", places(provider))
    before, log_key = wraps(home), home.office.ring.log_public

    approved(home, lambda: rotate(home))

    again = open_home(tmp_path / "shop")
    assert again.office.ring.log_public == log_key
    assert not wraps(again) & before
    content = (tmp_path / "shop" / "keys.db").read_bytes()
    assert not [wrap for wrap in before if wrap in content]
    assert sorted(path.name for path in (tmp_path / "shop" / "keys").iterdir()) == (
        ["root.key"] if provider == "file" else []
    )


@pytest.mark.parametrize("old", PROVIDERS)
@pytest.mark.parametrize("new", PROVIDERS)
def test_any_place_can_follow_any_other(places: Places, tmp_path: Path, old: str, new: str) -> None:
    home = shop_at(tmp_path / "shop", places(old))
    log_key, was = home.office.ring.log_public, home.config.keys
    to = places(new)

    approved(home, lambda: rotate(home, to))

    again = open_home(tmp_path / "shop")
    assert again.office.ring.log_public == log_key
    assert again.config.keys == to
    assert key_status(again.office).provider == new
    assert (tmp_path / "shop" / "keys" / "root.key").exists() == (new == "file")
    if was != to and old != "credential":
        _gone(tmp_path / "shop", was)


def _gone(path: Path, old: KeysConfig) -> None:
    """The old root key is destroyed: with its place configured again, nothing opens."""
    config = load_config(path).model_copy(update={"keys": old})
    from clienteling.config import save_config  # noqa: PLC0415

    save_config(path, config)
    with pytest.raises(StartError):
        open_home(path)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("old", "new"),
    [("file", None), ("file", "vault"), ("vault", None), ("vault", "file"), ("pkcs11", None)],
)
def test_after_a_death_the_shop_opens_and_the_command_goes_on(
    places: Places, tmp_path: Path, step: str, old: str, new: str | None
) -> None:
    home = shop_at(tmp_path / "shop", places(old))
    to = places(new) if new else None
    before, log_key = wraps(home), home.office.ring.log_public
    with pytest.raises(Stopped):
        approved(home, lambda: rotate(dying_after(home, step), to))
    home.databases.close()

    between = open_home(tmp_path / "shop")
    assert between.office.ring.log_public == log_key
    if step != "closed":
        assert key_status(between.office).rotating == "root"
        rotate(between, to)  # approved once: it goes on

    again = open_home(tmp_path / "shop")
    assert again.office.ring.log_public == log_key
    assert key_status(again.office).rotating is None
    assert not wraps(again) & before
    assert again.config.keys.provider == (new or old)


def test_a_new_passphrase_opens_and_the_old_one_does_not(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shop_at(tmp_path / "shop", places("file"))
    new = tmp_path / "new-passphrase"
    new.write_text("another horse\n")

    approved(home, lambda: rotate(home, None, new))

    with pytest.raises(StartError, match="The passphrase does not open"):
        open_home(tmp_path / "shop")
    monkeypatch.setenv("CLIENTELING_PASSPHRASE_FILE", str(new))
    assert not open_home(tmp_path / "shop").development_key


def test_a_plain_root_key_becomes_a_sealed_one(tmp_path: Path) -> None:
    home = shop_at(tmp_path / "shop", FileKeys())
    assert key_status(home.office).development
    new = tmp_path / "passphrase"
    new.write_text("horse\n")

    approved(home, lambda: rotate(home, None, new))

    with pytest.raises(StartError, match="is sealed"):
        open_home(tmp_path / "shop")


def test_an_old_copy_of_the_root_file_opens_nothing(places: Places, tmp_path: Path) -> None:
    home = shop_at(tmp_path / "shop", places("file"))
    file = tmp_path / "shop" / "keys" / "root.key"
    copy = file.read_bytes()
    approved(home, lambda: rotate(home))
    file.write_bytes(copy)

    with pytest.raises(StartError, match="belong together"):
        open_home(tmp_path / "shop")


def test_a_vault_that_goes_away_halfway_keeps_the_old_key(
    places: Places, tmp_path: Path, vault: FakeVault
) -> None:
    home = shop_at(tmp_path / "shop", places("file"))
    to = places("vault")
    vault.sealed = True
    with pytest.raises(Exception, match="Unseal it"):
        approved(home, lambda: rotate(home, to))

    again = open_home(tmp_path / "shop")
    assert again.config.keys == FileKeys()

    vault.sealed = False
    rotate(again, to)
    assert open_home(tmp_path / "shop").config.keys == to


def test_a_credential_is_replaced_by_one_of_another_name(places: Places, tmp_path: Path) -> None:
    home = shop_at(tmp_path / "shop", places("credential"))

    with pytest.raises(UsageError, match="needs a name of its own"):
        rotate(home)
    with pytest.raises(UsageError, match="--passphrase-file is for a root key in a file"):
        rotate(home, places("credential"), tmp_path / "passphrase")


def test_a_running_hub_rotates_its_store_key_under_the_new_root(
    places: Places, tmp_path: Path
) -> None:
    hub = shop_at(tmp_path / "shop", places("file"))
    other = open_home(tmp_path / "shop")
    approved(other, lambda: rotate(other))

    told: list[int] = []
    approved(
        other,
        lambda: rotate_store(other.office, actor="command", told=lambda p: told.append(p.total)),
    )

    with hub.databases.keys.read() as session:
        theirs = other.office.ring.stores.current(session)
        assert hub.office.ring.stores.current(session) == theirs


def test_a_lost_device_is_revoked_before_anybody_approves(places: Places, tmp_path: Path) -> None:
    home = shop_at(tmp_path / "shop", places("file"))
    office = home.office
    with office.databases.identity.write() as session:
        code = new_pairing(session, DeviceKind.TABLET, "tablet 1", office.now())
        device, _token = redeem_token(session, office.ring, code, office.now())

    assert revoke_lost(office, "tablet 1", actor="command") == device.id
    assert revoke_lost(office, device.id, actor="command") == device.id
    with pytest.raises(UsageError, match="no device called 'nobody'"):
        revoke_lost(office, "nobody", actor="command")
    with pytest.raises(ApprovalNeededError):
        rotate_store(office, actor="command", told=lambda _: None, why=f" after {device.id}")
    with office.databases.identity.read() as session:
        [proposal] = proposals(session, office)
    assert proposal.what == f"rotate the store key after {device.id}"


def test_templates_are_compared_as_before_under_a_new_root_key_and_renewed(
    places: Places, tmp_path: Path
) -> None:
    """The transform keys are service keys: wrapped anew with the others."""
    home = shop_at(tmp_path / "shop", places("file"))
    customer = join(home)
    before = open_gallery(home.office, MODEL_ID)

    approved(home, lambda: rotate(home))

    again = open_home(tmp_path / "shop")
    after = open_gallery(again.office, MODEL_ID)
    assert np.allclose(before.matrix, after.matrix)
    assert before.turn is not None
    assert after.turn is not None
    assert np.allclose(before.turn, after.turn)
    renew_templates(again.office, actor="c", tell=lambda _done, _total: None)
    assert open_gallery(again.office, MODEL_ID).aliases == (customer.alias,)
