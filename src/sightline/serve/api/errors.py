"""Our errors → HTTP: one table from class to status, one shape for every error's body."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from sightline.errors import (
    BadRequestError,
    NotFoundError,
    QueryTimeoutError,
    SightlineError,
    StoreClosedError,
    StoreError,
    StoreFullError,
)
from sightline.serve.api.asking import ClientGoneError
from sightline.serve.models import ErrorResponse

# The nearest class above an error's own decides.
STATUSES: Mapping[type[SightlineError], int] = {
    BadRequestError: 422,
    NotFoundError: 404,
    QueryTimeoutError: 504,
    StoreFullError: 503,
    StoreClosedError: 503,
    StoreError: 500,
    SightlineError: 500,
}
_RETRY_AFTER_S = 5
_CLIENT_GONE = 499  # nobody reads it but the access log

_Responses = dict[int | str, dict[str, Any]]


def _documented(status: int, description: str, error: str, column: int | None = None) -> _Responses:
    example = ErrorResponse(error=error, column=column).model_dump()
    return {status: {"model": ErrorResponse, "description": description, "content": {"application/json": {"example": example}}}}


COMMON_ERRORS: _Responses = (
    _documented(400, "The body can't be read: it is not UTF-8 text.", "There was an error parsing the body")
    | _documented(
        422,
        "The question can't be; `error` says what would be right, `column` where in the filter.",
        "Unknown fact 'modle' at column 1: did you mean 'model'?",
        1,
    )
    | _documented(503, "The store is closed or full; try again after `Retry-After` seconds.", "The store is closed.")
    | _documented(504, "The query took longer than its limit.", "The query took longer than its limit; narrow the window.")
)
NOT_FOUND: _Responses = _documented(404, "Nothing is stored under that id.", "No trace '…' in project 'default'.")


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of the application an ErrorResponse, FastAPI's own included."""
    app.add_exception_handler(SightlineError, _sightline_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientGoneError, _client_gone)


async def _sightline_error(_request: Request, error: Exception) -> Response:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    headers = {"Retry-After": str(getattr(error, "retry_after_s", _RETRY_AFTER_S))} if status == 503 else None
    return _answer(status, str(error), column=getattr(error, "column", None), headers=headers)


async def _validation_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return _answer(422, f"{where}: {first['msg']}.")


async def _http_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _answer(error.status_code, str(error.detail), headers=error.headers)


async def _client_gone(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_CLIENT_GONE)


def _answer(status: int, error: str, *, column: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    # Half a surrogate pair of somebody's text can't be sent as UTF-8.
    text = error.encode("utf-8", "replace").decode()
    return JSONResponse(ErrorResponse(error=text, column=column).model_dump(), status_code=status, headers=headers)
