"""An endpoint of ours on loopback that speaks OpenAI's chat completions, well or badly."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Endpoint:
    """`answers` are what comes next, then always the last of them: a dict is a tool call's arguments, `{"text": …}` plain words,
    and a name one of the ways to fail: 429, 500, silent, garbage, refusal, endless, cut, filtered.
    """

    answers: list
    url: str = ""
    asked: list = field(default_factory=list)
    keys: list = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def _next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def serve(self, reader, writer):
        try:
            while (head := await reader.readuntil(b"\r\n\r\n")) is not None:
                lines = head.decode().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = json.loads(await reader.readexactly(int(headers["content-length"])))
                assert lines[0].startswith("POST /v1/chat/completions"), lines[0]
                self.asked.append(body)
                self.keys.append(headers.get("authorization"))
                if not await self._answer(self._next(), body, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, answer, body, writer):  # noqa: PLR0911 - one for each way to answer
        match answer:
            case 429 | 500:
                return await _send(writer, {"error": {"message": f"no {body['messages'][-1]}", "type": "x"}}, answer)
            case "silent":
                await self.released.wait()
                return False
            case "garbage":
                return await _send(writer, b"<html>It works!</html>")
            case "cut":
                writer.write(
                    b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"id": "x"'
                )
                await writer.drain()
                return False
            case "endless":
                writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"id": "')
                while not writer.is_closing():
                    writer.write(b"a" * 65536)
                    await writer.drain()
                return False
            case "refusal":
                return await _send(writer, _completion({"content": None, "refusal": "I will not."}))
            case "filtered":
                return await _send(writer, _completion({"content": None}, "content_filter"))
            case {"text": text}:
                return await _send(writer, _completion({"content": text}))
            case _:
                call = {"id": "c1", "type": "function", "function": {"name": "answer", "arguments": json.dumps(answer)}}
                return await _send(writer, _completion({"content": None, "tool_calls": [call]}, "tool_calls"))


def _completion(message, finish="stop"):
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}
    return {
        "id": "c-1",
        "object": "chat.completion",
        "created": 1763600000,
        "model": "small-1",
        "choices": [choice],
        "usage": usage,
    }


async def _send(writer, answer, status=200):
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    kind = "text/html" if isinstance(answer, bytes) else "application/json"
    writer.write(
        f"HTTP/1.1 {status} Said\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    )
    await writer.drain()
    return True


@asynccontextmanager
async def opened(*answers):
    endpoint = Endpoint(list(answers))
    server = await asyncio.start_server(endpoint.serve, "127.0.0.1", 0)
    endpoint.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        server.close()
        await server.wait_closed()
