"""`python -m tacit.demo.measure NAME`: the program behind `tacit bench`; one JSON object per benchmark.

Every benchmark makes its data with a fixed seed, runs a flow by rehearsal (every party its own processes, TLS on
loopback), checks the result against plaintext in the same run, and reports wall, CPU, bytes and peak memory.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from tacit.client.rehearsal import rehearse
from tacit.demo.nodes import DemoNodes
from tacit.errors import ParameterError, TacitError

_SEED = 7
_MIN_GROUP = 2  # every group of the benchmark is shown


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: what was asked, what the flow reported, whether the result was right."""

    parameters: dict[str, Any]
    report: dict[str, Any]
    correct: bool
    figures: dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Results on stdout as they come. Exit codes: 0 all right, 1 a result was wrong, else as in `tacit.errors`."""
    parser = argparse.ArgumentParser(prog="tacit bench")
    parser.add_argument("name")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args(arguments)
    correct = True
    try:
        names = list(BENCHES) if options.name == "all" else [options.name]
        for name in [name for name in names for _ in range(options.runs)]:
            result = _run(name, options)
            correct = correct and bool(result["correct"])
            print(json.dumps(result), flush=True)
    except TacitError as error:
        print(json.dumps({"ok": False, "error": error.as_dict()}), flush=True)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0 if correct else 1


def _run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    if name not in BENCHES:
        raise ParameterError("bench.unknown", f"There is no benchmark {name!r}.", expected=", ".join([*BENCHES, "all"]))
    with tempfile.TemporaryDirectory(prefix="tacit-bench-") as folder:
        started = time.monotonic()
        bench = BENCHES[name](Path(folder), options)
        elapsed = time.monotonic() - started
    parties = bench.report["parties"]
    return {
        "name": name,
        "parameters": bench.parameters,
        "correct": bench.correct,
        "wall_s": round(bench.report["wall_s"], 3),
        "elapsed_with_data_and_check_s": round(elapsed, 3),
        "cpu_s": {party: round(cost["cpu_s"], 3) for party, cost in parties.items()},
        "bytes_sent": {party: cost["bytes_sent"] for party, cost in parties.items()},
        "rss_mb": {party: round(cost["rss_mb"], 1) for party, cost in parties.items()},
        "steps": {step["id"]: round(step["wall_s"], 3) for step in bench.report["steps"]},
        "figures": bench.figures,
    }


def bench_psi(folder: Path, options: argparse.Namespace) -> Bench:
    """Two CSV files of 18-character ids with 50 % overlap, to aligned tables at both."""
    rows = options.rows or 100_000
    draw = np.random.default_rng(_SEED)
    ids = draw.permutation(3 * rows // 2)
    texts = np.char.add("11010119900", np.char.zfill(ids.astype(str), 7))
    left, right = texts[:rows], texts[rows // 2 :]
    paths = {
        "left.rows": _csv(folder / "left.csv", {"id": draw.permutation(left)}),
        "right.rows": _csv(folder / "right.csv", {"id": draw.permutation(right)}),
    }
    steps = [*_read_both("left", "right", "id"), _align("left", "right")]
    report = rehearse(_flow(steps, {"left": "data", "right": "data"}, "2pc"), paths, folder / "out")
    matched = {
        party: pq.read_table(folder / "out" / party / "match" / "aligned.parquet").column("id").to_numpy()
        for party in ("left", "right")
    }
    expected = np.sort(np.intersect1d(left, right))
    correct = bool(
        np.array_equal(matched["left"], matched["right"])
        and np.array_equal(np.sort(matched["left"].astype(str)), expected)
    )
    return Bench({"rows": rows, "overlap": 0.5}, report, correct, {"matched": len(expected)})


def bench_training(folder: Path, options: argparse.Namespace) -> Bench:
    """Vertical logistic regression on generated rows; the AUC is held against scikit-learn's on the same rows."""
    rows, features = options.rows or 100_000, options.features
    draw = np.random.default_rng(_SEED)
    values = draw.normal(size=(rows, 2 * features))
    weights = draw.normal(size=2 * features) / np.sqrt(features)
    label = (draw.random(rows) < 1 / (1 + np.exp(-values @ weights))).astype(int)
    key = np.arange(rows)
    first = {"id": key, "y": label, **{f"a{i}": values[:, i] for i in range(features)}}
    second = {"id": key, **{f"b{i}": values[:, features + i] for i in range(features)}}
    paths = {
        "bank.rows": _parquet(folder / "first.parquet", first),
        "telecom.rows": _parquet(folder / "second.parquet", second),
    }
    at = {"label": "bank", "feature": "telecom", "dealer": "notary"}
    training = {"epochs": options.epochs, "batch_size": min(1024, max(16, rows // 20)), "l2": 0.001}
    steps = [
        *_read_both("bank", "telecom", "id", label="y"),
        _align("bank", "telecom"),
        _step("train", "logistic_regression.train", at, {"aligned": "match.aligned"}, training),
        _step("predict", "logistic_regression.predict", at, {"aligned": "match.aligned", "model": "train.model"}),
        _step("evaluate", "evaluation.binary", {"owner": "bank"}, {"scores": "predict.scores"}),
    ]
    parties = {"bank": "data", "telecom": "data", "notary": "dealer"}
    report = rehearse(_flow(steps, parties, "2pc-dealer"), paths, folder / "out")
    secure = json.loads((folder / "out" / "bank" / "evaluate" / "report.json").read_text())["auc"]
    plain = _plain_auc(values, label, training["l2"])
    seconds = next(step["wall_s"] for step in report["steps"] if step["id"] == "train")
    figures = {
        "auc": secure,
        "auc_scikit_learn": plain,
        "difference": abs(secure - plain),
        "train_s": round(seconds, 3),
    }
    parameters = {"rows": rows, "columns": 2 * features, **training}
    return Bench(parameters, report, abs(secure - plain) <= 0.005, figures)


def bench_statistics(folder: Path, options: argparse.Namespace) -> Bench:
    """Joint statistics by group, held against plaintext sums."""
    rows = options.rows or 100_000
    draw = np.random.default_rng(_SEED)
    key, group = np.arange(rows), draw.integers(0, 10, rows)
    income = np.exp(draw.normal(10, 1, rows))
    paths = {
        "bank.rows": _parquet(folder / "first.parquet", {"id": key, "branch": group.astype(str)}),
        "telecom.rows": _parquet(folder / "second.parquet", {"id": key, "spend": income}),
    }
    at = {"first": "bank", "second": "telecom", "dealer": "notary"}
    params = {"group": {"role": "first", "column": "branch"}, "min_group_size": _MIN_GROUP}
    steps = [
        *_read_both("bank", "telecom", "id"),
        _align("bank", "telecom"),
        _step("statistics", "stats.joint", at, {"aligned": "match.aligned"}, params),
    ]
    parties = {"bank": "data", "telecom": "data", "notary": "dealer"}
    report = rehearse(_flow(steps, parties, "2pc-dealer"), paths, folder / "out")
    document = json.loads((folder / "out" / "bank" / "statistics" / "report.json").read_text())
    error = _largest_error(document, group, income)
    return Bench({"rows": rows, "groups": 10}, report, error <= 1e-4, {"largest_relative_error": error})


def bench_steps(folder: Path, options: argparse.Namespace) -> Bench:
    """Ten steps that do next to nothing: what the machinery around a step costs."""
    paths = {"left.rows": _csv(folder / "left.csv", {"id": np.arange(10)})}
    steps = [_step("read", "dataset.read", {"owner": "left"}, {}, {"dataset": "rows"})]
    steps += [_step(f"profile{i}", "table.profile", {"owner": "left"}, {"table": "read.table"}) for i in range(9)]
    report = rehearse(_flow(steps, {"left": "data"}, "2pc"), paths, folder / "out")
    return Bench({"steps": 10}, report, bool(report["ok"]), {})


def bench_nodes(folder: Path, options: argparse.Namespace) -> Bench:
    """A job of ten small steps between two real nodes, from the proposal to the signed receipt."""
    with DemoNodes(folder, ("left", "right")) as nodes:
        nodes.introduce_all()
        for party, client in nodes.clients.items():
            client.add_dataset("rows", _csv(folder / f"{party}.csv", {"id": np.arange(10), "x": np.arange(10)}))
            client.add_rule(initiators=["left"], note="benchmark")
        steps = [*_read_both("left", "right", "id"), _align("left", "right")]
        for i in range(7):
            party = ("left", "right")[i % 2]
            steps.append(_step(f"profile{i}", "table.profile", {"owner": party}, {"table": f"read_{party}.table"}))
        flow = _flow(steps, {"left": "data", "right": "data"}, "2pc")
        walls, job = [], nodes.clients["left"].run(flow).wait(60)  # the first one warms the nodes up
        for _ in range(5):
            started = time.monotonic()
            job = nodes.clients["left"].run(flow).wait(60)
            walls.append(time.monotonic() - started)
        correct = job.state == "FINISHED" and all(
            client.job(job.id).verify()["ok"] for client in nodes.clients.values()
        )
        report = {"wall_s": float(np.median(walls)), **_summed(job.record)}
    return Bench({"steps": 10, "jobs": 5}, report, correct, {"slowest_s": round(max(walls), 3)})


def _summed(record: dict[str, Any]) -> dict[str, Any]:
    """A job's record in the form of a rehearsal's report: cost by party, wall by step."""
    parties: dict[str, dict[str, float]] = {}
    steps = []
    for step in record["steps"]:
        reports = {name: each["report"] for name, each in step["parties"].items() if each.get("report")}
        steps.append({"id": step["id"], "wall_s": max((each["wall_s"] for each in reports.values()), default=0.0)})
        for name, cost in reports.items():
            total = parties.setdefault(name, {"cpu_s": 0.0, "bytes_sent": 0, "rss_mb": 0.0})
            total["cpu_s"] += cost["cpu_s"]
            total["bytes_sent"] += cost["bytes_sent"]
            total["rss_mb"] = max(total["rss_mb"], cost["rss_mb"])
    return {"parties": parties, "steps": steps}


BENCHES: dict[str, Callable[[Path, argparse.Namespace], Bench]] = {
    "psi": bench_psi,
    "training": bench_training,
    "statistics": bench_statistics,
    "steps": bench_steps,
    "nodes": bench_nodes,
}


def _largest_error(document: dict[str, Any], group: Any, values: Any) -> float:
    """Over count, sum, mean and variance of every group; every group that is large enough must be there."""
    column = [entry["name"] for entry in document["columns"]].index("spend")
    cells = {entry["label"]: entry["cells"][column] for entry in document["groups"]}
    names, sizes = np.unique(group, return_counts=True)
    expected_names = {str(name) for name, size in zip(names, sizes, strict=True) if size >= _MIN_GROUP}
    if set(cells) != expected_names or None in cells.values():
        return float("inf")
    worst = 0.0
    for name, cell in cells.items():
        own = values[group == int(name)]
        expected = {"count": len(own), "sum": own.sum(), "mean": own.mean(), "variance": own.var(ddof=1)}
        worst = max([worst, *(abs(cell[measure] - value) / abs(value) for measure, value in expected.items())])
    return float(worst)


def _plain_auc(values: Any, label: Any, l2: float) -> float:
    """scikit-learn with the same penalty."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    model = LogisticRegression(C=1 / (l2 * len(label)), max_iter=200).fit(values, label)
    return float(roc_auc_score(label, model.predict_proba(values)[:, 1]))


def _flow(steps: list[dict[str, Any]], parties: dict[str, str], profile: str) -> dict[str, Any]:
    return {"tacit": "1", "name": "bench", "profile": profile, "parties": parties, "steps": steps}


def _read_both(first: str, second: str, key: str, label: str | None = None) -> list[dict[str, Any]]:
    params = {"dataset": "rows", "keys": [key]}
    labelled = params | ({"label": label} if label else {})
    return [
        _step(f"read_{first}", "dataset.read", {"owner": first}, {}, labelled),
        _step(f"read_{second}", "dataset.read", {"owner": second}, {}, params),
    ]


def _align(first: str, second: str) -> dict[str, Any]:
    inputs = {"receiver": f"read_{first}.table", "sender": f"read_{second}.table"}
    return _step("match", "psi", {"receiver": first, "sender": second}, inputs)


def _step(
    name: str, operator: str, at: dict[str, str], inputs: dict[str, str], params: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"id": name, "operator": operator, "at": at, "inputs": inputs, "params": params or {}}


def _csv(path: Path, columns: dict[str, Any]) -> Path:
    pyarrow.csv.write_csv(pa.table(columns), path)
    return path


def _parquet(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job may have it ignored
    sys.exit(main())
