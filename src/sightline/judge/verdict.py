"""What comes of judging one target, whoever judged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Verdict:
    """`value` and `label` as in scores; `metadata` holds what the verdict was made of, such as its claims."""

    value: float | None = None
    label: str | None = None
    explanation: str = ""
    confidence: float | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
