# SPDX-License-Identifier: MIT
"""An advice taken apart: its orders are what is read from afar, and no word of it is lost."""

from __future__ import annotations

import pytest

from upturn.core.alarm_table import ALARMS, AlarmId
from upturn.dashboard.orders import REASONS, orders, sentences


@pytest.mark.parametrize("id", AlarmId)
def test_every_advice_orders_something_and_keeps_all_of_its_sentences(id: AlarmId) -> None:
    asked, why = orders(ALARMS[id].advice)
    assert asked
    assert sorted([*asked, *sentences(why)]) == sorted(sentences(ALARMS[id].advice))


def test_every_reason_is_one_of_an_advice() -> None:
    said = {sentence for spec in ALARMS.values() for sentence in sentences(spec.advice)}
    assert said >= REASONS


def test_what_to_do_comes_before_why() -> None:
    asked, why = orders("Inversion time adds up until a full rest. Come up and rest.")
    assert (list(asked), why) == (
        ["Come up and rest."],
        "Inversion time adds up until a full rest.",
    )


def test_where_nothing_is_ordered_it_is_said_whole() -> None:
    assert orders("Nobody is watched.") == (["Nobody is watched."], "")
    assert orders("") == ([], "")
