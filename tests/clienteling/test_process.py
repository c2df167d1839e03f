import resource

import pytest

from clienteling.process import keep_memory_private


def test_the_limit_on_core_files_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen at the call: where the test runs, the limit may be zero already."""
    limits: dict[int, int] = {}
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: limits.update({kind: pair[0]}))
    keep_memory_private()
    assert limits == {resource.RLIMIT_CORE: 0}
