from io import StringIO
from pathlib import Path

import pytest

from camera.config import given_source, load_box, make_config, read_secret
from clienteling.errors import StartError, UsageError


def test_arguments_make_a_configuration(tmp_path: Path) -> None:
    config = make_config(source="0", hub="http://127.0.0.1:8080/", state=tmp_path, name=None)
    assert (config.hub, config.name, config.loop) == ("http://127.0.0.1:8080", "camera", False)


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "camera.toml"
    path.write_text('source = "0"\nhub = "https://hub.example"\nstate = "s"\nrecord = true\n')
    with pytest.raises(StartError, match="record is not a known key"):
        load_box(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="source is missing"):
        make_config(hub="https://hub.example", state=tmp_path)


def test_arguments_take_precedence_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "camera.toml"
    path.write_text('source = "0"\nhub = "https://hub.example"\nstate = "s"\n')
    assert load_box(path, source="1", name=None).cameras[0].source == "1"


@pytest.mark.parametrize("text", ["source = ", "\xff"])
def test_a_file_that_is_no_toml_is_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "camera.toml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(StartError, match="is not valid TOML"):
        load_box(path)


@pytest.mark.parametrize(
    ("hub", "why"),
    [
        ("http://hub.shop.example", "must be reached by https"),
        ("http://192.168.1.5:8080", "must be reached by https"),
        ("http://127.0.0.1.example.com", "must be reached by https"),
        ("hub.shop.example", "like https://"),
        ("ftp://hub.shop.example", "like https://"),
        ("https://name:word@hub.shop.example", "no name, password"),
    ],
)
def test_a_hub_that_could_be_overheard_is_refused(tmp_path: Path, hub: str, why: str) -> None:
    with pytest.raises(StartError, match=why) as caught:
        make_config(source="0", hub=hub, state=tmp_path)
    assert "word@" not in str(caught.value)


@pytest.mark.parametrize(
    "hub", ["http://localhost:1", "http://[::1]:8080", "http://127.9.9.9", "https://192.168.1.5"]
)
def test_this_machine_or_https_is_accepted(tmp_path: Path, hub: str) -> None:
    assert make_config(source="0", hub=hub, state=tmp_path).hub == hub


def test_a_password_on_the_command_line_is_refused(tmp_path: Path) -> None:
    address = "rtsp://shop:secret@cam.example/live"
    with pytest.raises(UsageError, match="--source-file") as caught:
        given_source(address, None)
    assert "secret" not in str(caught.value)
    file = tmp_path / "source.txt"
    file.write_text(f"{address}\n")
    assert given_source(None, file) == address
    with pytest.raises(UsageError, match="not both"):
        given_source("0", file)
    with pytest.raises(StartError, match="cannot be read"):
        given_source(None, tmp_path / "absent")


def test_a_secret_may_come_by_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("PAIR-0001\n"))
    assert read_secret(Path("-")) == "PAIR-0001"


def test_a_configuration_shows_no_password(tmp_path: Path) -> None:
    values = {"hub": "https://hub.example", "state": tmp_path}
    config = make_config(source="rtsp://shop:secret@cam.example/live", **values)
    with pytest.raises(UsageError, match="Streams are read by") as caught:
        make_config(source="ftp://shop:secret@cam.example/live", **values).opened_source()
    assert "secret" not in f"{config!r} {config.opened_source()!r} {caught.value}"


def test_a_push_takes_its_token_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a-token-of-a-camera\n")
    config = make_config(
        source="push://0.0.0.0:8090",
        push_token_file=file,
        hub="https://hub.example",
        state=tmp_path,
    )
    source = config.opened_source()
    assert (source.value, source.secret) == ("0.0.0.0:8090", "a-token-of-a-camera")
    assert source.secret not in repr(source)


BOX = """
hub = "https://hub.example"
state = "/var/lib/cameras"
encoder = "dlib"
[[camera]]
name = "entrance"
source = "rtsp://shop:secret@cam.example/live"
[[camera]]
name = "till"
source = "0"
pair_code_file = "till.code"
purpose = "till"
"""


def test_a_box_lists_its_cameras(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text(BOX)
    box = load_box(path, hub="https://other.example", name=None)
    assert box.is_shared
    entrance, till = box.cameras
    assert (entrance.state, till.state) == (
        Path("/var/lib/cameras/entrance"),
        Path("/var/lib/cameras/till"),
    )
    assert {camera.hub for camera in box.cameras} == {"https://other.example"}
    assert {camera.encoder for camera in box.cameras} == {"dlib"}
    assert till.pair_code_file == Path("till.code")
    assert (entrance.purpose, till.purpose) == ("recognise", "till")
    assert "secret" not in repr(box)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('name = "till"', 'name = "entrance"', "two cameras have one name"),
        ('name = "till"', "", "needs a name"),
        ('name = "till"', 'name = "../till"', "needs a name"),
        ('source = "0"', 'hub = "https://h"', "camera till: hub is the same for all"),
        ('source = "0"', "", "camera till: source is missing"),
        ('source = "0"', 'source = "0"\nrecord = true', "camera till: record is not a known key"),
        ('encoder = "dlib"', 'source = "0"', "source belongs into a camera's own table"),
        ('encoder = "dlib"', 'encoder = "x"', "camera entrance: encoder"),
        ('encoder = "dlib"', 'purpose = "till"', "purpose belongs into a camera's own table"),
        ('purpose = "till"', 'purpose = "pay"', "camera till: purpose"),
    ],
)
def test_a_box_that_is_written_wrong_says_where(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    path = tmp_path / "box.toml"
    path.write_text(BOX.replace(old, new))
    with pytest.raises(StartError, match=why):
        load_box(path)


def test_one_cameras_settings_are_not_given_to_several(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text(BOX)
    with pytest.raises(UsageError, match="give source there"):
        load_box(path, source="0")
    path.write_text(BOX.replace('"0"', '"ftp://x/y"'))
    with pytest.raises(UsageError, match="Streams are read by"):
        load_box(path)
    path.write_text('hub = "https://h"\nstate = "s"\ncamera = "0"\n')
    with pytest.raises(StartError, match=r"as a table \[\[camera\]\]"):
        load_box(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('attack_check = "maybe"\n', "attack_check: "),
        ('[[attack_model]]\npath = "m"\nsha256 = "short"\nscale = 2.7\n', "attack_model.0.sha256"),
        ('[[attack_model]]\npath = "m"\n', "attack_model.0.sha256 is missing"),
    ],
)
def test_an_attack_check_that_is_written_wrong_is_named(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "camera.toml"
    path.write_text('source = "0"\nhub = "https://hub.example"\nstate = "s"\n' + text)
    with pytest.raises(StartError, match=why):
        load_box(path)


def test_a_check_that_is_off_says_that_a_model_is_too_much(tmp_path: Path) -> None:
    model = {"path": "m.onnx", "sha256": "0" * 64, "scale": 2.7}
    with pytest.raises(StartError, match="configuration: attack_check is off, so leave"):
        make_config(
            source="0",
            hub="https://hub.example",
            state=tmp_path,
            attack_check="off",
            attack_model=[model],
        )


def test_a_box_plays_files_when_every_source_is_one(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text(BOX)
    assert not load_box(path).plays_files
    path.write_text('source = "clip.avi"\nhub = "https://hub.example"\nstate = "s"\n')
    assert load_box(path).plays_files
