# ruff: noqa: E501, ERA001 - the texts are as long as the libraries make them
"""error_type: one word for every provider's and library's exceptions and codes, derived by the engine from a span as they would record it.

The texts are those that the libraries make: type and message of the exception, the provider's code in it, HTTP and gRPC status.
"""

from typing import Any

import pytest

from tests.otlp import attributes, new_id, span, traces
from tests.running import Server, eventually

OPENAI = "Error code: {} - {{'error': {{'message': '{}', 'type': '{}', 'param': None, 'code': {}}}}}"
GEMINI = "{} {}. {{'error': {{'code': {}, 'message': '{}', 'status': '{}'}}}}"


def openai(status: int, message: str, type_: str, code: str = "None") -> str:
    return OPENAI.format(status, message, type_, code)


def gemini(code: int, status: str, message: str) -> str:
    return GEMINI.format(code, status, code, message, status)


# expected, exception.type, exception.message
EXCEPTIONS: list[tuple[str, str, str]] = [
    # openai
    ("rate_limited", "openai.RateLimitError", openai(429, "Rate limit reached for gpt-4o on tokens per min", "tokens", "'rate_limit_exceeded'")),
    ("rate_limited", "openai.RateLimitError", openai(429, "You exceeded your current quota", "insufficient_quota", "'insufficient_quota'")),
    ("timeout", "openai.APITimeoutError", "Request timed out."),
    ("server_error", "openai.APIConnectionError", "Connection error."),
    ("server_error", "openai.InternalServerError", openai(500, "The server had an error while processing your request", "server_error")),
    ("overloaded", "openai.InternalServerError", openai(503, "The engine is currently overloaded, please try again later", "server_error")),
    ("auth", "openai.AuthenticationError", openai(401, "Incorrect API key provided: sk-1", "invalid_request_error", "'invalid_api_key'")),
    ("auth", "openai.PermissionDeniedError", openai(403, "Country, region, or territory not supported", "request_forbidden")),
    ("invalid_request", "openai.NotFoundError", openai(404, "The model gpt-9 does not exist", "invalid_request_error", "'model_not_found'")),
    ("invalid_request", "openai.BadRequestError", openai(400, "Unrecognized request argument", "invalid_request_error")),
    ("context_length", "openai.BadRequestError", openai(400, "This model\\'s maximum context length is 128000 tokens", "x", "'context_length_exceeded'")),
    ("content_filtered", "openai.BadRequestError", openai(400, "The response was filtered", "x", "'content_filter'")),
    ("content_filtered", "openai.BadRequestError", openai(400, "Invalid prompt: flagged as potentially violating our usage policy.", "x")),
    ("invalid_request", "openai.UnprocessableEntityError", "Error code: 422"),
    ("content_filtered", "openai.ContentFilterFinishReasonError", "Could not parse response content as the request was rejected by the content filter"),
    ("cancelled", "APIUserAbortError", "Request was aborted."),
    # anthropic
    ("overloaded", "anthropic._exceptions.OverloadedError", "Error code: 529 - {'type': 'error', 'error': {'type': 'overloaded_error', 'message': 'Overloaded'}}"),
    ("rate_limited", "anthropic.RateLimitError", "Error code: 429 - {'type': 'error', 'error': {'type': 'rate_limit_error'}}"),
    ("server_error", "anthropic.InternalServerError", "Error code: 500 - {'type': 'error', 'error': {'type': 'api_error', 'message': 'Internal server error'}}"),
    ("auth", "anthropic.AuthenticationError", "Error code: 401 - {'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}"),
    ("auth", "anthropic.BadRequestError", "Error code: 400 - {'error': {'type': 'invalid_request_error', 'message': 'Your credit balance is too low'}}"),
    ("context_length", "anthropic.BadRequestError", "Error code: 400 - {'error': {'message': 'prompt is too long: 205000 tokens > 200000 maximum'}}"),
    ("invalid_request", "anthropic.RequestTooLargeError", "Error code: 413 - {'error': {'type': 'request_too_large'}}"),
    ("timeout", "anthropic.DeadlineExceededError", "Error code: 504 - {'error': {'type': 'timeout_error'}}"),
    # google: genai and api_core
    ("rate_limited", "google.genai.errors.ClientError", gemini(429, "RESOURCE_EXHAUSTED", "Quota exceeded for metric: generate_content_free_tier_input_token_count")),
    ("overloaded", "google.genai.errors.ServerError", gemini(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")),
    ("server_error", "google.genai.errors.ServerError", gemini(500, "INTERNAL", "An internal error has occurred")),
    ("invalid_request", "google.genai.errors.ClientError", gemini(400, "INVALID_ARGUMENT", "Unknown name")),
    ("auth", "google.genai.errors.ClientError", gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")),
    ("auth", "google.genai.errors.ClientError", gemini(403, "PERMISSION_DENIED", "denied")),
    ("timeout", "google.genai.errors.ServerError", gemini(504, "DEADLINE_EXCEEDED", "The request timed out")),
    ("context_length", "google.genai.errors.ClientError", gemini(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")),
    ("rate_limited", "google.api_core.exceptions.ResourceExhausted", "429 Quota exceeded"),
    ("timeout", "google.api_core.exceptions.DeadlineExceeded", "504 Deadline Exceeded"),
    ("overloaded", "google.api_core.exceptions.ServiceUnavailable", "503 The service is currently unavailable."),
    ("cancelled", "google.api_core.exceptions.Cancelled", "499 The operation was cancelled."),
    ("auth", "google.api_core.exceptions.Unauthenticated", "401 Request had invalid credentials"),
    ("content_filtered", "google.generativeai.types.generation_types.BlockedPromptException", "block_reason: SAFETY"),
    # bedrock
    ("rate_limited", "botocore.errorfactory.ThrottlingException", "An error occurred (ThrottlingException) when calling the Converse operation"),
    ("rate_limited", "botocore.errorfactory.ServiceQuotaExceededException", "An error occurred (ServiceQuotaExceededException)"),
    ("timeout", "botocore.errorfactory.ModelTimeoutException", "An error occurred (ModelTimeoutException)"),
    ("server_error", "botocore.errorfactory.ModelErrorException", "An error occurred (ModelErrorException)"),
    ("overloaded", "botocore.errorfactory.ModelNotReadyException", "An error occurred (ModelNotReadyException)"),
    ("server_error", "botocore.errorfactory.InternalServerException", "An error occurred (InternalServerException)"),
    ("auth", "botocore.errorfactory.AccessDeniedException", "An error occurred (AccessDeniedException): You don't have access to the model"),
    ("auth", "botocore.exceptions.ClientError", "An error occurred (ExpiredTokenException) when calling the InvokeModel operation"),
    ("context_length", "botocore.errorfactory.ValidationException", "An error occurred (ValidationException): Input is too long for requested model."),
    ("invalid_request", "botocore.errorfactory.ValidationException", "An error occurred (ValidationException): Malformed input request"),
    ("invalid_request", "botocore.errorfactory.ResourceNotFoundException", "An error occurred (ResourceNotFoundException)"),
    ("timeout", "botocore.exceptions.ReadTimeoutError", "Read timeout on endpoint URL"),
    ("server_error", "botocore.exceptions.EndpointConnectionError", "Could not connect to the endpoint URL"),
    ("auth", "botocore.exceptions.NoCredentialsError", "Unable to locate credentials"),
    # mistral
    ("rate_limited", "mistralai.models.sdkerror.SDKError", 'API error occurred: Status 429. Body: {"message":"Requests rate limit exceeded"}'),
    ("invalid_request", "mistralai.models.httpvalidationerror.HTTPValidationError", "API error occurred: Status 422"),
    ("auth", "mistralai.models.sdkerror.SDKError", 'API error occurred: Status 401. Body: {"detail":"Unauthorized"}'),
    ("server_error", "mistralai.models.sdkerror.SDKError", "API error occurred: Status 500"),
    # cohere
    ("rate_limited", "cohere.errors.too_many_requests_error.TooManyRequestsError", "status_code: 429"),
    ("auth", "cohere.errors.invalid_token_error.InvalidTokenError", "status_code: 498"),
    ("cancelled", "cohere.errors.client_closed_request_error.ClientClosedRequestError", "status_code: 499"),
    ("timeout", "cohere.errors.gateway_timeout_error.GatewayTimeoutError", "status_code: 504"),
    ("overloaded", "cohere.errors.service_unavailable_error.ServiceUnavailableError", "status_code: 503"),
    ("invalid_request", "cohere.errors.not_implemented_error.NotImplementedError", "status_code: 501"),
    # httpx, aiohttp, requests, sockets
    ("timeout", "httpx.ReadTimeout", ""),
    ("timeout", "httpx.PoolTimeout", ""),
    ("server_error", "httpx.ConnectError", "[Errno 111] Connection refused"),
    ("server_error", "httpx.RemoteProtocolError", "Server disconnected without sending a response."),
    ("server_error", "httpx.ReadError", ""),
    ("rate_limited", "httpx.HTTPStatusError", "Client error '429 Too Many Requests' for url 'https://api.example.com/v1'"),
    ("server_error", "httpx.HTTPStatusError", "Server error '502 Bad Gateway' for url 'https://api.example.com/v1'"),
    ("server_error", "aiohttp.client_exceptions.ClientConnectorError", "Cannot connect to host"),
    ("server_error", "aiohttp.client_exceptions.ServerDisconnectedError", "Server disconnected"),
    ("timeout", "aiohttp.client_exceptions.ServerTimeoutError", ""),
    ("server_error", "requests.exceptions.ChunkedEncodingError", "Response ended prematurely"),
    ("server_error", "ConnectionResetError", "[Errno 104] Connection reset by peer"),
    ("server_error", "BrokenPipeError", "[Errno 32] Broken pipe"),
    # asyncio and the interpreter
    ("timeout", "TimeoutError", ""),
    ("timeout", "asyncio.exceptions.TimeoutError", ""),
    ("cancelled", "asyncio.exceptions.CancelledError", ""),
    ("cancelled", "KeyboardInterrupt", ""),
    ("cancelled", "GeneratorExit", ""),
    # langchain, langgraph, llamaindex, pydantic-ai, litellm, mcp
    ("tool_error", "langchain_core.tools.base.ToolException", "the till is closed"),
    ("other", "langchain_core.exceptions.OutputParserException", "Could not parse the output"),
    ("context_length", "langchain_core.exceptions.ContextOverflowError", ""),
    ("other", "langgraph.errors.GraphRecursionError", "Recursion limit of 25 reached without hitting a stop condition."),
    ("timeout", "workflows.errors.WorkflowTimeoutError", "Operation timed out after 45 seconds"),
    ("cancelled", "llama_index.core.workflow.errors.WorkflowCancelledByUser", "Workflow was cancelled by the user."),
    ("rate_limited", "pydantic_ai.exceptions.ModelHTTPError", "status_code: 429, model_name: gpt-4o, body: None"),
    ("other", "pydantic_ai.exceptions.UnexpectedModelBehavior", "Received empty model response"),
    ("tool_error", "pydantic_ai.exceptions.ToolRetryError", "try again"),
    ("content_filtered", "pydantic_ai.exceptions.ContentFilterError", ""),
    ("context_length", "litellm.exceptions.ContextWindowExceededError", "litellm.BadRequestError: ContextWindowExceededError"),
    ("content_filtered", "litellm.exceptions.ContentPolicyViolationError", "litellm.ContentPolicyViolationError: litellm.BadRequestError"),
    ("timeout", "litellm.exceptions.Timeout", "litellm.Timeout: APITimeoutError - Request timed out."),
    ("overloaded", "litellm.exceptions.ServiceUnavailableError", "litellm.ServiceUnavailableError"),
    ("server_error", "litellm.exceptions.APIConnectionError", "litellm.APIConnectionError: OllamaException"),
    ("tool_error", "mcp.shared.exceptions.McpError", "boom"),
    # gRPC
    ("overloaded", "grpc.RpcError", "<_InactiveRpcError of RPC that terminated with: status = StatusCode.UNAVAILABLE details = \"x\">"),
    ("rate_limited", "grpc.RpcError", "status = StatusCode.RESOURCE_EXHAUSTED"),
    ("server_error", "grpc.RpcError", "status = StatusCode.INTERNAL"),
    ("timeout", "grpc.aio.AioRpcError", "status = StatusCode.DEADLINE_EXCEEDED"),
    # nothing that is known
    ("other", "ValueError", "the moon is full"),
    ("other", "shop.OrderError", "order 4290 was refused"),
]  # fmt: skip
# expected, attributes
CODES: list[tuple[str, dict[str, Any]]] = [
    *((word, {"http.response.status_code": code}) for code, word in [
        (400, "invalid_request"), (401, "auth"), (402, "auth"), (403, "auth"), (404, "invalid_request"), (408, "timeout"),
        (413, "invalid_request"), (422, "invalid_request"), (429, "rate_limited"), (499, "cancelled"), (500, "server_error"),
        (502, "server_error"), (503, "overloaded"), (504, "timeout"), (529, "overloaded"),
    ]),
    *((word, {"rpc.grpc.status_code": code}) for code, word in enumerate([
        "cancelled", "server_error", "invalid_request", "timeout", "invalid_request", "invalid_request", "auth", "rate_limited",
        "invalid_request", "server_error", "invalid_request", "invalid_request", "server_error", "overloaded", "server_error", "auth",
    ], start=1)),
    ("overloaded", {"rpc.response.status_code": "UNAVAILABLE"}),
    ("server_error", {"rpc.response.status_code": "INTERNAL"}),
    ("timeout", {"rpc.response.status_code": "DEADLINE_EXCEEDED"}),
    ("timeout", {"error.type": "timeout"}),
    ("rate_limited", {"error.type": "rate_limit_exceeded"}),
    ("invalid_request", {"error.type": "404"}),
    ("other", {"error.type": "_OTHER"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(server: Server) -> dict[str, str]:
    """span_id → error_type of every failure above, sent in one request."""
    spans = []
    for number, (_, type_, message) in enumerate(EXCEPTIONS):
        event = {"name": "exception", "attributes": attributes({"exception.type": type_, "exception.message": message})}
        one = span(
            "call", said={"gen_ai.operation.name": "chat"}, span_id=f"x{number:07d}".encode(), trace_id=new_id(16), status={"code": 2}
        )
        one.events.add(**event)
        spans.append(one)
    for number, (_, said) in enumerate(CODES):
        spans.append(span("call", said=said, span_id=f"c{number:07d}".encode(), trace_id=new_id(16), status={"code": 2}))
    server.send("traces", traces(spans).SerializeToString(), headers={"x-sightline-project": "errors"})
    rows = eventually(
        lambda: server.query("count", project="errors", group_by=["span_id", "error_type"]), lambda rows: len(rows) == len(spans)
    )
    return {row["span_id"]: row["error_type"] for row in rows}


@pytest.mark.parametrize("number", range(len(EXCEPTIONS)), ids=[f"{type_}-{n}" for n, (_, type_, _) in enumerate(EXCEPTIONS)])
def test_an_exception_has_its_type(found: dict[str, str], number: int) -> None:
    assert found[f"x{number:07d}".encode().hex()] == EXCEPTIONS[number][0], EXCEPTIONS[number]


@pytest.mark.parametrize("number", range(len(CODES)), ids=[str(said) for _, said in CODES])
def test_a_code_has_its_type(found: dict[str, str], number: int) -> None:
    assert found[f"c{number:07d}".encode().hex()] == CODES[number][0], CODES[number]
