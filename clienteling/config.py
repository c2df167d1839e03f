"""The configuration of one shop: `config.toml` in its data folder (`CLIENTELING_HOME`).

One frozen model; an unknown key, a wrong type or a missing value stops the start with a sentence.
"""

import os
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomli_w
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    ValidationError,
    model_validator,
)

from clienteling.addresses import is_loopback
from clienteling.databases_config import DatabasesConfig
from clienteling.egress import Place, place_of
from clienteling.errors import StartError
from clienteling.keystore.keys_config import FileKeys, KeysConfig, VaultKeys
from clienteling.recognition.liveness.settings import AttackSettings

FILE_NAME = "config.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreConfig(_Section):
    """Who is responsible (the controller), as receipts and notices name it.

    Attributes:
        language: Of the shop's screens, until somebody chooses another; None: the browser's.
        currency: Of its prices (ISO 4217).
        country: Two letters: where a phone number is that names no country; None: NL, in the US
            regions US.
    """

    tenant: str = "default"
    id: str
    name: str = Field(min_length=1, max_length=120)
    address: str = ""
    contact: str = ""
    dpo: str = ""
    demo: bool = False
    language: Literal["nl", "en"] | None = None
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")


class RegionConfig(_Section):
    """Where the shop stands, and how the camera may be used there.

    Attributes:
        profile: What the shop's counsel signed: a file in the data folder
            (docs/operators/regions.md).
        counsel_key: Counsel's verifier key (name+hash+key), which must have signed it.
    """

    region: str
    state: str | None = None
    place: str | None = None
    policy: str | None = None
    profile: Path | None = None
    counsel_key: str | None = None

    @model_validator(mode="after")
    def _profile_has_its_key(self) -> Self:
        if (self.profile is None) != (self.counsel_key is None):
            raise ValueError("profile and counsel_key belong together")
        return self


class PapersConfig(_Section):
    """What the region asks for before a camera may run."""

    dpia_id: str | None = None
    dpo_signed: date | None = None
    sign_attested: date | None = None


class HubConfig(_Section):
    """Where the hub listens. Beyond this machine, a proxy with TLS stands before it.

    Attributes:
        names: Further host names that the hub answers to, as browsers see them through the proxy.
            That of `processing.address` is one by itself.
        proxy: The address from which the proxy calls. What it says of who asks (`X-Forwarded-For`)
            and how (`X-Forwarded-Proto`) is believed, and nobody else's word; without it, all who
            come through a proxy count as one.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    names: tuple[str, ...] = ()
    proxy: IPvAnyAddress | None = None


class RecognitionConfig(AttackSettings):
    """Which encoder, the shop's own calibration if it has one, and the attack check of `replay`.

    Attributes:
        also: Encoders that the shop used before, while customers have templates of theirs.
        challenge: Under `trigger`, a customer turns the head, closes the eyes or smiles as the
            display says before a match is given.
        report: The newest `report.json` of `clienteling evaluate`, in the data folder unless the
            path is absolute; the officer reads it.
        group_ratio: So many times the errors of another group are put up with (R28); beyond, a
            calibration of the shop's own needs to be accepted by two persons.
    """

    encoder: Literal["sface", "dlib"] = "sface"
    calibration: Path | None = None
    also: tuple[Literal["sface", "dlib"], ...] = ()
    challenge: bool = False
    report: Path = Path("report.json")
    group_ratio: float = Field(default=2.0, gt=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({self.encoder, *self.also}) != 1 + len(self.also):
            raise ValueError("also names other encoders than encoder, each once")
        return self


class LogConfig(_Section):
    """The log that cannot be rewritten unseen.

    Attributes:
        witness_hours: After so long without a cosignature a witness is called stale.
    """

    witness_hours: int = Field(default=24, ge=1, le=24 * 31)


class OversightConfig(_Section):
    """What the privacy officer's page about access goes by.

    Attributes:
        opens: From when staff are at work; without it looks at any hour are as good.
        closes: Until when; at midnight or later it may be before `opens`.
        zone: Of these times.
    """

    opens: time | None = None
    closes: time | None = None
    zone: str = "Europe/Amsterdam"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.opens is None) != (self.closes is None):
            raise ValueError("opens and closes belong together")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("zone is a name like Europe/Amsterdam") from error
        return self

    def is_open(self, moment: datetime) -> bool:
        """Whether staff are at work then; always, where no times are given."""
        if self.opens is None or self.closes is None:
            return True
        local = moment.astimezone(ZoneInfo(self.zone)).time()
        if self.opens < self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes


class MqttConfig(_Section):
    """The broker at which buttons press "greet me" (docs/integrators/triggers.md).

    Attributes:
        topic: Presses come on `<topic>/<camera>`, results go out on `<topic>/<camera>/result`.
        tls: Encrypted. Needed beyond this machine: a forged press has a camera look.
        ca_file: Certificate of the broker's authority; without it the system's are used.
        password_file: Holds the password; it never stands in this file.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=1883, ge=1, le=65535)
    topic: str = Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", max_length=200)
    tls: bool = False
    ca_file: Path | None = None
    username: str | None = Field(default=None, min_length=1)
    password_file: Path | None = None

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.tls and not is_loopback(self.host):
            raise ValueError("beyond this machine set tls = true, or use a broker on this machine")
        if self.password_file is not None and self.username is None:
            raise ValueError("password_file needs a username")
        return self


