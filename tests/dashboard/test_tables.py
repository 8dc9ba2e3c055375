# SPDX-License-Identifier: MIT
"""Several tables on one screen: keys act on the one that is shown, and the others are heard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from textual.pilot import Pilot

from tests.dashboard.scenes import (
    CALM,
    NOW_S,
    SCENES,
    TABLES,
    WALL,
    Clock,
    StubFeed,
    alarm,
    inverted,
)
from upturn.core.alarm_table import AlarmId
from upturn.core.commands import Acknowledge, CheckIn, Distress
from upturn.core.events import Noted
from upturn.core.snapshot import Snapshot
from upturn.dashboard.acts import SHOW_FIRST
from upturn.dashboard.app import UpturnDashboard
from upturn.dashboard.feed import Asked, SourceState
from upturn.dashboard.pane import Pane
from upturn.dashboard.spans import plain
from upturn.dashboard.tables import TYPING_S

LIMIT = inverted(63.2, alarms=(alarm(AlarmId.TIME_LIMIT),))
LOST = inverted(41.0, alarms=(alarm(AlarmId.SIGNAL_LOST, pausable=False),))
ALARMED = {"den": inverted(24.3), "attic": LIMIT, "cellar": CALM}


@dataclass
class Desk:
    app: UpturnDashboard
    feeds: dict[str, StubFeed]
    clock: Clock
    pilot: Pilot[None]
    rung: list[None]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.show()

    async def show(self, **snapshots: Snapshot) -> None:
        for name, snapshot in snapshots.items():
            self.feeds[name].state = snapshot
        for _ in range(2):  # a pane that changes its height is laid out before the next frame
            self.app.frame()
            await self.pilot.pause()

    def text(self, name: str) -> str:
        return plain(self.app.query_one(f"#{name}", Pane).lines)

    def displays(self, name: str) -> bool:
        return self.app.query_one(f"#{name}").display

    @property
    def shown(self) -> str:
        """The table in the header; the strip marks the same."""
        name = self.text("header").split()[1]
        assert self.text("strip").partition("▸")[2][2:].removeprefix("*** ").startswith(name)
        return name

    @property
    def commands(self) -> dict[str, list[object]]:
        return {name: list(feed.commands) for name, feed in self.feeds.items() if feed.commands}


@asynccontextmanager
async def opened(
    snapshots: dict[str, Snapshot] | None = None,
    size: tuple[int, int] = (80, 24),
    *,
    overview: bool = False,
) -> AsyncIterator[Desk]:
    """With the first one shown in full, whatever it begins with, or with the overview."""
    feeds = {name: StubFeed(shown) for name, shown in (snapshots or TABLES).items()}
    clock = Clock()
    app = UpturnDashboard(feeds, clock=clock, wall=lambda: WALL)
    rung: list[None] = []
    app.bell = lambda: rung.append(None)  # type: ignore[method-assign]
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, feeds, clock, pilot, rung)
        if not overview:
            await desk.press("1")
        await desk.show()
        yield desk


async def test_tab_and_digits_choose_which_table_is_shown() -> None:
    async with opened() as desk:
        seen = [desk.shown]
        for key in ("tab", "tab", "tab", "shift+tab", "2", "1", "9"):
            await desk.press(key)
            seen.append(desk.shown)
    assert seen == ["den", "attic", "cellar", "den", "cellar", "attic", "den", "den"]


async def test_what_is_shown_in_full_is_all_of_that_table() -> None:
    async with opened(size=(200, 60)) as desk:
        desk.feeds["attic"].ring.extend([Noted(NOW_S, "only in the attic")])
        await desk.show()
        assert "INVERTED" in desk.text("posture")
        assert "only in the attic" not in desk.text("side")
        await desk.press("3")
        assert "LEVEL" in desk.text("posture")
        await desk.press("2")
        assert "only in the attic" in desk.text("side")
        assert "TIME LIMIT" not in desk.text("banner")
        assert "Inverted too long" in desk.text("alarms")


async def test_a_key_acts_on_the_table_that_is_shown_and_the_answer_names_it() -> None:
    async with opened(ALARMED) as desk:
        await desk.press("a")
        assert desk.text("notice").strip() == "den: No alarm to acknowledge."
        await desk.press("2", "a")
        assert desk.text("notice").strip() == "attic: Acknowledged."
        await desk.press("3", "d")
        assert desk.commands == {
            "attic": [Acknowledge(AlarmId.TIME_LIMIT, 1)],
            "cellar": [Distress()],
        }


@pytest.mark.parametrize("turn", ["tab", "2"])
async def test_a_question_of_one_table_is_never_answered_for_another(turn: str) -> None:
    async with opened() as desk:
        await desk.press("u")
        assert desk.text("notice").strip().startswith("den: Did you SEE the person upright?")
        await desk.press(turn)
        assert desk.text("notice") == ""
        await desk.press("y")
        assert desk.commands == {}


async def test_quit_asks_while_any_table_needs_it() -> None:
    calm = dict.fromkeys(TABLES, CALM)
    async with opened({**calm, "cellar": inverted(5.0)}) as desk:
        await desk.press("q")
        assert desk.text("notice").strip().startswith("Quit while cellar may need you?")
        assert not desk.app._exit


async def test_the_question_to_quit_names_the_tables_that_need_somebody() -> None:
    async with opened() as desk:
        await desk.press("3", "q")
        text = " ".join(desk.text("notice").split())
        assert text.startswith("Quit while den, attic may need you? None of the 3 tables")
        await desk.show(den=CALM)
        assert desk.text("notice").strip().startswith("Quit while attic")
        await desk.press("escape", "u")
        assert desk.text("notice").strip().startswith("cellar: Did you SEE")


async def test_while_another_table_needs_somebody_the_shown_one_never_says_no_alarm() -> None:
    async with opened({**TABLES, "cellar": CALM}, size=(120, 40)) as desk:
        await desk.press("3")
        assert "Press 2 to see it." in desk.text("banner")
        assert "NO ALARM HERE" in desk.text("alarms")
        await desk.press("2")
        assert "Press" not in desk.text("banner")
        await desk.press("3")
        await desk.show(attic=CALM)
        assert "Watching. No alarm." in desk.text("banner")
        assert desk.text("alarms").startswith("NO ALARM ─")


async def test_at_80_columns_the_header_has_the_node_and_its_way_or_else_the_cause() -> None:
    async with opened() as desk:
        feed = desk.feeds["den"]
        feed.where = SourceState("den by Bluetooth + home")
        await desk.show()
        assert desk.text("header").split("  ")[:2] == [" UPTURN", "den · by Bluetooth + home"]
        assert "standard 1:00 60°" in desk.text("header")
        feed.where = SourceState("Bluetooth service does not run + home", well=False)
        await desk.show(den=SCENES["no_signal"])
        header = " ".join(desk.text("header").split())
        cause = "Bluetooth service does not run + home"
        assert header == f"UPTURN den · {cause} NOT READY no data yet"
        await desk.pilot.resize_terminal(120, 40)
        await desk.show()
        assert "standard 1:00 60°" in desk.text("header")


async def test_each_of_many_tables_has_a_number_that_can_be_typed() -> None:
    many = {f"t{n + 1}": CALM for n in range(19)} | {"attic": LIMIT}
    async with opened(many) as desk:
        assert "Press 20 to see it." in desk.text("banner")
        seen = []
        for key, after_s in (("2", 9.0), ("0", 0.5), ("1", 9.0), ("2", 0.5), ("3", 0.5), ("9", 9)):
            desk.clock.now_s += after_s
            await desk.press(key)
            seen.append(desk.text("header").split()[1])
        assert seen == ["t2", "attic", "t1", "t12", "t3", "t9"]
        desk.clock.now_s += TYPING_S
        await desk.press("0")
        assert desk.text("header").split()[1] == "t9"


async def test_a_click_on_the_strip_shows_that_table() -> None:
    async with opened() as desk:
        await desk.pilot.click("#strip", offset=(60, 0))
        await desk.show()
        assert desk.shown == "cellar"


async def test_each_new_high_alarm_of_any_table_rings_once() -> None:
    async with opened(dict.fromkeys(TABLES, CALM)) as desk:
        counts = [len(desk.rung)]
        again = replace(SCENES["limit"].alarms[0], occurrence=2)
        for state in (
            SCENES["limit"],
            SCENES["limit"],
            SCENES["no_return"],
            replace(SCENES["limit"], alarms=(again,)),
            SCENES["notice"],
        ):
            await desk.show(cellar=state)
            counts.append(len(desk.rung))
    assert counts == [0, 1, 1, 2, 3, 3]


async def test_one_table_that_stands_still_or_failed_is_heard_and_marked_beside_the_others() -> (
    None
):
    async with opened(dict.fromkeys(TABLES, CALM), size=(120, 40)) as desk:
        desk.clock.now_s += 4.0
        later = replace(CALM, now_s=NOW_S + 4.0)
        await desk.show(den=later, attic=later)
        assert desk.text("strip").count("STOPPED") == 1
        assert len(desk.rung) == 1
        why = "the cable has melted"
        desk.feeds["attic"].where = SourceState("a", live=False, note="FAILED", failure=why)
        await desk.show()
        assert len(desk.rung) == 2
        lines = desk.text("strip").splitlines()
        assert lines[1].rstrip().endswith("FAILED: the cable has melted")
        assert "READY" in lines[0]
        await desk.press("2")
        assert "Nobody is watched there" in desk.text("banner")
        assert "nothing is counted now" in desk.text("exposure")


async def test_at_80x24_three_tables_leave_the_shown_one_all_that_it_had() -> None:
    three = replace(SCENES["many_alarms"], alarms=SCENES["many_alarms"].alarms[:3], checks=())
    async with opened({**TABLES, "den": three}) as desk:
        screen = "\n".join(s.text for s in desk.app.screen._compositor.render_strips())
        assert "*** NOT COMING UP ***" in screen
        assert all(alarm.spec.title in screen for alarm in three.alarms)
        for words in ("EXPOSURE at least", "0:16 OVER THE LIMIT", "data <1 s old", "ANGLE  last"):
            assert words in screen
        assert desk.app.query_one("#chart").size.height >= 4
        assert desk.app.query_one("#strip").size.height == 1


async def test_a_tiny_terminal_still_says_which_table_it_shows_and_which_needs_somebody() -> None:
    async with opened(size=(40, 10)) as desk:
        assert desk.text("header").startswith(" den ")
        assert "*** attic" in desk.text("strip")


async def test_one_table_has_no_strip_no_overview_and_no_other_keys() -> None:
    async with opened({"den": SCENES["limit"]}) as desk:
        before = desk.text("header"), desk.text("exposure")
        await desk.press("tab", "2", "shift+tab", "1", "o", "a")
        assert (desk.text("header"), desk.text("exposure")) == before
        assert desk.app.query_one("#strip").size.height == 0
        assert desk.text("notice").strip() == "Acknowledged."
        assert not desk.displays("tiles")
        await desk.press("h")
        assert "Another table" not in str(desk.app.query_one("#page").children)


async def test_three_tables_begin_with_the_overview_and_keys_a_click_or_tab_show_one() -> None:
    async with opened(overview=True) as desk:
        assert desk.text("tiles").splitlines()[0].split()[:3] == ["2", "***", "attic"]
        assert "*** ATTIC: INVERTED TOO LONG ***" in desk.text("banner")
        for key, shown in (("tab", "attic"), ("3", "cellar"), ("1", "den")):
            await desk.press(key)
            assert (desk.shown, desk.displays("tiles")) == (shown, False)
            await desk.press("o")
            assert desk.displays("tiles")
        await desk.pilot.click("#tiles", offset=(30, 8))
        await desk.show()
        assert desk.shown == "den"


@pytest.mark.parametrize(
    ("names", "size", "begins"),
    [(2, (80, 24), False), (3, (80, 24), True), (3, (75, 24), False), (3, (80, 17), False)],
)
async def test_an_overview_is_what_it_begins_with_where_it_has_room(
    names: int, size: tuple[int, int], begins: bool
) -> None:
    tables = {f"t{n}": CALM for n in range(names)}
    async with opened(tables, size, overview=True) as desk:
        assert desk.displays("tiles") == begins


@pytest.mark.parametrize("key", ["u", "s", "f"])
async def test_in_the_overview_most_keys_act_on_no_table_and_are_not_offered(key: str) -> None:
    async with opened(ALARMED, overview=True) as desk:
        assert f" {key} " not in desk.text("keys")
        await desk.press(key, "y")
        assert desk.commands == {}
        assert desk.text("notice").strip() == SHOW_FIRST


async def test_in_the_overview_acknowledging_is_of_the_table_in_the_banner_and_says_so() -> None:
    async with opened(ALARMED, overview=True) as desk:
        assert "*** ATTIC: INVERTED TOO LONG ***" in desk.text("banner")
        assert desk.text("keys").startswith(" a acknowledge ")
        await desk.press("a")
        assert desk.commands == {"attic": [Acknowledge(AlarmId.TIME_LIMIT, 1)]}
        assert desk.text("notice").strip() == "attic: Acknowledged: Inverted too long."


async def test_then_the_next_one_that_nobody_has_answered_is_in_the_banner() -> None:
    answered = replace(LIMIT, alarms=(replace(LIMIT.alarms[0], acknowledged=True),))
    async with opened({**ALARMED, "cellar": LOST}, overview=True) as desk:
        await desk.press("a")
        await desk.show(attic=answered)
        assert "*** CELLAR: NO DATA FROM THE TABLE ***" in desk.text("banner")
        await desk.press("a")
        assert list(desk.commands) == ["attic", "cellar"]


async def test_in_the_overview_a_call_for_help_is_of_the_table_in_the_banner() -> None:
    async with opened(ALARMED, overview=True) as desk:
        assert "d call help" in desk.text("keys")
        await desk.press("d")
        assert desk.commands == {"attic": [Distress()]}
        assert desk.text("notice").strip() == "attic: Call for help raised."


@pytest.mark.parametrize("key", ["a", "d"])
async def test_in_an_overview_that_names_no_table_they_act_on_none(key: str) -> None:
    async with opened(dict.fromkeys(TABLES, CALM), overview=True) as desk:
        assert "acknowledge" not in desk.text("keys")
        await desk.press(key)
        assert desk.commands == {}
        assert desk.text("notice").strip() == SHOW_FIRST


async def test_in_the_overview_a_refusal_and_an_answer_name_their_table() -> None:
    async with opened(ALARMED, overview=True) as desk:
        attic = desk.feeds["attic"]
        attic.refusal = lambda _: Asked("asked the host")
        await desk.press("a")
        assert desk.text("notice").strip() == "attic: asked the host"
        attic.where = replace(attic.where, answer="done there")
        await desk.show()
        assert desk.text("notice").strip() == "attic: done there"
        attic.where = SourceState("x", acts={Distress: "at the host only"})
        await desk.press("d")
        assert desk.text("notice").strip() == "attic: Not done: at the host only"


async def test_tables_that_come_one_by_one_are_an_overview_as_soon_as_there_are_so_many() -> None:
    """As at a broker: until somebody has chosen what to see."""
    async with opened({"den": CALM}, overview=True) as desk:
        for name in ("attic", "cellar"):
            assert not desk.displays("tiles")
            desk.feeds[name] = StubFeed(CALM)
            await desk.show()
        assert desk.displays("tiles")


@pytest.mark.parametrize("key", ["1", "tab", "c", "l"])
async def test_whoever_has_pressed_a_key_keeps_what_is_shown(key: str) -> None:
    async with opened({"den": CALM, "attic": CALM}, overview=True) as desk:
        await desk.press(key)
        desk.feeds["cellar"] = StubFeed(CALM)
        await desk.show()
        assert not desk.displays("tiles")


@pytest.mark.parametrize("key", ["l", "2", "tab", "o"])
async def test_under_the_help_page_a_key_that_turns_to_something_shows_it(key: str) -> None:
    async with opened() as desk:
        await desk.press("h")
        assert desk.displays("page")
        await desk.press(key)
        assert not desk.displays("page")


async def test_who_checks_in_at_the_overview_checks_in_everywhere() -> None:
    async with opened(overview=True) as desk:
        desk.feeds["cellar"].refusal = lambda _: "nobody is watched there"
        desk.feeds["den"].where = SourceState("x", read_only="this view is read-only")
        await desk.press("c")
        assert desk.commands == {"attic": [CheckIn()], "cellar": [CheckIn()]}
        assert desk.text("notice").strip() == (
            "Not done: den: this view is read-only; cellar: nobody is watched there"
        )


async def test_large_mode_leaves_the_overview_and_the_overview_large_mode() -> None:
    async with opened(overview=True) as desk:
        shown = []
        for key in ("l", "o", "l", "2", "l"):
            await desk.press(key)
            shown.append([name for name in ("tiles", "large") if desk.displays(name)])
        assert shown == [["large"], ["tiles"], ["large"], ["large"], []]


@pytest.mark.parametrize("size", [(1, 1), (12, 3), (30, 8), (60, 15), (300, 12), (20, 100)])
async def test_no_size_of_terminal_breaks_the_screen(size: tuple[int, int]) -> None:
    async with opened({**TABLES, "loft": SCENES["many_alarms"]}) as desk:
        await desk.pilot.resize_terminal(*size)
        await desk.show()
        await desk.press("4")
        await desk.pilot.resize_terminal(80, 24)
        await desk.show()
        assert desk.shown == "loft"
