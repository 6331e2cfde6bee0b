"""`tacit psi`: which rows do two files have in common? On one machine, or between two hosts without a node."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli import psi_table
from tacit.cli.output import JsonOption, QuietOption, print_data, printable, reported
from tacit.cli.psi_options import (
    ClusterAt,
    Delimiter,
    Dialogue,
    Duplicates,
    Encoding,
    Format,
    Key,
    Memory,
    Normalise,
    Nulls,
    WorkerHost,
    WorkerPorts,
    Workers,
    Yes,
    bytes_of,
    ports_of,
    required,
    rules_of,
    say,
)
from tacit.cli.psi_progress import PsiProgress
from tacit.client.language import language

app = typer.Typer(help="Private set intersection of two files.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(psi_table.app, name="table")
app.command("query")(psi_table.query_table)

_Protocol = Annotated[str, typer.Option("--protocol", help="auto, vole or ecdh.")]
_Reveal = Annotated[str, typer.Option("--reveal", help="Who learns the common rows: both, or the receiver alone.")]
_Join = Annotated[str, typer.Option("--join", help="inner, left, right, full or difference; the receiver is left.")]
_Malicious = Annotated[bool, typer.Option("--malicious", help="Hold against a party that breaks the protocol (vole).")]
_JOIN = "tacit psi join {code} FILE --key … --out …"
_NOTHING = "If that is a surprise, compare how both sides write their keys: leading zeros, case, blanks."


@app.command("intersect")
def intersect_files(
    left: Annotated[Path, typer.Argument(help="The receiver's file: CSV, Parquet or Arrow.")],
    right: Annotated[Path, typer.Argument(help="The sender's file.")],
    key: Key = None,
    left_key: Annotated[list[str] | None, typer.Option("--left-key", help="Where LEFT calls it differently.")] = None,
    right_key: Annotated[
        list[str] | None, typer.Option("--right-key", help="Where RIGHT calls it differently.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for left.…, right.… and report.json.")] = Path("out"),
    protocol: _Protocol = "auto",
    reveal: _Reveal = "both",
    join: _Join = "inner",
    malicious: _Malicious = False,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    normalise: Normalise = None,
    format: Format = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: Memory = "0",
    workers: Workers = 0,
    right_workers: Annotated[
        int | None, typer.Option("--right-workers", min=0, help="Where the right side has another number.")
    ] = None,
    cluster: ClusterAt = "local",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Match two files on this machine, each party a process of its own.

    Row k of both results has the same key. Keys are compared as text, exactly.
    """
    from tacit.client.psi import intersect

    with reported(as_json=as_json):
        progress = PsiProgress(enabled=not quiet)
        result = intersect(
            left,
            right,
            key=key,
            left_key=left_key,
            right_key=right_key,
            protocol=protocol,
            reveal=reveal,
            join=join,
            malicious=malicious,
            nulls=nulls,
            duplicates=duplicates,
            normalise=rules_of(normalise),
            out=out,
            format=format,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            workers=(workers, workers if right_workers is None else right_workers),
            cluster=cluster,
            on_event=progress.show,
        )
        progress.close()
        print_data(result.report, as_json=as_json, text=summarise_pair(result.report))


