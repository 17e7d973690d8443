"""Settings are not read from the environment: what stands there, as a password, would go to params.yaml and MLflow."""

import re
from typing import Any

from omegaconf import DictConfig, Node, OmegaConf
from omegaconf.resolvers import oc

from tracked.errors import UserError
from tracked.settings.comparing import leaves

ABSENT = object()
ANOTHER = re.compile(r"\$\{[^${}:]*\}")  # ${seed}


def check(settings: DictConfig) -> None:
    """Raises UserError for a setting that asks more than another setting, as in `${seed}`.

    `${hydra:run.dir}` says what Hydra has of the environment, `${oc.create:...}` makes settings that ask for it, and
    `${now:%S}` is another one each time.
    """
    for key, value in leaves(OmegaConf.to_container(settings)):
        if isinstance(value, str) and _asks(value):
            raise UserError(
                f"{key}: {value[:80]!r} is not allowed: a setting may name another, as ${{seed}} does, but is not "
                "read from the environment, from Hydra or from a clock, as runs keep it"
            )


def _asks(text: str) -> bool:
    """Whether a text has more than the names of other settings, `${NAME:...}`, where NAME may be made of others."""
    while (rest := ANOTHER.sub("", text)) != text:
        text = rest
    return "${" in text


def close() -> None:
    """Have `${oc.env:NAME}` refused where DVC composes, before `check`; Hydra's own node is not kept, and may."""
    OmegaConf.register_new_resolver("oc.env", _for_hydra, replace=True)


def _for_hydra(name: str, default: Any = ABSENT, *, _node_: Node) -> Any:
    if not _is_hydras(_node_):
        key = _node_._get_full_key(None)
        raise ValueError(f"{key}: a setting is not read from the environment (oc.env:{name}), as runs keep it: give it")
    return oc.env(name) if default is ABSENT else oc.env(name, default)


def _is_hydras(node: Any) -> bool:
    """Whether a node is below Hydra's own; its key does not tell, as `oc.create` makes nodes of any name."""
    root = node._get_root()
    own = root._get_node("hydra", validate_access=False)  # None when DVC composes
    while node is not None and node is not own:
        node = node._get_parent()
    return own is not None and node is own
