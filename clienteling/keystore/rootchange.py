"""How the root key of a shop's data folder is replaced, step by step.

What is wrapped anew meanwhile: consent.keystore.root_rotation.

`keys/rotation.toml` names the old and the new place until it is done, so that the command can be
given again, and a start in between opens with whichever of the two works.
"""

import os
from datetime import datetime
from pathlib import Path

import tomli_w

from clienteling.config import load_config, save_config
from clienteling.errors import StartError, UsageError
from clienteling.keystore.keys_config import (
    CredentialKeys,
    FileKeys,
    KeysConfig,
    Pkcs11Keys,
    VaultKeys,
)
from clienteling.keystore.rootkeys import (
    NEXT_ROOT_KEY,
    ROOT_KEY,
    ROTATION,
    RootChange,
    open_new,
    passphrase,
    read_change,
    token_root,
    vault_root,
    whichever_opens,
)
from consent.keystore.root_rotation import RootSwitch
from consent.keystore.roots import Root
from consent.keystore.roots.sealed_file import create_root


def plan_change(
    home: Path,
    to: KeysConfig | None,
    passphrase_file: Path | None,
    now: datetime,
    *,
    going: bool,
) -> RootChange:
    """Return the change that is unfinished, or else the one that is asked for.

    Args:
        home: The data folder.
        to: Where the new root key shall lie; None: where the old one lies.
        passphrase_file: Holds the passphrase of a new file; None: the environment names it.
        now: Names a new key in a token.
        going: Its flow is open: then the note of it counts, whatever is asked for.

    Raises:
        UsageError: the new place is the old one, and cannot hold two.
    """
    noted = read_change(home)
    if noted is not None and (going or not _is_past(home, noted)):
        return noted
    old = load_config(home).keys
    new = to or old
    if to is None and isinstance(old, Pkcs11Keys):
        base = old.key.partition("@")[0]
        new = old.model_copy(update={"key": f"{base}@{now:%Y%m%dT%H%M%S}"})
    elif isinstance(new, CredentialKeys | Pkcs11Keys) and new == old:
        raise UsageError(
            "The new root key needs a name of its own. Name it with --to FILE "
            "(docs/operators/keys.md)."
        )
    if passphrase_file is not None:
        if not isinstance(new, FileKeys):
            raise UsageError("--passphrase-file is for a root key in a file.")
        passphrase_file = passphrase_file.absolute()
        passphrase(passphrase_file)  # read now: a mistake must not show halfway
    return RootChange(old=old, new=new, passphrase_file=passphrase_file)


def root_switch(home: Path, change: RootChange) -> RootSwitch:
    """Return the acts that carry a change out, each of which may be repeated."""
    in_place = isinstance(change.new, VaultKeys) and change.new == change.old

    def both() -> tuple[Root, ...]:
        return (open_new(home, change),) if in_place else whichever_opens(home, change)

    return RootSwitch(
        make=lambda: _make(home, change),
        open=both,
        rewrap=vault_root(change.new).rewrap
        if in_place and isinstance(change.new, VaultKeys)
        else None,
        switch=lambda: _switch(home, change),
        retire=lambda: _retire(home, change),
    )


def _is_past(home: Path, change: RootChange) -> bool:
    """Whether only the note of a finished change is left: the death came after the last step."""
    return load_config(home).keys == change.new and not (home / NEXT_ROOT_KEY).exists()


def forget_change(home: Path) -> None:
    """Remove the note of a change that is done."""
    (home / ROTATION).unlink(missing_ok=True)


def _make(home: Path, change: RootChange) -> None:
    if read_change(home) != change:
        _write(home / ROTATION, change.model_dump(mode="json", exclude_none=True))
    new = change.new
    if isinstance(new, FileKeys):
        if not (home / NEXT_ROOT_KEY).exists():
            create_root(home / NEXT_ROOT_KEY, passphrase(change.passphrase_file))
    elif isinstance(new, VaultKeys):
        root = vault_root(new)
        if new == change.old:
            root.rotate()
        else:
            root.create()
    elif isinstance(new, Pkcs11Keys):
        token_root(new).create()
    open_new(home, change)


def _switch(home: Path, change: RootChange) -> None:
    if isinstance(change.new, FileKeys) and (home / NEXT_ROOT_KEY).exists():
        _wipe(home / ROOT_KEY)
        (home / NEXT_ROOT_KEY).replace(home / ROOT_KEY)
    config = load_config(home)
    if config.keys != change.new:
        save_config(home, config.model_copy(update={"keys": change.new}))


def _retire(home: Path, change: RootChange) -> None:
    """Destroy the old root key. What systemd passed stays: only the operator can delete it.

    Raises:
        StartError: the next start would not open the new one.
    """
    old, new = change.old, change.new
    if load_config(home).keys != new:
        raise StartError("config.toml does not name the new root key: the old one is kept.")
    if isinstance(old, VaultKeys):
        if old == new:
            vault_root(old).drop_old_versions()
        else:
            vault_root(old).delete()
    elif isinstance(old, Pkcs11Keys):
        token_root(old).delete()
    elif isinstance(old, FileKeys) and not isinstance(new, FileKeys):
        _wipe(home / ROOT_KEY)
        (home / ROOT_KEY).unlink(missing_ok=True)


def _wipe(path: Path) -> None:
    """Overwrite a small file, as far as the disk lets us: flash memory may keep the old cells."""
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return


def _write(path: Path, values: dict[str, object]) -> None:
    temporary = path.with_suffix(".new")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary.write_text(tomli_w.dumps(values), encoding="utf-8")
    temporary.replace(path)
