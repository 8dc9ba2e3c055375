# SPDX-License-Identifier: MIT
"""The modelled chips against what their data sheets say, register by register."""

from __future__ import annotations

import errno
import importlib
import math
import os
import statistics
import subprocess
import sys
from typing import Any, Literal

import pytest

from tests.firmware import mpy


def load(name: str) -> Any:
    """A module of MicroPython's side, which has no types."""
    return importlib.import_module(f"tests.firmware.device.sensors.{name}")


bus, mpu, lis3dh, adxl345, bmi270 = map(load, ["bus", "mpu", "lis3dh", "adxl345", "bmi270"])

ALL = ["mpu", "lis3dh", "adxl345", "bmi270"]


def get(model: Any, register: int, length: int = 1) -> bytes:
    buf = bytearray(length)
    model.read_into(register, buf)
    return bytes(buf)


def put(model: Any, register: int, *values: int) -> None:
    model.write(register, bytes(values))


def words(data: bytes, order: Literal["big", "little"]) -> list[int]:
    pairs = [data[i : i + 2] for i in range(0, len(data), 2)]
    return [int.from_bytes(pair, order, signed=True) for pair in pairs]


def awake(kind: str) -> Any:
    """A chip that measures 200 times a second with its FIFO on, at its widest range."""
    if kind == "mpu":
        return awake_mpu(0x68, fifo=0xF8)
    if kind == "lis3dh":
        return awake_lis3dh()
    if kind == "adxl345":
        model = adxl345.ADXL345()
        for register, value in ((0x2C, 0x0B), (0x31, 0x0B), (0x38, 0x80), (0x2D, 0x08)):
            put(model, register, value)
        return model
    return awake_bmi270()


def outputs(kind: str, model: Any) -> bytes:
    first, length = {"mpu": (0x3B, 14), "lis3dh": (0xA8, 6), "adxl345": (0x32, 6)}.get(
        kind, (0x0C, 12)
    )
    return get(model, first, length)


# MPU


def awake_mpu(identity: int, fifo: int = 0, divider: int = 4) -> Any:
    model = mpu.MPU(identity)
    for register, value in (
        (0x6B, 0x01), (0x1A, 0x02), (0x19, divider), (0x23, fifo), (0x6A, 0x40),
    ):  # fmt: skip
        put(model, register, value)
    return model


@pytest.mark.parametrize(
    ("identity", "power"), [(0x68, 0x40), (0x70, 0x01), (0x71, 0x01), (0x19, 0x41), (0x98, 0x01)]
)
def test_an_mpu_after_power_on(identity: int, power: int) -> None:
    model = mpu.MPU(identity)

    assert (get(model, 0x75)[0], get(model, 0x6B)[0]) == (identity, power)
    assert get(model, 0x19, 4) == bytes(4)
    assert get(model, 0x72, 2) == bytes(2)


def test_a_sleeping_mpu_measures_nothing() -> None:
    model = mpu.MPU(0x68)
    model.set_force(1000, 1000, 1000)
    put(model, 0x23, 0x08)
    put(model, 0x6A, 0x40)
    model.advance(100_000)

    assert (get(model, 0x3B, 6), get(model, 0x72, 2)) == (bytes(6), bytes(2))


@pytest.mark.parametrize(
    ("dlpf", "divider", "readings"),
    [(1, 0, 1000), (2, 4, 200), (2, 2, 333), (3, 9, 100), (6, 19, 50), (0, 79, 100), (7, 159, 50)],
)
def test_the_mpus_rate_is_1_khz_by_its_divider_or_8_khz_unfiltered(
    dlpf: int, divider: int, readings: int
) -> None:
    model = awake_mpu(0x68)
    put(model, 0x1A, dlpf)
    put(model, 0x19, divider)

    assert 1_000_000 // model.period_us() == readings


@pytest.mark.parametrize(("setting", "lsb"), [(0, 16384), (8, 8192), (0x10, 4096), (0x18, 2048)])
def test_the_mpus_ranges(setting: int, lsb: int) -> None:
    model = awake_mpu(0x68)
    put(model, 0x1C, setting)
    model.set_force(1000, -1000, 30000)
    model.advance(5_000)

    assert words(get(model, 0x3B, 6), "big") == [lsb, -lsb, 32767]


