"""``python -m fuzz.campaign NAME…``: coverage-guided fuzzing of the targets with atheris, one after the other.

Each run begins with the kept corpus, the seeds and what earlier runs found, ends after ``--runs`` executions or
``--seconds``, adds its figures to ``out/fuzz/<name>.runs`` and, with ``--keep``, writes the reduced corpus. An input
that breaks a property is kept in ``out/fuzz/<name>.broken/``; the run of that target ends there. ``--table`` prints all
figures as they stand in docs/fuzzing.md, ``--rest`` runs only what is missing to ``--runs`` in all.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[2] / "out" / "fuzz"
_STATUS = re.compile(r"^#(\d+)\s+(\w+)\s+cov: (\d+) ft: (\d+) corp: (\d+)")
_EXECUTED = re.compile(r"^stat::number_of_executed_units:\s*(\d+)")
_INSTALL = "atheris is not installed. It is needed for fuzzing only: make fuzz installs it beside the program"
_LONGEST_RUN_S = 20
_MEMORY_MB = 2048
_LONGEST_MENDED = 1000
_COSTLY_ONE_IN = 16
"""Inputs of a campaign for one on which costly properties are tried, see ``target.rarely``."""


def main() -> int:
    """0 when nothing broke."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.campaign", description=__doc__)
    parser.add_argument("names", nargs="*", help="targets (default: all)")
    parser.add_argument("--runs", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=0, help="most seconds for each target (default: no limit)")
    parser.add_argument("--keep", action="store_true", help="write the reduced corpus to tests/fuzz/corpus")
    parser.add_argument("--rest", action="store_true", help="count the executions of earlier runs")
    parser.add_argument("--table", action="store_true", help="print the figures of all runs and end")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args, rest = parser.parse_known_args()
    if args.table:
        print(_table())
        return 0
    if importlib.util.find_spec("atheris") is None:
        print(_INSTALL, file=sys.stderr)
        return 2
    if args.inside:
        return _inside(args.names[0], rest)
    from fuzz.targets import TARGETS

    unknown = set(args.names) - set(TARGETS)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    broken = False
    for name in args.names or TARGETS:
        done = sum(run["executions"] for run in _runs(name)) if args.rest else 0
        if done < args.runs:
            broken |= _run(name, args.runs - done, args.seconds, args.keep)["broken"]
    return int(broken)


