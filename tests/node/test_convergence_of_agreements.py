"""Negotiations over a network that loses, doubles and delays, with clocks that are off and a node that is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from bargain_world import BargainWorld


def play(folder: Path, seed: int) -> BargainWorld:
    world = BargainWorld(folder, seed)
    try:
        for name in ("alpha", "beta"):
            world.propose(name)
        world.run(turns=160)
        world.settle()
        world.check()
    except BaseException:
        print(f"seed {seed}")
        raise
    finally:
        world.close()
    return world


@pytest.mark.parametrize("seed", range(8))
def test_all_come_to_hold_the_same(tmp_path: Path, seed: int) -> None:
    world = play(tmp_path, seed)
    assert world.calls > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_all_come_to_hold_the_same_with_many_seeds(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed)


def test_a_seed_says_everything(tmp_path: Path) -> None:
    """The same seed gives the same course, so that a failure can be looked at again."""
    courses = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        world = play(folder, 77)
        courses.append((world.calls, world.time, sorted(stage for stage in world.stages.values())))
    assert courses[0] == courses[1]
