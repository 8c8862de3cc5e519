"""Very many requests at once."""

import asyncio
import json

_SECONDS = 120


async def _caller(rpc, requests):
    """Sends everything before it reads anything, on one connection."""
    reader, writer = await asyncio.open_connection(rpc.host, rpc.port)
    try:
        for request in requests:
            body = json.dumps(request).encode()
            head = f"POST {rpc.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        return [await _answer(reader) for _ in requests]
    finally:
        writer.close()


async def _answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return json.loads(await reader.readexactly(length))


async def _all(rpc, requests, connections):
    groups = [requests[start::connections] for start in range(connections)]
    calls = asyncio.gather(*(_caller(rpc, group) for group in groups))
    answers = await asyncio.wait_for(calls, _SECONDS)
    return [answer for group in answers for answer in group]


def crowd(rpc, requests, connections=500):
    """All answers to requests that are all under way together."""
    return asyncio.run(_all(rpc, requests, connections))
