"""`tacit doctor`: what might go wrong, before it does."""

from __future__ import annotations

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported
from tacit.client.language import language


def run_doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check CPU, clock, ports, disk, versions, and both directions of every peer."""
    with reported(as_json=as_json):
        with open_client(home) as client:
            answer = client.doctor()
        print_data(answer, as_json=as_json, text=_describe(answer))
        if not answer["ok"]:
            raise typer.Exit(1)


def _describe(answer: dict[str, object]) -> str:
    marks = {"ok": "ok  ", "warning": "warn", "error": "FAIL"}
    lines = []
    checks = answer["checks"]
    for check in checks if isinstance(checks, list) else []:
        subject = f" {check['subject']}" if check.get("subject") else ""
        lines.append(f"{marks[check['status']]}  {check['id']}{subject}: {check['text'][language()]}")
        if check["status"] != "ok" and check.get("hint"):
            lines.append(f"      next: {check['hint']}")
    return "\n".join(lines)
