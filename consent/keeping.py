"""How long each purpose's consent and data stand: read from the region's profile, and nowhere else.

Records and receipts, the lapse of a consent, the sweeps and the public page all ask here or read
`RegionProfile.retention` itself (R39, docs/decisions/0165).
"""

from datetime import timedelta

from consent.purposes import Purpose
from consent.region.policy import RegionProfile

#: How long what a lapsed consent allowed may wait, unused, to be renewed; a design default. A
#: region that asks for less after the purpose ended makes it shorter: none in the European Union.
GRACE = timedelta(days=30)
#: From so long before its end a consent can be renewed, and staff are told of it (R14).
RENEWABLE = timedelta(days=30)


def valid_days(profile: RegionProfile, purpose: Purpose) -> int | None:
    """Return after how many days a consent lapses; None: it stands with the account."""
    match purpose:
        case Purpose.ACCOUNT:
            return None
        case Purpose.ALLERGIES:  # lapsing is how they come to be reconfirmed
            return min(profile.consent_days, profile.retention.allergies)
        case Purpose.SAMPLES:
            return min(profile.consent_days, profile.retention.samples)
        case _:
            return profile.consent_days


def kept(profile: RegionProfile, purpose: Purpose) -> str:
    """Return until when a purpose's data is kept, as records say it."""
    match purpose:
        case Purpose.ACCOUNT:
            return "until erased"
        case Purpose.VISITS:
            return f"{profile.retention.visits} days"
        case Purpose.PURCHASES:
            return f"{profile.retention.purchases} days"
        case Purpose.SAMPLES:
            return f"{profile.retention.samples} days"
        case _:
            return f"withdrawal or lapse after {valid_days(profile, purpose)} days"


def grace(profile: RegionProfile) -> timedelta:
    """Return how long after its end a lapsed consent can still be renewed."""
    cap = profile.retention.after_purpose
    return GRACE if cap is None else min(GRACE, timedelta(days=cap))
