"""The declaring wing loads no cryptography and no number crunching."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from tacit.flow import check, disclosures, forecast, load
from tacit.flow.python import Draft
from tacit.operators import all_specs, describe
from tacit.operators.reference import reference
specs = all_specs()
draft = Draft("a", parties={"p": "data"})
draft.step("s", "dataset.read", at={"owner": "p"}, params={"dataset": "d"})
disclosures(check(draft.build(), specs))
[describe(spec) for spec in specs.values()]
heavy = {"numpy", "pyarrow", "cryptography", "tacit.kernel", "tacit.channel", "tacit.engines", "tacit.protocols",
         "sqlalchemy", "fastapi", "httpx", "typer"}
print(sorted(heavy & set(sys.modules)))
"""


def test_checking_a_flow_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
