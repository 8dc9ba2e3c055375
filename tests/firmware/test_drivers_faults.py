# SPDX-License-Identifier: MIT
"""The drivers on modelled chips that fail, under MicroPython."""

from __future__ import annotations

import errno

import pytest

from tests.firmware.driver_bench import Chip, Steps, every_chip, every_fifo, every_gyro, steps

__all__ = ["steps"]


@every_fifo
@pytest.mark.parametrize("late_ms", [170, 400, 2000])
def test_a_fifo_left_too_long_is_told_and_the_next_sample_is_whole_again(
    steps: Steps, chip: Chip, late_ms: int
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.set_force(0, 1008, 0)",
        f"bench.wait_ms({late_ms})",
        "bench.read()",
        "told = [bench.driver.overrun]",
        "bench.model.set_force(0, 0, 1008)",
        "readings, out = bench.sample()",
        "show(told + [bench.driver.overrun, readings, out[1], out[2]])",
    )

    assert told == [True, False, 4, pytest.approx(0, abs=33), pytest.approx(2064, abs=33)]


@every_gyro
def test_after_a_fifo_left_too_long_the_sample_is_the_newest_reading(
    steps: Steps, chip: Chip
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.set_force(0, 1000, 0)",
        "bench.wait_ms(1000)",
        "bench.model.set_force(500, 0, 1000)",
        "bench.model.set_rate(10, 20, -30)",
        "bench.wait_ms(5)",
        "show(bench.read(), bench.driver.overrun)",
    )

    assert told == [[1, [1024, 0, 2048, 32, 64, -96]], True]


@every_fifo
def test_150_ms_late_nothing_is_lost(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.read()",
        "bench.wait_ms(150)",
        "show(bench.read()[0], bench.driver.overrun)",
    )

    assert told == [30, False]


@every_chip
def test_a_missing_acknowledge_is_an_oserror_and_changes_nothing(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.set_force(0, 1008, 0)",
        "bench.settle()",
        "before = bench.sample()",
        "bench.wait_ms(20)",
        "bench.bus.nacks = 1",
        "error = failure(bench.read)",
        "show(error, list(bench.out) == before[1], bench.sample()[1] == before[1])",
    )

    assert told == [str(errno.ENODEV), True, True]


@every_chip
@pytest.mark.parametrize("after", range(6))
def test_a_transfer_that_breaks_off_puts_no_later_reading_out_of_step(
    steps: Steps, chip: Chip, after: int
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.set_force(160, 320, 960)",
        "bench.model.set_rate(100, 200, 300)",
        "bench.settle()",
        "before = bench.sample()",
        "bench.wait_ms(20)",
        # the first transfers, of one or two bytes, are longer than no more than one of these
        f"bench.model.cut_after = {after}",
        "error = failure(bench.read)",
        "bench.sample()",
        "show(error, [bench.sample() == before for _ in range(3)])",
    )

    assert told == [str(errno.EIO), [True, True, True]]


@every_chip
def test_a_stuck_bus_is_an_oserror_for_everything(steps: Steps, chip: Chip) -> None:
    errors = steps(
        f"bench = Bench('{chip.name}')",
        "bench.bus.stuck = True",
        "driver = bench.driver",
        "calls = (bench.read, driver.intact, driver.sleep, driver.self_test)",
        "show([failure(call) for call in calls] + [failure(driver.start, 50)])",
    )

    assert errors == [str(errno.ETIMEDOUT)] * 5


@every_chip
def test_a_frozen_chip_gives_the_same_reading_again_and_again(steps: Steps, chip: Chip) -> None:
    """It is the sampler's to judge: the driver passes on what it hears."""
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.model.noise_mg = 50",
        "bench.sample()",
        "lively = bench.sample() != bench.sample()",
        "bench.model.frozen = True",
        "bench.sample()",
        "show(lively, [bench.sample() == bench.sample() for _ in range(3)], bench.read()[0])",
    )

    assert told == [True, [True, True, True], 0]


@pytest.mark.parametrize(
    ("kind", "noise_mg"), [("LIS3DH", 1), ("LIS3DH", 2), ("ADXL345", 3), ("MPU6886", 1)]
)
def test_a_quiet_chip_at_rest_is_not_taken_for_frozen(
    steps: Steps, kind: str, noise_mg: int
) -> None:
    """The longest time that readings stayed the same, in twelve poses; 10 s make it frozen."""
    longest_ms = steps(
        f"bench = Bench('{kind}')",
        f"bench.model.noise_mg = {noise_mg}",
        "longest_ms = 0",
        "for pose in range(12):",
        "    bench.model.set_force(8 + pose, 3 * pose - 1000, 40 + 2 * pose)",
        "    bench.settle()",
        "    last, same_ms = None, 0",
        "    for _ in range(1500):",
        "        told = bench.sample()[1]",
        "        same_ms = same_ms + 20 if told == last else 0",
        "        longest_ms, last = max(longest_ms, same_ms), told",
        "show(longest_ms)",
    )

    assert longest_ms < 3_000


@every_chip
def test_a_chip_that_stops_measuring_gives_no_readings(steps: Steps, chip: Chip) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.sample()",
        "bench.model.stalled = True",
        "show([bench.sample()[0] for _ in range(3)], bench.driver.intact())",
    )

    assert told == [[0, 0, 0], True]


@every_chip
def test_after_a_brown_out_the_set_up_is_not_intact_and_start_repairs_it(
    steps: Steps, chip: Chip
) -> None:
    told = steps(
        f"bench = Bench('{chip.name}')",
        "bench.sample()",
        "told = [bench.driver.intact()]",
        "bench.model.power_on()",
        "told += [bench.driver.intact(), bench.sample()[0]]",
        "bench.driver.start(50)",
        "bench.read()",
        "show(told + [bench.driver.intact(), bench.sample()[0]])",
    )

    assert told == [True, False, 0, True, 4]


@every_chip
@pytest.mark.parametrize("gyro", [True, False], ids=["gyro", "no_gyro"])
def test_one_wrong_bit_in_any_register_of_the_set_up_is_found(
    steps: Steps, chip: Chip, gyro: bool
) -> None:
    missed, rows = steps(
        f"bench = Bench('{chip.name}', gyro={gyro})",
        "driver, registers, missed = bench.driver, bench.model.registers, []",
        "for register, value in driver._set_up + (driver._identity,):",
        "    for bit in range(8):",
        "        registers[register] = value ^ 1 << bit",
        "        if driver.intact():",
        "            missed.append((register, bit))",
        "    registers[register] = value",
        "show(missed if driver.intact() else 'never intact', len(driver._set_up))",
    )

    assert (missed, rows >= 7) == ([], True)


@every_chip
def test_a_chip_that_does_not_keep_its_settings_cannot_start(steps: Steps, chip: Chip) -> None:
    error = steps(
        f"bench = Bench('{chip.name}')",
        "keep = bench.model._put",
        "register = bench.driver._set_up[1][0]",
        "bench.model._put = lambda at, value: keep(at, 0x55 if at == register else value)",
        "show(failure(bench.driver.start, 50))",
    )

    address = {"LIS3DH": "0x18", "ADXL345": "0x53"}.get(chip.name, "0x68")
    assert error == f"{chip.name} at {address} does not keep its settings"
