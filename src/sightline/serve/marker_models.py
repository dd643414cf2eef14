"""What the API says of markers: what happened when."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from sightline.serve.models import Model
from sightline.store import MarkerKind, MarkerTerms

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # no database keeps a NUL in a text


class MarkerRequest(BaseModel):
    """A marker to make."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={"examples": [{"kind": "incident", "name": "provider outage", "time": "2026-11-24T09:30:00Z"}]},
    )

    project: Text = Field(default="default", min_length=1, max_length=200)
    time: AwareDatetime | None = Field(default=None, description="When it happened or began; now if left out.")
    until: AwareDatetime | None = Field(default=None, description="When it ended, of what lasted.")
    kind: MarkerKind = "note"
    name: Text = Field(min_length=1, max_length=200)
    description: Text = Field(default="", max_length=2_000)
    service: Text | None = Field(default=None, max_length=200, description="What it happened to; left out: all of the project.")

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.until is not None and (self.time is None or self.until < self.time):
            raise ValueError("until: It lies before time: swap them, or say time as well.")
        return self

    def terms(self, now: datetime) -> MarkerTerms:
        """As they are kept."""
        return MarkerTerms(self.project, self.time or now, self.kind, self.name, self.description, self.until, self.service)


class Marker(Model):
    id: str | None = Field(description="null where it was found in the releases of spans.")
    project: str
    time: datetime
    until: datetime | None
    kind: MarkerKind
    name: str
    description: str
    service: str | None
    source: Literal["posted", "release"] = Field(description="Posted here, or a release that a service did not run before.")
    release: str | None
    previous_release: str | None
    filter: str | None = Field(description="Selects the spans it is about; null: all of them.")


class MarkersResponse(Model):
    markers: list[Marker] = Field(description="In the order of their times.")
