# SPDX-License-Identifier: MIT
"""Finding the sensor that is on the bus, under MicroPython."""

from __future__ import annotations

import pytest

from tests.firmware.driver_bench import Steps, steps

__all__ = ["steps"]

PLACES = (
    ("MPU6050", 0x68), ("MPU6050", 0x69), ("MPU6886", 0x68), ("MPU6886", 0x69),
    ("BMI270", 0x68), ("BMI270", 0x69), ("LIS3DH", 0x18), ("LIS3DH", 0x19),
    ("ADXL345", 0x53), ("ADXL345", 0x1D),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "address"), PLACES)
def test_each_chip_is_found_wherever_it_can_be(steps: Steps, kind: str, address: int) -> None:
    told = steps(
        f"bus = FakeI2C({{{address}: make('{kind}')}})",
        "driver = probe.find(bus)",
        "show(driver.name, driver.address, driver.warning)",
    )

    assert told == [kind, address, ""]


def test_looking_starts_nothing(steps: Steps) -> None:
    assert steps(
        "model = make('MPU6050')",
        "probe.find(FakeI2C({0x68: model}))",
        "show(model.registers[0x6B], model.registers[0x1C])",
    ) == [0x40, 0]


def test_only_the_addresses_asked_for_are_looked_at(steps: Steps) -> None:
    told = steps(
        "bus = FakeI2C({0x68: make('MPU6050'), 0x19: make('LIS3DH')})",
        "show(probe.find(bus, (0x19,)).name, failure(probe.find, bus, (0x69, 0x18)))",
    )

    assert told == [
        "LIS3DH",
        "no known sensor (looked at 0x69, 0x18); on the I2C bus answer 0x19, 0x68",
    ]


def test_of_two_chips_the_one_with_a_gyro_is_taken_if_it_is_wanted(steps: Steps) -> None:
    told = steps(
        "bus = FakeI2C({0x18: make('LIS3DH'), 0x53: make('ADXL345'), 0x69: make('MPU6886')})",
        "show(probe.find(bus, None, True).name, probe.find(bus, None, False).name)",
    )

    assert told == ["MPU6886", "LIS3DH"]


def test_two_chips_on_one_bus_do_not_disturb_each_other(steps: Steps) -> None:
    told = steps(
        "bench = Bench('MPU6050')",
        "other = bench.bus.models[0x69] = make('MPU6886')",
        "second = probe.find(bench.bus, (0x69,))",
        "second.start(50, False)",
        "bench.model.set_force(0, 500, 0)",
        "other.set_force(0, -500, 0)",
        "out = array('i', (0,) * 6)",
        "bench.read()",
        "second.read(out)",
        "first = bench.sample()[1][1]",
        "second.read(out)",
        "show(bench.driver.name, first, second.name, out[1], bench.driver.intact())",
    )

    assert told == ["MPU6050", 1024, "MPU6886", -1024, True]


def test_two_alike_the_lower_address_is_taken(steps: Steps) -> None:
    assert (
        steps("show(probe.find(FakeI2C({0x69: make(0x68), 0x68: make(0x70)})).name)") == "MPU6500"
    )


def test_an_unknown_identity_at_an_mpus_address_is_taken_with_a_warning(steps: Steps) -> None:
    told = steps(
        "bench = Bench(0x5A)",
        "bench.model.set_force(0, -1000, 0)",
        "bench.read()",
        "driver = bench.driver",
        "show(driver.name, driver.warning, bench.sample()[1][1], driver.self_test())",
    )

    warning = "unknown identity 0x5a at 0x68: taken for an MPU"
    assert told == ["MPU? id 5a", warning, -2048, True]


def test_a_known_sensor_elsewhere_comes_before_an_unknown_identity(steps: Steps) -> None:
    assert steps("show(probe.find(FakeI2C({0x68: make(0x5A), 0x53: make('ADXL345')})).name)") == (
        "ADXL345"
    )


