# SPDX-License-Identifier: MIT
"""The banner: what is said in each state, and that it fits with nothing cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dashboard.scenes import CALM, RESTING, SCENES, alarm, inverted, possible, view
from upturn.core.alarm_table import ALARMS, AlarmId, Priority
from upturn.core.events import Posture
from upturn.core.snapshot import Check, Snapshot
from upturn.dashboard import wording
from upturn.dashboard.feed import SourceState
from upturn.dashboard.glyphs import big
from upturn.dashboard.headline import Beside, headline, headline_of_all
from upturn.dashboard.painters.banner import banner_rows, paint_banner
from upturn.dashboard.spans import plain, width_of
from upturn.dashboard.view import View

_SIZES = [(80, 3), (40, 3), (120, 6), (200, 9)]


def _words(view: View, width: int, height: int) -> str:
    return " ".join(plain(paint_banner(view, width, height)).split())


@pytest.mark.parametrize(
    ("snapshot", "title"),
    [
        (CALM, "Ready"),
        (replace(CALM, checks=(Check("Calibration", "not calibrated"),)), "Not ready"),
        (RESTING, "Rest"),
        (inverted(20.0), "Inverted"),
        (replace(RESTING, angle_deg=9.0), "Rest is paused"),
        (SCENES["latched"], "Over: Inverted too long"),
        (replace(CALM, signal_age_s=3.0), "No fresh data"),
        (replace(CALM, signal_age_s=None), "Waiting for data"),
        (replace(CALM, stand_down=True), "Stood down"),
        (SCENES["no_return"], "Not coming up"),
        (replace(SCENES["limit"], stand_down=True), "Inverted too long"),
        (replace(SCENES["limit"], signal_age_s=3.0), "Inverted too long"),
    ],
)
def test_the_most_urgent_state_is_the_one_that_is_said(snapshot: Snapshot, title: str) -> None:
    assert headline(view(snapshot)).title == title


@pytest.mark.parametrize(
    ("priority", "title"), [(Priority.LOW, "Inverted"), (Priority.MEDIUM, "Battery low")]
)
def test_a_low_alarm_yields_to_the_time_of_somebody_inverted(
    priority: Priority, title: str
) -> None:
    shown = view(replace(inverted(20.0), alarms=(alarm(AlarmId.BATTERY_LOW, priority=priority),)))
    assert headline(shown).title == title
    words = _words(shown, 80, 3)
    assert "Battery low" in words or "BATTERY LOW" in words
    if priority is Priority.LOW:
        assert words.startswith("INVERTED 0:40 left to the limit. * Battery low")


@pytest.mark.parametrize("changes", [{"signal_age_s": 3.0}, {"stand_down": True}])
def test_but_not_to_a_time_that_nobody_knows(changes: dict[str, object]) -> None:
    low = alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW)
    assert headline(view(inverted(20.0, alarms=(low,), **changes))).title == "Battery low"


def test_a_dead_monitor_is_more_urgent_than_any_alarm() -> None:
    said = headline(view(SCENES["no_return"], silent_s=4.0))
    assert (said.title, said.priority) == ("Upturn itself has stopped", Priority.HIGH)


@pytest.mark.parametrize(
    ("snapshot", "said", "act"),
    [
        (RESTING, "0:44 more before the next inversion.", ""),
        (
            replace(RESTING, angle_deg=9.0),
            "Raise the table. Head too low: no rest is counted; 0:44 more.",
            "Raise the table.",
        ),
        (
            replace(RESTING, posture=Posture.UNKNOWN),
            "Look at the person. Posture unknown: no rest is counted; 0:44 more.",
            "Look at the person.",
        ),
    ],
    ids=["runs", "head low", "unknown"],
)
def test_a_rest_says_how_long_or_what_makes_it_go_on(
    snapshot: Snapshot, said: str, act: str
) -> None:
    shown = headline(view(snapshot))
    assert (shown.text, shown.act) == (said, act)


@pytest.mark.parametrize("angle_deg", [-8.0, 9.0])
def test_a_rest_does_not_name_what_it_is_itself_against_ready(angle_deg: float) -> None:
    assert headline(view(possible(replace(RESTING, angle_deg=angle_deg)))).note == ""


def test_without_fresh_data_the_banner_says_what_to_do() -> None:
    assert headline(view(SCENES["stale"])).text == (
        "The last came 3.4 s ago. Look at the person; then check the node's power and link."
    )
    waiting = headline(view(replace(SCENES["no_signal"], alarms=())))
    assert waiting.text == "Nobody is watched yet. Switch the node on; check its link."


def test_the_source_of_a_rule_is_not_in_the_banner() -> None:
    assert headline(view(SCENES["limit"])).note == "high alarm · press a to acknowledge"


def test_what_is_over_flashes_on_and_says_that_it_is_over_and_what_to_do() -> None:
    said = headline(view(SCENES["latched"]))
    assert (said.marked, said.text, said.act, said.note) == (
        "*** OVER: INVERTED TOO LONG ***",
        "The person is up. Press a, then rest 0:44.",
        "Press a, then rest 0:44.",
        "high alarm · over, press a",
    )
    assert not headline(view(SCENES["latched"], clock_s=0.3)).lit


def test_why_it_is_not_ready_ends_in_the_key_that_helps() -> None:
    assert headline(view(SCENES["unconfirmed"])).text == (
        "Nobody has confirmed that the test tone is heard: press t; "
        "the spotter has not checked in: press c."
    )


def test_what_has_no_room_is_seen_to_go_on() -> None:
    reasons = tuple(Check("Computer", f"the {nth} reason why it is not so") for nth in "abcdefgh")
    shown = view(replace(CALM, checks=reasons))
    assert plain(paint_banner(shown, 40, 3)).splitlines()[-1].rstrip().endswith("…")
    assert "…" not in plain(paint_banner(shown, 40, 20))


def test_an_ended_replay_says_so() -> None:
    ended = SourceState("replay", live=False, note="replay ended")
    assert headline(view(source=ended)).title == "replay ended"


@pytest.mark.parametrize("name", ["stand_down", "no_signal", "lost"])
def test_what_is_not_watched_does_not_look_calm(name: str) -> None:
    quiet = view(replace(SCENES[name], alarms=()))
    assert headline(quiet).stands_out
    calm = paint_banner(view(), 80, 3)[1][0][1]
    assert paint_banner(quiet, 80, 3)[1][0][1] != calm


@pytest.mark.parametrize("id", AlarmId)
def test_every_title_fits_the_banner_between_its_marks_at_80_and_40_columns(id: AlarmId) -> None:
    shown = view(replace(CALM, alarms=(alarm(id),)))
    marks = ALARMS[id].priorities[-1].marks
    for width in (80, 40):
        first = plain(paint_banner(shown, width, 3)).splitlines()[0].strip()
        assert first == f"{marks} {ALARMS[id].title.upper()} {marks}"


@pytest.mark.parametrize("id", AlarmId)
def test_where_a_title_has_no_room_on_a_line_its_words_stand_below_each_other(id: AlarmId) -> None:
    shown = view(replace(CALM, alarms=(alarm(id),)))
    lines = plain(paint_banner(shown, 12, 12)).splitlines()
    marks = ALARMS[id].priorities[-1].marks
    assert " ".join(" ".join(lines).split()).startswith(f"{marks} {ALARMS[id].title.upper()}")


@pytest.mark.parametrize("id", AlarmId)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("detail", ["", "the longest detail that a condition is likely to give"])
def test_no_word_of_advice_is_cut(id: AlarmId, width: int, detail: str) -> None:
    shown = view(replace(CALM, alarms=(alarm(id, detail=detail),)))
    height = max(3, banner_rows(shown, width))
    assert ALARMS[id].advice in _words(shown, width, height)
    assert wording.sentence(detail) in _words(shown, width, height)


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize(("width", "height"), _SIZES)
def test_the_banner_fills_its_place_exactly(name: str, width: int, height: int) -> None:
    lines = paint_banner(view(SCENES[name]), width, height)
    assert [width_of(line) for line in lines] == [width] * height


def test_a_wide_banner_says_the_title_in_large_letters() -> None:
    shown = plain(paint_banner(view(SCENES["no_return"]), 120, 6))
    assert all(row in shown for row in big("Not coming up", 1))
    assert "***" in shown


def test_a_banner_flashes_between_two_looks_and_keeps_its_text() -> None:
    lit, unlit = (view(SCENES["limit"], clock_s=t) for t in (0.1, 0.3))
    assert paint_banner(lit, 80, 3) != paint_banner(unlit, 80, 3)
    assert plain(paint_banner(lit, 80, 3)) == plain(paint_banner(unlit, 80, 3))


def test_an_acknowledged_alarm_stays_and_is_steady() -> None:
    lit, later = (view(SCENES["acknowledged"], clock_s=t) for t in (0.1, 0.3))
    assert paint_banner(lit, 80, 3) == paint_banner(later, 80, 3)
    assert "acknowledged, audio paused 23 s" in _words(lit, 80, 3)


def test_a_table_that_failed_says_so_before_its_alarms_and_why() -> None:
    failed = SourceState("a", live=False, note="FAILED", failure="the cable has melted")
    said = headline(view(SCENES["limit"], source=failed))
    assert (said.marked, said.note) == ("*** WATCHING FAILED ***", "The cable has melted.")
    assert said.text.startswith("Nobody is watched there. Look at the person now")


CALL = replace(CALM, alarms=(alarm(AlarmId.DISTRESS),))
NOTICE = SCENES["notice"]
BATTERY = replace(CALM, alarms=(alarm(AlarmId.BATTERY_LOW, priority=Priority.LOW),))
GONE = SourceState("a", live=False, note="FAILED", failure="the cable has melted")


def _beside(*views: View) -> list[Beside]:
    names = ("attic", "den", "cellar")
    return [Beside(names[n], str(n + 1), seen) for n, seen in enumerate(views)]


@pytest.mark.parametrize(
    ("shown", "others", "marked"),
    [
        (CALM, (view(CALL),), "*** ATTIC: CALL FOR HELP ***"),
        (CALM, (view(CALM), view(NOTICE)), "** DEN: TIME LIMIT IS NEAR **"),
        (CALM, (view(NOTICE), view(CALL)), "*** DEN: CALL FOR HELP ***"),
        (CALM, (view(CALL), view(SCENES["limit"])), "*** DEN: INVERTED TOO LONG ***"),
        (CALM, (view(CALM, source=GONE),), "*** ATTIC: WATCHING FAILED ***"),
        (NOTICE, (view(CALL),), "*** ATTIC: CALL FOR HELP ***"),
        (BATTERY, (view(NOTICE),), "** ATTIC: TIME LIMIT IS NEAR **"),
        (NOTICE, (view(NOTICE),), "** TIME LIMIT IS NEAR **"),
        (SCENES["limit"], (view(CALL),), "*** INVERTED TOO LONG ***"),
        (SCENES["limit"], (view(CALM, source=GONE),), "*** INVERTED TOO LONG ***"),
        (CALM, (view(BATTERY), view(inverted(20.0))), "READY"),
    ],
)
def test_another_table_that_needs_somebody_more_than_the_shown_one_is_told(
    shown: Snapshot, others: tuple[View, ...], marked: str
) -> None:
    assert headline(view(shown), _beside(*others)).marked == marked


def test_of_another_table_the_banner_says_first_how_to_see_it_and_then_what_to_do_there() -> None:
    lines = plain(paint_banner(view(), 80, 3, _beside(view(CALL)))).splitlines()
    assert [line.strip() for line in lines] == [
        "*** ATTIC: CALL FOR HELP ***",
        "Press 1 to see it. Go there now. Bring the person up slowly; in doubt call",
        "emergency services.",
    ]
    large = plain(paint_banner(view(), 120, 6, _beside(view(CALL))))
    assert all(row in large for row in big("attic: Call for help", 1))


def test_the_keys_that_it_names_are_not_those_of_the_other_table() -> None:
    acknowledged = view(SCENES["acknowledged"])
    assert headline(view(), _beside(view(CALL))).note == "high alarm"
    assert headline(view(), _beside(acknowledged)).note == "high alarm · acknowledged"
    assert headline(view(), _beside(view(source=GONE))).note == "The cable has melted."


@pytest.mark.parametrize("other", sorted(set(SCENES) - {"calm", "level", "inverted"}))
@pytest.mark.parametrize("shown", SCENES)
def test_no_banner_says_no_alarm_while_another_table_needs_somebody(
    shown: str, other: str
) -> None:
    seen, beside = view(SCENES[shown]), _beside(view(SCENES[other]))
    if not beside[0].needs_somebody:
        return
    for width, least in _SIZES:
        height = max(least, banner_rows(seen, width, beside))
        lines = paint_banner(seen, width, height, beside)
        assert [width_of(line) for line in lines] == [width] * height
        assert "No alarm" not in plain(lines)
        if seen.urgency < beside[0].view.urgency:
            said = " ".join(plain(lines).split())
            assert "Press 1 to see it." in said
            assert wording.to_do(SCENES[other].alarms[0], beside[0].view) in said


def test_of_a_title_that_is_too_long_the_name_is_cut_and_not_the_alarm() -> None:
    def first(name: str, width: int) -> str:
        beside = [Beside(name, "2", view(CALL))]
        return plain(paint_banner(view(), width, 4, beside)).splitlines()[0].strip()

    assert first("the room under the roof", 40) == "*** THE ROOM UND…: CALL FOR HELP ***"
    assert first("倒立台" * 9, 40) == "*** 倒立台倒立台…: CALL FOR HELP ***"
    assert first("n" * 90, 80) == f"*** {'N' * 52}…: CALL FOR HELP ***"


def _all(*snapshots: Snapshot, **changes: object) -> list[Beside]:
    return _beside(*(view(snapshot, **changes) for snapshot in snapshots))


@pytest.mark.parametrize(
    ("tables", "marked", "text"),
    [
        (
            _all(CALM, CALL),
            "*** DEN: CALL FOR HELP ***",
            f"Press 2 to see it. {ALARMS[AlarmId.DISTRESS].advice}",
        ),
        (
            _all(inverted(20.0), inverted(40.0), CALM),
            "2 INVERTED",
            "den: 0:20 left to the limit. No alarm.",
        ),
        (
            _all(inverted(20.0), BATTERY),
            "1 INVERTED",
            "attic: 0:40 left to the limit. 1 low alarm.",
        ),
        (_all(CALM, RESTING), "NOBODY INVERTED", "Watching 2 tables. No alarm."),
        (
            _all(inverted(20.0), replace(CALM, stand_down=True)),
            "1 NOT WATCHED",
            "den: nothing is known of them now.",
        ),
        (
            _all(CALM, CALM, source=SourceState("a", live=False, note="ended")),
            "2 NOT WATCHED",
            "attic, den: nothing is known of them now.",
        ),
    ],
)
def test_an_overview_says_what_is_worst_and_else_how_many_are_how(
    tables: list[Beside], marked: str, text: str
) -> None:
    said = headline_of_all(tables)
    assert (said.marked, said.text) == (marked, text)
