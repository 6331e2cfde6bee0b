"""`tacit rehearse`: try any flow on own files, every party a local process with real TLS on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.output import JsonOption, QuietOption, note, print_data, reported
from tacit.cli.progress import StepProgress
from tacit.client.disclosures import describe_disclosures
from tacit.client.language import language
from tacit.errors import ParameterError, TacitError


def rehearse_flow(
    flow: Annotated[Path, typer.Argument(help="The flow, YAML or JSON.")],
    data: Annotated[
        list[str] | None, typer.Option("--data", help="PARTY.DATASET=PATH (CSV or Parquet; repeatable).")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for outputs and report.json.")] = Path("out"),
    models: Annotated[
        Path | None, typer.Option("--models", help="Folder of saved models, PARTY/… (default OUT/models).")
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run a flow on local files, without a node.

    Writes OUT/PARTY/STEP/PORT.parquet|json and OUT/report.json. A flow that fails ends with the exit code of its
    cause; the report is written all the same.
    """
    from tacit.client.rehearsal import rehearse

    with reported(as_json=as_json):
        datasets = _parse_all(data or [])
        with StepProgress(enabled=not quiet) as progress:
            try:
                report = rehearse(flow, datasets, out, models=models, on_event=progress.show)
            except TacitError as error:
                _point_to_report(out, error, quiet)
                raise
        print_data(report, as_json=as_json, text=summarise(report, out))


def summarise(report: dict[str, Any], out: Path) -> str:
    """What each party learned, and seconds and bytes per step."""
    lines = [describe_disclosures(report["disclosures"], language()), ""]
    for step in report["steps"]:
        sent = sum(party["bytes_sent"] for party in step["parties"].values())
        lines.append(f"{step['id']:<24} {step['operator']:<30} {step['wall_s']:7.2f} s  {sent / 1e6:9.3f} MB")
    total, where = ("合计", "报告") if language() == "zh" else ("total", "report")
    width = 55 - (len(total) if language() == "zh" else 0)  # a Chinese character takes two places
    lines.append(f"{total:<{width}} {report['wall_s']:7.2f} s  {report['bytes_sent'] / 1e6:9.3f} MB")
    lines.append(f"{where}: {out / 'report.json'}")
    return "\n".join(lines)


def _point_to_report(out: Path, error: TacitError, quiet: bool) -> None:
    if not quiet and error.code != "rehearsal.bad_out":
        note(f"{'报告' if language() == 'zh' else 'report'}: {out / 'report.json'}")


def _parse_all(texts: list[str]) -> dict[str, str | Path | dict[str, Any]]:
    datasets: dict[str, str | Path | dict[str, Any]] = {}
    for text in texts:
        name, path = _parse(text)
        if name in datasets:
            raise ParameterError("command.bad_option", f"--data names {name} twice.", found=text)
        datasets[name] = path
    return datasets


def _parse(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    party, dot, dataset = name.partition(".")
    if not (equals and dot and party and dataset and path):
        raise ParameterError(
            "command.bad_option",
            "--data names a party, a dataset and a file.",
            found=text,
            expected="PARTY.DATASET=PATH",
        )
    return name, path
