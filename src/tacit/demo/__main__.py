"""`python -m tacit.demo`: the program behind `tacit demo`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tacit.client.chinese import in_chinese
from tacit.client.language import language
from tacit.demo.baseline import expect_baseline
from tacit.demo.chairs import has_console
from tacit.demo.nodes import DemoNodes
from tacit.demo.page import describe
from tacit.demo.reception import Reception
from tacit.demo.story import Outcome, load_flow, meet, penalty_of, tell
from tacit.demo.tables import SCENARIOS
from tacit.errors import ParameterError, TacitError

Say = Callable[[str], None]


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 all is well, 1 a check failed, 130 interrupted, else as in `tacit.errors`."""
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        return _run(options)
    except TacitError as error:
        if options.json:
            fields = {name: value for name, value in error.as_dict().items() if name != "type"}
            print(json.dumps({"ok": False, "error": fields}, ensure_ascii=False))
        _say(f"error[{error.code}]: {in_chinese(error) if language() == 'zh' else error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted")
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.scenario not in SCENARIOS:
        raise ParameterError(
            "demo.unknown_scenario", "There is no such scenario.", found=options.scenario, expected=", ".join(SCENARIOS)
        )
    scenario = SCENARIOS[options.scenario]
    say: Say = _hush if options.quiet else _say
    started = time.monotonic()
    say(f"Starting three nodes: {', '.join(scenario.parties)}")
    with DemoNodes(options.dir, scenario.parties) as nodes:
        say(f"  up after {time.monotonic() - started:.1f} s, mutual TLS on {_ports(nodes)}")
        built = has_console(nodes.addresses[scenario.label_party]["api"])
        if options.check or options.story or not built:
            outcome = tell(scenario, nodes, say)
            _print(outcome, nodes, as_json=options.json)
            ok, baseline = outcome.ok, outcome.baseline
        else:
            ok, baseline = True, expect_baseline(scenario, meet(scenario, nodes, say), penalty_of(load_flow(scenario)))
        if not options.check:
            Reception(scenario, nodes, baseline).stay(built=built)
    return 0 if ok else 1


def _print(outcome: Outcome, nodes: DemoNodes, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"ok": True, "data": outcome.as_dict()}, ensure_ascii=False), flush=True)
    else:
        print(describe(outcome, nodes.folder), flush=True)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tacit demo")
    parser.add_argument("--scenario", default="hospital")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--story", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _ports(nodes: DemoNodes) -> str:
    return "  ".join(address["peer"] for address in nodes.addresses.values())


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """As an exception, so that the nodes are stopped on the way."""
    raise SystemExit(128 + number)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _hush(text: str) -> None:
    """Says nothing."""


if __name__ == "__main__":
    sys.exit(main())
