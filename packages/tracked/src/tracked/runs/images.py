"""The images of a run, with a slider for their steps."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tracked.runs.store import Store


def log(
    store: Store, run_id: str, images: Mapping[str, Sequence[Any]], once: Callable[[str, Callable[[], object]], None]
) -> None:
    """Log images, by key and step; `once` takes each, unless an earlier call has."""

    def one(step: tuple[str, int, Any]) -> None:  # synchronous: else MLflow waits a second at the end
        key, number, image = step
        take = partial(store.client.log_image, run_id, image, key=key, step=number, synchronous=True)
        once(f"image {key} {number}", take)

    steps = [(key, number, image) for key, shown in images.items() for number, image in enumerate(shown)]
    for _ in store.each(one, steps):
        pass
