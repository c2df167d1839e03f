"""Reports of an evaluation, made up: two groups with the rates and the sizes that a test wants."""

import json
from pathlib import Path
from typing import Any

OWN = "ab" * 32
_FAILURES = {"photographs": 400, "refused": 4, "rate": 0.01, "reasons": {"blurred": 4}, "people": 0}


def report_of(
    *,
    fnmr: tuple[float, float] = (0.02, 0.021),
    spread: float = 0.2,
    people: int = 200,
    made_on: str = "2026-11-01",
    calibration: str | None = OWN,
) -> dict[str, Any]:
    """Return a report's JSON; an interval reaches `spread` of a rate to both sides."""

    def group(value: str, rate: float) -> dict[str, Any]:
        around = [rate * (1 - spread), rate * (1 + spread)]
        hint = None if people >= 30 else f"only {people} people: a hint, no measurement"
        same = {"fmr": 0.001, "fmr_ci": [0.0005, 0.002]}
        counts = {"people": people, "genuine": people, "impostor": people * 100}
        return {"value": value, "fnmr": rate, "fnmr_ci": around, "hint": hint, **same, **counts}

    return {
        "v": 1,
        "made_on": made_on,
        "encoder": "sface-2021dec-mirrored",
        "source": "own measurement",
        "calibration": calibration,
        "people": 2 * people,
        "photographs": 4 * people,
        "excluded": 0,
        "seed": 1,
        "splits": 20,
        "seconds": 1.0,
        "detection": {"photographs": 800, "with_face": 796, "rate": 0.995, "several_faces": 3},
        "failure_to_acquire": _FAILURES,
        "failure_to_enrol": _FAILURES,
        "verification": [
            {
                "encoder": "sface-2021dec-mirrored",
                "enrol": 1,
                "fmr": 0.001,
                "threshold": 0.4,
                "fnmr": 0.02,
                "fnmr_ci": [0.01, 0.03],
                "people": 400,
                "genuine": 400,
                "impostor": 40000,
                "supported": True,
            }
        ],
        "open_set": [
            {
                "encoder": "sface-2021dec-mirrored",
                "gallery_asked": 100,
                "gallery": 100,
                "mix": {"1": 1.0},
                "enrol": 1,
                "probe_images": 1,
                "fpir": 0.001,
                "fpir_ci": [0.0, 0.003],
                "threshold": 0.47,
                "fnir": 0.045,
                "fnir_ci": [0.03, 0.06],
                "strangers": 300,
                "stranger_searches": 6000,
                "mates": 100,
                "mate_searches": 2000,
                "supported": True,
            }
        ],
        "transfer": [],
        "groups": [
            {
                "encoder": "sface-2021dec-mirrored",
                "attribute": "skin",
                "enrol": 1,
                "fmr": 0.001,
                "threshold": 0.4,
                "rows": [group("dark", fnmr[0]), group("light", fnmr[1])],
                "fmr_ratio": 1.0,
                "fnmr_ratio": max(fnmr) / min(fnmr) if min(fnmr) else None,
            }
        ],
        "pairs": None,
        "reference": None,
        "det_curves": [],
        "open_set_curves": [],
        "notes": [],
    }


def put_report(folder: Path, **changes: Any) -> None:
    """Lay such a report where the officer reads it."""
    (folder / "report.json").write_text(json.dumps(report_of(**changes)), encoding="utf-8")
