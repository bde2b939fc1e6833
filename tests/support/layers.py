"""The order of the folders, read from where import-linter reads it."""

import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "makegood"


@cache
def list_layers() -> list[str]:
    """The rows of folders, from the top; folders on one row stand apart by bars."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(list(contract["layers"]) for contract in contracts if contract["type"] == "layers")


@cache
def rank_folders() -> dict[str, int]:
    """Each folder's height: an arrow may only point to a folder of smaller height."""
    return {name.strip(): height for height, row in enumerate(reversed(list_layers())) for name in row.split("|")}
