"""The calibration file that an evaluation makes: every rule, and what keeps it from being made."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from clienteling.evaluation.calibrate import Measured, calibration_text, make_calibration
from clienteling.evaluation.identification import run_searches
from clienteling.evaluation.protocol import Design
from clienteling.evaluation.statistics import transferable_threshold
from clienteling.evaluation.verification import compare_all
from clienteling.recognition.calibration import Calibration, CalibrationError, load
from tests.support.faces import CountingEncoder
from tests.support.measuring import made_up_people

_FPIR = 0.02
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Ten people have three photographs, so a gallery of twenty is filled up."""
    system = made_up_people([4] * 10 + [1] * 110, noise=0.5)
    by_enrol = {
        enrol: tuple(
            run_searches(
                system, Design(enrol, 1, 6, _FPIR), [5, 10, 20], np.random.default_rng(enrol)
            )
        )
        for enrol in (1, 3)
    }
    single = compare_all(system, 1, 6, np.random.default_rng(9))
    assert single is not None
    return Measured(by_enrol, single, _FPIR)


def made(measured: Measured) -> Calibration:
    found = make_calibration(
        CountingEncoder(), measured, source="made up", measured="so", measured_on=DAY
    )
    assert isinstance(found, Calibration)
    return found


def test_it_is_complete_and_names_the_model(measured: Measured) -> None:
    found = made(measured)

    assert (found.model_id, found.model_sha256, found.fpir) == ("made-up", "0" * 64, _FPIR)
    assert (found.source, found.measured) == ("made up", "so")
    keys = [(cell.gallery, cell.enrol, cell.frames) for cell in found.cells]
    assert keys == [(g, e, 1) for e in (1, 3) for g in (5, 10, 20)]
    assert all(cell.searches for cell in found.cells)
    assert found.largest_gallery == 22


def test_thresholds_are_those_that_carry_over_rounded_up(measured: Measured) -> None:
    cells = {(cell.enrol, cell.gallery): cell.threshold for cell in made(measured).cells}
    for enrol, outcomes in measured.by_enrol.items():
        for outcome in outcomes:
            limit = transferable_threshold(outcome.strangers, outcome.stranger_people, _FPIR)
            assert limit is not None
            if outcome.mix == {enrol: outcome.gallery}:
                assert limit <= cells[enrol, outcome.gallery] < limit + 1e-4
            else:
                assert cells[enrol, outcome.gallery] >= limit


def test_a_gallery_that_was_filled_up_carries_the_step_of_one_that_was_not(
    measured: Measured,
) -> None:
    cells = {(cell.enrol, cell.gallery): cell.threshold for cell in made(measured).cells}

    assert measured.by_enrol[3][2].mix == {3: 10, 1: 10}
    step = cells[3, 10] - cells[1, 10]
    assert cells[3, 20] >= cells[1, 20] + step - 2e-4


def test_the_margin_costs_at_most_one_in_two_hundred(measured: Measured) -> None:
    found = made(measured)
    cells = {(cell.enrol, cell.gallery): cell.threshold for cell in found.cells}

    assert found.margin >= 0.01
    if found.margin > 0.01:
        for enrol, outcomes in measured.by_enrol.items():
            for outcome in outcomes:
                leads = outcome.leads[outcome.genuine >= cells[enrol, outcome.gallery]]
                assert (leads < found.margin).sum() <= 0.005 * len(leads)


def test_clearly_and_same_person_follow_their_rules(measured: Measured) -> None:
    found = made(measured)

    assert found.same_person == pytest.approx(measured.single.threshold(0.001), abs=0.01)
    assert found.same_person >= measured.single.threshold(0.001)
    assert 0.01 <= found.clearly < min(cell.threshold for cell in found.cells)


def test_too_few_strangers_make_none_and_say_so(measured: Measured) -> None:
    strict = Measured(measured.by_enrol, measured.single, 0.001)

    found = make_calibration(CountingEncoder(), strict, source="s", measured="m", measured_on=DAY)

    assert isinstance(found, str)
    assert "needs at least 999 strangers" in found


def test_one_photograph_under_two_names_leaves_no_calibration(measured: Measured) -> None:
    twice = {
        enrol: tuple(
            replace(outcome, strangers=np.ones_like(outcome.strangers)) for outcome in outcomes
        )
        for enrol, outcomes in measured.by_enrol.items()
    }

    found = make_calibration(
        CountingEncoder(),
        Measured(twice, measured.single, _FPIR),
        source="s",
        measured="m",
        measured_on=DAY,
    )

    assert isinstance(found, str)
    assert "under two names" in found


def test_a_gallery_of_one_has_no_runner_up(measured: Measured) -> None:
    alone = {
        enrol: tuple(
            replace(outcome, leads=np.full_like(outcome.leads, np.inf)) for outcome in outcomes
        )
        for enrol, outcomes in measured.by_enrol.items()
    }

    assert made(Measured(alone, measured.single, _FPIR)).margin == 0.01


def test_the_file_is_read_back_by_those_who_match_with_it(
    measured: Measured, tmp_path: Path
) -> None:
    """Whoever matches with it; and nobody does where it lets in more than 1 in 1,000."""
    path = tmp_path / "made-up.json"
    found = made(measured)
    path.write_text(calibration_text(found), "utf-8")
    assert Calibration.model_validate_json(path.read_bytes()) == found
    assert len(path.read_text("utf-8").splitlines()) == len(found.cells) + 14

    with pytest.raises(CalibrationError, match=r"false positive rate of 0\.02"):
        load(path, "made-up", "0" * 64)
    strict = found.model_copy(update={"fpir": 0.001})
    path.write_text(calibration_text(strict), "utf-8")
    assert load(path, "made-up", "0" * 64) == strict
