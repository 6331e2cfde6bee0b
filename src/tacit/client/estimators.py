"""Estimators in scikit-learn's manner over two owners' tables, secure (local rehearsal) or in the clear.

>>> model = LogisticRegression(mode="secure").fit(hospital, lab, key="id", label="ill")   # doctest: +SKIP
>>> model.score(hospital, lab)                                                            # doctest: +SKIP
"""

from __future__ import annotations

import inspect
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from tacit.client.rehearsal import rehearse
from tacit.client.tables import binary_labels, feature_columns, keyed, matrix, require, shared_rows, to_arrow
from tacit.errors import InputError, NotFoundError, ParameterError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Mode = Literal["plain", "secure"]
_MODES = ("plain", "secure")
_FIRST, _SECOND, _DEALER = "first", "second", "dealer"


class LogisticRegression:
    """Vertical logistic regression: the label and some columns at the first owner, other columns at the second.

    `mode="secure"` runs the real protocols, each party as its own local process: the rows are found by private set
    intersection and the training happens on secret shares. `mode="plain"` joins the tables in the clear and uses
    scikit-learn with the same penalty, to compare. Both fill missing values with the mean and standardise.

    Tables are pyarrow or pandas or polars tables or dicts of columns, one row per key; all numeric columns but key
    and label are features. `epochs`, `batch_size`, `learning_rate` and `seed` belong to the secure training only:
    few rows need small batches. `l2` is the penalty l2/2·|w|² beside the mean loss.
    """

    def __init__(
        self,
        *,
        mode: Mode = "secure",
        epochs: int = 10,
        batch_size: int = 1024,
        learning_rate: float = 0.1,
        l2: float = 0.001,
        seed: int = 0,
    ) -> None:
        self.mode = mode
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.l2 = l2
        self.seed = seed
        self._fitted: _Secure | _Plain | None = None
        _check_mode(mode)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's arguments. `deep` is there for scikit-learn; nothing is nested."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change arguments of the constructor; a fitted model stays as it is until the next `fit`."""
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ParameterError(
                    "estimator.unknown_parameter", f"There is no parameter {name!r}.", expected=", ".join(known)
                )
            if name == "mode":
                _check_mode(value)
            setattr(self, name, value)
        return self

    def fit(self, first: Any, second: Any, *, key: str, label: str) -> Self:
        """Find the shared rows by `key`, fill and standardise, train. `label` (0 or 1) is a column of `first`.

        Raises InputError for tables that do not fit: a missing, repeated or empty key, a label with one class,
        no common key; PeerError or ResourceError if the secure computation could not be run.
        """
        left, right = to_arrow(first), to_arrow(second)
        require(left, "first", key, label)
        require(right, "second", key)
        fitted: _Secure | _Plain = _Secure(self, key, label) if self.mode == "secure" else _Plain(self, key, label)
        fitted.fit(left, right)
        self._fitted = fitted
        return self

    def predict_proba(self, first: Any, second: Any) -> pa.Table:
        """Key and `score` (probability of class 1) of the rows that both owners have, ordered by key.

        The key has the type it has in `first`. A label column in `first` is not looked at.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        fitted = self._model()
        left, right = to_arrow(first), to_arrow(second)
        require(left, "first", fitted.key)
        require(right, "second", fitted.key)
        scored = fitted.predict(left, right)
        keys = pc.cast(pc.cast(scored.column(fitted.key), pa.large_string()), left.schema.field(fitted.key).type)
        return pa.table({fitted.key: keys, "score": scored.column("score")}).sort_by(fitted.key)

    def predict(self, first: Any, second: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
        """0 or 1 for the rows of `predict_proba`, in its order."""
        scores = self.predict_proba(first, second).column("score").to_numpy()
        result: np.ndarray[Any, np.dtype[np.int64]] = (scores >= 0.5).astype("int64")
        return result

    def score(self, first: Any, second: Any) -> float:
        """Area under the ROC curve on the shared rows; `first` holds the label."""
        fitted = self._model()
        left = to_arrow(first)
        require(left, "first", fitted.key, fitted.label)
        scored = self.predict_proba(left, second)
        truth = left.select([fitted.key, fitted.label])
        joined = keyed(scored, "first", fitted.key).join(
            keyed(truth, "first", fitted.key), keys=fitted.key, join_type="inner"
        )
        return _auc(binary_labels(joined, fitted.label), joined.column("score").to_numpy())

    def _model(self) -> _Secure | _Plain:
        if self._fitted is None:
            raise InputError("estimator.not_fitted", "The estimator is not fitted.", hint="Call fit first.")
        return self._fitted


class _Secure:
    """Keeps the owners' model pieces in a private folder for as long as the estimator lives."""

    def __init__(self, settings: LogisticRegression, key: str, label: str) -> None:
        self.key, self.label = key, label
        self._settings = settings.get_params()
        self._folder = Path(tempfile.mkdtemp(prefix="tacit-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def fit(self, first: pa.Table, second: pa.Table) -> None:
        at = {"label": _FIRST, "feature": _SECOND, "dealer": _DEALER}
        pair = {"first": _FIRST, "second": _SECOND}
        training = {name: value for name, value in self._settings.items() if name != "mode"}
        pieces = {"model": "train.model", "transform": "prepare.transform"}
        steps = [
            *self._aligned({_FIRST: self.label}),
            _step("prepare", "preprocess.fit", pair, {"aligned": "match.aligned"}),
            _step("train", "logistic_regression.train", at, {"aligned": "prepare.aligned"}, training),
            _step("save", "model.save", pair, pieces, {"name": "model"}),
        ]
        shutil.rmtree(self._run("fit", steps, first, second))  # rows; what is kept are the model's pieces

    def predict(self, first: pa.Table, second: pa.Table) -> pa.Table:
        import pyarrow.parquet as pq

        at = {"label": _FIRST, "feature": _SECOND, "dealer": _DEALER}
        pair = {"first": _FIRST, "second": _SECOND}
        steps = [
            *self._aligned({}),
            _step("load", "model.load", pair, {}, {"name": "model"}),
            _step("prepare", "preprocess.apply", pair, {"aligned": "match.aligned", "transform": "load.transform"}),
            _step("score", "logistic_regression.predict", at, {"aligned": "prepare.aligned", "model": "load.model"}),
        ]
        without_label = first.drop_columns([self.label]) if self.label in first.column_names else first
        folder = self._run("predict", steps, without_label, second)
        scores = pq.read_table(folder / _FIRST / "score" / "scores.parquet")
        shutil.rmtree(folder)
        return scores

    def _aligned(self, labels: dict[str, str]) -> list[dict[str, Any]]:
        steps = []
        for party in (_FIRST, _SECOND):
            params: dict[str, Any] = {"dataset": "rows", "keys": [self.key]}
            if party in labels:
                params["label"] = labels[party]
            steps.append(_step(f"read_{party}", "dataset.read", {"owner": party}, {}, params))
        at = {"receiver": _FIRST, "sender": _SECOND}
        inputs = {"receiver": f"read_{_FIRST}.table", "sender": f"read_{_SECOND}.table"}
        return [*steps, _step("match", "psi", at, inputs)]

    def _run(self, name: str, steps: list[dict[str, Any]], first: pa.Table, second: pa.Table) -> Path:
        """The folder of the outputs."""
        import pyarrow.parquet as pq

        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        flow = {
            "tacit": "1",
            "name": name,
            "profile": "2pc-dealer",
            "parties": {_FIRST: "data", _SECOND: "data", _DEALER: "dealer"},
            "steps": steps,
        }
        data: dict[str, Path] = {}
        for party, table in ((_FIRST, first), (_SECOND, second)):
            path = folder / f"{party}.parquet"
            pq.write_table(table.replace_schema_metadata(), path)
            data[f"{party}.rows"] = path
        rehearse(flow, data, folder, models=self._folder / "models")
        return folder


class _Plain:
    """The same task on the joined table, by scikit-learn."""

    def __init__(self, settings: LogisticRegression, key: str, label: str) -> None:
        self.key, self.label = key, label
        self._l2 = settings.l2
        self._pipeline: Any = None
        self._columns: list[str] = []

    def fit(self, first: pa.Table, second: pa.Table) -> None:
        try:
            from sklearn.impute import SimpleImputer
            from sklearn.linear_model import LogisticRegression as Plain
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler
        except ImportError:
            raise NotFoundError(
                "estimator.needs_sklearn",
                "mode='plain' uses scikit-learn.",
                hint="Install it: pip install 'tacit[demo]'",
            ) from None
        joined = shared_rows(first, second, self.key)
        labels = binary_labels(joined, self.label)
        self._columns = feature_columns(joined, self.key, self.label)
        inverse = 1.0 / (self._l2 * joined.num_rows) if self._l2 > 0 else float("inf")
        self._pipeline = make_pipeline(SimpleImputer(), StandardScaler(), Plain(C=inverse, max_iter=1000))
        self._pipeline.fit(matrix(joined, self._columns), labels)

    def predict(self, first: pa.Table, second: pa.Table) -> pa.Table:
        joined = shared_rows(first, second, self.key)
        scores = self._pipeline.predict_proba(matrix(joined, self._columns))[:, 1]
        return joined.select([self.key]).append_column("score", [scores])


def _check_mode(mode: object) -> None:
    if mode not in _MODES:
        raise ParameterError("estimator.bad_mode", "Unknown mode.", found=repr(mode), expected="'plain' or 'secure'")


def _step(
    name: str, operator: str, at: dict[str, str], inputs: dict[str, str], params: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"id": name, "operator": operator, "at": at, "inputs": inputs, "params": params or {}}


def _auc(truth: Any, scores: Any) -> float:
    """Mann-Whitney with average ranks for ties; `truth` has both 0 and 1."""
    import numpy as np

    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = truth == 1
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))
