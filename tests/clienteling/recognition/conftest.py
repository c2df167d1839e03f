"""One real engine for all tests of recognition."""

from pathlib import Path

import pytest

from clienteling.recognition.engine import Engine, build_engine


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of the unfolded weights for all test processes."""
    return tmp_path_factory.getbasetemp().parent / "weights"


@pytest.fixture(scope="session")
def engine(weights: Path) -> Engine:
    return build_engine("sface", weights)
