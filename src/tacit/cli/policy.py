"""`tacit policy`: what this node allows with each of its datasets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.client.language import language
from tacit.errors import ParameterError

app = typer.Typer(help="Say what may be done with a dataset.", no_args_is_help=True, rich_markup_mode=None)
_Dataset = Annotated[str, typer.Argument(help="A dataset of this node.")]
_Version = Annotated[int, typer.Argument(min=1, help="Number of a version, as `tacit policy versions` shows it.")]
_File = Annotated[Path, typer.Argument(help="The policy, YAML or JSON: rules, exceptions, note.")]


@app.command("list")
def list_policies(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List this node's datasets with the policy in force; without one the level defaults hold."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.policies.all()
        columns = ("dataset", "version", "rules", "exceptions", "activated_by", "activated_at")
        print_data(found, as_json=as_json, text=table(found, columns))


@app.command("versions")
def list_versions(dataset: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every version of a dataset's policy, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.policies.versions(dataset)
        columns = ("version", "state", "drafted_by", "drafted_at", "activated_by", "hash")
        print_data(found, as_json=as_json, text=table(found, columns))


@app.command("show")
def show_policy(dataset: _Dataset, version: _Version, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one version in full."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.policies.get(dataset, version)
        print_data(found, as_json=as_json, text=_yaml(found["policy"]))


@app.command("draft")
def draft_policy(dataset: _Dataset, file: _File, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Keep a new version, which is not in force yet."""
    with reported(as_json=as_json):
        document = _document(file)
        with open_client(home) as client:
            made = client.policies.draft(dataset, document)
            print_data(made, as_json=as_json, text=f"{dataset} version {made['version']} draft {made['hash']}")


@app.command("trial")
def try_policy(
    dataset: _Dataset,
    file: Annotated[Path | None, typer.Option(help="A policy that is not kept yet.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="A version that is kept.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=1000, help="The newest so many past jobs.")] = 100,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which past jobs a policy would have refused, and why. Changes nothing."""
    with reported(as_json=as_json):
        document = None if file is None else _document(file)
        with open_client(home) as client:
            found = client.policies.trial(dataset, document, version=version, jobs=jobs)
            print_data(found, as_json=as_json, text=_trial(found))


@app.command("activate")
def activate_policy(
    dataset: _Dataset,
    version: _Version,
    hash: Annotated[str | None, typer.Option(help="The version's hash, to be sure which one.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a version into force. Open jobs that it does not allow are stopped."""
    with reported(as_json=as_json), open_client(home) as client:
        known = hash or str(client.policies.get(dataset, version)["hash"])
        found = client.policies.activate(dataset, version, known)
        print_data(found, as_json=as_json, text=f"{dataset} version {version} in force")


@app.command("withdraw")
def withdraw_policy(dataset: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Put nothing in force: only the level defaults hold."""
    with reported(as_json=as_json), open_client(home) as client:
        client.policies.withdraw(dataset)
        print_data({"dataset": dataset}, as_json=as_json, text=f"{dataset}: only the level defaults hold")


@app.command("budget")
def show_budget(dataset: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show what noised queries have spent, and what is left."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.policies.budget(dataset)
        lines = [f"spent: epsilon {found['epsilon']:g}"]
        lines += [f"rule {rule}: epsilon {rest:g} left" for rule, rest in found["left"].items()]
        print_data(found, as_json=as_json, text="\n".join(lines))


@app.command("explain")
def explain_policy(
    flow: Annotated[Path, typer.Argument(help="The flow, YAML or JSON.")],
    initiator: Annotated[str | None, typer.Option(help="As if this party had proposed it.")] = None,
    agreement: Annotated[str | None, typer.Option(help="As if under this agreement.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether this node's policies allow a flow, and if not, every reason."""
    with reported(as_json=as_json):
        text = _read(flow)
        with open_client(home) as client:
            found = client.policies.explain(text, initiator=initiator, agreement=agreement)
            print_data(found, as_json=as_json, text=_explained(found))


def _explained(found: dict[str, Any]) -> str:
    if found["allowed"]:
        return f"allowed (policies: {found['mode']})"
    reasons = [reason["text"][language()] for each in found["datasets"] for reason in each["reasons"]]
    return "\n".join([f"refused (policies: {found['mode']})", *(f"  - {reason}" for reason in reasons)])


def _trial(found: dict[str, Any]) -> str:
    lines = [f"{found['refused']} of {len(found['jobs'])} past jobs refused, {found['changed']} judged otherwise"]
    for job in found["jobs"]:
        if job["refused"]:
            lines.append(f"{job['job']} {job['name']} ({job['initiator']})")
            lines += [f"  - {reason['text'][language()]}" for reason in job["reasons"]]
    return "\n".join(lines)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ParameterError("policy.file", "The file cannot be read.", found=str(file)) from fault


def _document(file: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(_read(file))
    except yaml.YAMLError as fault:
        raise ParameterError("policy.file", "The file is neither YAML nor JSON.", found=str(file)) from fault
    if not isinstance(found, dict):
        raise ParameterError("policy.file", "The file holds no policy.", found=str(file), expected="rules, exceptions")
    return found


def _yaml(document: dict[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False)).rstrip()
