"""`tacit psi table` and `tacit psi query`: a large file sealed once, asked about a few keys again and again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.output import JsonOption, QuietOption, print_data, printable, reported, table
from tacit.cli.psi_options import (
    Delimiter,
    Dialogue,
    Duplicates,
    Encoding,
    Format,
    Key,
    Normalise,
    Nulls,
    Yes,
    bytes_of,
    required,
    rules_of,
    say,
)
from tacit.cli.psi_progress import PsiProgress

app = typer.Typer(
    help="A large file as a sealed table, which others can ask about their keys.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_Table = Annotated[Path, typer.Argument(metavar="TABLE", help="Folder of the table.")]
_NewTable = Annotated[Path, typer.Option("--table", help="Folder of the new table.")]
_KeyFile = Annotated[Path, typer.Option("--table-key", help="File with the server's key; it must stay secret.")]
_Memory = Annotated[str, typer.Option("--memory", help="Keys and entries held at a time, such as 2GB; more to disk.")]
_QUERY = "tacit psi query {code} FILE --key … --table … --out …"


@app.command("build")
def build_table(
    file: Annotated[Path, typer.Argument(help="The server's file: CSV, Parquet or Arrow.")],
    target: _NewTable,
    table_key: _KeyFile,
    key: Key = None,
    columns: Annotated[
        list[str] | None, typer.Option("--columns", help="Column that a client gets for its keys; repeat for several.")
    ] = None,
    verifiable: Annotated[bool, typer.Option("--verifiable", help="Answers carry proofs of the key.")] = False,
    capacity: Annotated[int, typer.Option("--capacity", help="Keys it will ever have. 0: twice those of FILE.")] = 0,
    queries: Annotated[
        int, typer.Option("--queries", help="Keys it will be asked about in its life, by everybody.")
    ] = 1_000_000,
    payload_bytes: Annotated[
        int, typer.Option("--payload-bytes", help="Of the columns of a row. 0: what the longest row of FILE needs.")
    ] = 0,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    normalise: Normalise = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: _Memory = "256MB",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Seal the keys of a file, and columns if wanted, into a new table. A key is made if its file is not there.

    FILE is read twice: first for mistakes, then to be sealed, at tens of thousands of keys a second and core.
    """
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        progress = PsiProgress(enabled=not quiet)
        report = psi_tables.build_table(
            file,
            key=required(key),
            table=target,
            table_key=table_key,
            columns=columns or [],
            normalise=rules_of(normalise),
            verifiable=verifiable,
            capacity=capacity,
            queries=queries,
            payload_bytes=payload_bytes,
            nulls=nulls,
            duplicates=duplicates,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            on_event=progress.show,
        )
        progress.close()
        print_data(report, as_json=as_json, text=describe_table(report))