@app.command("serve")
def serve_file(
    file: Annotated[Path, typer.Argument(help="This side's file: CSV, Parquet or Arrow.")],
    key: Key = None,
    listen: Annotated[str, typer.Option("--listen", help="HOST:PORT of this machine.")] = "0.0.0.0:7310",
    address: Annotated[str | None, typer.Option("--address", help="HOST:PORT that the other side dials.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for this side's result.")] = None,
    role: Annotated[str, typer.Option("--role", help="This side is the receiver or the sender.")] = "receiver",
    protocol: _Protocol = "auto",
    reveal: _Reveal = "both",
    join: _Join = "inner",
    malicious: _Malicious = False,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    normalise: Normalise = None,
    format: Format = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: Memory = "0",
    workers: Workers = 0,
    cluster: ClusterAt = "local",
    worker_host: WorkerHost = None,
    worker_ports: WorkerPorts = None,
    minutes: Annotated[float, typer.Option(min=0.05, max=10080, help="How long the code is valid.")] = 60,
    yes: Yes = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Invite one other host to one run, without a node.

    Prints a code on stderr. Send it to the other side over a private way: whoever holds it can take part, once. Both
    sides see sizes and what each will learn, and say yes before anything that depends on a key leaves.
    """
    from tacit.client.psi import serve

    with reported(as_json=as_json):
        dialogue = Dialogue(yes=yes, quiet=quiet, describe=describe_offer, command=_JOIN)
        report = serve(
            file,
            key=required(key),
            address=listen,
            public=address,
            confirm=dialogue.confirm,
            out=out,
            role=role,
            protocol=protocol,
            reveal=reveal,
            join=join,
            malicious=malicious,
            normalise=rules_of(normalise),
            lifetime_s=60 * minutes,
            on_event=dialogue.show,
            nulls=nulls,
            duplicates=duplicates,
            format=format,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            workers=workers,
            cluster=cluster,
            worker_host=worker_host,
            worker_ports=ports_of(worker_ports),
        )
        dialogue.progress.close()
        print_data(report, as_json=as_json, text=summarise(report, out))


@app.command("join")
def join_run(
    code: Annotated[str, typer.Argument(help="The code that the other side sent.")],
    file: Annotated[Path, typer.Argument(help="This side's file: CSV, Parquet or Arrow.")],
    key: Key = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for this side's result.")] = None,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    format: Format = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: Memory = "0",
    workers: Workers = 0,
    cluster: ClusterAt = "local",
    yes: Yes = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take part in a run to which another host invited. Its terms are shown before anything leaves."""
    from tacit.client.psi import join

    with reported(as_json=as_json):
        dialogue = Dialogue(yes=yes, quiet=quiet, describe=describe_offer, command=_JOIN)
        report = join(
            code,
            file,
            key=required(key),
            confirm=dialogue.confirm,
            out=out,
            on_event=dialogue.show,
            nulls=nulls,
            duplicates=duplicates,
            format=format,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            workers=workers,
            cluster=cluster,
        )
        dialogue.progress.close()
        print_data(report, as_json=as_json, text=summarise(report, out))


def describe_offer(offer: Mapping[str, Any]) -> str:
    """Sizes, terms and what each side will learn, for the person who decides."""
    terms = offer["terms"]
    mine, theirs = offer["rows_about"], offer["peer_rows_about"]
    lines = [say(f"本方约 {mine:,} 行，对方约 {theirs:,} 行。", f"About {mine:,} rows here, about {theirs:,} there.")]
    if offer["key_columns"] != offer["peer_key_columns"]:
        counts = f"{offer['key_columns']} / {offer['peer_key_columns']}"
        lines.append(say(f"标识列数不同：{counts}。", f"The keys differ in their number of columns: {counts}."))
    lines.append(say("对方将得知：", "The other side learns: ") + _learns(terms, other=True))
    lines.append(say("本方将得知：", "This side learns: ") + _learns(terms, other=False))
    rules = "; ".join(",".join(names) for names in terms["normalise"] if names) or say("无", "none")
    model = say("恶意安全", "malicious") if terms["malicious"] else say("半诚实", "semi-honest")
    lines.append(
        say("协议", "protocol")
        + f" {terms['protocol']}, {model}, join {terms['join']}, "
        + say("规范化", "normalisation")
        + f" {rules}"
    )
    if terms.get("shards"):
        lines.append(
            say(
                f"运行分为 {terms['shards']} 个分片，由双方的工作进程（Ray）直接相连完成。",
                f"The run is split into {terms['shards']} shards, which workers of both sides match (Ray).",
            )
        )
    return printable("\n".join(lines))


def _learns(terms: Mapping[str, Any], *, other: bool) -> str:
    """`other`: what the other side learns."""
    receives = (terms["role"] == "receiver") is not other
    if terms["reveal"] == "both":
        return say(
            "双方共有的标识（各自的哪些行匹配），以及另一方不同标识的个数。",
            "which of its own keys are common to both, and how many distinct keys the opposite side has.",
        )
    if receives:
        return say(
            "自己的哪些标识是共有的，以及另一方不同标识的个数。",
            "which of its own keys are common to both, and how many distinct keys the opposite side has.",
        )
    return say("仅另一方不同标识的个数。", "only how many distinct keys the opposite side has.")


def summarise_pair(report: Mapping[str, Any]) -> str:
    """For people: what came out, and where it is."""
    seconds = report["parties"]["left"]["seconds"]
    parts = ", ".join(f"{phase} {value:.2f}" for phase, value in seconds.items() if phase != "total")
    lines = [
        say(f"共有 {report['matched']:,} 个标识", f"{report['matched']:,} keys in common"),
        f"{report['protocol']}: {_why(report)}",
        f"{report['wall_s']:.2f} s ({parts}), {report['bytes_sent'] / 1e6:.1f} MB",
        *report["files"].values(),
    ]
    if not report["matched"]:
        lines.append(say("若不应如此，请比较双方标识的写法（前导零、大小写、空格）。", _NOTHING))
    return "\n".join(lines)


def summarise(report: Mapping[str, Any], out: Path | None) -> str:
    """One side's result."""
    found = report["matched"]
    lines = [
        say("本方不得知匹配结果", "This side does not learn the result")
        if found is None
        else say(f"共有 {found:,} 个标识", f"{found:,} keys in common"),
        f"{report['protocol']}: {_why(report)}",
        f"{report['seconds']['total']:.2f} s, {(report['bytes_sent'] + report['bytes_received']) / 1e6:.1f} MB",
    ]
    if out is not None and report["rows_written"] is not None:
        lines.append(f"{out} ({report['rows_written']:,} {say('行', 'rows')})")
    return "\n".join(lines)


def _why(report: Mapping[str, Any]) -> str:
    return str((report["why"] or {}).get(language(), ""))
