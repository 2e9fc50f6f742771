"""What is wrong with settings, in sentences: where it stands, what it must be, what it is."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from config import names

PASSWORD = re.compile(r"//[^@/]*@")


def sentences(error: ValidationError, root: type[BaseModel], given: Mapping[str, str], file: Path | None) -> str:
    """One sentence for each wrong setting, a line each; values of secrets are left out."""
    lines: dict[str, None] = {}
    for one in error.errors(include_url=False, include_context=False):
        loc = tuple(str(part) for part in one["loc"])
        field, place, siblings = _find(loc, root)
        where = _where(place, given, file)
        if one["type"] == "extra_forbidden":
            lines[f"{where} is not a setting{_nearest(place[-1], siblings)}"] = None
        else:
            must = field.description if field and field.description else "text, a number, true or false"
            lines[f"{where} must be {must}{_found_instead(place, one['input'])}."] = None
    return "\n".join(lines)


def _find(loc: tuple[str, ...], root: type[BaseModel]) -> tuple[FieldInfo | None, tuple[str, ...], Collection[str]]:
    """The field that is wrong, its place, and the names it could have had. What lies below a value is the checker's own talk."""
    model: type[BaseModel] = root
    for depth, part in enumerate(loc):
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        inner = _table(fields[part].annotation if part in fields else model.__annotations__.get("__pydantic_extra__"))
        if inner is None or depth == len(loc) - 1:
            return fields.get(part), loc[: depth + 1], fields
        model = inner
    return None, loc, ()


def _table(annotation: Any) -> type[BaseModel] | None:
    """The table that lies under a name, for a table itself and for tables by name."""
    candidates = (annotation, *get_args(annotation))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _where(place: tuple[str, ...], given: Mapping[str, str], file: Path | None) -> str:
    for name, named in names.environment().items():
        if named == place and name in given:
            return name
    *sections, last = place
    header = f"[{'.'.join(sections)}] " if sections else ""
    return f"{header}{last} in {file or 'the settings'}"


def _nearest(name: str, possible: Collection[str]) -> str:
    near = get_close_matches(name, possible, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(possible)}."


def _found_instead(place: tuple[str, ...], found: Any) -> str:
    return "" if names.secret(place[-1]) else f", not {PASSWORD.sub('//***@', repr(found))}"