@pytest.mark.parametrize(
    ("setting", "full_ddps"), [(0, 2500), (8, 5000), (16, 10000), (24, 20000)]
)
def test_the_mpus_gyro_ranges(setting: int, full_ddps: int) -> None:
    model = awake_mpu(0x68)
    put(model, 0x1B, setting)
    model.set_rate(full_ddps // 2, -full_ddps // 2, 32000)
    model.advance(5_000)

    assert words(get(model, 0x43, 6), "big") == [16384, -16384, 32767]


def test_an_mpus_gyro_in_standby_reads_zero_and_the_force_goes_on() -> None:
    model = awake_mpu(0x19)
    put(model, 0x6C, 0x07)
    model.set_rate(100, 100, 100)
    model.advance(5_000)

    assert words(get(model, 0x3B, 14), "big") == [0, 0, 16384, 0x0F0A, 0, 0, 0]


FORCE, TEMPERATURE, RATE = [0, 0, 16384], [0x0F0A], [131, 262, 393]


@pytest.mark.parametrize(
    ("identity", "fifo_en", "content"),
    [
        (0x68, 0x08, FORCE),
        (0x68, 0x88, FORCE + TEMPERATURE),
        (0x68, 0x78, FORCE + RATE),
        (0x68, 0xF8, FORCE + TEMPERATURE + RATE),
        (0x68, 0x40, [131]),
        (0x70, 0xF8, FORCE + TEMPERATURE + RATE),
        (0x19, 0x08, FORCE + TEMPERATURE),
        (0x19, 0x18, FORCE + TEMPERATURE + RATE),
    ],
)
def test_what_one_reading_puts_into_the_mpus_fifo(
    identity: int, fifo_en: int, content: list[int]
) -> None:
    """In the order of the registers; the 6886 adds the temperature by itself."""
    model = awake_mpu(identity, fifo_en)
    model.set_rate(10, 20, 30)
    model.advance(5_000)

    count = int.from_bytes(get(model, 0x72, 2), "big")
    assert words(get(model, 0x74, count), "big") == content
    assert get(model, 0x72, 2) == bytes(2)


def test_an_empty_mpu_fifo_gives_its_last_byte_again() -> None:
    model = awake_mpu(0x68, 0x08)
    model.set_force(0, 0, 1001)
    model.advance(5_000)
    last = get(model, 0x74, 6)[-1:]

    assert get(model, 0x74, 3) == 3 * last


@pytest.mark.parametrize(("identity", "size"), [(0x68, 1024), (0x70, 512), (0x19, 1024)])
def test_a_full_mpu_fifo_loses_its_oldest_bytes_and_tells(identity: int, size: int) -> None:
    model = awake_mpu(identity, 0x18 if identity == 0x19 else 0xF8)
    model.set_rate(10, 20, 30)
    model.advance(5_000 * (size // 14))
    assert get(model, 0x3A)[0] & 0x10 == 0
    model.advance(5_000)

    assert int.from_bytes(get(model, 0x72, 2), "big") == size
    assert [get(model, 0x3A)[0] & 0x10 for _ in range(2)] == [0x10, 0]
    assert words(get(model, 0x74, 4), "big") != [0, 0], "it begins in the middle of a reading"


def test_an_mpu_fifo_in_stop_mode_keeps_the_oldest() -> None:
    model = awake_mpu(0x70, 0xF8)
    put(model, 0x1A, 0x42)
    model.set_force(0, 0, 500)
    model.advance(5_000)
    model.set_force(0, 0, 1000)
    model.advance(1_000_000)

    assert words(get(model, 0x74, 6), "big") == [0, 0, 8192]


def test_the_mpus_fifo_is_emptied_by_its_reset_bit_which_clears_itself() -> None:
    model = awake_mpu(0x68, 0x08)
    model.advance(50_000)
    put(model, 0x6A, 0x44)

    assert (get(model, 0x72, 2), get(model, 0x6A)[0]) == (bytes(2), 0x40)


def test_a_reset_mpu_takes_nothing_for_100_ms() -> None:
    model = awake_mpu(0x68)
    put(model, 0x6B, 0x80)
    put(model, 0x6B, 0x01)
    model.advance(99_999)
    put(model, 0x6B, 0x01)
    assert get(model, 0x6B)[0] == 0x40
    model.advance(1)
    put(model, 0x6B, 0x01)
    assert get(model, 0x6B)[0] == 0x01


def test_what_cannot_be_written_in_an_mpu() -> None:
    model = awake_mpu(0x68)
    for register in (0x75, 0x72, 0x73, 0x3A, 0x3B, 0x48):
        put(model, register, 0x5A)
    put(model, 0x1D, 0x02)
    newer = awake_mpu(0x19, fifo=0xFF)

    assert [get(model, register)[0] for register in (0x75, 0x72, 0x73, 0x3A, 0x3B, 0x48)] == [
        0x68, 0, 0, 0, 0, 0,
    ]  # fmt: skip
    assert get(model, 0x1D) == b"\0", "the 6050 has no filter of the force alone"
    assert get(newer, 0x23) == b"\x18", "the 6886 leaves all other bits out"


@pytest.mark.parametrize(("bits", "axes"), [(0x80, 1), (0x40, 2), (0x20, 4), (0xE0, 7)])
def test_an_mpus_self_test_pushes_the_axes_asked_for(bits: int, axes: int) -> None:
    model = awake_mpu(0x68)
    model.set_force(0, 0, 0)
    put(model, 0x1C, 0x10 | bits)
    model.advance(5_000)

    # at 8 g a code promises 4096 x 0.34 x (0.92 / 0.34) ** ((code - 1) / 30) counts
    promised = [4096 * 0.34 * (0.92 / 0.34) ** ((code - 1) / 30) for code in (18, 13, 23)]
    told = words(get(model, 0x3B, 6), "big")
    assert told == [pytest.approx(promised[i] if axes >> i & 1 else 0, abs=5) for i in range(3)]


def test_an_mpus_factory_codes() -> None:
    """The 6050's 18, 13 and 23: three high bits at the top of each axis' byte, two low in 0x10."""
    assert list(get(mpu.MPU(0x68), 0x0D, 4)) == [4 << 5, 3 << 5, 5 << 5, 2 << 4 | 1 << 2 | 3]
    assert list(get(mpu.MPU(0x19), 0x0D, 3)) == [95, 105, 115]


# LIS3DH


def awake_lis3dh(control4: int = 0xA0, control1: int = 0x67, *, fifo: bool = True) -> Any:
    model = lis3dh.LIS3DH()
    put(model, 0x23, control4)
    put(model, 0x24, 0x40 if fifo else 0)
    put(model, 0x2E, 0x80 if fifo else 0)
    put(model, 0x20, control1)
    return model


def test_a_lis3dh_after_power_on() -> None:
    model = lis3dh.LIS3DH()
    model.advance(1_000_000)

    assert (get(model, 0x0F), get(model, 0x20)) == (b"\x33", b"\x07")
    assert (get(model, 0x27), get(model, 0xA8, 6), get(model, 0x2F)) == (b"\0", bytes(6), b"\x20")


@pytest.mark.parametrize(
    ("code", "rate_hz"), [(0, 0), (1, 1), (4, 50), (5, 100), (6, 200), (7, 400), (9, 1344)]
)
def test_the_lis3dhs_rates(code: int, rate_hz: int) -> None:
    model = awake_lis3dh(control1=code << 4 | 7)

    assert (round(1e6 / model.period_us()) if rate_hz else model.period_us()) == rate_hz


@pytest.mark.parametrize(
    ("control4", "one_g"), [(0x88, 16000), (0x98, 8000), (0xA8, 4000), (0xB8, 83 << 4)]
)
def test_in_high_resolution_the_lis3dh_tells_1_mg_in_12_bits_and_its_multiples(
    control4: int, one_g: int
) -> None:
    """Not 16384 a g at 2 g, as many a driver has it."""
    model = awake_lis3dh(control4, fifo=False)
    model.advance(100_000)

    assert words(get(model, 0xA8, 6), "little") == [0, 0, one_g]


@pytest.mark.parametrize("control4", [0xA0, 0xA8])
def test_the_lis3dhs_fifo_keeps_10_bits_whatever_the_mode(control4: int) -> None:
    model = awake_lis3dh(control4)
    seen = set()
    for force_mg in range(0, 320, 4):
        model.set_force(force_mg, 0, 0)
        model.advance(5_000)
        seen.add(words(get(model, 0xA8, 6), "little")[0])

    assert seen == {step * 64 for step in range(20)}, "16 mg a step"


def test_high_resolution_cuts_the_lis3dhs_bandwidth_to_a_ninth_of_the_rate() -> None:
    assert awake_lis3dh(0x88, 0x47).bandwidth_hz() == 50 // 9
    assert awake_lis3dh(0x80, 0x67).bandwidth_hz() == 100


@pytest.mark.parametrize(("control4", "readings"), [(0xA8, 7), (0xA0, 1)])
def test_in_high_resolution_a_lis3dh_needs_seven_readings_to_settle(
    control4: int, readings: int
) -> None:
    model = awake_lis3dh(control4, 0x77, fifo=False)
    model.set_force(0, 0, 1008)
    told = []
    for _ in range(7):
        model.advance(2_500)
        told.append(words(get(model, 0xA8, 6), "little")[2])

    assert [abs(value - 4032) <= 0.01 * 4032 for value in told] == (
        [False] * (readings - 1) + [True] * (8 - readings)
    )


def test_a_lis3dh_hides_what_is_faster_than_a_ninth_of_its_rate() -> None:
    """A sine of 44 Hz comes through at 0.7, in high resolution."""
    model = awake_lis3dh(0xA8, 0x77, fifo=False)
    largest = 0
    for k in range(400):
        model.set_force(round(4000 * math.sin(2 * math.pi * 400 / 9 * k / 400)), 0, 0)
        model.advance(2_500)
        if k > 40:
            largest = max(largest, words(get(model, 0xA8, 6), "little")[0])

    assert largest / 4 == pytest.approx(4000 / math.sqrt(2), rel=0.05)


def test_a_lis3dhs_status_tells_what_is_fresh_and_what_was_lost() -> None:
    model = awake_lis3dh(0xA8, 0x77, fifo=False)
    told = [get(model, 0x27)[0]]
    model.advance(2_500)
    told.append(get(model, 0x27)[0])
    get(model, 0xA8, 4)  # x and y
    told.append(get(model, 0x27)[0])
    model.advance(2_500)
    told.append(get(model, 0x27)[0])
    told.extend(get(model, 0xA7, 7)[:1] + get(model, 0x27))

    assert told == [0x00, 0x0F, 0x0C, 0xCF, 0xCF, 0x00]


def test_only_bit_7_of_the_number_makes_a_burst_in_a_lis3dh() -> None:
    model = awake_lis3dh(0x88, fifo=False)
    model.set_force(1000, 500, 0)
    model.advance(100_000)

    assert words(get(model, 0xA8, 6), "little") == [16000, 8000, 0]
    assert get(model, 0x28, 3) == 3 * get(model, 0x28)


def test_a_lis3dhs_fifo_gives_whole_readings_oldest_first_round_the_outputs() -> None:
    model = awake_lis3dh()
    for force_mg in (160, 320, 480):
        model.set_force(force_mg, 0, 0)
        model.advance(5_000)

    assert get(model, 0x2F)[0] & 0x7F == 3
    assert words(get(model, 0xA8, 18), "little")[::3] == [640, 1280, 1920]
    assert get(model, 0x2F)[0] == 0x20


def test_a_lis3dhs_fifo_holds_32_and_then_the_newest_32() -> None:
    model = awake_lis3dh()
    model.advance(31 * 5_000)
    assert get(model, 0x2F)[0] & 0x5F == 31
    model.advance(5_000)
    assert get(model, 0x2F)[0] & 0x5F == 0x40 | 31
    model.set_force(0, 160, 0)
    model.advance(2 * 5_000)

    told = words(get(model, 0xA8, 32 * 6), "little")
    assert told[1::3] == [0] * 30 + [640, 640]


def test_bypass_empties_a_lis3dhs_fifo() -> None:
    model = awake_lis3dh()
    model.advance(50_000)
    put(model, 0x2E, 0x00)
    put(model, 0x2E, 0x80)

    assert get(model, 0x2F)[0] == 0x20


@pytest.mark.parametrize(("bits", "sign"), [(0x02, 1), (0x04, -1), (0x06, 0)])
def test_a_lis3dhs_self_test(bits: int, sign: int) -> None:
    model = awake_lis3dh(0x88 | bits, fifo=False)
    model.set_force(0, 0, 0)
    model.advance(100_000)

    assert words(get(model, 0xA8, 6), "little") == [sign * 6400] * 3


# ADXL345


def test_an_adxl345_after_power_on() -> None:
    model = adxl345.ADXL345()
    model.advance(1_000_000)

    registers = (0x00, 0x2C, 0x2D, 0x31, 0x38, 0x39)
    assert [get(model, r)[0] for r in registers] == [0xE5, 0x0A, 0, 0, 0, 0]
    assert get(model, 0x32, 6) == bytes(6)


@pytest.mark.parametrize(
    ("code", "rate_hz"), [(0x0F, 3200), (0x0C, 400), (0x0B, 200), (0x0A, 100), (0x09, 50)]
)
def test_the_adxl345s_rates(code: int, rate_hz: int) -> None:
    model = awake("adxl345")
    put(model, 0x2C, code)

    assert round(1e6 / model.period_us()) == pytest.approx(rate_hz, rel=0.002)
    assert model.bandwidth_hz() == pytest.approx(rate_hz / 2, rel=0.01)


@pytest.mark.parametrize(
    ("form", "one_g", "most"),
    [
        (0x08, 256, 511), (0x09, 256, 1023), (0x0A, 256, 2047), (0x0B, 256, 4095),
        (0x00, 256, 511), (0x01, 128, 511), (0x02, 64, 511), (0x03, 32, 511),
        (0x04, 256 << 6, 511 << 6), (0x0F, 256 << 3, 4095 << 3),
    ],
)  # fmt: skip
def test_the_adxl345s_formats(form: int, one_g: int, most: int) -> None:
    """In full resolution 256 a g at any range; else 10 bits; bit 2 puts them to the left."""
    model = awake("adxl345")
    put(model, 0x31, form)
    model.set_force(1000, -1000, 30000)
    model.advance(5_000)

    assert words(get(model, 0x32, 6), "little") == [one_g, -one_g, most]


def test_an_adxl345s_fifo_gives_one_reading_a_transfer_however_long() -> None:
    model = awake("adxl345")
    for force_mg in (125, 250, 375):
        model.set_force(force_mg, 0, 0)
        model.advance(5_000)

    assert get(model, 0x39)[0] == 3
    assert words(get(model, 0x32, 6), "little") == [32, 0, 0]
    get(model, 0x32, 12)
    assert (get(model, 0x39)[0], words(get(model, 0x32, 6), "little")) == (1, [96, 0, 0])


def test_an_adxl345_keeps_33_readings_and_tells_that_older_ones_were_lost() -> None:
    model = awake("adxl345")
    model.advance(33 * 5_000)
    assert (get(model, 0x39)[0], get(model, 0x30)[0] & 1) == (33, 0)
    model.advance(5_000)
    assert (get(model, 0x39)[0], get(model, 0x30)[0] & 1) == (33, 1)
    get(model, 0x32, 6)
    assert (get(model, 0x39)[0], get(model, 0x30)[0] & 1) == (32, 0)


def test_an_adxl345s_self_test_pushes_y_the_other_way() -> None:
    model = awake("adxl345")
    model.set_force(0, 0, 0)
    put(model, 0x31, 0x8B)
    model.advance(5_000)

    assert words(get(model, 0x32, 6), "little") == [256, -256, 384]


# BMI270


def configured_bmi270(content: bytes, *, awake_first: bool = True) -> Any:
    model = bmi270.BMI270()
    if awake_first:
        put(model, 0x7C, 0x00)
        model.advance(450)
    put(model, 0x59, 0x00)
    for at in range(0, len(content), 512):
        put(model, 0x5B, at // 2 & 0x0F)
        put(model, 0x5C, at // 2 >> 4)
        put(model, 0x5E, *content[at : at + 512])
    put(model, 0x59, 0x01)
    model.advance(20_000)
    return model


def awake_bmi270(fifo: int = 0xC0) -> Any:
    model = configured_bmi270(bmi270.configuration())
    for register, value in (
        (0x40, 0xA9), (0x41, 0x03), (0x42, 0xA9), (0x43, 0x01), (0x48, 0), (0x49, fifo),
        (0x7D, 0x06),
    ):  # fmt: skip
        put(model, register, value)
    return model


def test_a_bmi270_after_power_on() -> None:
    model = bmi270.BMI270()

    registers = (0x00, 0x21, 0x40, 0x41, 0x42, 0x43, 0x45, 0x48, 0x49, 0x7C, 0x7D)
    assert [get(model, r)[0] for r in registers] == [
        0x24, 0, 0xA8, 0x02, 0xA9, 0, 0x88, 0x02, 0x10, 0x03, 0,
    ]  # fmt: skip


def test_a_bmi270_measures_nothing_without_its_configuration() -> None:
    model = bmi270.BMI270()
    put(model, 0x7D, 0x06)
    model.advance(1_000_000)

    assert get(model, 0x0C, 12) == bytes(12)


@pytest.mark.parametrize(
    ("content", "awake_first", "status"),
    [
        (bmi270.configuration(), True, 1),
        (bmi270.configuration(), False, 2),
        (bmi270.configuration()[:-512], True, 2),
        (bytes(8192), True, 2),
    ],
    ids=["whole", "in power save", "short", "another"],
)
def test_a_bmi270_judges_its_configuration(content: bytes, awake_first: bool, status: int) -> None:
    model = configured_bmi270(content, awake_first=awake_first)

    assert get(model, 0x21)[0] & 0x0F == status


@pytest.mark.parametrize(("code", "rate_hz"), [(0x07, 50), (0x08, 100), (0x09, 200), (0x0A, 400)])
def test_the_bmi270s_rates(code: int, rate_hz: int) -> None:
    model = awake_bmi270()
    put(model, 0x40, 0xA0 | code)

    assert 1_000_000 // model.period_us() == rate_hz


@pytest.mark.parametrize(("code", "lsb"), [(0, 16384), (1, 8192), (2, 4096), (3, 2048)])
def test_the_bmi270s_ranges(code: int, lsb: int) -> None:
    model = awake_bmi270()
    put(model, 0x41, code)
    model.set_force(1000, -1000, 30000)
    model.advance(5_000)

    assert words(get(model, 0x0C, 6), "little") == [lsb, -lsb, 32767]


@pytest.mark.parametrize(("code", "full_ddps"), [(0, 20000), (1, 10000), (2, 5000), (4, 1250)])
def test_the_bmi270s_gyro_ranges(code: int, full_ddps: int) -> None:
    model = awake_bmi270()
    put(model, 0x43, code)
    model.set_rate(full_ddps // 2, -full_ddps // 2, 32000)
    model.advance(5_000)

    assert words(get(model, 0x12, 6), "little") == [16384, -16384, 32767]


@pytest.mark.parametrize(
    ("fifo", "content"),
    [(0xC0, [33, 66, 98, 0, 0, 2048]), (0x40, [0, 0, 2048]), (0x80, [33, 66, 98])],
)
def test_in_a_bmi270s_fifo_rates_go_first(fifo: int, content: list[int]) -> None:
    model = awake_bmi270(fifo)
    model.set_rate(10, 20, 30)
    model.advance(5_000)

    count = int.from_bytes(get(model, 0x24, 2), "little")
    assert words(get(model, 0x26, count), "little") == content
    assert get(model, 0x26) == b"\x80", "what an empty one gives"


def test_a_bmi270s_frames_have_a_header_unless_told() -> None:
    model = awake_bmi270(0xD0)
    model.advance(5_000)

    assert (get(model, 0x24, 2), get(model, 0x26)) == (b"\x0d\0", b"\x8c")


def test_a_bmi270s_fifo_loses_whole_frames_and_a_flush_empties_it() -> None:
    model = awake_bmi270()
    model.advance(170 * 5_000)
    assert int.from_bytes(get(model, 0x24, 2), "little") == 2040
    model.set_force(0, 1000, 0)
    model.advance(5_000)
    assert int.from_bytes(get(model, 0x24, 2), "little") == 2040
    put(model, 0x7E, 0xB0)
    assert get(model, 0x24, 2) == bytes(2)


def test_a_bmi270s_reset_takes_the_configuration_with_it() -> None:
    model = awake_bmi270()
    put(model, 0x7E, 0xB6)
    model.advance(2_000)

    assert (get(model, 0x21)[0], get(model, 0x7C)[0]) == (0, 0x03)
    put(model, 0x7D, 0x06)
    assert model.period_us() == 0


@pytest.mark.parametrize(("test", "sign"), [(0x0D, 1), (0x09, -1)])
def test_a_bmi270s_self_test_pushes_either_way(test: int, sign: int) -> None:
    model = awake_bmi270()
    model.set_force(0, 0, 0)
    put(model, 0x6D, test)
    model.advance(5_000)

    told = [sign * push for push in (18432, -18432, 12288)]
    assert words(get(model, 0x0C, 6), "little") == told


# What all have in common


@pytest.mark.parametrize("kind", ALL)
def test_noise_is_normal_and_as_large_as_asked_for(kind: str) -> None:
    model = awake(kind)
    model.noise_mg = 200
    told = []
    for _ in range(2000):
        model.advance(5_000)
        data = outputs(kind, model)
        told.append(words(data[:6], "big" if kind == "mpu" else "little")[2])

    one_g = {"mpu": 16384, "lis3dh": 4000, "adxl345": 256, "bmi270": 2048}[kind]
    assert statistics.fmean(told) == pytest.approx(one_g, rel=0.03)
    assert statistics.stdev(told) == pytest.approx(0.2 * one_g, rel=0.06)
    assert max(told) < one_g * 1.7


@pytest.mark.parametrize("kind", ALL)
def test_a_frozen_chip_repeats_its_last_reading_and_a_stalled_one_makes_none(kind: str) -> None:
    model = awake(kind)
    model.noise_mg = 200
    model.advance(5_000)
    before = outputs(kind, model)
    model.frozen = True
    model.advance(5_000)
    assert outputs(kind, model) == before
    model.frozen = False
    model.stalled = True
    model.advance(1_000_000)
    assert outputs(kind, model) == before
    model.stalled = False
    model.advance(5_000)
    assert outputs(kind, model) != before


@pytest.mark.parametrize("kind", ALL)
def test_time_may_pass_in_any_pieces(kind: str) -> None:
    count = {"mpu": (0x72, 2), "lis3dh": (0x2F, 1), "adxl345": (0x39, 1), "bmi270": (0x24, 2)}
    whole, pieces = awake(kind), awake(kind)
    whole.advance(123_456)
    for us in (1, 4_998, 1, 0, 70_000, 48_456):
        pieces.advance(us)

    assert get(whole, *count[kind]) == get(pieces, *count[kind])


def test_a_clock_that_runs_fast_makes_more_readings() -> None:
    model = awake("adxl345")
    model.clock_permil = 1250
    model.advance(100_000)

    assert get(model, 0x39)[0] == 25


def test_the_bus_answers_as_machine_i2c_does() -> None:
    model = mpu.MPU(0x68)
    i2c = bus.FakeI2C({0x69: model, 0x18: lis3dh.LIS3DH()})
    buf = bytearray(1)
    i2c.readfrom_mem_into(0x69, 0x75, buf)

    assert (i2c.scan(), bytes(buf)) == ([0x18, 0x69], b"\x68")
    with pytest.raises(OSError, match=str(errno.ENODEV)):
        i2c.writeto_mem(0x68, 0x6B, b"\0")
    model.absent = True
    assert i2c.scan() == [0x18]
    with pytest.raises(OSError, match=str(errno.ENODEV)):
        i2c.readfrom_mem_into(0x69, 0x75, buf)
    i2c.stuck = True
    assert i2c.scan() == []
    with pytest.raises(OSError, match=str(errno.ETIMEDOUT)):
        i2c.readfrom_mem_into(0x18, 0x0F, buf)


def test_the_bus_can_miss_an_acknowledge_and_break_off() -> None:
    model = mpu.MPU(0x68)
    i2c = bus.FakeI2C({0x68: model})
    buf = bytearray(4)
    i2c.nacks = 2
    for _ in range(2):
        with pytest.raises(OSError, match=str(errno.ENODEV)):
            i2c.readfrom_mem_into(0x68, 0x0D, buf)
    model.cut_after = 2
    with pytest.raises(OSError, match=str(errno.EIO)):
        i2c.readfrom_mem_into(0x68, 0x0D, buf)
    assert bytes(buf) == bytes([0x80, 0x60, 0, 0])
    i2c.readfrom_mem_into(0x68, 0x0D, buf)
    assert bytes(buf) == bytes([0x80, 0x60, 0xA0, 0x27])


def test_models_measure_the_same_under_every_python(bits: int) -> None:
    here = subprocess.run(
        [sys.executable, str(mpy.DEVICE / "models_story.py")],
        env={**os.environ, "PYTHONPATH": str(mpy.DEVICE)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert mpy.run(bits, "models_story.py") == here
    assert len(set(here.split())) == 8, "each chip tells something of its own"
