"""`tacit`: the command and its nouns."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from tacit.cli import (
    agreement,
    application,
    bench,
    client,
    connection,
    data,
    delegation,
    demo,
    doctor,
    flow,
    grant,
    inbox,
    job,
    label,
    model,
    node,
    operator,
    output,
    peer,
    policy,
    product,
    psi,
    rehearse,
    rule,
    usage,
    user,
)
from tacit.client.language import language
from tacit.errors import InternalError, ParameterError

EXIT_CODES = "0 done · 1 a check failed · 2 usage · 10 input · 11 not found · 20 peer · 30 refused · 40 resources · "
EXIT_CODES += "70 fault · 130 interrupted"

app = typer.Typer(
    name="tacit",
    help="Organisations compute together; nobody tells anybody their data.\n\n"
    "机构之间联合计算，谁也不必交出数据。\n\nStart with `tacit demo`.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=f"Exit codes: {EXIT_CODES}.",
)
app.command("demo")(demo.run_demo)
app.command("rehearse")(rehearse.rehearse_flow)
app.add_typer(psi.app, name="psi")
app.add_typer(flow.app, name="flow")
app.add_typer(operator.app, name="operator")
app.add_typer(node.app, name="node")
app.add_typer(user.app, name="user")
app.add_typer(client.app, name="client")
application.extend(peer.app)
app.add_typer(peer.app, name="peer")
app.add_typer(product.app, name="product")
app.add_typer(connection.app, name="connection")
app.add_typer(data.app, name="data")
app.add_typer(agreement.app, name="agreement")
app.add_typer(rule.app, name="rule")
app.add_typer(inbox.app, name="inbox")
app.add_typer(grant.app, name="grant")
app.add_typer(delegation.app, name="delegation")
app.add_typer(policy.app, name="policy")
app.add_typer(label.app, name="label")
app.add_typer(job.app, name="job")
app.add_typer(model.app, name="model")
app.add_typer(usage.app, name="usage")
app.command("bench")(bench.run_bench)
app.command("doctor")(doctor.run_doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        from tacit import __version__

        typer.echo(f"tacit {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run() -> NoReturn:
    """Entry point of the console script."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    code = main(sys.argv[1:])
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        output.drop_stdout()
    sys.exit(code)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; every failure is told in the form that was asked for."""
    as_json = "--json" in arguments
    try:
        result = app(args=arguments, prog_name="tacit", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except (typer.Abort, KeyboardInterrupt):
        output.note("interrupted")
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):  # what Typer has to say about the words of the command
            return _tell_usage(error, as_json)
        return _tell_fault(error, as_json)


def _tell_usage(error: Any, as_json: bool) -> int:
    """As Typer does it, in English; in Chinese and for programs as every other error."""
    asks_help = type(error).__name__ == "NoArgsIsHelpError"
    context = getattr(error, "ctx", None)
    if as_json or (language() == "zh" and not asks_help):
        if context and not as_json:
            output.note(context.get_usage())
        path = context.command_path if context else "tacit"
        usage = ParameterError(
            "command.usage", error.format_message().splitlines()[0], hint=f"See `{path} --help` for what it takes."
        )
        output.print_error(usage, as_json=as_json)
    else:
        with contextlib.suppress(OSError):
            error.show()
    return int(getattr(error, "exit_code", 2))


def _tell_fault(error: Exception, as_json: bool) -> int:
    """Only kind and place: the text of a foreign exception may quote a cell. TACIT_DEBUG=1 shows everything."""
    import traceback

    if os.environ.get("TACIT_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    fault = InternalError(
        "internal.command_failed",
        "The command broke.",
        found=f"{type(error).__name__} at {os.path.basename(last.filename)}:{last.lineno}",
        hint="Please report it. TACIT_DEBUG=1 shows the whole trace; it may hold data.",
    )
    output.print_error(fault, as_json=as_json)
    return fault.exit_code


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """As an exception, so that workers are stopped and private folders removed on the way."""
    raise SystemExit(128 + number)
