# SPDX-License-Identifier: MIT
"""The pre-use checklist: all that the documents ask for, with sources; what answers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from upturn.core.checklist import (
    DOCTOR,
    ITEMS,
    VERSION,
    Item,
    Means,
    Part,
    _number_of,
    outcome,
    part,
    words,
)
from upturn.core.sources import DOCUMENTS

ASKED_FOR = """
doctor, all five, bars
professional, MNT-hang CC, hint
inspected, MNT-hang, bars
ankle_locks, MNT-hang, bars
safety_devices, MNT-hang, hint
spotter, CC, bars
high_blood_pressure, MNT-inv CC ITB, bars
heart_disease, CC ITB, bars
stroke, ITB, bars
eye_disease, MNT-inv CC ITB, bars
retinal_detachment, ITB, bars
pregnancy, MNT-hang MNT-inv CC ITB, bars
fracture, ITB, bars
osteoporosis, ITB, bars
inner_ear, ITB, bars
hiatal_hernia, ITB, bars
acid_reflux, CC, bars
head, MNT-inv, bars
spinal_stenosis, ITB, ask
spinal_surgery, ITB, ask
older_age, ITB, ask
balance, ITB, ask
herniated_disc, BLOG MNT-hang ITB, ask
medicine_blood_pressure, MNT-inv ITB, bars
medicine_clotting, MNT-inv ITB, bars
medicine_eyes, ITB, bars
obesity, BLOG, hint
"""
"""The project's list of limits, "Before, during and after": each item with the sources marked."""

ALL = "MNT-hang MNT-inv CC ITB BLOG"
FINE = {item.id: not item.counts for item in part(Part.HEALTH)}


def rows() -> dict[str, tuple[tuple[str, ...], Means]]:
    found = {}
    for line in ASKED_FOR.strip().splitlines():
        id, sources, means = line.split(", ")
        found[id] = (tuple(sources.replace("all five", ALL).split()), Means(means))
    return found


def test_every_item_of_the_list_is_asked_with_its_sources_and_no_other_is() -> None:
    assert {item.id: (item.sources, item.means) for item in ITEMS.values()} == rows()


def test_the_doctor_comes_first_and_the_supervision_is_said_with_it() -> None:
    first = next(iter(ITEMS.values()))
    assert first.id == DOCTOR
    assert "supervision (MNT-inv)" in first.advice
    assert first.cited == "all documents"


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_an_item_is_a_question_with_documents_that_there_are(item: Item) -> None:
    assert set(item.sources) <= set(DOCUMENTS)
    assert item.question.endswith("?")
    assert item.finding[0].islower() or item.finding[0].isdigit()
    assert not item.finding.endswith(".")
    assert len(f"23/23 {item.question} ({item.cited})") <= 80


def test_what_is_kept_is_about_health_alone() -> None:
    assert {of: len(part(of)) for of in Part} == {
        Part.HEALTH: 23,
        Part.EQUIPMENT: 3,
        Part.SPOTTER: 1,
    }


def test_any_change_of_a_question_about_health_is_another_version() -> None:
    health = part(Part.HEALTH)
    assert _number_of(health) == VERSION
    last = health[-1]
    for changed in (
        health[:-1],
        health[::-1],
        (*health[:-1], replace(last, question="Is it so?")),
        (*health[:-1], replace(last, sources=("CC",))),
        (*health[:-1], replace(last, means=Means.ASK)),
        (*health[:-1], replace(last, counts=not last.counts)),
    ):
        assert _number_of(changed) != VERSION


def test_safe_answers_come_to_nothing() -> None:
    found = outcome(FINE)
    assert (found.bars, found.hints) == ((), ())


@pytest.mark.parametrize("item", ITEMS.values(), ids=list(ITEMS))
def test_each_answer_that_counts_is_found_as_it_means(item: Item) -> None:
    found = outcome({**FINE, item.id: item.counts})
    barred = item.means is Means.BARS
    assert found.bars == ((item,) if barred else ())
    assert found.hints == ((item,) if item.means is Means.HINT else ())


@pytest.mark.parametrize("id", [item.id for item in ITEMS.values() if item.means is Means.ASK])
def test_what_a_doctor_has_to_be_asked_about_bars_until_one_was(id: str) -> None:
    yes = {**FINE, id: True}
    assert outcome(yes).bars == ()
    assert outcome({**yes, DOCTOR: False}).bars == (ITEMS[DOCTOR], ITEMS[id])


def test_a_doctor_that_was_asked_in_general_takes_no_condition_away() -> None:
    assert outcome({**FINE, DOCTOR: True, "pregnancy": True}).bars == (ITEMS["pregnancy"],)


def test_findings_are_told_with_their_sources() -> None:
    assert words([ITEMS["acid_reflux"], ITEMS["fracture"]]) == "acid reflux (CC); a fracture (ITB)"
