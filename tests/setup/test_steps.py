# SPDX-License-Identifier: MIT
from __future__ import annotations

from pathlib import Path

import pytest

from upturn.errors import RunError
from upturn.setup import path
from upturn.setup.path import line, until_settled
from upturn.setup.place import Place
from upturn.setup.said import Said
from upturn.setup.step import SETTLED, Outcome, Standing, State, Step
from upturn.setup.steps import NAMES, STEPS, module_of, step_named


class Walked:
    """A step that fails, then has done nothing, then is done."""

    def __init__(self) -> None:
        self.times = 0

    def standing(self, place: Place) -> Standing:
        return Standing(State.DONE if self.times > 2 else State.TODO, "not yet")

    def run(self, place: Place) -> Outcome:
        self.times += 1
        if self.times == 1:
            raise RunError("it broke. Mend it")
        return Outcome.WENT


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "config.toml", said=Said(tmp_path / "setup.json"))


def test_the_end_says_how_other_commands_mean_the_simulated_node(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.config_file.write_text('[[node]]\nname = "simulated"\nsource = "serial:/dev/none"\n')
    monkeypatch.setattr(path, "stands", lambda *_: Standing(State.DONE, ""))
    by_config = f" --config {place.config_file}"
    words = ("run", "history", "report", "check --node simulated", "node info")
    for is_simulated, count in ((True, 5), (False, 1)):
        place.is_simulated = is_simulated
        assert path._end(place, set()) == 0
        said = capsys.readouterr().out
        assert [f"{place.command} {word}{by_config}" in said for word in words] == [
            n < count for n in range(5)
        ]


def answered(monkeypatch: pytest.MonkeyPatch, *answers: str | None) -> None:
    given = iter(answers)
    monkeypatch.setattr(path, "read", lambda _prompt: next(given))


@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_every_step_is_a_module_of_its_own_that_is_whole(step: Step) -> None:
    module = module_of(step)
    assert step.module == f"upturn.setup.{step.name}"
    assert callable(module.standing)
    assert callable(module.run)
    assert step.heading
    assert step_named(step.name) is step


def test_no_step_is_there_twice() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("state", State)
def test_a_line_fits_a_terminal_and_only_what_is_done_is_called_so(state: State) -> None:
    lines = line(STEPS[4], Standing(state, "words " * 40))
    assert max(map(len, lines)) <= 80
    assert ("done" in lines[0]) == (state is State.DONE)
    assert lines[0].startswith("--") == (state not in SETTLED)


def test_a_step_that_fails_is_tried_again_until_it_is_done(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked = Walked()
    monkeypatch.setattr(path, "module_of", lambda _step: walked)
    answered(monkeypatch, "", "what", "")
    assert until_settled(STEPS[4], place) is Outcome.WENT
    assert walked.times == 3
    assert capsys.readouterr().err == "upturn: it broke. Mend it\nupturn: not yet\n"


@pytest.mark.parametrize(
    ("name", "answers", "outcome"),
    [
        ("calibrate", ["s"], Outcome.SKIPPED),
        ("calibrate", ["q"], Outcome.LEFT),
        ("calibrate", [None], Outcome.LEFT),
        ("find", ["s", "q"], Outcome.LEFT),
    ],
)
def test_a_step_that_fails_is_skipped_only_where_that_is_safe(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    answers: list[str | None],
    outcome: Outcome,
) -> None:
    monkeypatch.setattr(path, "module_of", lambda _step: Walked())
    answered(monkeypatch, *answers)
    assert until_settled(step_named(name), place) is outcome
