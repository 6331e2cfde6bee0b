"""`tacit bench`: measure this machine, with the result checked in the same run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Annotated, Any

import typer

from tacit.cli.output import JsonOption, QuietOption, note, print_data, reported
from tacit.errors import InternalError, TacitError, from_dict


def run_bench(
    name: Annotated[str, typer.Argument(help="psi, training, statistics, steps, nodes or all.")],
    rows: Annotated[int | None, typer.Option(min=10, help="Rows per party (default 100000).")] = None,
    features: Annotated[int, typer.Option(min=1, help="Feature columns per party (training).")] = 20,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs (training).")] = 10,
    runs: Annotated[int, typer.Option(min=1, help="How often each; one result per run.")] = 1,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Wall seconds, CPU, bytes and peak memory per party, and whether the result was right.

    One run gives one object, several give a list. Ends with exit code 1 if a result was wrong.
    """
    command = [sys.executable, "-P", "-m", "tacit.demo.measure", name, "--features", str(features)]
    command += ["--epochs", str(epochs), "--runs", str(runs)] + (["--rows", str(rows)] if rows else [])
    with reported(as_json=as_json):
        results = _measure(command, quiet)
        print_data(results[0] if len(results) == 1 else results, as_json=as_json)
        if not all(result["correct"] for result in results):
            note("A result differs from the plaintext one: see `correct` and `figures`.")
            raise typer.Exit(1)


def _measure(command: list[str], quiet: bool) -> list[dict[str, Any]]:
    """Results as they come; the program of its own keeps this one light."""
    results = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0) as process:  # noqa: S603
        try:
            for line in process.stdout or ():
                result = json.loads(line)
                if "error" in result:
                    raise from_dict(result["error"])
                results.append(result)
                if not quiet:
                    note(f"{result['name']}: {result['wall_s']:.2f} s")
        except TacitError:
            raise  # it ends by itself
        except BaseException:
            process.send_signal(signal.SIGINT)  # its own group: it gets this once, and stops its workers
            raise
    if process.returncode not in (0, 1) or not results:
        raise InternalError(
            "bench.broke", "The benchmark ended without a result.", found=f"exit code {process.returncode}"
        )
    return results