class ProcessingConfig(_Section):
    """What every consent record and receipt says about how and where data is processed.

    Attributes:
        storage: Where it is stored, in words; name the country.
        places: Where it is processed, in words.
        recipients: Processors that receive any of it (a hosting company); empty: nobody.
        address: The hub's address as customers reach it, for the codes on receipts and for
            checking them; without it, the address of the screen is used.
    """

    storage: tuple[str, ...] = Field(default=("the shop's own server",), min_length=1)
    places: tuple[str, ...] = Field(default=("the shop",), min_length=1)
    recipients: tuple[str, ...] = ()
    address: str = Field(default="", pattern=r"^(https?://[^/?#\s]+)?$")


class TillConfig(_Section):
    """What the till may do.

    Attributes:
        identify: It can ask who somebody is, by their face; customers are then asked for it (P7).
    """

    identify: bool = False


class WebhooksConfig(_Section):
    """Where managers may have events sent (docs/integrators/webhooks.md).

    Attributes:
        to: Beginnings of addresses, like https://erp.example; nothing goes anywhere else.
        ca_file: Certificate of the receivers' authority; without it the system's are used.
    """

    to: tuple[str, ...] = ()
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _are_addresses(self) -> Self:
        for each in self.to:
            parts = urlsplit(each)
            if not parts.hostname or each.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
                raise ValueError("write each address like https://erp.example, without a path")
            if parts.username is not None:
                raise ValueError("an address carries no name and no password")
            if parts.scheme != "https" and not (
                parts.scheme == "http" and is_loopback(parts.hostname)
            ):
                raise ValueError("beyond this machine an address begins with https://")
            place_of(each, "")  # a port that is none
        return self

    def places(self) -> tuple[Place, ...]:
        """Return what webhooks may connect to."""
        return tuple(place_of(each, "webhooks.to") for each in self.to)


class Config(_Section):
    """The whole file."""

    store: StoreConfig
    region: RegionConfig
    papers: PapersConfig = PapersConfig()
    processing: ProcessingConfig = ProcessingConfig()
    hub: HubConfig = HubConfig()
    recognition: RecognitionConfig = RecognitionConfig()
    log: LogConfig = LogConfig()
    oversight: OversightConfig = OversightConfig()
    till: TillConfig = TillConfig()
    webhooks: WebhooksConfig = WebhooksConfig()
    mqtt: MqttConfig | None = None
    keys: KeysConfig = FileKeys()
    databases: DatabasesConfig | None = None

    def places(self) -> tuple[Place, ...]:
        """Return what the hub connects to, if anything (R42).

        Vault, the broker, a database server, the receivers of webhooks.
        """
        places = [] if self.databases is None else [*self.databases.places()]
        if isinstance(self.keys, VaultKeys):
            places.append(place_of(self.keys.url, "keys.url"))
        if self.mqtt is not None:
            places.append(Place(self.mqtt.host, self.mqtt.port, "mqtt.host"))
        return (*places, *self.webhooks.places())


def home_path() -> Path:
    """Return the data folder that `CLIENTELING_HOME` names.

    Raises:
        StartError: the variable is not set.
    """
    value = os.environ.get("CLIENTELING_HOME", "")
    if not value:
        raise StartError(
            "Set CLIENTELING_HOME to the shop's data folder, for example: "
            "export CLIENTELING_HOME=/var/lib/clienteling"
        )
    return Path(value).expanduser().absolute()


def load_config(home: Path) -> Config:
    """Read and check `config.toml`.

    Raises:
        StartError: missing, unreadable, not TOML, an unknown key or a wrong value, each named.
    """
    path = home / FILE_NAME
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise StartError(
            f"{home} is not a shop's data folder (no {FILE_NAME}). "
            "Make one with `clienteling init`."
        ) from error
    except OSError as error:
        raise StartError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        raise StartError(f"{path}: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """Return one sentence that names each wrong key, without the value (it may be personal)."""
    parts = []
    for issue in error.errors(include_input=False, include_url=False, include_context=False):
        where = ".".join(str(part) for part in issue["loc"]) or "the whole"
        what = "is not a known key" if issue["type"] == "extra_forbidden" else issue["msg"].lower()
        parts.append(f"{where}: {what}")
    return "; ".join(parts) + ". Correct this and start again."


def save_config(home: Path, config: Config) -> None:
    """Write `config.toml` in one step (a half-written file never stands)."""
    text = tomli_w.dumps(config.model_dump(mode="json", exclude_none=True))
    temporary = home / f".{FILE_NAME}.new"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(home / FILE_NAME)
