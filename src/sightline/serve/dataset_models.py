"""What the API says of datasets."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sightline.serve.models import Json, Model
from sightline.serve.slo_models import Text

ItemId = Annotated[str, Field(max_length=200, pattern=r"^[^\x00/]*$")]
Author = Annotated[Text, Field(max_length=200, description="Who did it.")]


class Origin(Model):
    """What a version was made from."""

    how: Literal["items", "traces", "filter", "file"] = Field(description="items: sent or edited one by one.")
    filter: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    trace_ids: list[str] | None = Field(default=None, description="Up to 1,000 of them.")
    file: str | None = None


class DatasetVersion(Model):
    """One change; versions count from 1, and numbers may be left out."""

    version: int
    created: datetime
    author: str
    origin: Origin
    added: int
    changed: int
    removed: int
    items: int = Field(description="How many it has in all.")


class Dataset(Model):
    id: str
    project: str
    name: str
    description: str
    created: datetime
    latest: DatasetVersion | None = Field(description="null while it has no item.")


class DatasetsResponse(Model):
    datasets: list[Dataset]


class VersionsResponse(Model):
    versions: list[DatasetVersion] = Field(description="The newest first.")


class DatasetItem(Model):
    id: str
    position: int = Field(description="Orders items; stays while the item is changed.")
    changed: int = Field(description="The version that it has been like this since.")
    input: Json
    expected: Json = None
    context: Json = None
    metadata: dict[str, Json] = Field(default={})
    trace_id: str | None = Field(default=None, description="Where it came from.")
    span_id: str | None = None


class ItemPage(Model):
    version: int | None = Field(description="The version that was read; null where there is none yet.")
    items: list[DatasetItem]
    next_after: int | None = Field(description="`after` of the next page; null on the last.")


class ChangeResponse(Model):
    version: DatasetVersion | None = Field(description="The version that was made; null where nothing would have changed.")
    items: int = Field(description="Items that were given.")


class DatasetRequest(BaseModel):
    """A dataset to make, or its new name and description."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Text = Field(min_length=1, max_length=200, examples=["refund questions"])
    description: Text = Field(default="", max_length=5_000)


class ItemRequest(BaseModel):
    """An item. Without an id it has that of the trace it came from, else one made of its input."""

    model_config = ConfigDict(extra="forbid")

    id: ItemId = ""
    input: Json
    expected: Json = None
    context: Json = None
    metadata: dict[str, Json] = {}
    trace_id: str = Field(default="", max_length=64)
    span_id: str = Field(default="", max_length=64)


class ItemsRequest(BaseModel):
    """Items to add, or to put in place of those with their ids; ids of items that are to go."""

    model_config = ConfigDict(extra="forbid")

    items: list[ItemRequest] = Field(default=[], max_length=10_000)
    remove: list[ItemId] = Field(default=[], max_length=10_000)
    author: Author = ""


class TracesRequest(BaseModel):
    """Traces to make items of: by their ids, or the newest that a filter selects in a window."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    trace_ids: list[Annotated[str, Field(pattern="^[0-9a-fA-F]{32}$")]] = Field(default=[], max_length=10_000)
    filter: Text | None = Field(default=None, max_length=20_000, examples=["task = 'support' and status = error"])
    from_: str | int | float | None = Field(default=None, alias="from")
    to: str | int | float | None = None
    most: int = Field(default=200, ge=1, le=10_000, description="Of the traces that the filter selects: how many at the most.")
    expected: Literal["nothing", "output"] = Field(default="nothing", description="output: what was answered is what is expected.")
    author: Author = ""