def _run(name: str, runs: int, seconds: int, keep: bool) -> dict[str, Any]:
    from fuzz.corpora import kept
    from fuzz.targets import TARGETS

    target = TARGETS[name]
    inputs, broken = OUT / f"{name}.inputs", OUT / f"{name}.broken"
    for folder in (inputs, broken):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate((*target.seeds(), *kept(target))):
        (inputs / f"seed-{number:04d}").write_bytes(data)
    words = OUT / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    command = [sys.executable, "-m", "fuzz.campaign", name, "--inside", json.dumps(target.modules)]
    command += [str(inputs), f"-runs={runs}", f"-max_len={target.longest}"]
    command += [f"-artifact_prefix={broken}/", f"-rss_limit_mb={_MEMORY_MB}"]
    command += [f"-timeout={_LONGEST_RUN_S}", "-print_final_stats=1", f"-max_total_time={seconds}", "-reload=0"]
    command += [f"-dict={words}"] if target.words else []
    started = time.monotonic()
    result: dict[str, Any] = {"name": name, "executions": 0, "coverage": 0, "features": 0, "new_coverage_at": 0}
    result |= {"new_feature_at": 0, "began_at": 0, "inputs": 0, "broken": False}
    with (OUT / f"{name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True, errors="replace")
        assert process.stderr is not None
        for line in process.stderr:
            _note(line, result)
            result["seconds"] = round(time.monotonic() - started, 1)
            if not re.match(r"^#\d+\s+(REDUCE|NEW|pulse|RELOAD)", line) or "pulse" in line:
                log.write(line)
                log.flush()
        code = process.wait()
    result["broken"] = code != 0
    result["seconds"] = round(time.monotonic() - started, 1)
    with (OUT / f"{name}.runs").open("a", encoding="utf-8") as runs:
        runs.write(json.dumps(result) + "\n")
    if keep:
        _keep(name)
    print(json.dumps(result), flush=True)
    return result


def _runs(name: str) -> list[dict[str, Any]]:
    path = OUT / f"{name}.runs"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _table() -> str:
    """A line for each target: all executions and seconds, the coverage in the last run, the execution, counted through
    all runs, that was the last to show new coverage, and how many inputs are kept."""
    from fuzz.corpora import kept
    from fuzz.targets import TARGETS

    lines = ["| Target | Executions | Seconds | Coverage | New coverage last at | Kept |", "|---|--:|--:|--:|--:|--:|"]
    for name, target in TARGETS.items():
        runs = [run for run in _runs(name) if run["executions"]]
        executions, newest = 0, 0
        for run in runs:
            # what is there when a run begins was found before
            if run["new_coverage_at"] > run.get("began_at", 0):
                newest = executions + run["new_coverage_at"]
            executions += run["executions"]
        seconds, coverage = sum(run["seconds"] for run in runs), runs[-1]["coverage"] if runs else 0
        lines.append(f"| {name} | {executions:,} | {seconds:,.0f} | {coverage} | {newest:,} | {len(kept(target))} |")
    return "\n".join(lines)


def _keep(name: str) -> None:
    """The reduced corpus, and what once broke and holds now; the modules are not instrumented in this process."""
    from fuzz.corpora import keep, kept, reduced, steps
    from fuzz.targets import TARGETS

    target = TARGETS[name]
    found = [path.read_bytes() for path in sorted((OUT / f"{name}.inputs").iterdir())]
    broken = [path.read_bytes() for path in (OUT / f"{name}.broken").glob("crash-*")]
    mended = [data for data in broken if len(data) <= _LONGEST_MENDED and steps(target, data) is not None]
    keep(target, {*reduced(target, [*kept(target), *found]), *mended})


def _note(line: str, result: dict[str, Any]) -> None:
    if executed := _EXECUTED.match(line):
        result["executions"] = int(executed[1])
    found = _STATUS.match(line)
    if found is None:
        return
    number, coverage, features = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "INITED":
        result["began_at"] = number
    if coverage > result["coverage"]:
        result["new_coverage_at"] = number
    if features > result["features"]:
        result["new_feature_at"] = number
    result |= {"executions": number, "coverage": coverage, "features": features, "inputs": int(found[5])}


def _inside(name: str, rest: list[str]) -> int:
    import atheris

    # Only the parser's own modules are watched, and each call into another one costs nothing. What is imported before
    # cannot be watched any more, so the target's modules are asked for in a process that has imported none.
    watched = set(json.loads(rest[0]))
    with atheris.instrument_imports(include=["clerk_app", "drivers"], exclude=list(_modules() - watched)):
        from fuzz.target import Share
        from fuzz.targets import TARGETS
    Share.one_in = _COSTLY_ONE_IN
    target = TARGETS[name]
    more: dict[str, Callable[..., Any]] = {"custom_mutator": _mutator(atheris)} if target.tree else {}
    gc.collect()
    gc.freeze()
    atheris.Setup([sys.argv[0], *rest[1:]], target.run, **more)
    atheris.Fuzz()
    return 0


def _modules() -> set[str]:
    """The names of all our modules."""
    root = OUT.parents[1]
    files = (path for top in ("clerk_app", "drivers") for path in (root / top).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in files}


def _mutator(atheris: Any) -> Callable[[bytes, int, int], bytes]:
    from fuzz.trees import changed

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        made = changed(data, most, seed) if seed % 8 else None
        return made if made is not None else atheris.Mutate(data, most)

    return mutate


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{value:02x}" for value in word)


if __name__ == "__main__":
    sys.exit(main())
