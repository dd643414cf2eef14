"""Datasets: what a version holds, items made from traces, and files of items."""

from sightline.measure.datasets.files import read_file, write_csv, write_jsonl
from sightline.measure.datasets.items import Item, item, items
from sightline.measure.datasets.making import Expected, from_filter, from_traces

__all__ = ["Expected", "Item", "from_filter", "from_traces", "item", "items", "read_file", "write_csv", "write_jsonl"]
