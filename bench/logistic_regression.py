"""Vertical logistic regression over TLS between three processes on this machine, and its quality on real data.

python bench/logistic_regression.py [--rows 100000] [--columns 40] [--epochs 10] [--sigmoid series] [--quality]

Prints one JSON object: wall seconds from connected channels to the last loss, CPU seconds, peak memory and traffic by
role; with --quality also the AUC on three data sets that come with scikit-learn, beside its own LogisticRegression.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import resource
import socket
import sys
import time
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.linear.model import Piece
from tacit.algorithms.linear.prediction import logistic, predict
from tacit.algorithms.linear.settings import DEALER, FEATURE, LABEL, Settings
from tacit.algorithms.linear.training import Side, train
from tacit.channel.channel import Session
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.sni import session_name

ROLES = (LABEL, FEATURE, DEALER)
SID = os.urandom(32)


@dataclass(frozen=True)
class Task:
    """What one process does: train on its slice, then score the test rows."""

    settings: Settings
    train: Side | None
    test: NDArray[np.float64] | None


@dataclass
class Outcome:
    wall_s: float
    cpu_s: float
    peak_mb: int
    sent_mb: float
    rounds: int
    losses: tuple[float, ...]
    scores: NDArray[np.float64] | None


def lines() -> tuple[dict[str, list[tuple[Line, socket.socket | None]]], list[socket.socket]]:
    """By role: its ends of the three lines, the listening ones with their socket."""
    nodes = {role: NodeIdentity.generate(role) for role in ROLES}
    ends: dict[str, list[tuple[Line, socket.socket | None]]] = {role: [] for role in ROLES}
    listeners = []
    for here, there in itertools.combinations(ROLES, 2):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        address, name = f"127.0.0.1:{listener.getsockname()[1]}", session_name(SID, here, there)
        for me, peer, side in ((here, there, "listen"), (there, here, "dial")):
            leaf = nodes[me].issue_session(name, side)
            pinned = nodes[peer].certificate_pem
            line = Line(name, me, peer, side, SID.hex(), leaf.key_pem, leaf.certificate_pem, pinned, address)
            ends[me].append((line, listener if side == "listen" else None))
    return ends, listeners


def take_seat(role: str, ends: list[tuple[Line, socket.socket | None]], task: Task, result: Connection) -> None:
    """One process: connect, train, score, report."""
    channels = {line.peer: connect(line, listener and listener.accept()[0]) for line, listener in ends}
    session = Session(bytes.fromhex(ends[0][0].sid), role, channels)
    begin, cpu = time.perf_counter(), time.process_time()
    trained = train(session, task.settings, task.train)
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    sent = sum(channel.traffic().bytes_sent for channel in channels.values())
    rounds = max(channel.traffic().rounds for channel in channels.values())
    weights, piece = trained.weights, None
    if weights.value is not None:
        piece = Piece(trained.model_id, role, (), trained.columns, weights.scale, weights.bound, weights.words)
    scores = predict(session, piece, task.test)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result.send(Outcome(wall, cpu, peak, sent / 1e6, rounds, trained.losses, scores))
    for channel in channels.values():
        channel.close()


def run(tasks: dict[str, Task]) -> dict[str, Outcome]:
    ends, listeners = lines()
    context = get_context("spawn")
    pipes = {role: context.Pipe(duplex=False) for role in ROLES}
    processes = [
        context.Process(target=take_seat, args=(role, ends[role], tasks[role], pipes[role][1])) for role in ROLES
    ]
    for process in processes:
        process.start()
    for role in ROLES:
        pipes[role][1].close()
    outcomes = {role: pipes[role][0].recv() for role in ROLES}
    for process in processes:
        process.join()
    for listener in listeners:
        listener.close()
    return outcomes


def sliced(
    x: NDArray[np.float64], y: NDArray[np.int64], test: NDArray[np.float64], settings: Settings
) -> dict[str, Task]:
    """The first half of the columns, the label and the intercept at label, the rest at feature."""
    half = x.shape[1] // 2

    def left(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([np.ones(len(matrix)), matrix[:, :half]])

    def right(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ascontiguousarray(matrix[:, half:])

    return {
        LABEL: Task(settings, Side(left(x), y), left(test)),
        FEATURE: Task(settings, Side(right(x)), right(test)),
        DEALER: Task(settings, None, None),
    }


def synthetic(rows: int, columns: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, columns))
    y = rng.random(rows) < logistic(x @ rng.normal(0, 0.4, columns) - 0.5)
    return x, y.astype(np.int64)


def speed(rows: int, columns: int, settings: Settings) -> dict[str, Any]:
    x, y = synthetic(rows, columns)
    outcomes = run(sliced(x, y, x[:1000], settings))
    return {
        "rows": rows,
        "columns": columns,
        "settings": asdict(settings),
        "wall_s": round(max(outcome.wall_s for outcome in outcomes.values()), 3),
        "losses": [round(loss, 5) for loss in outcomes[LABEL].losses],
        "parties": {
            role: {
                "cpu_s": round(outcome.cpu_s, 3),
                "peak_mb": outcome.peak_mb,
                "sent_mb": round(outcome.sent_mb, 1),
                "rounds": outcome.rounds,
            }
            for role, outcome in outcomes.items()
        },
    }


def quality() -> list[dict[str, Any]]:
    """AUC on held-out quarters of real data, standardised, columns split in halves between the parties."""
    from sklearn import datasets
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    cancer, digits, wine = datasets.load_breast_cancer(), datasets.load_digits(), datasets.load_wine()
    tasks = {
        "breast cancer": (cancer.data, cancer.target, Settings(epochs=30, batch_size=64)),
        "digits, 8 or not": (digits.data, digits.target == 8, Settings(epochs=20, batch_size=64, learning_rate=0.3)),
        "wine, class 1 or not": (wine.data, wine.target == 1, Settings(epochs=30, batch_size=32)),
    }
    results = []
    for name, (data, target, settings) in tasks.items():
        x, test, y, truth = train_test_split(data, target.astype(int), test_size=0.25, random_state=0, stratify=target)
        x, test = x[:, x.std(axis=0) > 0], test[:, x.std(axis=0) > 0]
        scaler = StandardScaler().fit(x)
        x, test = scaler.transform(x), scaler.transform(test)
        plain = LogisticRegression(max_iter=1000).fit(x, y).predict_proba(test)[:, 1]
        outcomes = run(sliced(x, y, np.clip(test, -64, 64), settings))
        ours, theirs = roc_auc_score(truth, outcomes[LABEL].scores), roc_auc_score(truth, plain)
        results.append(
            {"data": name, "rows": len(x), "columns": x.shape[1], "auc": round(ours, 4),
             "auc_scikit_learn": round(theirs, 4), "wall_s": round(outcomes[LABEL].wall_s, 3)}
        )  # fmt: skip
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=1024)
    parser.add_argument("--sigmoid", default="series")
    parser.add_argument("--quality", action="store_true")
    chosen = parser.parse_args()
    settings = Settings(epochs=chosen.epochs, batch_size=chosen.batch_size, sigmoid=chosen.sigmoid)
    result: dict[str, Any] = {"speed": speed(chosen.rows, chosen.columns, settings)}
    if chosen.quality:
        result["quality"] = quality()
    result["machine"] = {"cores": os.cpu_count(), "python": platform.python_version(), "numpy": np.__version__}
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
