import os
import resource
import subprocess
import sys

import pytest

from clienteling.process import keep_memory_private, search_on_one_thread


def test_the_limit_on_core_files_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen at the call: where the test runs, the limit may be zero already."""
    limits: dict[int, int] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: limits.update({kind: pair[0]}))
    keep_memory_private()
    assert limits == {resource.RLIMIT_CORE: 0}


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("2", "2")])
def test_a_search_takes_one_thread_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, before: str | None, after: str
) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if before is not None:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", before)
    search_on_one_thread()
    assert os.environ["OPENBLAS_NUM_THREADS"] == after


def test_it_is_said_before_numpy_looks() -> None:
    """Once numpy is imported, the variable is read no more."""
    code = "import clienteling.cli, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
