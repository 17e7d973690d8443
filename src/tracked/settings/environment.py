"""Settings are not read from the environment: what stands there, as a password, would go to params.yaml and MLflow."""

from typing import Any

from omegaconf import Node, OmegaConf
from omegaconf.resolvers import oc

ABSENT = object()


def close() -> None:
    """Have `${oc.env:NAME}` refused wherever settings are composed; Hydra's own node is not kept, and may."""
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
