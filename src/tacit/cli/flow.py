"""`tacit flow`: check a flow and say who would learn what, without a node."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.client.language import language
from tacit.errors import ParameterError

if TYPE_CHECKING:
    from tacit.flow import DatasetSize, Document, Forecast, Plan

app = typer.Typer(help="Check flows and say who would learn what.", no_args_is_help=True, rich_markup_mode=None)
_Flow = Annotated[Path, typer.Argument(help="The flow, YAML or JSON.")]


@app.command("check")
def check_flow(flow: _Flow, as_json: JsonOption = False) -> None:
    """Find everything that is wrong with a flow before a byte moves."""
    with reported(as_json=as_json):
        document, plan = _plan(flow)
        data = {"name": document.flow.name, "flow_hash": plan.hash, "steps": len(plan.steps), "problems": []}
        print_data(data, as_json=as_json, text=f"{flow}: sound, {len(plan.steps)} steps, hash {plan.hash}")


@app.command("explain")
def explain_flow(
    flow: _Flow,
    size: Annotated[
        list[str] | None, typer.Option("--size", help="PARTY.DATASET=ROWSxCOLUMNS, for the forecast (repeatable).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say who learns what, step by step, and (given sizes) what it will cost."""
    from tacit.flow import disclosures, forecast, summary

    with reported(as_json=as_json):
        _, plan = _plan(flow)
        sizes = _sizes(size or [])
        expected = forecast(plan, sizes) if sizes else None
        data = {
            "name": plan.flow.name,
            "flow_hash": plan.hash,
            "profile": plan.profile.value,
            "disclosures": {party: [item.as_dict() for item in items] for party, items in disclosures(plan).items()},
            "summary": {party: text.as_dict() for party, text in summary(plan).items()},
            "forecast": None if expected is None else _forecast_dict(expected),
        }
        print_data(data, as_json=as_json, text=_explanation(plan, data, expected))


@app.command("format")
def format_flow(
    flow: _Flow,
    to: Annotated[str, typer.Option(help="yaml, json or python.")] = "yaml",
    as_json: JsonOption = False,
) -> None:
    """Print a flow in one of its three equal forms."""
    from tacit.flow import dump, load
    from tacit.flow.python import source

    with reported(as_json=as_json):
        if to not in ("yaml", "json", "python"):
            raise ParameterError("command.bad_option", "Unknown form.", found=to, expected="yaml, json or python")
        document = load(flow)
        text = source(document) if to == "python" else dump(document, to)  # type: ignore[arg-type]
        print_data({"form": to, "text": text}, as_json=as_json, text=text)


def _plan(path: Path) -> tuple[Document, Plan]:
    """Read and check; problems carry the lines of the file."""
    from tacit.flow import FlowCheckError, check, read
    from tacit.operators import all_specs

    document = read(path)
    try:
        return document, check(document.flow, all_specs())
    except FlowCheckError as error:
        raise FlowCheckError([document.located(problem) for problem in error.problems]) from None


def _sizes(texts: list[str]) -> dict[str, dict[str, DatasetSize]]:
    from tacit.flow import DatasetSize

    sizes: dict[str, dict[str, DatasetSize]] = {}
    for text in texts:
        name, _, value = text.partition("=")
        party, _, dataset = name.partition(".")
        rows, _, columns = value.partition("x")
        if not (party and dataset and rows.isdecimal() and columns.isdecimal()):
            raise ParameterError(
                "command.bad_option", "--size is not understood.", found=text, expected="PARTY.DATASET=100000x20"
            )
        sizes.setdefault(party, {})[dataset] = DatasetSize(rows=int(rows), columns=int(columns))
    return sizes


def _forecast_dict(expected: Forecast) -> dict[str, Any]:
    def plain(cost: Any) -> dict[str, Any]:
        return {"seconds": cost.seconds, "bytes_sent": cost.bytes_sent, "memory_mb": cost.memory_mb}

    return {**plain(expected.total), "steps": {step: plain(cost) for step, cost in expected.steps.items()}}


def _explanation(plan: Plan, data: dict[str, Any], expected: Forecast | None) -> str:
    lines = [f"{plan.flow.name}  ({plan.profile.value})  {plan.hash}", ""]
    lines += [text[language()] for text in data["summary"].values()]
    rows: list[dict[str, object]] = []
    for step in plan.steps:
        row: dict[str, object] = {"step": step.id, "operator": step.spec.name, "at": ", ".join(step.parties)}
        if expected is not None:
            cost = expected.steps[step.id]
            row |= {
                "seconds": f"{cost.seconds:.1f}",
                "MB sent": f"{cost.bytes_sent / 1e6:.1f}",
                "MB memory": cost.memory_mb,
            }
        rows.append(row)
    columns = ("step", "operator", "at") + (("seconds", "MB sent", "MB memory") if expected else ())
    return "\n".join([*lines, "", table(rows, columns)])
