# SPDX-License-Identifier: MIT
"""The drivers on modelled chips, under MicroPython: what a healthy sensor gives."""

from __future__ import annotations

import pytest

from tests.firmware.driver_bench import (
    CHIPS,
    Chip,
    Steps,
    every_chip,
    every_fifo,
    every_gyro,
    steps,
)

__all__ = ["steps"]

FAMILY = (0x68, 0x70, 0x71, 0x73, 0x19, 0x98, 0x72, 0x74, 0x75, 0x78)


@every_chip
@pytest.mark.parametrize("force_mg", [(0, 0, 1000), (0, -1000, 0), (520, 480, -707), (-3, 3, 0)])
def test_the_mean_of_a_period_is_the_force_in_wire_units(
    steps: Steps, chip: Chip, force_mg: tuple[int, int, int]
) -> None:
    readings, out = steps(
        f"bench = Bench('{chip.name}')",
        f"bench.model.set_force{force_mg}",
        "bench.settle()",
        "show(*bench.sample())",
    )

    assert readings == 4
    for told, mg in zip(out[:3], force_mg, strict=True):
        assert told == pytest.approx(mg * 2.048, abs=chip.step)


@every_gyro
@pytest.mark.parametrize("rate_ddps", [(600, -600, 0), (1, -1, 4500), (9990, -9990, 0)])
def test_rates_come_in_wire_units(
    steps: Steps, chip: Chip, rate_ddps: tuple[int, int, int]
) -> None:
    out, saturated = steps(
        f"bench = Bench('{chip.name}')",
        f"bench.model.set_rate{rate_ddps}",
        "bench.read()",
        "show(bench.sample()[1], bench.driver.saturated)",
    )

    assert out[3:] == pytest.approx([ddps * 3.2 for ddps in rate_ddps], abs=1)
    assert not saturated


@every_chip
def test_without_a_gyro_rates_are_zero(steps: Steps, chip: Chip) -> None:
    readings, out, has_gyro = steps(
        f"bench = Bench('{chip.name}', gyro=False)",
        "bench.model.set_rate(600, -600, 0)",
        "bench.read()",
        "show(*(bench.sample() + [bench.driver.has_gyro]))",
    )

    assert (readings, out[3:], has_gyro) == (4, [0, 0, 0], False)


@pytest.mark.parametrize(
    ("kind", "register", "on", "off"),
    [("MPU6050", 0x6C, 0x00, 0x07), ("MPU6886", 0x6C, 0x00, 0x07), ("BMI270", 0x7D, 0x06, 0x04)],
)
def test_a_gyro_that_is_not_wanted_takes_no_current(
    steps: Steps, kind: str, register: int, on: int, off: int
) -> None:
    told = steps(
        f"benches = [Bench('{kind}', gyro=gyro) for gyro in (True, False)]",
        f"show([bench.model.registers[{register}] for bench in benches])",
    )

    assert told == [on, off]


@every_gyro
def test_the_mean_is_rounded_and_not_cut(steps: Steps, chip: Chip) -> None:
    outs = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "outs = []",
        "for mg in (1, -1):",  # -2, 2 on the wire, in three readings of four
        "    bench.model.set_force(0, 0, 0)",
        "    bench.wait_ms(5)",
        "    bench.model.set_force(mg, 0, 0)",
        "    bench.wait_ms(15)",
        "    outs.append(bench.read()[1][0])",
        "show(outs)",
    )

    assert outs == [2, -1]


@pytest.mark.parametrize("gyro", [True, False], ids=["gyro", "no_gyro"])
@pytest.mark.parametrize("identity", FAMILY, ids=hex)
def test_each_of_the_mpu_family_is_read_by_its_own_layout(
    steps: Steps, identity: int, gyro: bool
) -> None:
    name, warning, out = steps(
        f"bench = Bench({identity}, gyro={gyro})",
        "bench.model.set_force(100, -200, 950)",
        "bench.model.set_rate(10, 20, -30)",
        "bench.read()",
        "show(bench.driver.name, bench.driver.warning, bench.sample()[1])",
    )

    assert out == [205, -410, 1946] + ([32, 64, -96] if gyro else [0, 0, 0])
    assert (0 < len(name) <= 16, warning) == (True, "")


def test_the_list_of_the_mpu_family_is_the_one_that_is_tested(steps: Steps) -> None:
    known = steps("from upturn_node.drivers.mpu import CHIPS", "show(sorted(CHIPS))")

    assert known == sorted(FAMILY)