@pytest.mark.parametrize("identity", [0x00, 0xFF, 0x5A])
def test_another_kind_of_chip_at_an_mpus_address_is_no_sensor(steps: Steps, identity: int) -> None:
    """Such as a clock, DS3231: its registers do not keep an MPU's settings."""
    told = steps(
        f"chip = make({identity})",
        "chip._put = lambda register, value: None",
        "show(failure(probe.find, FakeI2C({0x68: chip, 0x34: make('LIS3DH')})))",
    )

    assert told == "no known sensor; on the I2C bus answer 0x34, 0x68"


@pytest.mark.parametrize("identity", [0x00, 0xFF])
def test_an_identity_that_a_missing_register_reads_as_is_no_sensor(
    steps: Steps, identity: int
) -> None:
    told = steps(f"show(failure(probe.find, FakeI2C({{0x68: make({identity})}})))")

    assert told == "no known sensor; on the I2C bus answer 0x68"


@pytest.mark.parametrize(("kind", "address"), [("LIS3DH", 0x18), ("ADXL345", 0x53)])
def test_a_wrong_identity_is_no_sensor(steps: Steps, kind: str, address: int) -> None:
    told = steps(
        f"chip = make('{kind}')",
        "chip.registers[0x0F] = chip.registers[0x00] = 0x12",
        f"show(failure(probe.find, FakeI2C({{{address}: chip}})))",
    )

    assert told == f"no known sensor; on the I2C bus answer 0x{address:02x}"


@pytest.mark.parametrize("trouble", ["bus.models.clear()", "bus.stuck = True"])
def test_an_empty_or_stuck_bus_is_told_as_such(steps: Steps, trouble: str) -> None:
    told = steps(
        "bus = FakeI2C({0x68: make('MPU6050')})", trouble, "show(failure(probe.find, bus))"
    )

    assert told == "no sensor: nothing answers on the I2C bus"


def test_a_chip_that_fails_while_it_is_asked_is_told(steps: Steps) -> None:
    told = steps(
        "bus = FakeI2C({0x18: make('LIS3DH')})",
        "bus.nacks = 1",
        "show(failure(probe.find, bus), probe.find(bus).name)",
    )

    assert told == [
        "no known sensor; on the I2C bus answer 0x18; 0x18 failed: [Errno 19] ENODEV",
        "LIS3DH",
    ]


CONFIGURED = ("put_configuration(bmi270.configuration())", "model = make('BMI270')")


def test_a_bmi270_measures_once_it_has_its_configuration(steps: Steps) -> None:
    told = steps(
        *CONFIGURED,
        "model.advance(100_000)",
        "before = model.period_us()",
        "bench = Bench('BMI270')",
        "show(before, bench.model.registers[0x21], bench.model.period_us())",
    )

    assert told == [0, 1, 5000]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            "import os; os.remove('bmi270.bin')",
            "BMI270 needs Bosch's configuration on the node, as the file bmi270.bin",
        ),
        (
            "put_configuration(b'no')",
            "bmi270.bin has 2 bytes; Bosch's configuration has 8192",
        ),
        (
            "put_configuration(bytes(8192))",
            "BMI270 refuses bmi270.bin: not Bosch's configuration",
        ),
    ],
    ids=["missing", "short", "another"],
)
def test_a_bmi270_without_its_configuration_says_what_is_missing(
    steps: Steps, trouble: str, words: str
) -> None:
    told = steps("bench = Bench('BMI270')", trouble, "show(failure(bench.driver.start, 50))")

    assert told == words


@pytest.mark.parametrize("at", [0, 1, 4095, 8191])
def test_one_wrong_byte_of_the_configuration_is_refused(steps: Steps, at: int) -> None:
    told = steps(
        "bench = Bench('BMI270')",
        "content = bytearray(bmi270.configuration())",
        f"content[{at}] ^= 1",
        "put_configuration(content)",
        "show(failure(bench.driver.start, 50))",
    )

    assert told == "BMI270 refuses bmi270.bin: not Bosch's configuration"
