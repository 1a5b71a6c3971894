"""SCTP for an outpost: Node has no SCTP sockets. outpost/sctp.ts starts it and feeds it one line of JSON:

    sctp.py serve    a list of servers; prints a line once all listen, and answers until its input ends
    sctp.py probe    a request of outpost/probes.ts; prints the list of what its attempts led to

A server sends one line of JSON to everyone who connects, as those of outpost/servers.ts do.
"""

import errno
import json
import selectors
import socket
import sys
import threading

IPPROTO_SCTP = 132
BACKLOG = 512


def new_socket(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, IPPROTO_SCTP)


def answer(listener, entry):
    connection, (peer, peer_port, *_) = listener.accept()
    seen = {"from": peer, "fromPort": peer_port, "dst": entry["address"], "dstPort": entry["port"]}
    line = json.dumps({"who": entry["who"], **seen, "proto": "sctp"})
    try:
        connection.sendall(line.encode() + b"\n")
    except OSError:
        pass  # It may have gone by now.
    connection.close()


def serve(entries):
    selector = selectors.DefaultSelector()
    for entry in entries:
        listener = new_socket(entry["address"])
        listener.bind((entry["address"], entry["port"]))
        listener.listen(BACKLOG)
        selector.register(listener, selectors.EVENT_READ, entry)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("listening", flush=True)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                return
            answer(key.fileobj, key.data)


def attempt(request):
    """One attempt: what the server answered, or the name of the error. The timeout is in milliseconds."""
    local = None
    try:
        with new_socket(request["host"]) as one:
            one.settimeout(request["timeout"] / 1000)
            if request.get("localAddress"):
                one.bind((request["localAddress"], 0))
            one.connect((request["host"], request["port"]))
            local = one.getsockname()[0]
            text = one.makefile().readline()
        return {**json.loads(text), "local": local} if text else {"code": "closed", "local": local}
    except TimeoutError:
        return {"code": "silent" if local else "ETIMEDOUT", "local": local}
    except OSError as error:
        return {"code": errno.errorcode.get(error.errno, str(error)), "local": local}


def probe(request):
    seen = []
    left = threading.Semaphore(request["attempts"])

    def work():
        while left.acquire(blocking=False):
            seen.append(attempt(request))

    threads = [threading.Thread(target=work) for _ in range(min(request["parallel"], request["attempts"]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(seen))


if __name__ == "__main__":
    {"serve": serve, "probe": probe}[sys.argv[1]](json.loads(sys.stdin.readline()))
