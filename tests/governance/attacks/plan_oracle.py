"""A slow second opinion on what a flow shows of the shop's columns: straight from the document, backwards from each
place where something is read. Shares no code with `tacit.governance`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from governance.policy_flows import COLUMNS

Document = dict[str, Any]
Table = dict[str, tuple[str, frozenset[str]]]  # name -> (role, "dataset.column")


class Shown(NamedTuple):
    """Something of `columns` that the bank can read. `how`: clear, figure, score."""

    step: str
    how: str
    columns: frozenset[str]
    rows: int
    width: int


def shown(document: Document) -> list[Shown]:
    """Everything that the bank can read of the shop's columns beyond which keys match."""
    return [one for step in document["steps"] for one in _of_step(document, step)]


def _of_step(document: Document, step: dict[str, Any]) -> list[Shown]:
    params = step.get("params", {})
    if step["operator"] == "psi":
        return _of_match(document, step, params)
    if step["operator"] == "stats.joint":
        return _of_statistics(document, step, params)
    if step["operator"] == "logistic_regression.predict":
        return _of_scores(document, step)
    return []


def _of_match(document: Document, step: dict[str, Any], params: dict[str, Any]) -> list[Shown]:
    table = shops(document, step["inputs"]["sender"])
    found = [Shown(step["id"], "clear", table[name][1], 0, 1) for name in params.get("sender_columns", [])]
    if params.get("join") == "union":
        keys = params.get("sender_keys") or [name for name, (role, _) in table.items() if role == "key"]
        found += [Shown(step["id"], "clear", table[name][1], 0, 1) for name in keys]
    for name in params.get("values", []):
        found.append(Shown(step["id"], "figure", table[name][1], params.get("threshold") or 0, 1))
    return found


def _of_statistics(document: Document, step: dict[str, Any], params: dict[str, Any]) -> list[Shown]:
    table = shops(document, step["inputs"]["aligned"])
    group, rows = params.get("group"), params.get("min_group_size", 10)
    mine = group is not None and group["role"] == "second"
    wanted = (params.get("columns") or {}).get("second")
    if wanted is None:
        wanted = [n for n, (role, _) in table.items() if role == "feature" and not (mine and n == group["column"])]
    names = [*wanted, *([group["column"]] if mine else [])]
    return [Shown(step["id"], "figure", table[name][1], rows, 1) for name in names]


def _of_scores(document: Document, step: dict[str, Any]) -> list[Shown]:
    table = shops(document, step["inputs"]["aligned"])
    trained = by_id(document, step["inputs"]["model"].split(".")[0])
    before = shops(document, trained["inputs"]["aligned"])
    wanted = (trained.get("params", {}).get("features") or {}).get("feature")
    names = [name for name, (role, _) in before.items() if role == "feature"] if wanted is None else wanted
    columns = [(table.get(name, ("", frozenset()))[1] | before[name][1]) for name in names if name in before]
    return [Shown(step["id"], "score", frozenset().union(*columns), 0, len(names))] if columns else []


def by_id(document: Document, id: str) -> dict[str, Any]:
    return next(step for step in document["steps"] if step["id"] == id)


def shops(document: Document, reference: str) -> Table:
    """The shop's own columns in its piece of an output."""
    id, _port = reference.split(".")
    step = by_id(document, id)
    params, inputs = step.get("params", {}), step.get("inputs", {})
    if step["operator"] == "dataset.read":
        return _read(step, params)
    if step["operator"] == "psi":
        return shops(document, inputs["sender"])
    if step["operator"] == "preprocess.fit":
        return shops(document, inputs["aligned"])
    if step["operator"] == "preprocess.apply":
        table, learned = shops(document, inputs["aligned"]), shops(document, inputs["transform"])
        return {
            name: (role, columns | learned[name][1]) if role == "feature" and name in learned else (role, columns)
            for name, (role, columns) in table.items()
        }
    return shops(document, inputs["aligned"])  # a split


def _read(step: dict[str, Any], params: dict[str, Any]) -> Table:
    if step["at"]["owner"] != "shop":
        return {}
    dataset = params["dataset"]
    names = params.get("columns") or (COLUMNS["shop"] if dataset == "buyers" else ("id", "secret", "spend"))
    roles = {**dict.fromkeys(params.get("keys", []), "key"), params.get("label"): "label"}
    return {name: (roles.get(name, "feature"), frozenset({f"{dataset}.{name}"})) for name in names}
