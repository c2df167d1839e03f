"""Fixtures that every folder of tests may use."""

pytest_plugins = ["tests.support.web", "tests.support.browser"]
