"""What the API takes and gives, as JSON: requests, answers, and the one shape of an error. Nothing is decided here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from impasto.studio.limits import Limits

LIMITS = Limits()
ID = r"^[A-Za-z0-9_-]{1,64}$"
Identity = Annotated[str, StringConstraints(pattern=ID)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Request(BaseModel):
    """A request names nothing that is not known: a slip of the pen is told, not ignored."""

    model_config = ConfigDict(extra="forbid", str_max_length=256)


class StyleChoice(Request):
    """A style: a saved one, or any uploaded picture; and how much of it where there are several."""

    style: Identity | None = None
    picture: Identity | None = None
    weight: Share = 1.0

    @model_validator(mode="after")
    def _one_of_them(self) -> "StyleChoice":
        if (self.style is None) == (self.picture is None):
            raise ValueError("give either 'style' or 'picture'")
        return self


class Mask(Request):
    """Where in the photo, and which part of the style image; white is meant. None is the whole picture."""

    content: Identity | None = None
    style: Identity | None = None


class PreviewRequest(Request):
    """A painting by the real-time network, for the screen."""

    content: Identity
    styles: Annotated[list[StyleChoice], Field(min_length=1, max_length=LIMITS.styles)]
    strength: Share = 1.0
    size: Annotated[int, Field(ge=64, le=LIMITS.preview_max)] = 512
    color: Literal["style", "keep", "match"] = "style"


class PaintingRequest(Request):
    """A painting to be kept: `fast` is done at once, `online` is a job. The settings after `seed` are of the online method."""

    content: Identity
    styles: Annotated[list[StyleChoice], Field(min_length=1, max_length=LIMITS.styles)]
    method: Literal["fast", "online"] = "fast"
    strength: Share | None = None
    size: Annotated[int, Field(ge=64, le=LIMITS.size_max)] = 512
    color: Literal["style", "keep", "match"] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    masks: Annotated[list[Mask], Field(max_length=LIMITS.masks)] = []
    texture: Annotated[str, StringConstraints(max_length=32)] | None = None
    preset: Annotated[str, StringConstraints(max_length=64)] | None = None
    iterations: Annotated[int, Field(ge=1, le=LIMITS.iterations)] | None = None
    content_weight: Weight | None = None
    style_weight: Weight | None = None
    tv_weight: Weight | None = None
    spectrum_weight: Weight | None = None


class ReconstructionRequest(Request):
    """What the encoder sees of a photo, or of a style."""

    content: Identity | None = None
    style: Identity | None = None
    size: Annotated[int, Field(ge=64, le=512)] = 192
    texture: Annotated[str, StringConstraints(max_length=32)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "ReconstructionRequest":
        if (self.content is None) == (self.style is None):
            raise ValueError("give either 'content' or 'style'")
        return self


class StyleRequest(Request):
    """A picture to be kept as a style."""

    picture: Identity
    name: Name


class Picture(BaseModel):
    """A picture that is kept; `url` takes ?size=N."""

    id: str
    width: int
    height: int
    url: str
    thumbnail: str


class Style(BaseModel):
    """A style that is kept."""

    id: str
    name: str
    kind: Literal["sample", "user"]
    picture: Picture
    thumbnail: str


class Styles(BaseModel):
    """All styles: the samples, then the users', newest first."""

    styles: list[Style]


class UsedStyle(BaseModel):
    """A style of a painting. picture is null when it is gone."""

    name: str
    picture: Picture | None
    weight: float


class Progress(BaseModel):
    """Where a job stands. seconds_left is null while nobody can say."""

    level: int
    levels: int
    step: int
    steps: int
    loss: float | None
    seconds_left: float | None


class Painting(BaseModel):
    """A painting, or the figure of a reconstruction. Times are ISO 8601 in UTC."""

    id: str
    kind: Literal["painting", "reconstruction"]
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    cancelling: bool
    created: str
    started: str | None
    finished: str | None
    seconds: float | None
    content: Picture | None
    styles: list[UsedStyle]
    settings: dict[str, Any]
    progress: Progress | None
    error: str | None
    picture: str | None
    preview: str | None
    thumbnail: str | None
    width: int | None
    height: int | None


class Paintings(BaseModel):
    """A page of the gallery, newest first; `next` goes into ?before= for the following page."""

    paintings: list[Painting]
    next: str | None


class Health(BaseModel):
    """Whether the service works, and how busy it is."""

    status: Literal["ok"]
    version: str
    workers: int
    queued: int
    running: int


class ErrorWords(BaseModel):
    """code: for programs. message: one line for people: what, why, what to do."""

    code: str
    message: str


class Error(BaseModel):
    """What every refusal looks like."""

    error: ErrorWords