@app.command("extend")
def extend_table(
    target: _Table,
    table_key: _KeyFile,
    add: Annotated[Path | None, typer.Option("--add", help="Rows that are new, or whose columns changed.")] = None,
    remove: Annotated[Path | None, typer.Option("--remove", help="Rows whose keys are to be taken out.")] = None,
    key: Key = None,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: _Memory = "256MB",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """The next epoch of a table: clients fetch the difference only. What is in both files, stays.

    Columns and rules of spelling are those of the first file; --key only where the key columns have other names.
    """
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        progress = PsiProgress(enabled=not quiet)
        report = psi_tables.extend_table(
            target,
            table_key=table_key,
            add=add,
            remove=remove,
            key=key or None,
            nulls=nulls,
            duplicates=duplicates,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            on_event=progress.show,
        )
        progress.close()
        print_data(report, as_json=as_json, text=describe_table(report))


@app.command("rotate")
def rotate_table(
    old: Annotated[Path, typer.Argument(help="Folder of the table whose columns, rules and sizes are taken over.")],
    file: Annotated[Path, typer.Argument(help="The server's whole file: what is sealed cannot be read back.")],
    target: _NewTable,
    table_key: Annotated[Path, typer.Option("--table-key", help="File for the new key.")],
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    memory: _Memory = "256MB",
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Seal a file anew under a new key. OLD stays as it is; clients fetch the new table into a new folder."""
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        progress = PsiProgress(enabled=not quiet)
        report = psi_tables.rotate_table(
            old,
            file,
            table=target,
            table_key=table_key,
            nulls=nulls,
            duplicates=duplicates,
            delimiter=delimiter,
            encoding=encoding,
            memory=bytes_of(memory),
            on_event=progress.show,
        )
        progress.close()
        print_data(report, as_json=as_json, text=describe_table(report))


@app.command("show")
def show_table(target: _Table, as_json: JsonOption = False) -> None:
    """The public facts of a table, at its server or of a client's copy: size, epochs, key, widths, digest."""
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        report = psi_tables.show_table(target)
        print_data(report, as_json=as_json, text=describe_table(report))


@app.command("serve")
def serve_table(
    target: _Table,
    table_key: _KeyFile,
    budget: Annotated[int, typer.Option("--budget", help="Keys that may be asked about with this code.")],
    daily: Annotated[
        int | None, typer.Option("--daily", help="Of all codes of this key in one day (UTC); as --budget if not given.")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="How often the code can be used.")] = 1,
    listen: Annotated[str, typer.Option("--listen", help="HOST:PORT of this machine.")] = "0.0.0.0:7310",
    address: Annotated[str | None, typer.Option("--address", help="HOST:PORT that the other side dials.")] = None,
    minutes: Annotated[float, typer.Option(min=0.05, max=10080, help="How long the code is valid.")] = 60,
    yes: Yes = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Let the holder of a code fetch the table and ask about keys, without a node.

    Prints a code on stderr. Send it to the other side over a private way. Each run is shown, with the number of keys
    that it asks about, before it is answered. Ends when the code is used up or has expired.
    """
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        dialogue = Dialogue(yes=yes, quiet=quiet, describe=describe_run, command=_QUERY)
        report = psi_tables.serve_table(
            target,
            table_key=table_key,
            address=listen,
            public=address,
            budget=budget,
            daily=daily,
            runs=runs,
            confirm=dialogue.confirm,
            lifetime_s=60 * minutes,
            on_event=dialogue.show,
        )
        dialogue.progress.close()
        print_data(report, as_json=as_json, text=_summarise_server(report))


def query_table(
    code: Annotated[str, typer.Argument(help="The code that the table's server sent.")],
    file: Annotated[Path, typer.Argument(help="This side's file: CSV, Parquet or Arrow.")],
    target: Annotated[Path, typer.Option("--table", help="Folder of the local copy of the table; made if needed.")],
    key: Key = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for the rows that are in the table.")] = None,
    verifiable: Annotated[
        bool, typer.Option("--verifiable", help="Refuse a table whose answers carry no proofs.")
    ] = False,
    nulls: Nulls = "refuse",
    duplicates: Duplicates = "refuse",
    format: Format = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    yes: Yes = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask a sealed table which rows of a file have a key in it; the server learns their number only.

    The local copy of the table is fetched first, or brought up to date; what broke off goes on where it was.
    """
    from tacit.client import psi_tables

    with reported(as_json=as_json):
        dialogue = Dialogue(yes=yes, quiet=quiet, describe=describe_run)
        report = psi_tables.query(
            code,
            file,
            key=required(key),
            table=target,
            confirm=dialogue.confirm,
            out=out,
            verifiable=verifiable,
            nulls=nulls,
            duplicates=duplicates,
            format=format,
            delimiter=delimiter,
            encoding=encoding,
            on_event=dialogue.show,
        )
        dialogue.progress.close()
        print_data(report, as_json=as_json, text=_summarise_client(report, out))


def describe_table(facts: Mapping[str, Any]) -> str:
    """The facts of a table for people."""
    proofs = say("应答带证明", "answers with proofs") if facts["verifiable"] else say("应答不带证明", "no proofs")
    lines = [
        f"{facts['table']}: " + say(f"{facts['size']:,} 个标识", f"{facts['size']:,} keys") + f", {facts['bytes']:,} B",
        say("密钥编号", "key id") + f" {facts['key_id']}, {proofs}",
        say("摘要", "digest") + f" {facts['digest']}",
        say(
            f"标签 {facts['tag_bytes']} 字节，附加数据 {facts['payload_bytes']} 字节，"
            f"容量 {facts['capacity']:,}，查询总数 {facts['queries']:,}",
            f"tags of {facts['tag_bytes']} bytes, payloads of {facts['payload_bytes']}, "
            f"capacity {facts['capacity']:,}, {facts['queries']:,} queries in its life",
        ),
    ]
    if facts["key_columns"] is not None:
        lines.append(say("标识列", "key columns") + f": {', '.join(facts['key_columns'])}")
        lines.append(say("附加列", "payload columns") + f": {', '.join(facts['payload_columns']) or '-'}")
    return printable("\n".join(lines)) + "\n" + table(facts["history"], ("epoch", "added", "removed", "size"))


def describe_run(offer: Mapping[str, Any]) -> str:
    """What will be asked, and what each side learns, for the person who decides."""
    columns = ", ".join(offer["payload_columns"])
    rules = "; ".join(",".join(names) for names in offer["normalise"] if names) or say("无", "none")
    client = say(
        "其哪些标识在表中，表及每次更新的大小", "which of its keys are in the table, its size and that of updates"
    )
    client += say(f"，这些标识的列：{columns}", f", and for those keys the columns {columns}") if columns else ""
    server = say(
        "对方查询的标识个数与时间，不含标识与结果", "how many keys are asked about and when, no key and no result"
    )
    mine, theirs = (server, client) if offer["side"] == "server" else (client, server)
    lines = [
        *(_describe_wish(offer) if offer["side"] == "server" else _describe_table(offer)),
        say("对方将得知：", "The other side learns: ") + theirs,
        say("本方将得知：", "This side learns: ") + mine,
        say("规范化", "normalisation") + f" {rules}",
    ]
    return printable("\n".join(lines))


def _describe_wish(offer: Mapping[str, Any]) -> list[str]:
    count, left = offer["count"], offer["left"]
    copy = (
        say("对方已有最新的表。", "The other side has the newest table.")
        if offer["current"]
        else say(
            f"对方将取得表（至多 {offer['bytes']:,} 字节）。", f"It will fetch the table, {offer['bytes']:,} B at most."
        )
    )
    asked = say(
        f"对方查询 {count:,} 个标识，额度尚余 {left:,}。",
        f"The other side asks about {count:,} keys; {left:,} are left.",
    )
    return [asked, copy]


def _describe_table(offer: Mapping[str, Any]) -> list[str]:
    rows, size, left = offer["rows_about"], offer["size"], offer["left"]
    proofs = (
        say("应答带证明。", "Answers carry proofs of the table's key.")
        if offer["verifiable"]
        else say("应答不带证明：服务方可使标识显得不在表中。", "No proofs: the server could make keys look absent.")
    )
    return [
        say(f"本方约 {rows:,} 行；表有 {size:,} 个标识，", f"About {rows:,} rows here; the table has {size:,} keys, ")
        + say(
            f"{offer['bytes']:,} 字节，尚可查询 {left:,} 个。",
            f"{offer['bytes']:,} B; {left:,} may still be asked about.",
        ),
        say("密钥编号", "key id") + f" {offer['key_id']}, " + say("摘要", "digest") + f" {offer['digest'][:16]}…",
        proofs,
    ]


def _summarise_client(report: Mapping[str, Any], out: Path | None) -> str:
    lines = [
        say(
            f"{report['keys_used']:,} 个标识中有 {report['matched']:,} 个在表中（表共 {report['table_size']:,} 个）",
            f"{report['matched']:,} of {report['keys_used']:,} keys are in the table of {report['table_size']:,}",
        ),
        say(f"尚可查询 {report['queries_left']:,} 个", f"{report['queries_left']:,} may still be asked about"),
        f"{report['seconds']['total']:.2f} s, {(report['bytes_sent'] + report['bytes_received']) / 1e6:.1f} MB",
    ]
    if report["unopened"]:
        lines.append(
            say(
                f"{report['unopened']} 个条目的附加数据无法打开",
                f"{report['unopened']} entries whose columns could not be read; more than a few mean a wrong table",
            )
        )
    if out is not None:
        lines.append(f"{out} ({report['rows_written']:,} {say('行', 'rows')})")
    return printable("\n".join(lines))


def _summarise_server(report: Mapping[str, Any]) -> str:
    lines = [
        say(
            f"{report['runs']} 次运行，应答 {report['queries']:,} 个查询，尚余 {report['queries_left']:,}",
            f"{report['runs']} runs, {report['queries']:,} queries answered, {report['queries_left']:,} left",
        )
    ]
    if report["failed"]:
        lines.append(say("未完成", "not finished") + f": {', '.join(report['failed'])}")
    return "\n".join(lines)
