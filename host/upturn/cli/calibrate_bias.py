# SPDX-License-Identifier: MIT
"""`upturn calibrate --bias`: the sensor's own errors, from its six sides, at the desk."""

from __future__ import annotations

from typing import TextIO

from upturn.cli.calibrate_node import NodeLine
from upturn.cli.calibrate_person import Person
from upturn.core.bias import FACES, Bias, Faces, face_name, six_faces
from upturn.core.poses import CalibrationError

NEWS_S = 0.2
INTRO = (
    "Off the table: lay the node on each of its six sides in turn, against a wall or",
    "a box if it does not stand by itself, and let go. No angle has to be exact.",
)


async def measured_bias(line: NodeLine, out: TextIO) -> Bias | None:
    """From six still faces; None: the person left.

    Raises:
        RunError: the node is lost, or nothing that it measures can be used.
    """
    print(*INTRO, sep="\n", file=out)
    person = Person(out)
    while True:
        faces = Faces(has_gyro=line.hello.has_gyro)
        line.listen(faces.feed)
        if not await _all_taken(faces, line, person, out):
            return None
        try:
            bias = six_faces(faces.poses)
        except CalibrationError as refusal:
            print(f"{refusal.what}.", f"{refusal.remedy}.", sep="\n", file=out)
            if await person.line("Enter: all six once more; q: leave: ") is None:
                return None
            continue
        offsets = ", ".join(f"{1e3 * offset_g:+.0f}" for offset_g in bias.offset_g)
        scales = ", ".join(f"{100.0 * (scale - 1.0):+.1f}" for scale in bias.scale)
        print(f"Bias x, y, z: {offsets} mg; scale {scales} %", file=out)
        print("Kept here, and used by the next 'upturn calibrate' of this node.", file=out)
        return bias


async def _all_taken(faces: Faces, line: NodeLine, person: Person, out: TextIO) -> bool:
    """A line for each face that is taken; False: the person left."""
    taken, note = 0, ""
    with person.keys():
        while faces.missing:
            line.check()
            await line.news(NEWS_S)
            if person.key() == "q":
                return False
            if len(faces.poses) > taken:
                taken = len(faces.poses)
                newest = face_name(list(faces.poses)[-1])
                left = ", ".join(map(face_name, faces.missing)) or "none"
                print(f"{taken} of {len(FACES)}: {newest} up. Left: {left}", file=out, flush=True)
            elif faces.note and faces.note != note:
                print(f"  {faces.note}", file=out, flush=True)
            note = faces.note
    return True
