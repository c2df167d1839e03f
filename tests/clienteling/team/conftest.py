"""A shop with two colleagues, a manager, and a customer of a rare name."""

import pytest

from clienteling.home import Home
from clienteling.team.amounts import set_amounts
from tests.support.people import Customer, join
from tests.support.team import hire

ANNA, BRAM, MANAGER = "user:1", "user:2", "user:3"


@pytest.fixture
def team(shop: Home) -> Home:
    """Anna (1), Bram (2), and the manager Mia (3); 25 euros a month, a bonus of 50."""
    hire(shop, 1, "anna", "staff", "trained")
    hire(shop, 2, "bram", "staff")
    hire(shop, 3, "mia", "manager")
    set_amounts(shop.office, 2500, 5000, actor=MANAGER)
    return shop


@pytest.fixture
def robin(team: Home) -> Customer:
    return join(team, name="Robin Zeldzaamnaam")
