"""Who is checked: whatever is alive, unless switched off; a file when asked."""

from pathlib import Path

import pytest

from clienteling.recognition.liveness.settings import AttackModel, AttackSettings, build_checks


@pytest.mark.parametrize(
    ("said", "is_file", "level"),
    [
        (None, False, "passive"),
        (None, True, None),
        ("passive", True, "passive"),
        ("off", False, None),
    ],
)
def test_a_living_source_is_checked_unless_it_is_switched_off(
    said: str | None, is_file: bool, level: str | None
) -> None:
    settings = AttackSettings.model_validate({"attack_check": said})
    checks = build_checks(settings.for_source(is_file=is_file))
    assert (checks.level if checks else None) == level


def test_who_names_a_model_has_files_checked_too() -> None:
    model = AttackModel(path=Path("m.onnx"), sha256="0" * 64, scale=2.7)
    settings = AttackSettings(attack_model=(model,))
    assert settings.for_source(is_file=True).attack_check is None
