"""Calibrations on their way into the configuration and back."""

from typing import Any

import orjson

from sightline.store import CalibrationRun


def run_of(found: dict[str, Any], project: str, judge: str, made_by: str) -> CalibrationRun:
    """A calibration as it is kept."""
    from sightline.serve.api.answers import encoded  # the API's routes import this module

    return CalibrationRun(project, judge, found["version"], made_by, found["verdict"], found["labelled"], encoded(found).decode())


def kept_told(run: CalibrationRun) -> dict[str, Any]:
    """KeptCalibration."""
    said = orjson.loads(run.result)
    agreement = said["agreement"]
    return {
        "id": run.id,
        "made": run.made,
        "made_by": run.made_by,
        "version": run.version,
        "verdict": run.verdict,
        "labelled": run.labelled,
        "agreement": agreement["value"],
        "measure": agreement["measure"],
        "sensitivity": agreement["sensitivity"],
        "specificity": agreement["specificity"],
        "corrected": said["corrected"],
        "raw": said["raw"],
    }
