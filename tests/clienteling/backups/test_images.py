"""Pictures of products go into the backup, are checked by its manifest, and come back."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.backups import restoring
from clienteling.backups.making import Backup, make_backup
from clienteling.backups.manifest import MANIFEST, read_manifest
from clienteling.backups.restoring import Wanted, finish, restore
from clienteling.catalogue.images import IMAGES, image_file, images_of, keep_image
from clienteling.errors import RefusedError
from clienteling.home import Home
from clienteling.keystore.rootkeys import ROOT_KEY
from tests.clienteling.catalogue.test_images import picture


@pytest.fixture
def names(shop: Home) -> tuple[str, ...]:
    made = {keep_image(shop.path, picture(size=size)) for size in ((40, 30), (50, 30))}
    (shop.path / IMAGES / "notes.txt").write_text("not ours")
    return tuple(sorted(made))


@pytest.fixture
def backup(shop: Home, names: tuple[str, ...], tmp_path: Path) -> Backup:
    made = make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    shop.databases.close()
    return made


@pytest.fixture
def wanted(shop: Home, backup: Backup) -> Wanted:
    return Wanted(backup.data, backup.keys, shop.path, replace=True)


def test_they_are_in_the_data_and_in_its_manifest(backup: Backup, names: tuple[str, ...]) -> None:
    listed = read_manifest(backup.data, "data").files
    assert {path for path in listed if path.startswith("catalogue")} == {
        f"{IMAGES}/{name}" for name in names
    }
    assert images_of(backup.keys) == ()
    assert {path.stat().st_mode & 0o077 for path in backup.data.rglob("*")} == {0}


def test_they_come_back_beside_those_that_are_here(
    shop: Home, wanted: Wanted, names: tuple[str, ...]
) -> None:
    lost = image_file(shop.path, names[0])
    assert lost is not None
    content = lost.read_bytes()
    lost.unlink()
    newer = keep_image(shop.path, picture(size=(60, 30)))

    restore(wanted)

    assert lost.read_bytes() == content
    assert images_of(shop.path) == tuple(sorted({*names, newer}))


def test_on_a_new_machine_too(
    shop: Home, wanted: Wanted, names: tuple[str, ...], tmp_path: Path
) -> None:
    new = tmp_path / "new"
    (new / ROOT_KEY).parent.mkdir(parents=True)
    shutil.copy(shop.path / ROOT_KEY, new / ROOT_KEY)
    restore(replace(wanted, home=new, replace=False, accept="the disk is gone"))
    assert images_of(new) == names


def test_a_damaged_picture_is_seen_before_anything_changes(
    shop: Home, wanted: Wanted, names: tuple[str, ...]
) -> None:
    (wanted.data / IMAGES / names[0]).write_bytes(b"x")
    with pytest.raises(RefusedError, match="damaged"):
        restore(wanted)


@pytest.mark.parametrize("path", ["catalogue/images/../../../x.jpg", "catalogue/x", "/etc/hosts"])
def test_a_manifest_names_nothing_outside_the_folder(wanted: Wanted, path: str) -> None:
    manifest = wanted.data / MANIFEST
    manifest.write_text(manifest.read_text().replace("config.toml", path))
    with pytest.raises(RefusedError, match="damaged"):
        restore(wanted)


def test_cut_off_while_they_are_moved_it_is_carried_on(
    shop: Home, wanted: Wanted, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(shop.path / IMAGES)

    def dies(restored: Path, home: Path) -> None:
        (home / IMAGES).mkdir(parents=True)
        (restored / IMAGES / names[0]).replace(home / IMAGES / names[0])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_move_images", dies)
        with pytest.raises(KeyboardInterrupt):
            restore(wanted)
    assert finish(shop.path)
    assert images_of(shop.path) == names
