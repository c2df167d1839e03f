"""The region profiles as they are shipped: TOML beside this module, each rule with its source.

They are pinned by SHA-256 here, not signed: whoever could change a file of this package could
change a key in it as well (docs/decisions/0160). An unknown region or an altered file is refused.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from consent.errors import PolicyRefusedError
from consent.purposes import Basis
from consent.region.policy import CapturePolicy, Paper, RegionProfile, Retention, Rule

_SHA256: dict[str, str] = {
    "eu": "248aeff110a34ff94a01a35808ce988ec3edc0ca673c2ce2d992525763c38708",
    "us-co": "0289ef8371e2c1b4a1aa00452a6eab6f4f305b6a40a497b3a549af7ddbf30be5",
    "us-il": "848bb796eca319852c4141fcc0cffa1b6c2f52f573b7620eaaf4002a1bb6a644",
    "us-tx": "41423c7172cbd54f5af0a07fcfd0484c22ead1731acc674ee0ee79091602bdac",
    "us-wa": "f64ac984e919e55ce9263ed0b2c347b04261dfeb759c5bd476d04cab91aee50a",
    "us": "ea1bbaca03e817b599de184c9db283b5ade4727829f5bfdd507c02c6801a948c",
}

#: States whose biometric law has a profile of its own (BIPA, CUBI, HB 1493, HB24-1130).
_STATES_WITH_PROFILE = frozenset({"IL", "TX", "WA", "CO"})


def profile_names() -> tuple[str, ...]:
    """Return the names of the shipped profiles."""
    return tuple(sorted(_SHA256))


def load_profile(region: str, state: str | None = None, place: str | None = None) -> RegionProfile:
    """Return the profile for a region and, in the USA, a state (two letters) and a town.

    Raises:
        PolicyRefusedError: unknown region or state, an altered profile file, or a town that bans
            face recognition in shops.
    """
    name = region.strip().lower()
    code = state.strip().upper() if state else None
    if name.startswith("us-"):
        name, code = "us", name.removeprefix("us-").upper()
    if name != "us" and code is not None:
        raise PolicyRefusedError(f"Region {region!r} has no states. Leave --state out.")
    data = _read(name)
    if code is not None and code not in data.get("states", ()):
        raise PolicyRefusedError(f"Unknown state {code!r}. Give two letters, for example CA.")
    _refuse_banned(data, code, place)
    files = [name]
    if code in _STATES_WITH_PROFILE:
        files.append(f"us-{code.lower()}")
        own = _read(files[1])
        data = {**data, **own, "rules": {**data["rules"], **own["rules"]}}
    pinned = "\n".join(_SHA256[file] for file in files)
    return _profile(data, code, place, hashlib.sha256(pinned.encode()).hexdigest())


def _read(name: str) -> dict[str, Any]:
    if name not in _SHA256:
        known = ", ".join(n for n in profile_names() if "-" not in n)
        raise PolicyRefusedError(f"Unknown region {name!r}. Choose one of: {known}.")
    raw = resources.files("consent.region").joinpath("profiles", f"{name}.toml").read_bytes()
    if hashlib.sha256(raw).hexdigest() != _SHA256[name]:
        raise PolicyRefusedError(
            f"The region profile {name!r} was altered after release. Install the program again."
        )
    return tomllib.loads(raw.decode())


def _refuse_banned(data: Mapping[str, Any], state: str | None, place: str | None) -> None:
    for ban in data.get("bans", ()):
        if (
            place
            and place.strip().casefold() == ban["place"].casefold()
            and state in {None, ban["state"]}
        ):
            raise PolicyRefusedError(
                f"{ban['place']} ({ban['state']}) bans face recognition in shops, "
                f"{ban['source']}. Recognition cannot run here in any form."
            )


def _profile(
    data: Mapping[str, Any], state: str | None, place: str | None, sha256: str
) -> RegionProfile:
    value: dict[str, Any] = {name: rule["value"] for name, rule in data["rules"].items()}
    default = data.get("default_policy")
    return RegionProfile(
        region=data["region"],
        state=state,
        jurisdiction=data["jurisdiction"],
        authority=data["authority"],
        papers=_papers(data["policies"], "papers"),
        liftable=_papers(data.get("refused", {}), "lift"),
        default_policy=CapturePolicy(default) if default else None,
        min_age=value["min_age"],
        representative_age=value["representative_age"],
        consent_days=value["consent_days"],
        sign_valid_days=value["sign_valid_days"],
        article30_valid_days=value["article30_valid_days"],
        release_needed=value["release_needed"],
        health_consents=value["health_consents"],
        sale_forbidden=value["sale_forbidden"],
        egress_restricted=value["egress_restricted"],
        breach_hours=value["breach_hours"],
        request_days=value["request_days"],
        retention=_retention(value),
        state_needed=data.get("state_needed", False) and state is None,
        place_needed=place is None and any(ban["state"] == state for ban in data.get("bans", ())),
        bases={basis: value[f"basis_{basis}"] for basis in Basis},
        source=data["source"],
        rules=tuple(_rules(data)),
        sha256=sha256,
    )


def _papers(
    policies: Mapping[str, Mapping[str, Any]], key: str
) -> dict[CapturePolicy, frozenset[Paper]]:
    return {
        CapturePolicy(name): frozenset(map(Paper, rule[key]))
        for name, rule in policies.items()
        if key in rule
    }


def _retention(value: Mapping[str, Any]) -> Retention:
    """Return how long data may stay; a cap on the last interaction also bounds what is unused."""
    cap: int | None = value.get("last_interaction_days")
    unused: int = value["recognise_unused_days"]
    return Retention(
        recognise_unused=unused if cap is None else min(unused, cap),
        allergies=value["allergies_days"],
        visits=value["visits_days"],
        purchases=value["purchases_days"],
        samples=value["samples_days"],
        access_log=value["access_log_days"],
        proof=value["proof_days"],
        key_backup=value["key_backup_days"],
        after_purpose=value.get("after_purpose_days"),
        last_interaction=cap,
    )


def _rules(data: Mapping[str, Any]) -> list[Rule]:
    found = [
        *((f"policy {name}", rule) for name, rule in data["policies"].items()),
        *((f"refused {name}", rule) for name, rule in data.get("refused", {}).items()),
        *((f"ban {ban['place']} ({ban['state']})", ban) for ban in data.get("bans", ())),
        *data["rules"].items(),
    ]
    return [
        Rule(name, _value(rule), rule["source"], rule["seen"], rule.get("confirm", False))
        for name, rule in found
    ]


def _value(rule: Mapping[str, Any]) -> str:
    if "value" in rule:
        value = rule["value"]
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    if "papers" in rule:
        return "allowed" + (f" with {', '.join(rule['papers'])}" if rule["papers"] else "")
    return "refused until counsel lifts it" if "lift" in rule else "refused"
