# SPDX-License-Identifier: MIT
"""What is judged and by which limits: files and sources, with what the config says of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from upturn.cli.options import resolve_profile
from upturn.cli.stderr import write_line
from upturn.config import Config, NodeConfig, load_config
from upturn.config.model import fit_to_device
from upturn.core.events import to_json
from upturn.core.limits import DEVICES, Device, DeviceKind, Profile
from upturn.core.pipeline import Pipeline
from upturn.core.sample import UNNAMED, StreamInfo
from upturn.errors import InputError
from upturn.sinks.text import summary_lines
from upturn.transports.recording import Recording
from upturn.transports.replay import Recorded, open_file
from upturn.transports.source import LiveSource, Source, open_source
from upturn.transports.trace_file import Problem

SHOWN_PROBLEMS = 3


_T = TypeVar("_T", bound=Source | LiveSource)
S_co = TypeVar("S_co", bound=Source | LiveSource, covariant=True)


@dataclass(frozen=True, slots=True)
class Judged(Generic[S_co]):
    """A source, how its samples are to be read, and what they are judged by."""

    source: S_co
    info: StreamInfo
    profile: Profile
    device: Device
    name: str = ""
    """What the user calls the node; empty where the config does not say."""
    start_s: float | None = None
    """Of a link, live or recorded: when watching began."""

    def pipeline(self) -> Pipeline:
        """A core that has seen nothing yet."""
        return Pipeline(self.info, self.profile, self.device, start_s=self.start_s)


def add_file(parser: argparse.ArgumentParser) -> None:
    """The argument and flag of commands that read a recorded session."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a sample trace or a recording")
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave bad rows out; they are counted and told"
    )


def add_source(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """The flags that choose what is watched; `several`: it may be more than one table."""
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="serial:PORT, serial:auto, ble:ADDRESS, ble:NAME, ble:auto, sim:SCRIPT or "
        f"replay:FILE; else the config's {'nodes' if several else 'node'}",
    )
    parser.add_argument(
        "--node",
        metavar="NAME",
        action="append",
        help="which node of the config" + ("; give it again for more" if several else ""),
    )


def open_judged_file(args: argparse.Namespace) -> Judged[Recorded]:
    """The file and what it is judged by.

    The config's node of the name in the file says device and calibration; for a file that names
    none, the only one of the config does.

    Raises:
        InputError: the file, the config or the profile is refused.
    """
    config = load_config(args.config)
    source = open_file(args.file, skip_bad=args.skip_bad)
    nodes = {node.name: node for node in config.nodes}
    only = config.nodes[0] if len(nodes) == 1 and source.info.node == UNNAMED else None
    judged = _judged(args, config, source, nodes.get(source.info.node, only))
    _tell_skipped(args.file, source.problems)
    return judged


def open_judged_source(args: argparse.Namespace) -> Judged[Source | LiveSource]:
    """The source of `--source`, or of the config's node.

    Raises:
        InputError: nothing says what to watch, or it is refused.
    """
    config = load_config(args.config)
    nodes = _named(args, config)
    if len(nodes) > 1:
        raise InputError("is only for one", where="--node", remedy="Give it once")
    if not nodes and args.source is None and config.nodes:
        if len(config.nodes) > 1:
            names = ", ".join(node.name for node in config.nodes)
            raise InputError(
                "the config has several nodes", remedy=f"Say --node with one of {names}"
            )
        nodes = list(config.nodes)
    return _open(args, config, nodes[0] if nodes else None)


def open_judged_sources(args: argparse.Namespace) -> list[Judged[Source | LiveSource]]:
    """That of `--source`, or those of all nodes that are named, or of all that have one.

    Whatever is refused, nobody is watched yet: so all are refused, and whoever starts it knows.

    Raises:
        InputError: nothing says what to watch, or one of them is refused.
    """
    config = load_config(args.config)
    nodes = _named(args, config)
    if args.source is not None and len(nodes) > 1:
        raise InputError("is one table", where="--source", remedy="Give --node once, or none")
    if args.source is None and not nodes:
        nodes = [node for node in config.nodes if node.source is not None]
    if len(nodes) <= 1:
        return [_open(args, config, nodes[0] if nodes else None)]
    return [_open_one_of(args, config, node) for node in nodes]


