"""Write docs/benchmarks/psi.md and its plot from results of `bench/psi.py`.

    python bench/psi.py --rows 1e5,1e6 --runs 5 --out small.json
    python bench/psi.py --rows 1e7,1e8 --runs 1 --out large.json
    python bench/psi_page.py small.json large.json > docs/benchmarks/psi.md      # and psi.svg beside it

A later file replaces cases of an earlier one. The plot shows wall seconds over rows, both on a logarithmic scale.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

Case = tuple[str, str, int]
_COLOURS = ("#1b6ca8", "#c1440e", "#2a7f3f", "#7b3f99", "#8a6d00", "#444444", "#b0306a")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _RIGHT, _TOP = 720, 420, 60, 50, 190, 20


def gather(documents: list[dict[str, Any]]) -> dict[Case, dict[str, Any]]:
    """Results by mode, protocol and rows, with the network they ran over in the mode's name."""
    found: dict[Case, dict[str, Any]] = {}
    for document in documents:
        network = document.get("network")
        over = f", {network['mbit']:g} Mbit/s {network['round_trip_ms']:g} ms" if network else ""
        for result in document["results"]:
            found[result["mode"] + over, result["protocol"], result["rows"]] = result
    return dict(sorted(found.items()))


def table(results: dict[Case, dict[str, Any]]) -> str:
    """One line per case; medians, with the extremes of the wall."""
    heads = ("mode", "protocol", "rows", "runs", "wall s (least–most)", "exec s", "CPU s", "bytes per item")
    heads += ("peak RSS MB", "right")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for (mode, protocol, rows), result in results.items():
        walls = result["wall_s_all"]
        cells = [
            *(mode, protocol, f"{rows:,}", str(result["runs"])),
            f"{result['wall_s']:.2f} ({min(walls):.2f}–{max(walls):.2f})",
            *(_figure(result, name) for name in ("exec_s", "cpu_s", "bytes_per_item")),
            " / ".join(f"{value:.0f}" for value in result["rss_mb"]),
            "yes" if result["correct"] else "**NO**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def extras(results: dict[Case, dict[str, Any]]) -> str:
    """Phases of the sealed table's runs."""
    lines = [
        f"- {rows:,} keys: built in {result['build_s']:.2f} s, fetched in {result['fetch_s']:.2f} s, "
        f"queries answered in {result['online_s']:.3f} s"
        for (_, _, rows), result in results.items()
        if "build_s" in result
    ]
    return "\n".join(["", "Sealed tables:", "", *lines, ""]) if lines else ""


def _figure(result: dict[str, Any], name: str) -> str:
    return f"{result[name]:.2f}" if name in result else ""


def plot(results: dict[Case, dict[str, Any]]) -> str:
    """An SVG of one line per mode and protocol."""
    series: dict[str, list[tuple[int, float]]] = {}
    for (mode, protocol, rows), result in results.items():
        series.setdefault(f"{mode} {protocol}", []).append((rows, result["wall_s"]))
    points = [point for line in series.values() for point in line]
    across = _Scale([rows for rows, _ in points], _LEFT, _WIDTH - _RIGHT)
    up = _Scale([wall for _, wall in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">']
    parts.append('<g font-size="11" fill="#333" stroke="none">')
    for power in across.powers():
        x = across.place(10.0**power)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">1e{power}</text>')
    for power in up.powers():
        y = up.place(10.0**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 10}" text-anchor="middle">rows per party</text>')
    parts.append(f'<text x="12" y="{_TOP + 4}">s</text>')
    for number, (name, line) in enumerate(series.items()):
        parts.append(_line(name, sorted(line), across, up, number))
    return "\n".join([*parts, "</g>", "</svg>", ""])


class _Scale:
    """Logarithmic, from whole powers of ten to whole powers of ten."""

    def __init__(self, values: list[float] | list[int], start: float, stop: float) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(math.ceil(math.log10(max(values))), self._low + 1)
        self._start, self._stop = start, stop

    def powers(self) -> range:
        return range(self._low, self._high + 1)

    def place(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._stop - self._start)


def _line(name: str, line: list[tuple[int, float]], across: _Scale, up: _Scale, number: int) -> str:
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(across.place(rows), up.place(wall)) for rows, wall in line]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    y = _TOP + 12 + 18 * number
    key = f'<circle cx="{_WIDTH - _RIGHT + 14}" cy="{y - 4}" r="4" fill="{colour}"/>'
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}{key}'
        f'<text x="{_WIDTH - _RIGHT + 24}" y="{y}">{name}</text>'
    )


def page(documents: list[dict[str, Any]], results: dict[Case, dict[str, Any]]) -> str:
    """The whole page."""
    machine = documents[-1]["machine"]
    return f"""# Private set intersection, measured

Both parties on one machine, every party a process of its own, TLS between them; 18-character ids, half of them common,
result to both sides and aligned. Written by `bench/psi_page.py` from `bench/psi.py`, whose head says how it measures.
`csv`: files to files, `wall` with starts of processes, `exec` from the connection on. `memory`: hashed ids in memory.
`generated`: ids made on the way, keys above 2 GB in files. `peer`: the library `spu` 0.9.5 on the same files.
What the figures mean: [read](psi_reading.md).

Machine: {machine["cpu"]}, {machine["cores"]} cores, {machine["memory_gb"]:.0f} GB; {", ".join(machine["features"])};
Python {machine["python"]}; load before the runs {", ".join(str(load) for load in machine["load_before"])}.

{table(results)}
{extras(results)}
![wall seconds over rows](psi.svg)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--plot", type=Path, default=Path("docs/benchmarks/psi.svg"))
    options = parser.parse_args()
    documents = [json.loads(path.read_text()) for path in options.results]
    results = gather(documents)
    options.plot.write_text(plot(results), encoding="utf-8")
    sys.stdout.write(page(documents, results))


if __name__ == "__main__":
    main()
