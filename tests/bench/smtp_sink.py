"""A mail server that takes letters as fast as Python can, counts them and throws them away: not what is measured.

python -m tests.bench.smtp_sink     prints its port, and runs until its standard input ends
"""

import asyncio
import sys

END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One connection; understands pipelined commands, and looks at nothing but their first letters."""

    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""
        self.in_letter = False
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data):
        data = self.rest + data if self.rest else data
        answers = []
        while data:
            if self.in_letter:
                end = data.find(END)
                if end < 0:
                    break
                data = data[end + len(END) :]
                self.in_letter = False
                answers.append(b"250 2.0.0 Ok\r\n")
                continue
            line, found, after = data.partition(b"\r\n")
            if not found:
                break
            data = after
            verb = line[:4].upper()
            if verb == b"DATA":
                self.in_letter = True
                # The letter comes after the dot's own CRLF, so that an empty one is found, too.
                data = b"\r\n" + data if data else data
                answers.append(b"354 go on\r\n")
            elif verb in (b"EHLO", b"HELO"):
                answers.append(b"250-sink\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n")
            elif verb == b"QUIT":
                answers.append(b"221 Bye\r\n")
                self.transport.write(b"".join(answers))
                self.transport.close()
                return
            else:
                answers.append(b"250 2.1.0 Ok\r\n")
        self.rest = data
        if answers:
            self.transport.write(b"".join(answers))


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", 0, backlog=100)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
