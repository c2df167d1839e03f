"""What an evaluation finds: the types of `report.json`. Rates are shares, 0 to 1.

A field that cannot be known from the data is None; an interval holds 95 % and comes from resampling
people. Terms: `clienteling.evaluation.statistics`.
"""

from dataclasses import dataclass

from clienteling.evaluation.statistics import Interval

#: Points (false positives, false negatives), for a plot.
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Detection:
    """Faces found.

    Attributes:
        photographs: Files that are pictures.
        with_face: Of those, how many show a face.
        rate: Their share.
        several_faces: Photographs with more than one.
    """

    photographs: int
    with_face: int
    rate: float | None
    several_faces: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Photographs that a gate refuses (failure to acquire, failure to enrol).

    Attributes:
        photographs: All files.
        refused: How many.
        rate: Their share.
        reasons: How many for which most important reason.
        people: People all of whose photographs are refused.
    """

    photographs: int
    refused: int
    rate: float
    reasons: dict[str, int]
    people: int


@dataclass(frozen=True, slots=True)
class Verification:
    """1:1 at one false match rate.

    Attributes:
        encoder: Model or library.
        enrol: Photographs behind a template.
        fmr: The rate asked for; for the reference library's default the rate measured.
        threshold: The score at which it is reached.
        fnmr: False non-match rate there.
        fnmr_ci: Its interval.
        people: Who has a template and photographs left.
        genuine: Comparisons with the own template.
        impostor: Comparisons with the templates of others.
        supported: At least ten false matches are expected among them.
    """

    encoder: str
    enrol: int
    fmr: float | None
    threshold: float
    fnmr: float
    fnmr_ci: Interval
    people: int
    genuine: int
    impostor: int
    supported: bool


@dataclass(frozen=True, slots=True)
class OpenSet:
    """1:N at one false positive identification rate.

    Attributes:
        encoder: Model or library.
        gallery_asked: Templates wanted.
        gallery: Templates there were.
        mix: How many of them have how many photographs behind them.
        enrol: Photographs behind a template, of those who have as many.
        probe_images: Photographs behind a search; its score is the mean of theirs.
        fpir: The rate asked for; for the reference library's default the rate measured.
        fpir_ci: Interval of the rate at this threshold.
        threshold: The lowest at which it is not exceeded.
        fnir: False negative identification rate there.
        fnir_ci: Its interval; the threshold is found anew each time.
        strangers: People outside of the gallery who searched.
        stranger_searches: How often, in all splits.
        mates: People in the gallery who searched.
        mate_searches: How often, in all splits.
        supported: At least one of the strangers is expected to be taken for somebody.
    """

    encoder: str
    gallery_asked: int
    gallery: int
    mix: dict[int, float]
    enrol: int
    probe_images: int
    fpir: float
    fpir_ci: Interval
    threshold: float
    fnir: float | None
    fnir_ci: Interval | None
    strangers: int
    stranger_searches: int
    mates: int
    mate_searches: int
    supported: bool


@dataclass(frozen=True, slots=True)
class Transfer:
    """Calibrated on half of the people, tried on the other half; every half is used both ways.

    Attributes:
        gallery: Templates, of each half.
        enrol: Photographs behind a template.
        fpir: The rate asked for.
        halves: How often the people were halved.
        fpir_mean: The rate on the other half, on average; None when no threshold can be given.
        fpir_sd: Its standard deviation.
        fpir_max: The highest.
        fnir_mean: The misses there.
        plain_fpir_mean: The same with the plain quantile as threshold, for comparison.
    """

    gallery: int
    enrol: int
    fpir: float
    halves: int
    fpir_mean: float | None
    fpir_sd: float | None
    fpir_max: float | None
    fnir_mean: float | None
    plain_fpir_mean: float


@dataclass(frozen=True, slots=True)
class Group:
    """People who share a value. False matches are between two of them.

    Attributes:
        value: The value.
        people: How many.
        fmr: False match rate at the threshold of all.
        fmr_ci: Its interval.
        fnmr: False non-match rate there.
        fnmr_ci: Its interval.
        genuine: Comparisons with the own template.
        impostor: Comparisons with templates of others of the group.
        hint: What keeps this row from meaning much; else None.
    """

    value: str
    people: int
    fmr: float | None
    fmr_ci: Interval | None
    fnmr: float | None
    fnmr_ci: Interval | None
    genuine: int
    impostor: int
    hint: str | None


@dataclass(frozen=True, slots=True)
class Groups:
    """All values of one attribute at one threshold (1:1).

    Attributes:
        encoder: Model or library.
        attribute: The column.
        enrol: Photographs behind a template.
        fmr: The rate of all people together, to which the threshold belongs.
        threshold: The same for everybody.
        rows: One for each value.
        fmr_ratio: Highest rate by lowest among groups that are large enough; None when one is zero.
        fnmr_ratio: Likewise.
    """

    encoder: str
    attribute: str
    enrol: int
    fmr: float | None
    threshold: float
    rows: tuple[Group, ...]
    fmr_ratio: float | None
    fnmr_ratio: float | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Given pairs, compared one photograph with one.

    Attributes:
        encoder: Model or library.
        genuine: Pairs of one person that could be compared.
        impostor: Pairs of two people that could be compared.
        missing: Pairs with a photograph that is not there or took no part.
        threshold: The score from which a pair counts as one person.
        fmr: False matches there.
        fnmr: False non-matches there.
        eer: Where both rates are equal, whatever the threshold.
    """

    encoder: str
    genuine: int
    impostor: int
    missing: int
    threshold: float
    fmr: float | None
    fnmr: float | None
    eer: float | None


@dataclass(frozen=True, slots=True)
class Plotted:
    """A curve and what it shows."""

    name: str
    points: Curve


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference library's default on the photographs that passed our gate.

    `open_set` and `verification` hold what its tolerance gives; `open_set_at_fpir` what it would
    miss with a threshold chosen as ours is.
    """

    library: str
    tolerance: float
    detection: Detection
    verification: tuple[Verification, ...]
    open_set: tuple[OpenSet, ...]
    open_set_at_fpir: tuple[OpenSet, ...]
    groups: tuple[Groups, ...]
    pairs: Pairs | None
    det_curves: tuple[Plotted, ...]
    open_set_curves: tuple[Plotted, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything, as `report.json` holds it.

    Attributes:
        made_on: Day of the measurement, ISO, UTC.
        calibration: SHA-256 (hex) of the calibration file that was made of it; None: none was.
    """

    v: int
    made_on: str
    encoder: str
    source: str
    calibration: str | None
    people: int
    photographs: int
    excluded: int
    seed: int
    splits: int
    seconds: float
    detection: Detection
    failure_to_acquire: Failures
    failure_to_enrol: Failures
    verification: tuple[Verification, ...]
    open_set: tuple[OpenSet, ...]
    transfer: tuple[Transfer, ...]
    groups: tuple[Groups, ...]
    pairs: Pairs | None
    reference: Reference | None
    det_curves: tuple[Plotted, ...]
    open_set_curves: tuple[Plotted, ...]
    notes: tuple[str, ...]
