"""config.toml: read strictly, written in one step."""

from datetime import date
from pathlib import Path

import pytest

from clienteling.config import (
    Config,
    HubConfig,
    PapersConfig,
    RegionConfig,
    StoreConfig,
    home_path,
    load_config,
    save_config,
)
from clienteling.egress import Place
from clienteling.errors import StartError

SMALLEST = '[store]\nid = "s1"\nname = "Sweet Corner"\n[region]\nregion = "eu"\n'


def write(home: Path, text: str) -> Path:
    (home / "config.toml").write_text(text, encoding="utf-8")
    return home


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    config = Config(
        store=StoreConfig(id="s1", name="Zoet & Zout “É”", address="Markt 1", demo=True),
        region=RegionConfig(region="us", state="OR", place="Salem", policy="trigger"),
        papers=PapersConfig(dpia_id="DPIA-7", dpo_signed=date(2026, 11, 1)),
        hub=HubConfig(port=9090),
    )

    save_config(tmp_path, config)

    assert load_config(tmp_path) == config
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, SMALLEST))

    assert (config.hub.host, config.hub.port) == ("127.0.0.1", 8080)
    assert config.recognition.encoder == "sface"
    assert config.region.policy is None


def test_the_receivers_of_webhooks_are_among_the_places(tmp_path: Path) -> None:
    text = '[webhooks]\nto = ["https://erp.example/", "http://localhost:9000"]\n'
    config = load_config(write(tmp_path, SMALLEST + text))

    assert config.places() == (
        Place("erp.example", 443, "webhooks.to"),
        Place("localhost", 9000, "webhooks.to"),
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMALLEST + "[hub]\nprot = 80\n", "hub.prot: is not a known key"),
        ("colour = 1\n" + SMALLEST, "colour: is not a known key"),
        (SMALLEST + "[hub]\nport = 99999\n", "hub.port"),
        (SMALLEST + '[papers]\ndpo_signed = "last week"\n', "papers.dpo_signed"),
        (SMALLEST + '[recognition]\nencoder = "magic"\n', "recognition.encoder"),
        (SMALLEST + '[recognition]\nalso = ["sface"]\n', "also names other encoders"),
        (SMALLEST + '[webhooks]\nto = ["erp.example"]\n', "write each address like"),
        (SMALLEST + '[webhooks]\nto = ["https://erp.example/hooks"]\n', "without a path"),
        (SMALLEST + '[webhooks]\nto = ["https://me@erp.example"]\n', "carries no name"),
        (SMALLEST + '[webhooks]\nto = ["http://erp.example"]\n', "begins with https://"),
        (SMALLEST + '[webhooks]\nto = ["ftp://localhost"]\n', "begins with https://"),
        (SMALLEST + '[webhooks]\nto = ["https://erp.example:99999"]\n', "webhooks"),
        (SMALLEST + '[recognition]\nalso = ["dlib", "dlib"]\n', "each once"),
        ('[store]\nid = "s1"\nname = "x"\n', "region: field required"),
        ('[store]\nid = "s1"\nname = ""\n[region]\nregion = "eu"\n', "store.name"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(StartError) as caught:
        load_config(write(tmp_path, text))

    assert named in str(caught.value)
    assert "Correct this" in str(caught.value)


def test_a_wrong_value_is_not_repeated(tmp_path: Path) -> None:
    """It may be personal, and the sentence may end in a log."""
    with pytest.raises(StartError) as caught:
        load_config(write(tmp_path, SMALLEST + '[hub]\nport = "secret-marker"\n'))

    assert "secret-marker" not in str(caught.value)


def test_text_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"not valid TOML.*line 1"):
        load_config(write(tmp_path, "this is not toml"))


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StartError, match="not valid TOML"):
        load_config(tmp_path)


def test_a_folder_without_a_shop_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="clienteling init"):
        load_config(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()

    with pytest.raises(StartError, match="cannot be read"):
        load_config(tmp_path)


def test_the_home_is_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIENTELING_HOME", "shop")

    assert home_path() == tmp_path / "shop"


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_the_sentence_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("CLIENTELING_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("CLIENTELING_HOME", value)

    with pytest.raises(StartError, match="export CLIENTELING_HOME="):
        home_path()


def test_an_attack_model_is_added_below_what_init_wrote(tmp_path: Path) -> None:
    small = load_config(write(tmp_path, SMALLEST))
    save_config(tmp_path, small)
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    table = f'[[recognition.attack_model]]\npath = "/m.onnx"\nsha256 = "{"0" * 64}"\nscale = 2.7\n'

    [model] = load_config(write(tmp_path, text + table)).recognition.attack_model

    assert (model.path, model.scale) == (Path("/m.onnx"), 2.7)


def test_a_model_beside_a_check_that_is_off_is_refused(tmp_path: Path) -> None:
    table = f'[[recognition.attack_model]]\npath = "/m.onnx"\nsha256 = "{"0" * 64}"\nscale = 2.7\n'
    off = '[recognition]\nattack_check = "off"\n'

    with pytest.raises(StartError, match="leave attack_model away"):
        load_config(write(tmp_path, SMALLEST + off + table))