def is_of_a_link(source: Source) -> bool:
    """What a node on a link said, as it came."""
    return isinstance(source, Recording) and source.of_a_link


def tell_summary(args: argparse.Namespace, pipeline: Pipeline, *, of_a_link: bool) -> None:
    """The end of a judged file.

    Of a link it may be that nothing came: that is what had to be recorded, and has no sum.

    Raises:
        InputError: not one of its samples can be believed.
    """
    file = args.file
    if not pipeline.seen and of_a_link and not pipeline.samples_rejected:
        write_line(f"{file}: no sample came")
        return
    if not pipeline.seen:
        raise InputError(
            "has no sample that a sensor can have sent",
            where=f"{file}:1",
            remedy="Force is in g, rates in degrees a second",
        )
    if pipeline.samples_rejected:
        write_line(f"{file}: left out as beyond any sensor: {pipeline.samples_rejected}")
    summary = pipeline.summary()
    print(to_json(summary) if args.json else "\n".join(summary_lines(summary)))


def _named(args: argparse.Namespace, config: Config) -> list[NodeConfig]:
    """The nodes of `--node`, each once."""
    nodes = {node.name: node for node in config.nodes}
    names = dict.fromkeys(args.node or ())
    for name in names:
        if name not in nodes:
            known = ", ".join(nodes) or "none"
            raise InputError(
                f"there is no node {name!r}", where="--node", remedy=f"The config has: {known}"
            )
    return [nodes[name] for name in names]


def _open_one_of(
    args: argparse.Namespace, config: Config, node: NodeConfig
) -> Judged[Source | LiveSource]:
    """As `_open`, and what is refused says of which node."""
    if node.source is None:
        raise InputError(
            "has no source", where=f"node {node.name!r}", remedy="Give it one in the config"
        )
    try:
        return _open(args, config, node)
    except InputError as refused:
        where = ": ".join(filter(None, (f"node {node.name!r}", refused.where)))
        raise InputError(refused.what, where=where, remedy=refused.remedy) from None


def _open(
    args: argparse.Namespace, config: Config, node: NodeConfig | None
) -> Judged[Source | LiveSource]:
    text = args.source
    if text is None and node is not None:
        text = node.source
    if text is None:
        raise InputError(
            "nothing says what to watch",
            remedy="Give --source, or a [[node]] with a source in the config",
        )
    source = open_source(text)
    if isinstance(source, LiveSource) and args.speed is not None:
        raise InputError(
            "cannot be chosen for what happens now", where="--speed", remedy="Leave it out"
        )
    return _judged(args, config, source, node)


def _judged(
    args: argparse.Namespace,
    config: Config,
    source: _T,
    node: NodeConfig | None,
) -> Judged[_T]:
    if not isinstance(source, LiveSource) and is_of_a_link(source):
        node = None  # it holds what it was judged by
    if node is not None and node.profile is not None:
        config = replace(config, profile=node.profile)
    profile = resolve_profile(args, source.profile, config, where=source.profile_where)
    recorded = source.device if isinstance(source, Recording) else None
    device = DEVICES[node.device if node is not None else recorded or DeviceKind.TABLE]
    where = f"node {node.name}" if node is not None else ""
    profile = fit_to_device(profile, device, where=where)
    info = source.info
    if node is not None and info.mounting is None:
        info = replace(info, mounting=node.mounting)
    start_s = source.start_s if isinstance(source, Recording) else None
    if isinstance(source, LiveSource):
        source.judge_by(profile, device, info.mounting)
        start_s = source.axis_s(source.host_s())
    name = node.name if node is not None else ""
    return Judged(source, info, profile, device, name, start_s)


def _tell_skipped(path: Path, problems: Sequence[Problem]) -> None:
    for problem in problems[:SHOWN_PROBLEMS]:
        write_line(f"{path}:{problem.line}: skipped: {problem.what}")
    if problems:
        noun = "row" if len(problems) == 1 else "rows"
        write_line(f"{path}: {len(problems)} bad {noun} skipped")
