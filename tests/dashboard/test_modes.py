# SPDX-License-Identifier: MIT
"""Theme, large mode, sound, check-in, what stays in view, and terminals that can do little."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tests.dashboard.desk import opened
from tests.dashboard.scenes import CALM, NOW_S, RESTING, SCENES, Clock, StubFeed, inverted
from upturn.core.commands import CheckIn
from upturn.core.events import InversionStarted, Noted
from upturn.dashboard.acts import NO_SOUND
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.asking import LISTEN_S
from upturn.dashboard.feed import Asked, SourceState
from upturn.dashboard.palette import COLOUR_BLIND, DARK, LIGHT, MONOCHROME, THEMES
from upturn.dashboard.pane import Pane
from upturn.dashboard.terminal import Terminal, terminal

ASCII = terminal({}, "ascii")
READ_ONLY = SourceState("attic by MQTT", read_only="this view is read-only")


@dataclass
class StubSound:
    """Plays nothing, and says what it is told to say."""

    problem: str | None = None
    name: str = "Built-in speakers"
    confirmed: bool = False
    played: list[None] = field(default_factory=list)

    def words(self) -> str:
        return self.name

    def test_tone(self) -> str | None:
        self.played.append(None)
        return self.problem

    def confirm(self) -> None:
        self.confirmed = True

    def needs_confirming(self) -> bool:
        return not self.confirmed


async def test_a_check_in_is_told_to_the_core() -> None:
    async with opened() as desk:
        await desk.press("c")
        assert desk.feed.commands == [CheckIn()]
        assert desk.text("notice").strip() == "Checked in: you are here and look."


@pytest.mark.parametrize("key", ["u", "s", "c", "d", "f"])
async def test_a_view_that_is_read_only_says_so_and_sends_nothing(key: str) -> None:
    async with opened(SCENES["limit"], source=READ_ONLY) as desk:
        await desk.press(key)
        assert desk.feed.commands == []
        assert desk.text("notice").strip() == "Not done: this view is read-only"
        await desk.press("y")
        assert desk.feed.commands == []


async def test_a_command_on_its_way_is_told_and_then_its_answer() -> None:
    async with opened(SCENES["limit"], refusal=lambda _: Asked("Asked the host.")) as desk:
        await desk.press("a")
        assert desk.text("notice").strip() == "Asked the host."
        desk.feed.where = replace(desk.feed.where, answer="Acknowledged there.")
        await desk.show()
        assert desk.text("notice").strip() == "Acknowledged there."
        desk.feed.where = replace(desk.feed.where, answer="")
        await desk.show(after_s=10.0)
        assert desk.text("notice") == ""


async def test_the_test_tone_asks_whether_it_was_heard_and_yes_confirms_it() -> None:
    sound = StubSound()
    async with opened(sound=sound) as desk:
        assert desk.text("keys").startswith(" t test tone ")
        await desk.press("t")
        assert sound.played == [None]
        assert "Did you HEAR the tone" in desk.text("notice")
        await desk.press("t")
        assert (len(sound.played), sound.confirmed) == (2, False)
        await desk.press("y")
        assert sound.confirmed
        assert desk.text("notice").strip() == "Heard: Built-in speakers is confirmed."
        assert not desk.text("keys").startswith(" t test tone ")


@pytest.mark.parametrize("key", ["escape", "n"])
async def test_a_tone_that_was_not_heard_is_not_confirmed_and_what_to_do_is_said(key: str) -> None:
    sound = StubSound()
    async with opened(sound=sound) as desk:
        await desk.press("t", key)
        assert desk.text("notice").strip().startswith("Not heard: turn the sound up")
        await desk.press("y")
        assert not sound.confirmed


async def test_a_tone_that_nobody_answers_for_is_not_confirmed() -> None:
    sound = StubSound()
    async with opened(sound=sound) as desk:
        await desk.press("t")
        await desk.show(after_s=LISTEN_S)
        await desk.press("y")
        assert not sound.confirmed


async def test_where_nothing_plays_the_key_says_why() -> None:
    async with opened() as desk:
        await desk.press("t")
        assert desk.text("notice").strip() == NO_SOUND
    async with opened(sound=StubSound(problem="the device is busy")) as desk:
        await desk.press("t", "y")
        assert desk.text("notice").strip() == "No sound here: the device is busy"


@pytest.mark.parametrize(
    ("sound", "rings"), [(None, 1), (StubSound(name=""), 1), (StubSound(), 0)]
)
async def test_the_terminals_bell_rings_for_a_high_alarm_where_nothing_else_sounds(
    sound: StubSound | None, rings: int
) -> None:
    async with opened(sound=sound) as desk:
        await desk.show(SCENES["notice"])
        assert len(desk.rung) == 0
        await desk.show(SCENES["limit"])
        await desk.show(SCENES["limit"])
        assert len(desk.rung) == rings


async def test_the_theme_changes_by_a_key_for_every_pane_and_the_style_sheet() -> None:
    async with opened(theme="light") as desk:
        grounds = []
        for _ in THEMES:
            ground = desk.app.screen.styles.background.hex.lower()
            pane = desk.app.query_one("#body Pane", Pane)
            assert str(pane._base.bgcolor and pane._base.bgcolor.name) == ground
            grounds.append(ground)
            await desk.press("m")
        assert grounds == [p.ground for p in (LIGHT, COLOUR_BLIND, MONOCHROME, DARK)]
        assert desk.text("notice").strip() == "Theme: light."


async def test_without_colour_it_is_monochrome_and_the_key_says_why() -> None:
    shown_on = terminal({"TERM": "vt100"}, "utf-8")
    async with opened(SCENES["limit"], shown_on=shown_on, theme="light") as desk:
        assert desk.app.screen.styles.background.hex.lower() == MONOCHROME.ground
        await desk.press("m")
        assert desk.text("notice").strip() == "No other theme: the terminal vt100 has none."
        banner = desk.app.query_one("#banner", Pane).lines[0]
        assert any(style.reverse for _, style in banner)


async def test_without_unicode_every_character_is_one_that_the_terminal_has() -> None:
    for name in ("limit", "many_alarms"):
        for key in ("", "l", "h"):
            async with opened(SCENES[name], size=(120, 40), shown_on=ASCII) as desk:
                await desk.press(*key)
                drawn = "".join(
                    segment.text
                    for pane in desk.app.query(Pane)
                    for y in range(len(pane.lines))
                    for segment in pane.render_line(y)
                )
                assert drawn.isascii()


async def test_large_mode_says_posture_time_alarm_and_what_to_do() -> None:
    async with opened(SCENES["limit"]) as desk:
        await desk.press("l")
        await desk.show()
        large = desk.app.query_one("#large", Pane)
        assert large.size == (80, 23)
        assert not desk.app.query_one("#body").display
        await desk.press("l")
        await desk.show()
        assert not large.display
        assert "INVERTED" in desk.text("posture")


async def test_large_mode_can_be_what_it_begins_with() -> None:
    async with opened(SCENES["limit"], large=True) as desk:
        assert desk.app.query_one("#large").display


async def test_help_opens_over_large_mode_and_leaves_the_alarm_in_view() -> None:
    async with opened(SCENES["limit"], large=True) as desk:
        await desk.press("h")
        await desk.show()
        assert "*** INVERTED TOO LONG ***" in desk.screen
        assert "Not a medical device" in desk.screen


async def test_the_window_of_the_plot_is_that_of_the_settings() -> None:
    async with opened(window_s=90.0) as desk:
        titles = [desk.text("chart").splitlines()[0]]
        for key in ("right_square_bracket", "left_square_bracket", "left_square_bracket"):
            await desk.press(key)
            titles.append(desk.text("chart").splitlines()[0])
        assert [title.split("  ")[1] for title in titles] == [
            "last 90 s",
            "last 2 min",
            "last 90 s",
            "last 60 s",
        ]


async def test_what_was_done_stays_in_view_with_its_time() -> None:
    async with opened() as desk:
        assert desk.text("deeds") == ""
        desk.feed.ring.extend(
            [Noted(NOW_S - 60.0, "seen upright"), Noted(NOW_S, "stand down begins: by command")]
        )
        await desk.show(replace(CALM, stand_down=True), after_s=600.0)
        assert [line.strip() for line in desk.text("deeds").splitlines()] == [
            "Stood down since 18:30:00: alarms are off. s watches again.",
            "Seen upright at 18:29:00 by a person: that inversion is ended.",
        ]
        desk.feed.ring.extend(
            [
                Noted(NOW_S, "stand down ends: by command"),
                InversionStarted(NOW_S, 1, 16.0, NOW_S, None),
            ]
        )
        await desk.show(inverted(1.0))
        assert desk.text("deeds") == ""


async def test_a_few_rows_say_posture_and_time_where_the_words_leave_room() -> None:
    async with opened(size=(30, 8)) as desk:
        lines = [line.strip() for line in desk.screen.splitlines()]
        assert lines[-2:] == ["UPRIGHT -87°  <1 s old", "0:00 of 1:00"]
        await desk.show(inverted(24.3, signal_age_s=4.0, exposure_at_least=True))
        lines = [line.strip() for line in desk.screen.splitlines()]
        assert lines[-2:] == ["was INVERTED +52°", "≥0:24 of 1:00"]
        await desk.show(replace(CALM, signal_age_s=None))
        assert "no data yet" in desk.screen
        assert "not counted" in desk.screen
    async with opened(RESTING, size=(40, 5)) as desk:
        assert "0:38 of 1:00, rest 0:44 more" in desk.screen


async def test_at_60x16_there_is_room_for_the_chart_and_a_way_out() -> None:
    async with opened(size=(60, 16)) as desk:
        assert "UPRIGHT" in desk.text("posture")
        assert desk.app.query_one("#chart").size.height >= 4
        assert desk.text("keys").strip().endswith("? help q quit")


@pytest.mark.parametrize("size", [(10, 3), (24, 3), (10, 8)])
@pytest.mark.parametrize("large", [False, True])
async def test_in_a_tiny_window_the_most_urgent_word_comes_first(
    size: tuple[int, int], large: bool
) -> None:
    async with opened(SCENES["limit"], size=size, large=large) as desk:
        words = desk.screen.split()
        assert words[:2] == ["***", "INVERTED"]
        assert words[2] == "TOO"
    async with opened(size=size, large=large) as desk:
        assert "READY" in desk.screen


async def test_in_a_tiny_window_no_answer_covers_the_most_urgent_word() -> None:
    async with opened(SCENES["limit"], size=(24, 4)) as desk:
        await desk.press("c")
        await desk.show()
        lines = desk.screen.splitlines()
        assert lines[0].strip() == "*** INVERTED TOO LONG"
        assert lines[3].strip() == "Checked in: you are"


async def test_a_storm_of_sizes_breaks_nothing() -> None:
    async with opened(SCENES["many_alarms"]) as desk:
        for n in range(16):
            await desk.pilot.resize_terminal(1 + n * 37 % 200, 1 + n * 23 % 70)
            if n % 4 == 0:
                await desk.press("l")
        await desk.pilot.resize_terminal(80, 24)
        await desk.show()
        assert "*** NOT COMING UP ***" in desk.screen


def test_no_argument_but_the_feeds_is_needed() -> None:
    app = UpturnDashboard({"": StubFeed()}, clock=Clock(), shown_on=Terminal())
    assert app.title == ""
