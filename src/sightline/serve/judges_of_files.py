"""Judges that stand in files: made, or brought up to date, when the server starts."""

from pathlib import Path

import structlog

from sightline.errors import BadRequestError, SettingsError
from sightline.judge.definition import NamedDefinition, read_toml
from sightline.store import Configuration

log = structlog.get_logger(__name__)


def read_judges(directory: Path | None) -> list[NamedDefinition]:
    """Those of a directory, in the order of their files' names. Raises SettingsError that names the file at fault."""
    if directory is None:
        return []
    try:
        return [read_toml(file.read_text("utf-8"), where=file.name) for file in sorted(directory.glob("*.toml"))]
    except (BadRequestError, OSError, UnicodeError) as error:
        raise SettingsError(f"judges: {error}") from error


async def keep_judges(config: Configuration, said: list[NamedDefinition]) -> None:
    """A judge that is not there is made, one that differs gets its next version; what has no file any more stays as it is."""
    for one in said:
        there = next((judge for judge in await config.judges.all(one.project) if judge.name == one.name), None)
        text = one.definition.model_dump_json()
        if there is None:
            await config.judges.add(one.project, one.name, text, enabled=one.enabled)
        else:
            judge = await config.judges.change(there.id, definition=text, enabled=one.enabled)
            if judge.version == there.version:
                continue
        log.info("judge_of_file", name=one.name, project=one.project)
