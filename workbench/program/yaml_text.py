"""YAML as people write it: read safely, and refused in words."""

from __future__ import annotations

from typing import Any

import yaml

from workbench.language import gettext as _


class UnreadableYaml(ValueError):
    """A text that cannot be read as YAML; says why, and in which row where that is known."""

    def __init__(self, why: str, row: int | None = None) -> None:
        self.row = row
        super().__init__(why)


def load(text: str) -> Any:
    """What a YAML text holds, as plain values.

    Raises
    ------
    UnreadableYaml
        For anything that cannot be read, and for anchors and aliases, which can make a small file very large.
    """
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                row = event.start_mark.line + 1 if event.start_mark else None
                raise UnreadableYaml(_("It refers to another place (* and &)."), row)
        return yaml.safe_load(text)
    except UnreadableYaml:
        raise
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        raise UnreadableYaml(_("It is not written as YAML."), mark.line + 1 if mark else None) from error
    # The safe loader lets through what a bad date, a huge number or a deep nesting raises.
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableYaml(_("It holds a value that cannot be read.")) from error


def keys(text: str) -> list[tuple[str, int]]:
    r"""The keys of a mapping and their rows, repeated ones too.

    Examples
    --------
    >>> keys("name: a\nname: b")
    [('name', 1), ('name', 2)]
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return [(key.value, key.start_mark.line + 1) for key, _value in pairs if isinstance(key, yaml.ScalarNode)]


def rows_inside(text: str) -> dict[str, int]:
    r"""Where each key of a mapping and of the mappings in it stands, by its path.

    Examples
    --------
    >>> rows_inside("name: a\nwarehouse:\n  address: b")
    {'name': 1, 'warehouse': 2, 'warehouse.address': 3}
    """
    found: dict[str, int] = {}
    waiting = [("", yaml.compose(text, Loader=yaml.SafeLoader))]
    while waiting:
        path, node = waiting.pop()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                found.setdefault(f"{path}{key.value}", key.start_mark.line + 1)
                waiting.append((f"{path}{key.value}.", value))
    return found
