"""YAML that people write: an entry that stands twice is an error, because plain YAML would silently take the last."""

from typing import Any

import yaml


class _Once(yaml.SafeLoader):
    """Refuses an entry that is written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            word = str(key.value)
            if word in seen:
                raise yaml.MarkedYAMLError(None, None, f"the entry {word!r} is written twice; write it once", key.start_mark)
            seen.add(word)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """Return what a text says, or raise YAMLError with the place of what is wrong."""
    return yaml.load(text, _Once)  # noqa: S506  (a safe loader)
