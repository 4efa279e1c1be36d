"""A law is found again in throughput that follows it, and refused where it does not hold or cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from services.analysis.across import laws
from services.core.findings import Fit
from services.core.summary import Interval

SLOTS = (1, 2, 4, 8, 16)
Trials = list[tuple[int, float, int]]


def planted(
    contention: float,
    coherency: float = 0,
    *,
    slots: tuple[int, ...] = SLOTS,
    blocks: int = 5,
    noise: float = 0.02,
    seed: int = 1,
) -> Trials:
    """Trials of a worker that follows the USL with 50 tasks/s in one slot."""
    random = np.random.default_rng(seed)
    return [
        (
            n,
            50 * n / (1 + contention * (n - 1) + coherency * n * (n - 1)) * float(np.exp(random.normal(0, noise))),
            block,
        )
        for n in slots
        for block in range(blocks)
    ]


def found(trials: Trials) -> dict[str, Fit]:
    return {fit.law: fit for fit in laws.fits(trials)[0]}


def holds(interval: Interval, value: float) -> bool:
    assert interval.low is not None and interval.high is not None
    return interval.low <= value <= interval.high


@pytest.mark.parametrize(("contention", "coherency"), [(0.05, 0.002), (0.2, 0.01), (0.02, 0.0005), (0.6, 0.05)])
def test_the_usl_is_found_again_in_noisy_throughput(contention: float, coherency: float) -> None:
    parameters = found(planted(contention, coherency))["usl"].parameters
    assert parameters["rate"].estimate == pytest.approx(50, rel=0.03)
    assert parameters["contention"].estimate == pytest.approx(contention, abs=0.02)
    assert parameters["coherency"].estimate == pytest.approx(coherency, rel=0.3)
    assert holds(parameters["contention"], contention) and holds(parameters["coherency"], coherency)


def test_a_fitted_law_predicts_what_is_between_its_measurements() -> None:
    usl, amdahl = found(planted(0.2, 0.01, noise=0))["usl"], found(planted(0.2, noise=0))["amdahl"]
    assert laws.predicted(usl, 6) == pytest.approx(50 * 6 / (1 + 0.2 * 5 + 0.01 * 6 * 5))
    assert laws.predicted(amdahl, 6) == pytest.approx(50 * 6 / (1 + 0.2 * 5))


@pytest.mark.parametrize("serial", [0.0, 0.1, 0.5, 1.0])
def test_amdahls_law_is_found_again_in_noisy_throughput(serial: float) -> None:
    parameters = found(planted(serial))["amdahl"].parameters
    assert parameters["rate"].estimate == pytest.approx(50, rel=0.03)
    assert parameters["serial"].estimate == pytest.approx(serial, abs=0.02)
    assert holds(parameters["serial"], serial)


@pytest.mark.parametrize("blocks", [5, 10])
def test_intervals_hold_the_planted_parameters_nearly_always(blocks: int) -> None:
    every = [found(planted(0.05, 0.004, blocks=blocks, seed=seed))["usl"].parameters for seed in range(150)]
    assert np.mean([holds(one["contention"], 0.05) for one in every]) >= 0.88
    assert np.mean([holds(one["coherency"], 0.004) for one in every]) >= 0.88


def test_exact_throughput_gives_exact_parameters() -> None:
    usl = found(planted(0.1, 0.01, noise=0))["usl"]
    assert usl.parameters["contention"].estimate == pytest.approx(0.1)
    assert usl.parameters["coherency"].estimate == pytest.approx(0.01)
    assert usl.r_squared == pytest.approx(1)
    assert usl.deviation == pytest.approx(0, abs=1e-9)


def test_the_peak_is_where_one_more_slot_takes_as_much_as_it_gives() -> None:
    usl = found(planted(0.19, 0.01, noise=0))["usl"]
    assert usl.peak == pytest.approx(9)
    assert usl.peak_rate == pytest.approx(50 * 9 / (1 + 0.19 * 8 + 0.01 * 72))


def test_throughput_that_only_falls_is_highest_with_one_slot() -> None:
    usl = found(planted(1.0, 0.5, noise=0))["usl"]
    assert usl.peak == 1
    assert usl.peak_rate == pytest.approx(50)


def test_there_is_no_peak_where_coherency_may_be_nothing() -> None:
    assert found(planted(0.1))["usl"].peak is None
    assert found(planted(0.1))["usl"].peak_rate is None
    assert found(planted(0.1, 0.001))["amdahl"].peak is None


def test_a_peak_beyond_ten_times_what_was_measured_is_not_reported() -> None:
    near, far = (found(planted(0.19, coherency, noise=0, slots=(1, 2, 3, 4)))["usl"] for coherency in (6e-4, 4e-4))
    assert near.peak == pytest.approx((0.81 / 6e-4) ** 0.5, rel=0.01)
    assert (far.peak, far.peak_rate) == (None, None), "45 slots, of 4 measured"


def test_a_coherency_that_is_not_sure_makes_no_peak_either() -> None:
    unsure = 0
    for seed in range(20):
        usl = found(planted(0.1, seed=seed))["usl"]
        coherency = usl.parameters["coherency"]
        if coherency.estimate > 0 and coherency.low == 0:
            unsure += 1
            assert usl.peak is None
    assert unsure


def test_threads_that_share_a_gil_follow_amdahl_though_no_variance_is_explained() -> None:
    fits, refused = laws.fits(planted(1.0))
    assert [fit.law for fit in fits] == ["amdahl", "usl"] and refused == ""
    assert fits[0].r_squared < 0.1 and fits[0].deviation < 0.02
    assert fits[0].parameters["serial"].estimate == pytest.approx(1, abs=0.01)


def test_three_concurrencies_are_refused_however_well_they_fit() -> None:
    assert laws.fits(planted(0.1, slots=(1, 2, 4), noise=0)) == (
        (),
        "3 concurrencies were measured: a law needs at least 4.",
    )
    assert laws.fits(planted(0.1, slots=(4,)))[1].startswith("1 concurrency was measured")
    assert laws.fits(planted(0.1, slots=(1, 2, 4, 8), noise=0))[1] == ""


def test_garbage_is_refused_with_how_bad_it_is() -> None:
    random = np.random.default_rng(1)
    trials = [(n, float(random.uniform(10, 100)), block) for n in SLOTS for block in range(3)]
    fits, refused = laws.fits(trials)
    assert fits == ()
    assert refused.startswith("Amdahl's law does not fit: it misses the measured throughput by ")
    assert "The USL does not fit: " in refused


def test_amdahls_law_alone_is_refused_where_throughput_falls() -> None:
    fits, refused = laws.fits(planted(0.3, 0.02))
    assert [fit.law for fit in fits] == ["usl"]
    assert refused.startswith("Amdahl's law does not fit: ") and "USL" not in refused


def test_more_than_proportional_throughput_is_refused() -> None:
    trials = [(1, 100.0, 0), (2, 210.0, 0), (4, 440.0, 0), (8, 1000.0, 0)]
    assert laws.fits(trials) == (
        (),
        "Scaling is superlinear (1.25 times the throughput per slot at 8 slots as at 1); neither law models that, so "
        "no fit is shown.",
    )
    assert laws.fits([(n, 100.0 * n**1.04, 0) for n in (1, 2, 4, 8)])[1] == ""


def test_a_law_that_would_take_no_time_in_a_single_slot_is_refused() -> None:
    steep = [(n, 100.0 / (n - 1), 0) for n in (2, 3, 4, 8)]
    assert "The USL does not fit: a single slot would have to do its task in no time." in laws.fits(steep)[1]


def test_one_repeat_has_parameters_without_bounds() -> None:
    usl = found(planted(0.1, 0.01, blocks=1))["usl"]
    assert {(interval.low, interval.high) for interval in usl.parameters.values()} == {(None, None)}
    assert usl.peak == pytest.approx(9.5, rel=0.2)


def test_failed_trials_may_be_missing() -> None:
    trials = [trial for trial in planted(0.1, 0.01) if (trial[0], trial[2]) not in {(16, 0), (16, 1), (1, 4)}]
    parameters = found(trials)["usl"].parameters
    assert parameters["contention"].estimate == pytest.approx(0.1, abs=0.03)
    assert parameters["contention"].low is not None


def test_the_same_trials_in_any_order_give_the_same_fits() -> None:
    trials = planted(0.1, 0.01)
    assert laws.fits(trials[::-1]) == laws.fits(trials)