@every_chip
@pytest.mark.parametrize("rate_hz", [50, 100, 200])
def test_every_sample_holds_a_fresh_reading_and_none_is_lost(
    steps: Steps, chip: Chip, rate_hz: int
) -> None:
    told_hz, counts, overrun = steps(
        f"bench = Bench('{chip.name}', {rate_hz})",
        "bench.read()",
        f"counts = [bench.sample()[0] for _ in range({rate_hz})]",
        "driver = bench.driver",
        "show(driver.polls_hz or driver.full_rate_hz, counts, driver.overrun)",
    )

    assert told_hz >= 200
    assert min(counts) >= 1
    assert sum(counts) == pytest.approx(told_hz, abs=1)
    assert not overrun


@every_fifo
def test_a_chip_that_runs_fast_or_slow_loses_nothing(steps: Steps, chip: Chip) -> None:
    counts = steps(
        "counts = []",
        "for permil in (950, 1050):",
        f"    bench = Bench('{chip.name}')",
        "    bench.model.clock_permil = permil",
        "    bench.read()",
        "    counts.append(sum([bench.sample()[0] for _ in range(50)]))",
        "show(counts)",
    )

    assert counts == pytest.approx([190, 210], abs=1)


@every_fifo
def test_an_impact_of_20_ms_is_seen(steps: Steps, chip: Chip) -> None:
    peak_mg, bandwidth_hz = steps(
        f"bench = Bench('{chip.name}')",
        "show(bench.impact(7000, 20), bench.model.bandwidth_hz())",
    )

    assert peak_mg > 0.9 * 7000
    assert bandwidth_hz >= 40


@every_chip
@pytest.mark.parametrize("force_mg", [(0, 0, 0), (577, 577, 577), (-4000, 0, 3000), (0, 0, -7000)])
def test_peak_and_trough_are_lengths_of_the_force(
    steps: Steps, chip: Chip, force_mg: tuple[int, int, int]
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        f"bench.model.set_force{force_mg}",
        "bench.settle()",
        "bench.sample()",
        "show(bench.driver.peak_mg, bench.driver.trough_mg)",
    )

    length_mg = sum(mg**2 for mg in force_mg) ** 0.5
    assert told == pytest.approx([length_mg, length_mg], abs=2 + chip.step)


@every_fifo
def test_peak_and_trough_are_of_the_last_read_alone(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "bench.model.set_force(0, 0, 4000)",
        "bench.wait_ms(5)",
        "bench.model.set_force(0, 0, 1008)",
        "bench.wait_ms(10)",
        "bench.model.set_force(0, 0, 304)",
        "bench.wait_ms(5)",
        "out = bench.read()[1]",
        "told = [bench.driver.peak_mg, bench.driver.trough_mg, out[2]]",
        "bench.sample()",
        "show(*told, bench.driver.peak_mg, bench.driver.trough_mg)",
    )

    mean = (4000 + 2 * 1008 + 304) / 4 * 2.048
    assert told == pytest.approx([4000, 304, mean, 304, 304], abs=8)


@every_chip
def test_noise_is_averaged_away(steps: Steps, chip: Chip) -> None:
    outs = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.noise_mg = 20",
        "bench.model.set_force(0, 0, 1000)",
        "bench.read()",
        "show([bench.sample()[1][2] for _ in range(400)])",
    )

    mean = sum(outs) / len(outs)
    deviation = (sum((out - mean) ** 2 for out in outs) / len(outs)) ** 0.5
    assert mean == pytest.approx(2048, abs=3 + chip.step / 2)
    assert deviation == pytest.approx(20 * 2.048 / 4**0.5, rel=0.3)


@every_chip
def test_a_force_beyond_the_range_stands_at_its_end_and_is_told(steps: Steps, chip: Chip) -> None:
    readings = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "told = []",
        f"for force_mg in (30000, -30000, {chip.most_mg - 60}, {60 - chip.most_mg}):",
        "    bench.model.set_force(force_mg, 0, 0)",
        "    told.append([bench.sample()[1][0], bench.driver.saturated])",
        "show(told)",
    )

    end = chip.range_g * 2048
    assert [saturated for _, saturated in readings] == [True, True, False, False]
    assert [x for x, _ in readings[:2]] == pytest.approx([end, -end], rel=0.03)


