"""Multi-window, multi-burn-rate alerts: when a budget burns so fast that somebody has to know, by how urgent it is.

Source: Beyer et al. (2018), The Site Reliability Workbook, chapter 5, table 5-8, whose numbers hold for 30 days: 2 % of the budget in an
hour, 5 % in six, 10 % in three days. A short window beside each long one lets an alert end soon after its reason has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["page", "ticket"]

BURN_WINDOWS_S: Mapping[str, int] = {"5m": 300, "30m": 1_800, "1h": 3_600, "6h": 21_600, "3d": 259_200}

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class BurnAlert:
    """Fires while both windows burn at `factor` or faster: then `budget_share` of the budget would go within the long one."""

    severity: Severity
    long: str
    short: str
    factor: float
    budget_share: float


def alerts_of(window_days: int) -> list[BurnAlert]:
    """The alerts of an objective over so many days: those whose factor is 1 or more, below which a budget lasts its window."""
    alerts = [
        BurnAlert(severity, long, short, share * window_days * _DAY_S / BURN_WINDOWS_S[long], share)
        for severity, long, short, share in _ROWS
    ]
    return [alert for alert in alerts if alert.factor >= 1]


_ROWS: tuple[tuple[Severity, str, str, float], ...] = (
    ("page", "1h", "5m", 0.02),
    ("page", "6h", "30m", 0.05),
    ("ticket", "3d", "6h", 0.10),
)
