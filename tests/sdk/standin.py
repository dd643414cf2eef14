"""Stand-ins of two providers over real HTTP, which note when they wrote each token."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("Returns", " are", " free", " within", " 30", " days", ".")


@dataclass
class Provider:
    """`pauses_s` are the waits before each word; `wrote_ns` is when each was written, in the last stream."""

    url: str = ""
    pauses_s: tuple[float, ...] = (0.05, 0.005, 0.005, 0.06, 0.005, 0.005, 0.005)
    wrote_ns: list[int] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    failing: int = 0

    def longest_wait_ns(self) -> int:
        """Between two words."""
        return max(after - before for before, after in zip(self.wrote_ns, self.wrote_ns[1:], strict=False))


@contextmanager
def providing() -> Iterator[Provider]:
    """OpenAI's chat completions and embeddings, and Anthropic's messages, on one port."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            provider.headers.append({name.lower(): value for name, value in self.headers.items()})
            provider.bodies.append(asked)
            if provider.failing:
                provider.failing -= 1
                self._say({"error": {"message": "The server had an error", "type": "server_error"}}, 500)
            elif self.path.endswith("/chat/completions"):
                self._stream(_openai(asked)) if asked.get("stream") else self._say(_completion(asked))
            elif self.path.endswith("/embeddings"):
                self._say({"object": "list", "model": asked["model"], "usage": {"prompt_tokens": 3, "total_tokens": 3},
                           "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}]})  # fmt: skip
            else:
                self._stream(_anthropic(asked)) if asked.get("stream") else self._say(_message(asked))

        def _say(self, answer: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, events: Iterator[tuple[bool, str]]) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            provider.wrote_ns.clear()
            pauses = iter(provider.pauses_s)
            try:
                for is_word, text in events:
                    if is_word:
                        time.sleep(next(pauses))
                        provider.wrote_ns.append(time.time_ns())
                    data = text.encode()
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


USAGE = {"prompt_tokens": 40, "completion_tokens": 7, "total_tokens": 47, "prompt_tokens_details": {"cached_tokens": 16}}


def _completion(asked: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(WORDS)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": f"{asked['model']}-2024-08-06",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": USAGE,
    }


def _openai(asked: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    def event(delta: dict[str, Any] | None, **more: Any) -> str:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": more.pop("finish_reason", None)}]
        head = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": f"{asked['model']}-2024-08-06"}
        return f"data: {json.dumps({**head, 'choices': choices, **more})}\n\n"

    yield False, event({"role": "assistant", "content": ""})
    for word in WORDS:
        yield True, event({"content": word})
    yield False, event({}, finish_reason="stop")
    yield False, event(None, usage=USAGE)
    yield False, "data: [DONE]\n\n"


def _message(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked["model"],
        "content": [{"type": "text", "text": "".join(WORDS)}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 24, "cache_read_input_tokens": 16, "cache_creation_input_tokens": 0, "output_tokens": 7},
    }


def _anthropic(asked: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    def event(kind: str, **said: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **said})}\n\n"

    begun = _message(asked) | {"content": [], "stop_reason": None}
    begun["usage"] = begun["usage"] | {"output_tokens": 1}
    yield False, event("message_start", message=begun)
    yield False, event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for word in WORDS:
        yield True, event("content_block_delta", index=0, delta={"type": "text_delta", "text": word})
    yield False, event("content_block_stop", index=0)
    yield False, event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 7})
    yield False, event("message_stop")
