"""The traffic as counters that only grow, for whoever scrapes them."""

from sightline.measure.traffic.counters import Counted, TrafficCounters, check_labels

__all__ = ["Counted", "TrafficCounters", "check_labels"]
