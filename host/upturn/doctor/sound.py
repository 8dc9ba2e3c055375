# SPDX-License-Identifier: MIT
"""Whether an alarm would be heard: an output that takes sound, loud enough, and a voice.

The law: no sound is made. An output is believed when it takes silence, as a watch believes it;
what is said is rendered, and not played.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from upturn.doctor.findings import Finding, known, not_well, note, ok, private
from upturn.doctor.scene import Scene, apart, said_by

VARIABLE = "UPTURN_SOUND"
WORDS = {"en": "Come up now", "de": "Komm hoch"}
FAINT_PERCENT = 30
"""Of what the system lets through; a person upside down, in another room, has to hear it."""
SINK = "@DEFAULT_SINK@"
_PERCENT = re.compile(r"(\d+)%")
_LISTEN = "Run 'upturn run' and press its key for a test tone; listen where the spotter will be"


@dataclass(frozen=True, slots=True)
class Output:
    off: str = ""
    """Who wants none; empty: it is wanted."""
    words: str = ""
    """What plays; empty: nothing does."""
    is_loud: bool = True
    why: tuple[str, ...] = ()
    """Why nothing better does."""
    ours: frozenset[str] = frozenset()
    """Those of `why` that are this program's own words, whatever the computer."""
    muted: bool | None = None
    volume_percent: int | None = None
    setting: float = 1.0
    """The config's own share of full volume."""


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    off: str = ""
    engine: str = ""
    fault: str = ""


async def look_at_output(scene: Scene) -> Output:
    settings = scene.settings().sound
    off = _off(scene)
    if off:
        return Output(off)
    return await apart(lambda: _opened(settings.volume))


def judge_output(facts: Output) -> Iterable[Finding]:
    if facts.off:
        yield note(
            f"sound is {facts.off}: nobody hears an alarm of this computer",
            f"Say [sound] enabled = true in the config, and unset {VARIABLE}",
        )
        return
    why = "; ".join(known(words, facts.ours) for words in facts.why)
    reasons = f" ({why})" if why else ""
    remedy = "Connect a loudspeaker, and choose it in the system's sound settings"
    if not facts.words:
        yield not_well(f"no sound can be played{reasons}", remedy)
    elif not facts.is_loud:
        yield not_well(f"{facts.words} would sound{reasons}", remedy)
    elif facts.muted:
        yield not_well(
            f"{private(facts.words, 'output')} is muted", "Unmute it in the system's settings"
        )
    elif facts.volume_percent is not None and facts.volume_percent < FAINT_PERCENT:
        yield note(
            f"{private(facts.words, 'output')} plays at {facts.volume_percent} % only", _LISTEN
        )
    elif facts.setting * 100 < FAINT_PERCENT:
        share = f"{100 * facts.setting:.0f} %"
        yield note(f"[sound] volume is {share} of what the system lets through", _LISTEN)
    else:
        yield ok(f"sound: {private(facts.words, 'output')}")


async def look_at_voice(scene: Scene) -> VoiceFacts:
    settings = scene.settings().sound
    off = _off(scene) or ("" if settings.voice else "off, by the config")
    if off:
        return VoiceFacts(off)
    return await apart(lambda: _voice(settings.language))


def judge_voice(facts: VoiceFacts) -> Iterable[Finding]:
    if facts.off:
        yield ok(f"the voice is {facts.off}")
    elif facts.fault:
        words = private(facts.fault, "why") if facts.engine else facts.fault
        yield note(f"no voice, but the tones sound all the same: {words}")
    else:
        yield ok(f"voice: {facts.engine}")


def _off(scene: Scene) -> str:
    if scene.environ.get(VARIABLE) == "off":
        return f"off, by {VARIABLE}"
    return "" if scene.settings().sound.enabled else "off, by the config"


def _opened(setting: float) -> Output:
    """The first way that opens, as in a watch; all are closed again."""
    from upturn.sinks.sound.outputs import WAYS, MissingError, OutputError  # noqa: PLC0415 - it needs numpy

    why: list[str] = []
    missing: list[str] = []
    for way in WAYS:
        try:
            output = way.open()
        except OutputError as error:
            told = missing if isinstance(error, MissingError) else why
            told.append(str(error))
            continue
        try:
            words, is_loud = output.words, output.is_loud
        finally:
            output.close()
        muted, percent = _level()
        return Output(
            words=words,
            is_loud=is_loud,
            why=tuple(why),
            ours=_ours(),
            muted=muted,
            volume_percent=percent,
            setting=setting,
        )
    return Output(why=tuple(why or missing), ours=_ours(), setting=setting)


def _ours() -> frozenset[str]:
    from upturn.sinks.sound.outputs import NowhereError  # noqa: PLC0415

    words = {
        str(NowhereError()),
        "there is no terminal to ring its bell",
        "miniaudio is not installed (pip install miniaudio)",
    }
    try:
        from upturn.sinks.sound.device import REASONS  # noqa: PLC0415 - miniaudio may lack
    except (ImportError, OSError):
        return frozenset(words)
    return frozenset(words | set(REASONS.values()))


def _level() -> tuple[bool | None, int | None]:
    """Whether the system's output is muted, and how loud it is; None: it does not say."""
    if shutil.which("pactl") is None:
        return None, None
    mute = said_by("pactl", "get-sink-mute", SINK) or ""
    volume = _PERCENT.search(said_by("pactl", "get-sink-volume", SINK) or "")
    muted = {"yes": True, "no": False}.get(mute.rpartition(" ")[2])
    return muted, int(volume[1]) if volume else None


def _voice(language: str) -> VoiceFacts:
    from upturn.sinks.sound.speakers import SpeechError, find_engine, render  # noqa: PLC0415

    try:
        found = find_engine()
    except SpeechError as error:
        return VoiceFacts(fault=str(error))
    try:
        render(found, WORDS[language], language, stop=threading.Event())
    except SpeechError as error:
        return VoiceFacts(engine=found.engine.program, fault=f"{found.engine.program} {error}")
    return VoiceFacts(engine=found.engine.program)
