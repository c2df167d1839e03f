"""Cameras at tills from the command line: what pairs one, and what keeps a hub from starting."""

from pathlib import Path
from typing import Any

import pytest

import web.server
from camera.config import CameraConfig
from clienteling.access.devices import EdgeKeys, redeem_edge
from clienteling.cli import main
from clienteling.config import TillConfig, load_config, save_config
from clienteling.home import Home, open_home
from consent.sealing import new_device_keys
from tests.support.shops import Command
from tests.support.tills import COUNTER, identifying
from tests.support.web import export_record

ADD = ("device", "add", "--kind", "till_cam", "--name", "box", "--camera", COUNTER, "--json")


def test_where_the_till_may_not_identify_there_is_no_code(command: Command, shop: Home) -> None:
    refused = command(*ADD)
    assert (refused.code, "identify = true" in refused.err) == (2, True)


def test_a_hub_starts_with_one_and_no_more_once_the_till_may_not_identify(
    command: Command, shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.server, "serve", lambda *_args, **_options: 0)
    home = identifying(shop)
    export_record(home)
    code, keys = command(*ADD).json["code"], new_device_keys()
    with home.databases.identity.write() as identity:
        public = EdgeKeys(keys.sign_public, keys.open_public)
        redeem_edge(identity, home.office.ring, code, public, home.office.now())
    assert command("serve").code == 0

    config = load_config(home.path)
    save_config(home.path, config.model_copy(update={"till": TillConfig(identify=False)}))
    export_record(open_home(home.path))  # the record itself is in order
    refused = command("serve")
    assert refused.code == 3
    assert f"Paired as one: {COUNTER}" in refused.err


def test_a_camera_is_told_on_the_command_line_that_it_stands_at_a_till(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run: list[CameraConfig] = []

    def run_box(box: Any, build: Any) -> int:
        del build
        run.extend(box.cameras)
        return 0

    monkeypatch.setattr("camera.process.run_box", run_box)
    hub = ("--hub", "http://127.0.0.1:1", "--state", str(tmp_path), "--source", "0")
    assert main(["camera", *hub, "--purpose", "till"]) == 0
    assert main(["camera", *hub]) == 0
    assert [camera.purpose for camera in run] == ["till", "recognise"]
