"""What an operation of the API takes and answers, said once: to be checked, and documented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from clienteling.errors import UsageError

_MARK = "clienteling_operation"
_View = TypeVar("_View", bound=Callable[..., Any])
_Model = TypeVar("_Model", bound=BaseModel)

#: What an answer is: a message, a media type of something that is none, or nothing.
Content = type[BaseModel] | str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path.

    Attributes:
        summary: In a few words.
        takes: The body.
        answers: By status, when it goes well.
        refuses: Statuses with a problem.
        idempotent: It takes an `Idempotency-Key`, and needs one.
    """

    summary: str
    takes: type[BaseModel] | None = None
    answers: Mapping[int, Content] = field(default_factory=dict)
    refuses: tuple[int, ...] = ()
    idempotent: bool = False


def operation(what: Operation) -> Callable[[_View], _View]:
    """Mark a view with what it takes and answers."""

    def mark(view: _View) -> _View:
        setattr(view, _MARK, what)
        return view

    return mark


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """Return what a view was marked with."""
    found: Operation | None = getattr(view, _MARK, None)
    return found


def body_of(model: type[_Model]) -> _Model:
    """Return the request's body in shape.

    Raises:
        UsageError: it is not; the message names the fields, never what was in them.
    """
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        fields = {
            ".".join(map(str, issue["loc"])) or "the whole": issue["msg"] for issue in problems
        }
        said = "; ".join(f"{name}: {message}" for name, message in fields.items())
        raise UsageError(f"Correct the body: {said}."[:500]) from error


def reply(model: BaseModel, status: int = 200) -> Response:
    """Return a message as the answer."""
    return Response(model.model_dump_json(), status=status, mimetype="application/json")
