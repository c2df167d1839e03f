"""A shop whose root key lies elsewhere: made, opened, and refused with a sentence."""

from pathlib import Path

import pytest

from clienteling.config import PapersConfig, RegionConfig, load_config
from clienteling.config_parts import load_keys
from clienteling.errors import StartError, UsageError
from clienteling.home import Home, NewHome, init_home, new_store, open_home
from clienteling.keystore.keys_config import FileKeys, KeysConfig, VaultKeys
from tests.support.rooted import PROVIDERS, Places, places, tokens, vault
from tests.support.shops import Command, command, real_engine
from tests.support.vault import FakeVault

__all__ = ["command", "places", "real_engine", "tokens", "vault"]


def shop_at(path: Path, keys: KeysConfig) -> Home:
    region = RegionConfig(region="eu", policy="trigger")
    papers = PapersConfig(dpia_id="DEMO-DPIA")
    return init_home(path, NewHome(new_store("Shop", demo=True), region, papers, keys=keys))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_shop_opens_again_with_its_root_key_there(
    places: Places, tmp_path: Path, provider: str
) -> None:
    keys = places(provider)
    home = shop_at(tmp_path / "shop", keys)

    again = open_home(tmp_path / "shop")

    assert again.config.keys == keys
    assert again.office.ring.log_public == home.office.ring.log_public
    assert not again.development_key
    assert (tmp_path / "shop" / "keys" / "root.key").exists() == (provider == "file")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_root_key_of_another_shop_opens_nothing(
    places: Places, tmp_path: Path, provider: str
) -> None:
    shop_at(tmp_path / "shop", places(provider)).databases.close()
    other = shop_at(tmp_path / "other", places(provider))
    other.databases.close()
    config = tmp_path / "shop" / "config.toml"
    config.write_bytes((tmp_path / "other" / "config.toml").read_bytes())
    if provider == "file":
        theirs = (tmp_path / "other" / "keys" / "root.key").read_bytes()
        (tmp_path / "shop" / "keys" / "root.key").write_bytes(theirs)
    before = (tmp_path / "shop" / "keys.db").read_bytes()

    with pytest.raises(StartError, match="belong together"):
        open_home(tmp_path / "shop")

    assert (tmp_path / "shop" / "keys.db").read_bytes() == before


def test_a_sealed_vault_stops_the_start_with_4_and_changes_nothing(
    places: Places, tmp_path: Path, vault: FakeVault, command: Command
) -> None:
    shop_at(tmp_path / "shop", places("vault")).databases.close()
    vault.sealed = True

    result = command("log", "verify")

    assert result.code == 4
    assert "is sealed or on standby. Unseal it" in result.err

    vault.sealed = False
    assert command("log", "verify").code == 0


@pytest.mark.parametrize(
    ("provider", "field", "content", "words"),
    [
        ("vault", "token_file", None, "keys.token_file names"),
        ("vault", "token_file", "\n", "is empty. Write the token for Vault into it"),
        ("vault", "token_file", "hvs.wrong", "does not accept the token"),
        ("pkcs11", "pin_file", None, "keys.pin_file names"),
        ("pkcs11", "pin_file", "000000", "The PIN does not open the token"),
    ],
)
def test_what_opens_it_must_be_there_and_right(
    places: Places, tmp_path: Path, provider: str, field: str, content: str | None, words: str
) -> None:
    keys = places(provider)
    shop_at(tmp_path / "shop", keys).databases.close()
    secret: Path = getattr(keys, field)
    if content is None:
        secret.unlink()
    else:
        secret.write_text(content)

    with pytest.raises(StartError, match=words):
        open_home(tmp_path / "shop")


def test_init_takes_the_place_from_a_file(
    places: Places, tmp_path: Path, vault: FakeVault, command: Command
) -> None:
    keys = places("vault")
    assert isinstance(keys, VaultKeys)
    file = tmp_path / "keys.toml"
    file.write_text(
        f'[keys]\nprovider = "vault"\nurl = "{vault.url}"\nkey = "{keys.key}"\n'
        f'token_file = "{keys.token_file}"\n'
    )

    init = ("init", "--non-interactive", "--region", "eu", "--policy", "trigger")
    result = command(*init, "--store", "Shop", "--dpia", "DEMO-DPIA", "--keys", str(file))

    assert result.code == 0, result.err
    assert load_config(tmp_path / "shop").keys == keys
    assert "development key" not in result.err


def test_secrets_and_unencrypted_addresses_have_no_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    for text, words in (
        ('provider = "vault"\nurl = "https://v.example"\ntoken = "hvs.x"', "is not a known key"),
        ('provider = "vault"\nurl = "http://v.example"\ntoken_file = "t"', "https://"),
        ('provider = "cloud"', "provider"),
        ('provider = "pkcs11"', "module: field required"),
    ):
        file.write_text("[keys]\n" + text)
        with pytest.raises(UsageError, match=words) as caught:
            load_keys(file)
        assert "hvs.x" not in str(caught.value)
    file.write_text("[keys")
    with pytest.raises(UsageError, match="cannot be read as TOML"):
        load_keys(file)


def test_nothing_configured_is_the_file(tmp_path: Path) -> None:
    assert shop_at(tmp_path / "shop", FileKeys()).config.keys == FileKeys()
    assert open_home(tmp_path / "shop").development_key