@every_gyro
def test_a_rate_beyond_the_range_is_told(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "bench.model.set_rate(0, -15000, 0)",
        "show(bench.sample()[1][4], bench.driver.saturated)",
    )

    assert told == [-32000, True]


@every_chip
def test_one_clipped_reading_among_many_is_told(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "bench.model.set_force(0, 30000, 0)",
        "bench.wait_ms(5)",
        "bench.model.set_force(0, 0, 1000)",
        "bench.wait_ms(15)",
        "bench.read()",
        "told = [bench.driver.saturated]",
        "bench.sample()",
        "show(told + [bench.driver.saturated])",
    )

    assert told == [True, False]


@every_chip
def test_with_nothing_new_the_last_reading_stays(steps: Steps, chip: Chip) -> None:
    assert steps(f"bench = Bench('{chip.name}')", "bench.read()", "show(bench.read())") == [
        0,
        [0xEE] * 6,
    ]


@every_chip
def test_asleep_it_measures_nothing_and_start_wakes_it(steps: Steps, chip: Chip) -> None:
    counts = steps(
        f"bench = Bench('{chip.name}')",
        "bench.driver.sleep()",
        "bench.read()",
        "counts = [bench.model.period_us(), bench.sample()[0]]",
        "bench.driver.start(50)",
        "bench.read()",
        "show(counts + [bench.sample()[0]])",
    )

    assert counts == [0, 0, 4]


@every_chip
def test_start_leaves_nothing_old_in_the_fifo(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.set_force(0, 5000, 0)",
        "bench.wait_ms(100)",
        "bench.model.set_force(0, 1008, 0)",
        "bench.driver.start(50)",
        "show(*bench.sample())",
    )

    assert told == [4, [0, pytest.approx(2064, abs=chip.step), 0, 0, 0, 0]]


@every_chip
@pytest.mark.parametrize("rate_hz", [50, 200])
def test_self_test_passes_and_leaves_the_set_up_as_it_was(
    steps: Steps, chip: Chip, rate_hz: int
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}', {rate_hz}, gyro=False)",
        "bench.model.noise_mg = 5",
        "passed = bench.driver.self_test()",
        "bench.read()",
        "z = bench.sample()[1][2]",
        "show(passed, bench.driver.intact(), bench.driver.has_gyro, z)",
    )

    assert told == [True, True, False, pytest.approx(2048, abs=60)]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(
    ("kind", "times"),
    # Bosch gives a least response only
    [(chip.name, 0) for chip in CHIPS] + [(c.name, 5) for c in CHIPS if c.name != "BMI270"],
)
def test_self_test_fails_if_one_axis_does_not_move_as_promised(
    steps: Steps, kind: str, times: int, axis: int
) -> None:
    passed = steps(
        f"bench = Bench('{kind}')",
        "bench.model.set_force(0, 0, 0)",
        f"bench.model.self_test_mg[{axis}] *= {times}",
        "show(bench.driver.self_test())",
    )

    assert passed is False


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(
    ("kind", "percent", "passes"),
    [
        ("MPU6050", 84, False), ("MPU6050", 88, True),
        ("MPU6050", 112, True), ("MPU6050", 116, False),
        ("MPU6886", 48, False), ("MPU6886", 52, True),
        ("MPU6886", 148, True), ("MPU6886", 152, False),
    ],
)  # fmt: skip
def test_an_mpu_is_held_to_its_own_factory_codes(
    steps: Steps, kind: str, percent: int, axis: int, *, passes: bool
) -> None:
    told = steps(
        f"bench = Bench('{kind}')",
        f"promised_mg = bench.model.kind.promised_mg({axis})",
        f"bench.model.self_test_mg[{axis}] = promised_mg * {percent} // 100",
        "show(bench.driver.self_test())",
    )

    assert told is passes


@every_chip
def test_a_table_that_moves_during_the_self_test_is_not_a_broken_sensor(
    steps: Steps, chip: Chip
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "pushes = []",
        "excite, wait = bench.driver._excite, bench.measure_ms",
        "def push(on):",
        "    pushes.append(on)",
        "    excite(on)",
        "def swing(ms):",
        "    moves_mg = 11000 if len(pushes) == 2 else 0",
        "    bench.model.set_force(-moves_mg, moves_mg, 1000 - moves_mg)",
        "    wait(ms)",
        "bench.driver._excite, bench.measure_ms = push, swing",
        "show(bench.driver.self_test(), pushes)",
    )

    assert told == [True, [False, True, False, True]]


