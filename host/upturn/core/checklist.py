# SPDX-License-Identifier: MIT
"""What the documents ask for before somebody inverts: the pre-use checklist, as a table.

Three parts. The questions about health are the user's own; their answers are kept, and asked for
again after a while. Those about the table and the spotter are about now, and kept by nobody. The
laws: whoever is not sure errs on the safe side; a question that is put otherwise is asked again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum
from zlib import crc32

from upturn.core.sources import DOCUMENTS


class Part(StrEnum):
    HEALTH = "health"
    EQUIPMENT = "equipment"
    SPOTTER = "spotter"


class Means(StrEnum):
    """What the answer that counts means for READY."""

    BARS = "bars"
    """Not READY: about health, ask a doctor first; a person may accept that, which is logged."""
    ASK = "ask"
    """The same, until a doctor has been asked."""
    HINT = "hint"
    """It is said, and bars nothing."""


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    part: Part
    question: str
    """For a yes or a no."""
    counts: bool
    """The answer that means something: True is yes."""
    means: Means
    finding: str
    """What it comes to, in words that follow a colon."""
    sources: tuple[str, ...]
    """Keys of `sources.DOCUMENTS`."""
    advice: str = ""
    """Said with the question."""

    @property
    def cited(self) -> str:
        return "all documents" if len(self.sources) == len(DOCUMENTS) else ", ".join(self.sources)


DOCTOR = "doctor"
"""The first line; its answer says what the items of `Means.ASK` come to."""
ANY_DOUBT = "Not sure? Then give the answer that is on the safe side."
ASK_FIRST = "ask a doctor first"

_ALL = ("MNT-hang", "MNT-inv", "CC", "ITB", "BLOG")
_YES, _NO = True, False
_BARS, _ASK, _HINT = Means.BARS, Means.ASK, Means.HINT


def _health(
    id: str,
    question: str,
    counts: bool,
    means: Means,
    finding: str,
    sources: tuple[str, ...],
    advice: str = "",
) -> Item:
    return Item(id, Part.HEALTH, question, counts, means, finding, sources, advice)


ITEMS: Mapping[str, Item] = {
    item.id: item
    for item in (
        _health(
            DOCTOR,
            "Have you talked to a doctor about inverting?",
            _NO,
            _BARS,
            "no doctor has been talked to",
            _ALL,
            "Invert under a doctor's supervision (MNT-inv).",
        ),
        _health(
            "professional",
            "Do you begin with a professional, as a physical therapist?",
            _NO,
            _HINT,
            "have a professional, such as a physical therapist, at your first sessions",
            ("MNT-hang", "CC"),
        ),
        _health(
            "high_blood_pressure",
            "Do you have high blood pressure?",
            _YES,
            _BARS,
            "high blood pressure",
            ("MNT-inv", "CC", "ITB"),
        ),
        _health(
            "heart_disease",
            "Do you have a heart disease?",
            _YES,
            _BARS,
            "heart disease",
            ("CC", "ITB"),
        ),
        _health(
            "stroke", "Have you ever had a stroke?", _YES, _BARS, "an earlier stroke", ("ITB",)
        ),
        _health(
            "eye_disease",
            "Do you have glaucoma or another eye disease?",
            _YES,
            _BARS,
            "glaucoma or another eye disease",
            ("MNT-inv", "CC", "ITB"),
        ),
        _health(
            "retinal_detachment",
            "Has a retina of yours been detached?",
            _YES,
            _BARS,
            "retinal detachment",
            ("ITB",),
        ),
        _health(
            "pregnancy",
            "Are you pregnant?",
            _YES,
            _BARS,
            "pregnancy",
            ("MNT-hang", "MNT-inv", "CC", "ITB"),
        ),
        _health("fracture", "Do you have a broken bone?", _YES, _BARS, "a fracture", ("ITB",)),
        _health(
            "osteoporosis",
            "Do you have severe osteoporosis?",
            _YES,
            _BARS,
            "severe osteoporosis",
            ("ITB",),
        ),
        _health(
            "inner_ear",
            "Do you have a disorder of the inner ear?",
            _YES,
            _BARS,
            "an inner ear disorder",
            ("ITB",),
        ),
        _health(
            "hiatal_hernia",
            "Do you have a hiatal hernia?",
            _YES,
            _BARS,
            "a hiatal hernia",
            ("ITB",),
        ),
        _health("acid_reflux", "Do you have acid reflux?", _YES, _BARS, "acid reflux", ("CC",)),
        _health(
            "head",
            "Do you have a condition that affects the head?",
            _YES,
            _BARS,
            "a condition of the head",
            ("MNT-inv",),
        ),
        _health(
            "medicine_blood_pressure",
            "Do you take medicine for your blood pressure?",
            _YES,
            _BARS,
            "medicine for blood pressure",
            ("MNT-inv", "ITB"),
        ),
        _health(
            "medicine_clotting",
            "Do you take medicine that acts on blood clotting?",
            _YES,
            _BARS,
            "medicine that acts on blood clotting",
            ("MNT-inv", "ITB"),
        ),
        _health(
            "medicine_eyes",
            "Are you treated for glaucoma or the retina?",
            _YES,
            _BARS,
            "treatment for glaucoma or the retina",
            ("ITB",),
        ),
        _health(
            "spinal_stenosis",
            "Is your spinal canal narrowed (stenosis)?",
            _YES,
            _ASK,
            "spinal stenosis",
            ("ITB",),
        ),
        _health(
            "spinal_surgery",
            "Has your spine been operated on?",
            _YES,
            _ASK,
            "earlier surgery of the spine",
            ("ITB",),
        ),
        _health(
            "older_age",
            "Are you an older person?",
            _YES,
            _ASK,
            "older age",
            ("ITB",),
            "The document names no number of years.",
        ),
        _health("balance", "Is your balance impaired?", _YES, _ASK, "impaired balance", ("ITB",)),
        _health(
            "herniated_disc",
            "Do you have a herniated disc?",
            _YES,
            _ASK,
            "a herniated disc",
            ("BLOG", "MNT-hang", "ITB"),
            "BLOG counts it as a risk, MNT-hang and ITB as a reason to invert.",
        ),
        _health(
            "obesity",
            "Are you obese?",
            _YES,
            _HINT,
            "with obesity better not at all; if at all, at lesser angles, as in first-time",
            ("BLOG",),
        ),
        Item(
            "inspected",
            Part.EQUIPMENT,
            "Have you inspected the table: frame, hinges, locks, strap?",
            _NO,
            _BARS,
            "the table was not inspected",
            ("MNT-hang",),
        ),
        Item(
            "ankle_locks",
            Part.EQUIPMENT,
            "Do double locks hold the ankles, both closed, no single pin?",
            _NO,
            _BARS,
            "no double ankle lock is closed",
            ("MNT-hang",),
        ),
        Item(
            "safety_devices",
            Part.EQUIPMENT,
            "Are its other safety devices in place, such as an angle strap?",
            _NO,
            _HINT,
            "use a table with additional safety devices",
            ("MNT-hang",),
        ),
        Item(
            "spotter",
            Part.SPOTTER,
            "Is somebody here who stays and can turn you upright?",
            _NO,
            _BARS,
            "no spotter is here",
            ("CC",),
        ),
    )
}


def part(of: Part) -> tuple[Item, ...]:
    return tuple(item for item in ITEMS.values() if item.part is of)


def _number_of(items: Iterable[Item]) -> int:
    return crc32(json.dumps([astuple(item) for item in items]).encode())


VERSION = _number_of(part(Part.HEALTH))
"""Of the questions whose answers are kept: another one once any of them is changed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What answers come to."""

    bars: tuple[Item, ...]
    hints: tuple[Item, ...]


def outcome(answers: Mapping[str, bool]) -> Outcome:
    """Of these answers, by id; a question without one counts for nothing here."""
    found = [ITEMS[id] for id, answer in answers.items() if answer is ITEMS[id].counts]
    asked = answers.get(DOCTOR, False)
    return Outcome(
        bars=tuple(
            item
            for item in found
            if item.means is Means.BARS or (item.means is Means.ASK and not asked)
        ),
        hints=tuple(item for item in found if item.means is Means.HINT),
    )


def words(items: Iterable[Item]) -> str:
    """Each finding with its sources."""
    return "; ".join(f"{item.finding} ({item.cited})" for item in items)
