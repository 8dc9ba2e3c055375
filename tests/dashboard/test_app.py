# SPDX-License-Identifier: MIT
"""Every key and every rule of the screen, driven through Textual's pilot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Region

from tests.dashboard.desk import opened
from tests.dashboard.gallery import dashboard
from tests.dashboard.scenes import CALM, NOW_S, SCENES, inverted
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import (
    Acknowledge,
    Command,
    Distress,
    ImFine,
    Resume,
    SeenUpright,
    StandDown,
)
from upturn.core.events import Noted
from upturn.core.sources import DOCUMENTS
from upturn.dashboard.acts import NOTICE_S
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.asking import ASK_S, Act
from upturn.dashboard.feed import SourceState
from upturn.dashboard.palette import DARK
from upturn.dashboard.pane import Pane
from upturn.dashboard.spans import Line, plain
from upturn.errors import EXIT_INTERRUPTED


async def test_acknowledge_names_every_occurrence_on_the_screen() -> None:
    async with opened(SCENES["no_return"]) as desk:
        await desk.press("a")
        assert desk.feed.commands == [
            Acknowledge(AlarmId.NO_RETURN, 1),
            Acknowledge(AlarmId.TIME_LIMIT, 1),
            Acknowledge(AlarmId.TIME_LIMIT_NEAR, 1),
        ]
        assert desk.text("notice").strip() == "Acknowledged."


async def test_with_no_alarm_there_is_nothing_to_acknowledge() -> None:
    async with opened() as desk:
        await desk.press("a")
        assert desk.feed.commands == []
        assert desk.text("notice").strip() == "No alarm to acknowledge."


async def test_a_refusal_is_shown() -> None:
    reason = "Not coming up: its audio cannot be paused while it lasts"
    refuse = {AlarmId.NO_RETURN: reason}

    def refusal(command: Command) -> str | None:
        return refuse.get(command.id) if isinstance(command, Acknowledge) and command.id else None

    async with opened(SCENES["no_return"], refusal=refusal) as desk:
        await desk.press("a")
        assert desk.text("notice").strip() == f"Acknowledged 2 of 3. {reason}"


async def test_a_long_refusal_is_shown_whole() -> None:
    reason = "Stand down is not possible while someone is inverted; bring the person up first"
    async with opened(refusal=lambda _: reason) as desk:
        await desk.press("s", "s")
        await desk.show()
        assert " ".join(desk.text("notice").split()) == f"Not done: {reason}"
        assert desk.app.query_one("#notice").size.height == 2


async def test_a_notice_goes_with_what_it_said() -> None:
    """A stand down may end by itself, and a sensor read on what it read."""
    async with opened(SCENES["stand_down"], refusal=lambda _: None) as desk:
        await desk.show(CALM)

        def stood_down(command: Command) -> str | None:
            desk.feed.state = SCENES["stand_down"]
            return None

        desk.feed.refusal = stood_down
        await desk.press("s", "y")
        await desk.show()
        assert desk.text("notice").strip() == "Stood down: alarms are off."
        await desk.show(CALM, after_s=1.0)
        assert desk.text("notice").strip() == "Stand down has ended: alarms are on."
        await desk.show(after_s=NOTICE_S)
        assert desk.text("notice") == ""


async def test_seen_upright_says_it_when_the_sensor_reads_inverted_on() -> None:
    async with opened(inverted(24.3)) as desk:
        await desk.press("u")
        assert "The sensor still reads +52°, inverted" in " ".join(desk.text("notice").split())
        await desk.press("y")
        assert desk.feed.commands == [SeenUpright()]
        assert desk.text("notice").strip() == "Seen upright: the inversion is ended."
        await desk.show(replace(inverted(1.0), inversion=4))
        said = "The sensor reads inverted: a new inversion is counted."
        assert desk.text("notice").strip() == said


async def test_acknowledged_is_not_said_of_an_alarm_that_came_later() -> None:
    async with opened(SCENES["acknowledged"]) as desk:
        await desk.press("a")
        assert desk.text("notice").strip() == "Acknowledged."
        await desk.show(SCENES["no_return"])
        assert desk.text("notice") == ""


async def test_a_notice_goes_away() -> None:
    async with opened() as desk:
        await desk.press("f")
        assert desk.text("notice")
        await desk.show(after_s=NOTICE_S)
        assert desk.text("notice") == ""


@pytest.mark.parametrize(
    ("key", "command"), [("u", SeenUpright()), ("s", StandDown())], ids=["seen", "stand down"]
)
@pytest.mark.parametrize("yes", ["same", "y", "enter"])
async def test_an_act_asks_once_and_then_is_done(key: str, command: Command, yes: str) -> None:
    async with opened() as desk:
        await desk.press(key)
        assert desk.feed.commands == []
        assert "yes" in desk.text("notice")
        await desk.press(key if yes == "same" else yes)
        assert desk.feed.commands == [command]


@pytest.mark.parametrize("no", ["escape", "n"])
async def test_a_question_can_be_answered_with_no(no: str) -> None:
    async with opened() as desk:
        await desk.press("u", no, "y")
        assert desk.feed.commands == []
        assert desk.text("notice") == ""


async def test_a_question_lapses_unanswered() -> None:
    async with opened() as desk:
        await desk.press("u")
        await desk.show(after_s=ASK_S)
        assert desk.text("notice") == ""
        await desk.press("y")
        assert desk.feed.commands == []


async def test_another_key_takes_a_question_back_and_does_its_own_work() -> None:
    async with opened() as desk:
        await desk.press("s", "d", "y")
        assert desk.feed.commands == [Distress()]


async def test_watching_again_asks_nothing() -> None:
    async with opened(SCENES["stand_down"]) as desk:
        await desk.press("s")
        assert desk.feed.commands == [Resume()]


@pytest.mark.parametrize(("key", "command"), [("d", Distress()), ("f", ImFine())])
async def test_a_call_is_sent_at_once(key: str, command: Command) -> None:
    async with opened(inverted(20.0)) as desk:
        await desk.press(key)
        assert desk.feed.commands == [command]


async def test_quit_ends_at_once_while_nothing_happens() -> None:
    async with opened() as desk:
        await desk.press("q")
        assert not desk.app.is_running or desk.app._exit
        assert desk.app.return_code == 0


@pytest.mark.parametrize("name", ["inverted", "latched"])
@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quit_asks_while_inverted_or_in_high_alarm(name: str, key: str) -> None:
    async with opened(SCENES[name]) as desk:
        await desk.press(key)
        assert not desk.app._exit
        assert " ".join(desk.text("notice").split()).startswith(Act.QUIT.value.text)
        await desk.press(key)
        assert desk.app._exit


async def test_ctrl_c_ends_at_once_with_its_own_code() -> None:
    async with opened(SCENES["limit"]) as desk:
        await desk.press("ctrl+c")
        assert desk.app._exit
        assert desk.app.return_code == EXIT_INTERRUPTED


@pytest.mark.parametrize("key", ["question_mark", "h"])
async def test_help_opens_over_the_plot_and_leaves_the_alarm_in_view(key: str) -> None:
    async with opened(SCENES["limit"], size=(100, 140)) as desk:
        await desk.press(key)
        assert desk.app.query_one("#page").display
        assert "INVERTED TOO LONG" in desk.text("banner") or "▀" in desk.text("banner")
        assert all(document.title in desk.screen for document in DOCUMENTS.values())
        assert "Not a medical device" in desk.screen
        await desk.press(key)
        assert not desk.app.query_one("#page").display


async def test_help_is_closed_by_escape_and_scrolled_by_arrows() -> None:
    async with opened() as desk:
        await desk.press("h", "pagedown")
        assert desk.app.query_one("#page").scroll_target_y > 0
        await desk.press("escape")
        assert not desk.app.query_one("#page").display


async def test_keys_act_while_help_is_open() -> None:
    async with opened(SCENES["limit"]) as desk:
        await desk.press("h", "d")
        assert desk.feed.commands == [Distress()]


async def test_brackets_change_the_window_of_the_chart_between_its_ends() -> None:
    async with opened() as desk:
        titles = [desk.text("chart").splitlines()[0].split("  ")[1]]
        for key in ["left_square_bracket"] * 3 + ["right_square_bracket"] * 8:
            await desk.press(key)
            titles.append(desk.text("chart").splitlines()[0].split("  ")[1])
        assert titles == [
            "last 2 min",
            "last 60 s",
            "last 30 s",
            "last 30 s",
            "last 60 s",
            "last 2 min",
            "last 5 min",
            "last 10 min",
            "last 30 min",
            "last 1 h",
            "last 1 h",
            "last 1 h",
        ]


async def test_a_click_on_a_key_is_that_key() -> None:
    async with opened(inverted(20.0)) as desk:
        x = desk.text("keys").index("call help")
        await desk.pilot.click("#keys", offset=(x, 0))
        assert desk.feed.commands == [Distress()]


async def test_the_keys_that_matter_are_named_in_the_last_line_at_80_columns() -> None:
    async with opened() as desk:
        last = desk.screen.splitlines()[-1].strip()
        assert last == (
            "s stand down c check in d call help l large m theme ? help q quit [ ] zoom"
        )


def _struck(lines: list[Line]) -> str:
    return " ".join(text for line in lines for text, style in line if style.strike)


async def test_fresh_values_are_shown_plainly() -> None:
    async with opened(inverted(20.0)) as desk:
        lines = desk.app.query_one("#posture", Pane).lines
        assert "INVERTED" in plain(lines)
        assert _struck(lines) == ""


@pytest.mark.parametrize(
    "changes", [{"signal_age_s": 2.5}, {"signal_age_s": 1.0, "signal_lost": True}]
)
async def test_stale_values_are_never_shown_as_fresh(changes: dict[str, object]) -> None:
    stale = inverted(20.0, **changes)
    async with opened(inverted(20.0)) as desk:
        figure = desk.app.query_one("#figure", Pane).lines
        digits = desk.app.query_one("#posture", Pane).lines[1:4]
        await desk.show(stale)
        lines = desk.app.query_one("#posture", Pane).lines
        assert _struck(lines).startswith("INVERTED +52°")
        assert lines[1:4] != digits
        assert desk.app.query_one("#figure", Pane).lines != figure
        assert "NO DATA" in desk.text("header")


async def test_before_the_first_sample_there_are_dashes() -> None:
    async with opened(SCENES["no_signal"]) as desk:
        assert desk.text("posture").splitlines()[0] == "POSTURE UNKNOWN"
        assert "no data yet" in desk.text("header")
        assert "°" not in desk.text("posture")


async def test_a_monitor_that_stands_still_is_said_to_have_stopped() -> None:
    async with opened(inverted(20.0)) as desk:
        await desk.show(after_s=2.9)
        assert "STOPPED" not in desk.screen
        await desk.show(after_s=0.2)
        assert "*** UPTURN ITSELF HAS STOPPED ***" in desk.screen
        assert "STOPPED" in desk.text("header")
        assert _struck(desk.app.query_one("#exposure", Pane).lines) == "0:20"
        await desk.show(replace(inverted(23.0), now_s=NOW_S + 3.0))
        assert "STOPPED" not in desk.screen


async def test_a_replay_that_ended_has_not_stopped() -> None:
    ended = SourceState("replay of x.csv", live=False, note="replay ended")
    async with opened(source=ended) as desk:
        await desk.show(after_s=60.0)
        assert "STOPPED" not in desk.screen
        assert "REPLAY ENDED" in desk.text("banner")


async def test_at_80x24_all_that_matters_is_on_the_screen() -> None:
    three = replace(SCENES["many_alarms"], alarms=SCENES["many_alarms"].alarms[:3], checks=())
    async with opened(three) as desk:
        screen = desk.screen
        assert "*** NOT COMING UP ***" in screen
        assert all(alarm.spec.title in screen for alarm in three.alarms)
        assert "INVERTED" in screen
        assert "EXPOSURE at least" in screen
        assert "0:16 OVER THE LIMIT" in screen
        assert "data <1 s old" in screen
        assert "ANGLE  last 2 min" in screen
        assert Region(0, 0, 80, 23).contains_region(desk.app.query_one("#chart").region)
        assert desk.app.query_one("#chart").size.height >= 4


async def test_a_tiny_terminal_still_shows_banner_posture_and_exposure() -> None:
    async with opened(SCENES["limit"], size=(40, 10)) as desk:
        screen = desk.screen
        assert "*** INVERTED TOO LONG ***" in screen
        assert "INVERTED" in screen
        assert "EXPOSURE" in screen
        assert "0:03 OVER" in screen


@pytest.mark.parametrize("size", [(1, 1), (12, 3), (30, 8), (60, 15), (300, 12), (20, 100)])
async def test_no_size_of_terminal_breaks_the_screen(size: tuple[int, int]) -> None:
    async with opened(SCENES["many_alarms"]) as desk:
        await desk.pilot.resize_terminal(*size)
        await desk.show()
        assert len(desk.screen.splitlines()) == size[1]
        await desk.pilot.resize_terminal(80, 24)
        await desk.show()
        assert "*** NOT COMING UP ***" in desk.screen


async def test_wide_screens_show_readiness_limits_session_and_log() -> None:
    async with opened(SCENES["many_alarms"], size=(200, 60)) as desk:
        side = desk.text("side")
        assert "PRE-USE CHECK: NOT READY" in side
        assert "notice 0:45, limit 1:00" not in side
        assert "at least 2:26 inverted\nlongest 1:16, peak +67°" in side
        assert "18:29:29 ** Time limit is near: raised" in side
        assert "Not a medical device" in desk.screen
        await desk.show(CALM)
        assert "notice 0:45, limit 1:00" in desk.text("side")


async def test_the_log_goes_on_with_what_happens() -> None:
    async with opened(inverted(24.3), size=(200, 60)) as desk:
        desk.feed.ring.extend([Noted(NOW_S, "seen upright by a person")])
        await desk.show()
        assert "18:30:00 seen upright by a person" in desk.text("side")
        assert desk.text("side").count("inversion 3 began") == 1


async def test_a_profile_beyond_a_document_is_named_at_every_size() -> None:
    for size in ((80, 24), (120, 40)):
        async with opened(SCENES["extended"], size=size) as desk:
            assert "goes beyond" in desk.screen


async def test_a_frame_while_the_screen_is_taken_down_is_no_fault() -> None:
    async with opened(SCENES["no_return"]) as desk:
        await desk.app.screen.query("*").remove()
        desk.app.frame()


async def test_what_has_not_changed_is_not_drawn_again() -> None:
    async with opened(SCENES["inverted"]) as desk:
        drawn: list[str] = []
        for pane in desk.app.query(Pane):
            pane.refresh = lambda *_, name=pane.id, **__: drawn.append(str(name))  # type: ignore[assignment]
        desk.app.frame()
        assert drawn == []
        desk.feed.state = replace(SCENES["inverted"], angle_deg=40.0)
        desk.app.frame()
        assert sorted(set(drawn)) == ["figure", "posture"]


async def test_only_the_rows_that_changed_are_drawn_again() -> None:
    async with opened() as desk:
        pane = desk.app.query_one("#posture", Pane)
        drawn: list[Region] = []
        pane.refresh = lambda *regions, **_: drawn.extend(regions)  # type: ignore[assignment]
        pane.show([*pane.lines[:-1], (("another last line", DARK.plain),)])
        assert drawn == [Region(0, len(pane.lines) - 1, pane.size.width, 1)]


@pytest.mark.parametrize("name", ["limit", "lost"])
async def test_without_colour_every_word_is_still_there(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(SCENES[name]) as desk:
        colored = desk.screen
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(SCENES[name]) as desk:
        assert desk.app.no_color
        assert desk.screen == colored


def test_the_gallery_and_the_tests_show_the_same_app() -> None:
    assert isinstance(dashboard(CALM), UpturnDashboard)
