"""What a judge is: whom it judges, how much of it, by which rubric and model, in which words, for how much money.

A definition is read from JSON (the API) or TOML (a file), and never changes once it is a version.
"""

import tomllib
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sightline.errors import BadRequestError
from sightline.facts.scores import ScoreSource, ScoreTarget, ScoreType

MOST_RUBRIC = 20_000
Form = Literal["verdict", "claims", "documents"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Boost(_Part):
    """Targets that a filter selects are judged `weight` times as often."""

    filter: str = Field(min_length=1, max_length=4_000)
    weight: float = Field(ge=1, le=1_000)


class Sampling(_Part):
    """Which targets are judged. The probability of each is kept with its score.

    uniform: `rate` of all. stratified: `rate` of all, spread evenly over the groups of the facts in `by`, by yesterday's counts.
    weighted: `rate`, times the largest weight of the `boosts` that select a target.
    """

    kind: Literal["uniform", "stratified", "weighted"] = "uniform"
    rate: float = Field(default=1.0, gt=0, le=1)
    by: tuple[str, ...] = Field(default=(), max_length=5, description="Of stratified: facts such as task and model.")
    boosts: tuple[Boost, ...] = Field(default=(), max_length=20, description="Of weighted.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.kind == "stratified") != bool(self.by):
            raise ValueError("stratified sampling names facts in `by`, the others none")
        if (self.kind == "weighted") != bool(self.boosts):
            raise ValueError("weighted sampling has `boosts`, the others none")
        return self


class Output(_Part):
    """The words of the verdict. `levels`, worst first: two if binary (failed, passed), the levels if ordinal, the words if categorical."""

    type: ScoreType = "binary"
    levels: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(default=("fail", "pass"), max_length=20)
    passing: tuple[str, ...] = Field(default=(), description="The levels that pass; of binary the second.")
    low: float = Field(default=0.0, description="Of numeric: the least.")
    high: float = Field(default=1.0, description="Of numeric: the most.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.type == "binary" and len(self.levels) != 2:
            raise ValueError("a binary verdict has two levels: what failed is called, then what passed")
        if self.type in ("ordinal", "categorical") and len(self.levels) < 2:
            raise ValueError("an ordinal or categorical verdict has two levels or more")
        if len(set(self.levels)) < len(self.levels):
            raise ValueError("two levels have the same name")
        if unknown := [word for word in self.passing if word not in self.levels]:
            raise ValueError(f"{unknown[0]!r} passes, but is no level")
        if self.type == "numeric" and not self.low < self.high:
            raise ValueError("low has to be less than high")
        return self

    def number(self, level: str) -> float | None:
        """A level's number: 0 or 1 if binary, from 1 if ordinal, none if categorical."""
        place = self.levels.index(level)
        return {"binary": float(place), "ordinal": float(place + 1)}.get(self.type)


class Prices(_Part):
    """US dollars for a million tokens, where the catalogue does not know the model."""

    input_usd: float = Field(ge=0)
    output_usd: float = Field(ge=0)


class Model(_Part):
    """Who answers. `model`: the name at an OpenAI-compatible endpoint, or provider:name for another provider.

    `api_key_env` names a variable of the worker's environment; the key itself is kept nowhere.
    """

    model: str = Field(min_length=1, max_length=200)
    endpoint: str | None = Field(default=None, pattern="^https?://", max_length=1_000, description="Such as https://api.openai.com/v1.")
    api_key_env: str | None = Field(default=None, pattern="^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)
    prices: Prices | None = None


class Evaluator(_Part):
    """Code instead of a model: the name of an evaluator and its options."""

    name: str = Field(min_length=1, max_length=200)
    options: dict[str, object] = Field(default={})


class Definition(_Part):
    """A judge, or a code evaluator, in one version."""

    target: ScoreTarget = "span"
    filter: str = Field(default="", max_length=4_000, description="Which spans, traces or sessions: docs/filter-language.md.")
    sampling: Sampling = Sampling()
    rubric: str = Field(default="", max_length=MOST_RUBRIC)
    form: Form = Field(default="verdict", description="claims: the answer's claims one by one; documents: each retrieved document.")
    output: Output = Output()
    model: Model | None = None
    jury: tuple[Model, ...] = Field(default=(), max_length=9, description="Several models whose verdicts are put together.")
    evaluator: Evaluator | None = None
    budget_usd_per_day: float | None = Field(default=None, ge=0, description="Never exceeded, days in UTC; none: no limit.")
    rate_limit_per_minute: int | None = Field(default=None, ge=1, le=100_000)
    max_output_tokens: int = Field(default=800, ge=16, le=32_000)
    max_input_bytes: int = Field(default=48_000, ge=1_000, le=1_000_000, description="What is longer is cut in its middle.")
    timeout_s: float = Field(default=60.0, gt=0, le=600)
    quiet_minutes: float = Field(default=30.0, ge=0, le=10_080, description="Of sessions: how long nothing came before one counts as over.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        judges = [self.model is not None, bool(self.jury), self.evaluator is not None]
        if sum(judges) != 1:
            raise ValueError("a judge has one of model, jury (two models or more) and evaluator")
        if len(self.jury) == 1:
            raise ValueError("a jury has two models or more: one alone is the model")
        if self.evaluator is None and not self.rubric:
            raise ValueError("a judge needs a rubric: GET /api/v1/judges/library has some to begin with")
        if self.form != "verdict" and self.output.type not in ("binary", "numeric"):
            raise ValueError("claims and documents are counted: their output is binary (all of them) or numeric (their share)")
        return self

    @property
    def models(self) -> tuple[Model, ...]:
        """Who is asked, none for code."""
        return self.jury or ((self.model,) if self.model else ())

    @property
    def source(self) -> ScoreSource:
        """Whose scores these are."""
        return "code" if self.evaluator else "judge"


def read_definition(text: str) -> Definition:
    """From a version's JSON."""
    return Definition.model_validate_json(text)


class NamedDefinition(_Part):
    """A definition in a file, with its name, its project and whether it is on."""

    name: str = Field(min_length=1, max_length=200)
    project: str = Field(default="default", min_length=1, max_length=200)
    enabled: bool = True
    definition: Definition


def read_toml(text: str, *, where: str) -> NamedDefinition:
    """From TOML: name, project and enabled beside the definition's own fields. Raises BadRequestError that says what is wrong where."""
    try:
        said = tomllib.loads(text)
        named = {key: said.pop(key) for key in ("name", "project", "enabled") if key in said}
        said.pop("title", None)
        return NamedDefinition.model_validate({**named, "definition": said})
    except tomllib.TOMLDecodeError as error:
        raise BadRequestError(f"{where}: {error}.") from error
    except ValidationError as error:
        faults = (f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors(include_url=False))
        raise BadRequestError(f"{where}: {'; '.join(faults)}.") from error
