"""Fixtures that every folder of tests may use."""

from hypothesis import settings

pytest_plugins = [
    "tests.support.office",
    "tests.support.shops",
    "tests.support.web",
    "tests.support.browser",
    "tests.support.cameras",
    "tests.support.broker",
]

# The same examples on every run, however slow the machine is.
settings.register_profile("clienteling", deadline=None, derandomize=True)
settings.load_profile("clienteling")
