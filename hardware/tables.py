# SPDX-License-Identifier: MIT
"""Tables of the documents, made of the sources. Each begins and ends with a marker in its page."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from hardware import boards, bom, builds, harness, lever, loudness
from hardware.axes import READINGS
from hardware.power import budget

PRINTS = Path(__file__).with_name("enclosure") / "parts.csv"
LIGHT = 2 / 3  # of solid plastic, what walls and infill leave: an estimate


def weight_g(key: str) -> tuple[int, int]:
    """A node on its clip, worked out: as it may be printed, and with prints of solid plastic."""
    build = builds.load()[key]
    with PRINTS.open(encoding="utf-8", newline="") as file:
        solid_g = {row["part"]: int(row["petg_solid_g"]) for row in csv.DictReader(file)}
    names = {n for part in bom.read(key) if part.kind == "P" for n in part.supplier_pn.split()}
    if names - set(solid_g):
        missing = ", ".join(sorted(names - set(solid_g)))
        raise ValueError(f"enclosure/{PRINTS.name}: has no {missing}; bom/{key}.csv prints it")
    prints_g = sum(solid_g[name] for name in names - {"gauge_card"})
    return round(LIGHT * prints_g) + build.rest_g, prints_g + build.rest_g


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def pins(key: str) -> str:
    build = builds.load()[key]
    wired = harness.read(key).gpios()
    return table(
        ("GPIO", "printed on the board", "does", "leads to"),
        (
            (
                pin.gpio,
                build.silk.get(pin.gpio, "") or "inside",
                pin.use,
                "inside the board" if pin.gpio in build.inside else wired[pin.gpio],
            )
            for pin in boards.pins(boards.board(build.board))
        ),
    )


def parts(key: str) -> str:
    return table(
        ("ref", "qty", "part", "order by", "notes"),
        ((p.ref, p.qty, p.part, p.number, p.notes) for p in bom.read(key)),
    )


def choice(_: str = "") -> str:
    """The builds side by side, for the front page."""
    found = builds.load()
    rows = [("board", *(build.board for build in found.values()))]
    rows += [
        (
            "pages",
            *(f"[assembly](assembly-{key}.md), [parts](bom/{key}.csv)" for key in found),
        ),
        ("soldering", *(build.soldering for build in found.values())),
        ("time, without printing", *(f"about {build.time_h:g} h" for build in found.values())),
        ("parts cost, USD", *("{} to {}".format(*build.cost_usd) for build in found.values())),
        ("weight, worked out", *(_weight(key) for key in found)),
        ("power", *(_power(build) for build in found.values())),
        ("watches for, guessed", *(_hours(build, "watching") for build in found.values())),
        ("good for", *(build.good_for for build in found.values())),
        ("weak at", *(build.weak_at for build in found.values())),
    ]
    return table(("", *(f"{key.upper()}: {build.title}" for key, build in found.items())), rows)


def run_times(_: str = "") -> str:
    rows = budget.read()
    found = builds.load()
    out = []
    for key, build in found.items():
        for state in budget.STATES:
            drawn = budget.current(rows, key, state)
            amounts = (f"{drawn.typical:.3g}", f"{drawn.low:.3g} to {drawn.high:.3g}")
            out.append((key.upper(), state, *amounts, _hours(build, state)))
    return table(("build", "state", "mA", "between", "hours from a full battery"), out)


def _power(build: builds.Build) -> str:
    return f"cell of {build.battery_mah} mAh" if build.battery_mah else "USB cable"


def _weight(key: str) -> str:
    light_g, solid_g = weight_g(key)
    return f"about {round(light_g, -1)} g; {round(solid_g, -1)} g if printed solid"


def _hours(build: builds.Build, state: str) -> str:
    if not build.battery_mah:
        return "as long as its cable is in"
    drawn = budget.current(budget.read(), build.key, state)
    time = budget.run_time(drawn, build.battery_mah, build.usable)
    if state == "off":
        return f"about {time.typical / 24:.0f} days"
    return f"{time.typical:.1f} h ({time.low:.1f} to {time.high:.1f})"


def lever_arm(_: str = "") -> str:
    return table(
        (
            "from the hinge",
            f"turning at {lever.STEADY_DPS:g} degrees/s",
            "and getting there within half a second",
            f"a rocking of ±{lever.ROCK_DEG:g} degrees in {lever.ROCK_PERIOD_S:g} s reads",
        ),
        (
            (
                f"{r_m:.2f} m",
                f"{lever.worst_error_deg(r_m, lever.STEADY_DPS):.1f} degrees",
                f"{lever.worst_error_deg(r_m, lever.STEADY_DPS, lever.STARTING_DPS2):.1f} degrees",
                f"±{lever.rocking_seen_deg(r_m, lever.ROCK_DEG, lever.ROCK_PERIOD_S):.1f}",
            )
            for r_m in lever.DISTANCES_M
        ),
    )


def sounders(_: str = "") -> str:
    cases = (
        ("B", "driver from 3.3 V, at least", 10.0),
        ("B", "driver from 3.3 V, at best", 19.8),
        ("C", "straight on a pin", 3.3),
    )
    rows: list[tuple[object, ...]] = [("A", "inside the stick", "no data sheet", "", "")]
    rows += [
        (
            key,
            how,
            f"{vpp:g} V",
            f"{loudness.spl_db(loudness.PIEZO_30_MM, vpp, 0.5):.0f} dB",
            f"{loudness.spl_db(loudness.PIEZO_30_MM, vpp, 1.0):.0f} dB",
        )
        for key, how, vpp in cases
    ]
    return table(("build", "sounder", "peak to peak", "at 0.5 m", "at 1 m"), rows)


def readings(_: str = "") -> str:
    return table(
        ("standing upright it reads", "lying level it reads", "so it sits", "do"),
        ((_about(r.upright_deg), _about(r.level_deg), r.sits, r.remedy) for r in READINGS),
    )


def _about(degrees: int) -> str:
    return {180: "about ±180", 0: "about 0"}.get(degrees, f"about {degrees:+d}")


TABLES: dict[str, Callable[[str], str]] = {
    "choice": choice,
    "lever-arm": lever_arm,
    "parts": parts,
    "pins": pins,
    "readings": readings,
    "run-times": run_times,
    "sounders": sounders,
}
"""By the first word of a marker; what follows it, the letter of a build, is handed on."""
