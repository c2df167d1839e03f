"""R44: thresholds of the shop's own, keys and exports need two persons; a camera asks too."""

import pytest

from clienteling.access.approvals import ApprovalNeededError, Matter, decide, require
from clienteling.access.users import RoleName
from clienteling.errors import RefusedError
from clienteling.home import Home
from clienteling.service.thresholds import approved_calibrations, check_calibration

OWN = "ab" * 32


@pytest.mark.parametrize("matter", Matter)
def test_r44_one_person_alone_gets_nowhere(shop: Home, matter: Matter) -> None:
    for _again in range(3):
        with pytest.raises(ApprovalNeededError):
            require(shop.office, matter, "rotate-store", actor="command")


def test_r44_thresholds_wait_for_the_second_person(shop: Home) -> None:
    with pytest.raises(ApprovalNeededError) as refusal:
        check_calibration(shop.office, OWN, None)
    with shop.databases.identity.read() as identity:
        assert approved_calibrations(identity) == (), "proposed is not approved"

    number = refusal.value.proposal_id
    decide(shop.office, number, approve=True, actor="user:9", roles=[RoleName.OFFICER])

    check_calibration(shop.office, OWN, None)
    with shop.databases.identity.read() as identity:
        assert approved_calibrations(identity) == (OWN,)


@pytest.mark.parametrize("matter", Matter)
def test_r44_nobody_approves_what_they_proposed(shop: Home, matter: Matter) -> None:
    with pytest.raises(ApprovalNeededError) as refusal:
        require(shop.office, matter, "rotate-store", actor="user:9")
    number = refusal.value.proposal_id
    with pytest.raises(RefusedError, match="It needs another person"):
        decide(shop.office, number, approve=True, actor="user:9", roles=[RoleName.OFFICER])
    with pytest.raises(ApprovalNeededError):
        require(shop.office, matter, "rotate-store", actor="user:9")
