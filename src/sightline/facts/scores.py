"""The vocabulary of scores: what can be scored, by whom, in which form."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

ScoreTarget = Literal["span", "trace", "session"]
ScoreSource = Literal["judge", "code", "person", "user", "external"]
ScoreType = Literal["binary", "categorical", "ordinal", "numeric"]

SCORE_TARGETS: tuple[ScoreTarget, ...] = ("span", "trace", "session")
SCORE_SOURCES: tuple[ScoreSource, ...] = ("judge", "code", "person", "user", "external")
SCORE_TYPES: tuple[ScoreType, ...] = ("binary", "categorical", "ordinal", "numeric")

# What a binary score's label says where it gives no number.
BINARY_LABELS: Mapping[str, float] = MappingProxyType(
    {"pass": 1.0, "passed": 1.0, "true": 1.0, "yes": 1.0, "fail": 0.0, "failed": 0.0, "false": 0.0, "no": 0.0}
)

# A judge's verdict on one of its anchors is no score of traffic: its name has this behind it, its version is VERSION/BATCH.
ANCHORS = "-anchors"

# The target's facts that are kept beside a score, so that scores are told apart by them without a join.
COPIED_FACTS: tuple[str, ...] = ("task", "model", "prompt_version", "tenant", "release", "environment", "service", "index_version")