@every_chip
@pytest.mark.parametrize("gyro", [True, False], ids=["gyro", "no_gyro"])
@pytest.mark.parametrize("waiting", [1, 4, 31], ids=lambda n: f"{n}_readings")
def test_reading_and_checking_put_nothing_on_the_heap(
    steps: Steps, chip: Chip, gyro: bool, waiting: int
) -> None:
    """At both ends of every range, where sums and squares are largest."""
    used = steps(
        f"bench = Bench('{chip.name}', gyro={gyro})",
        "used = []",
        "for sign in (-1, 1):",
        "    bench.model.set_force(sign * 32000, sign * 32000, sign * 32000)",
        "    bench.model.set_rate(sign * 32000, sign * 32000, sign * 32000)",
        f"    used.append(bench.heap_used({1000 // waiting}, {waiting * 5000}))",
        "bench.model.noise_mg = bench.model.noise_ddps = 50",
        f"used.append(bench.heap_used({1000 // waiting}, {waiting * 5000}))",
        "show(used)",
    )

    assert used == [0, 0, 0]


def test_ranges_are_what_the_drivers_say(steps: Steps) -> None:
    for chip in CHIPS:
        assert steps(f"show(Bench('{chip.name}').driver.range_g)") == chip.range_g


# The LIS3DH, which is polled


@pytest.mark.parametrize(("rate_hz", "readings"), [(50, 4), (100, 2), (200, 1)])
def test_without_a_fifo_a_sample_is_the_mean_of_what_was_polled(
    steps: Steps, rate_hz: int, readings: int
) -> None:
    told = steps(
        f"bench = Bench('LIS3DH', {rate_hz})",
        "bench.model.set_force(0, 0, 1000)",
        "bench.settle()",
        "bench.model.set_force(0, 0, 3000)",
        "readings, out = bench.sample()",
        "show(readings, out[2], bench.driver.trough_mg, bench.driver.peak_mg)",
    )

    # polled 5 ms apart, each half the way to the new force twice
    polled_mg = [3000 - 2000 / 4 ** (k + 1) for k in range(readings)]
    mean = sum(polled_mg) / readings * 2.048
    expected = [mean, polled_mg[0], polled_mg[-1]]
    assert told == [readings, *(pytest.approx(value, abs=9) for value in expected)]


def test_the_lis3dh_tells_less_than_the_angle_that_counts_as_movement(steps: Steps) -> None:
    """0.45 degrees move an axis that lies level by 8 mg."""
    outs = steps(
        "bench = Bench('LIS3DH')",
        "outs = []",
        "for force_mg in (500, 504, 508, 512):",
        "    bench.model.set_force(force_mg, 0, 866)",
        "    bench.settle()",
        "    outs.append(bench.sample()[1][0])",
        "show(outs)",
    )

    assert outs == [1024, 1032, 1040, 1048]


@pytest.mark.parametrize("at_ms", range(20, 25))
def test_the_lis3dh_sees_an_impact_of_20_ms_whenever_it_comes(steps: Steps, at_ms: int) -> None:
    seen_mg = steps(
        "bench = Bench('LIS3DH')",
        "bench.model.set_force(0, 0, 0)",
        "bench.settle()",
        f"show([bench.impact(most_mg, 20, {at_ms}) for most_mg in (7000, 10000)])",
    )

    assert seen_mg == pytest.approx([6000, 8180], rel=0.05)


def test_readings_that_are_right_come_first_after_a_start(steps: Steps) -> None:
    """What high resolution gives before seven readings is not."""
    told = steps(
        "bench = Bench('LIS3DH')",
        "bench.model.set_force(0, 8000, 0)",
        "bench.wait_ms(100)",
        "bench.model.set_force(0, 1000, 0)",
        "bench.driver.start(50)",
        "bench.sample()",
        "show(bench.out[1], bench.driver.peak_mg)",
    )

    assert told == pytest.approx([2048, 1000], abs=16)


def test_polled_far_too_often_it_keeps_the_newest_and_says_so(steps: Steps) -> None:
    told = steps(
        "bench = Bench('LIS3DH')",
        "bench.model.set_force(0, 0, 7000)",
        "bench.settle()",
        "counts = []",
        "for ms in (155, 160, 165, 5):",
        "    bench.wait_ms(ms)",
        "    counts.append([bench.read()[0], bench.driver.overrun])",
        "show(counts)",
    )

    assert told == [[31, False], [32, False], [1, True], [1, False]]
