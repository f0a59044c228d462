"""Benchmarks: each number beside a floor or a peer, measured in turns in the same run. See docs/benchmarks.md."""
