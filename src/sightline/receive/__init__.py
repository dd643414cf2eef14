"""The front door: OTLP over HTTP and gRPC in, acknowledged when on disk, handed to a sink as segments."""

from sightline.receive.envelope import Record, frame, records, refused_whole
from sightline.receive.outcome import SIGNALS, Signal
from sightline.receive.receiver import DEFAULT_PROJECT, Receiver, ReceiverOptions, Sink, receiving
from sightline.receive.segments import Segment

__all__ = [
    "DEFAULT_PROJECT",
    "SIGNALS",
    "Receiver",
    "ReceiverOptions",
    "Record",
    "Segment",
    "Signal",
    "Sink",
    "frame",
    "receiving",
    "records",
    "refused_whole",
]
