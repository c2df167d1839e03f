"""One real engine for all tests of recognition."""

import pytest

from clienteling.recognition.engine import Engine, build_engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return build_engine("sface")
