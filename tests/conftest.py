"""Fixtures that every folder of tests may use."""

from hypothesis import settings

from clienteling.process import search_on_one_thread

# As the program itself does, before anything loads numpy: beside busy neighbours two threads of
# OpenBLAS wait for each other, and one product takes a hundred times as long.
search_on_one_thread()

pytest_plugins = [
    "tests.support.postgresql",
    "tests.support.office",
    "tests.support.shops",
    "tests.support.web",
    "tests.support.browser",
    "tests.support.cameras",
    "tests.support.broker",
    "tests.support.passes",
]

# The same examples on every run, however slow the machine is.
settings.register_profile("clienteling", deadline=None, derandomize=True)
settings.load_profile("clienteling")
