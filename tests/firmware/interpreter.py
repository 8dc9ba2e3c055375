# SPDX-License-Identifier: MIT
"""Real MicroPython for the tests: the unix port, 64 and 32 bit, kept in a cache of its own.

The 32-bit build has the ESP32's small integers and its wrap of the tick count, so both are used.
Debian's packages are fetched by apt with a private state folder and unpacked aside: nothing is
installed, and no root is needed. `python -m tests.firmware.interpreter` does it once.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

RELEASE = "trixie"
"""The first Debian that has the package."""
WORD_SIZES = (64, 32)
REQUIRED = "UPTURN_REQUIRE_MICROPYTHON"
"""Set where a test that lacks the interpreter has to fail, as in CI."""

_PACKAGES = (
    "micropython", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7",
    "libgcc-s1",
)  # fmt: skip
_SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))


@dataclass(frozen=True)
class _Build:
    architecture: str
    libraries: str
    loader: str


_BUILDS = {
    64: _Build("amd64", "usr/lib/x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    32: _Build("i386", "usr/lib/i386-linux-gnu", "ld-linux.so.2"),
}


class MissingError(Exception):
    """Why there is no interpreter here, and what to do."""


def cache() -> Path:
    return platformdirs.user_cache_path("upturn") / "micropython" / RELEASE


def command(bits: int) -> list[str]:
    """The command that starts the interpreter of that word size.

    Raises:
        MissingError: it was not fetched.
    """
    build = _BUILDS[bits]
    root = cache() / build.architecture
    program = root / "usr/bin/micropython"
    if not program.exists():
        raise MissingError(
            f"MicroPython ({bits} bit) is not in {cache()}; "
            "'python -m tests.firmware.interpreter' fetches it"
        )
    libraries = root / build.libraries
    return [str(libraries / build.loader), "--library-path", str(libraries), str(program)]


def fetch() -> None:
    """Get what is not there yet; a second call does nothing.

    Raises:
        MissingError: it cannot be had here.
    """
    wanted = [b for b in _BUILDS.values() if not (cache() / b.architecture).exists()]
    if not wanted:
        return
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise MissingError(f"{tool} is missing: MicroPython comes from Debian's packages")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as scratch:
        apt = _private_apt(Path(scratch))
        _run(["apt-get", "update"], apt)
        for build in wanted:
            _unpack(build, Path(scratch), apt)


def _private_apt(scratch: Path) -> dict[str, str]:
    """The environment of an apt that reads this machine's sources, with the suite replaced."""
    for folder in ("state/lists/partial", "cache/archives/partial", "debs"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "status").touch()
    sources = scratch / "sources.list"
    sources.write_text("\n".join(_sources()) + "\n")
    config = scratch / "apt.conf"
    settings = {
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "APT::Architectures": ",".join(build.architecture for build in _BUILDS.values()),
        "APT::Sandbox::User": "",
        "Acquire::Retries": 3,
    }
    config.write_text("".join(f'{name} "{value}";\n' for name, value in settings.items()))
    return {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C"}


def _sources() -> list[str]:
    """One line for each place from which this machine has its Debian."""
    places: dict[str, None] = {}
    for path in _SOURCES:
        text = path.read_text() if path.exists() else ""
        for line in text.splitlines():
            uri = re.match(r"\s*URIs:\s*(\S+)", line) or re.match(r"\s*deb\s+.*?(\w+://\S+)", line)
            if uri and "security" not in uri[1]:
                places.setdefault(uri[1])
    if not places:
        raise MissingError("apt has no Debian sources here: MicroPython comes from its packages")
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    return [f"deb [signed-by={key}] {place} {RELEASE} main" for place in places]


def _unpack(build: _Build, scratch: Path, apt: dict[str, str]) -> None:
    debs = scratch / "debs" / build.architecture
    debs.mkdir()
    _run(["apt-get", "download", *(f"{p}:{build.architecture}" for p in _PACKAGES)], apt, debs)
    root = scratch / build.architecture
    for deb in sorted(debs.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(deb), str(root)], apt)
    (root / "packages").write_text("".join(f"{deb.name}\n" for deb in sorted(debs.glob("*.deb"))))
    try:
        root.rename(cache() / build.architecture)
    except OSError:  # another run was faster
        if not (cache() / build.architecture).exists():
            raise


def _run(words: list[str], environment: dict[str, str], folder: Path | None = None) -> None:
    done = subprocess.run(
        words, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise MissingError(f"'{' '.join(words[:2])}' failed: {' '.join(last)}")


def main() -> int:
    try:
        fetch()
        for bits in WORD_SIZES:
            subprocess.run([*command(bits), "-c", "import sys"], check=True)
    except (MissingError, subprocess.CalledProcessError, OSError) as error:
        print(f"no MicroPython: {error}", file=sys.stderr)
        print("the tests of the firmware will be skipped", file=sys.stderr)
        return 1 if REQUIRED in os.environ else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
