"""A client of another make (python3-socketio): connects over one transport, checks what comes back, prints "ok".

Usage: python_client.py URL polling|websocket
"""

import sys
import threading

import socketio

url, transport = sys.argv[1], sys.argv[2]
WAIT_S = 10


class Inbox:
    """Events by name, each waited for once."""

    def __init__(self, client, names, namespace="/"):
        self.values = {}
        self.arrived = {name: threading.Event() for name in names}
        for name in names:
            client.on(name, self._handler(name), namespace=namespace)

    def _handler(self, name):
        def handle(*args):
            self.values[name] = args
            self.arrived[name].set()

        return handle

    def wait(self, name):
        assert self.arrived[name].wait(WAIT_S), f"no {name}"
        return self.values[name]


client = socketio.Client(reconnection=False)
inbox = Inbox(client, ["hi", "takeUtf8", "doge", "buffack", "jsonbuff-ack", "got it"])
client.on("ack", lambda: (5, {"test": True}))
client.connect(url, transports=[transport], namespaces=["/", "/foo"], wait_timeout=WAIT_S)

assert client.call("echo", {"a": [1, "é€😀", None, 1.5]}, timeout=WAIT_S) == {"a": [1, "é€😀", None, 1.5]}
assert client.call("echo", b"\x00\x01\xff", timeout=WAIT_S) == b"\x00\x01\xff"
assert client.call("getId", namespace="/foo", timeout=WAIT_S) == client.get_sid("/foo")
for i in range(100):
    assert client.call("echo", i, timeout=WAIT_S) == i

client.emit("hi")
inbox.wait("hi")
client.emit("getUtf8")
inbox.wait("takeUtf8")
client.emit("doge")
assert inbox.wait("doge")[0] == b"asdfasdf"
client.emit("buffa", b"\x01")
inbox.wait("buffack")
client.emit("jsonbuff", {"hello": "lol", "message": b"\x01\x02", "goodbye": "gotcha"})
inbox.wait("jsonbuff-ack")
client.emit("ack")
inbox.wait("got it")
client.disconnect()

refused = socketio.Client(reconnection=False)
errors = []
refused.on("connect_error", errors.append, namespace="/no")
try:
    refused.connect(url, transports=[transport], namespaces=["/no"], wait_timeout=WAIT_S)
    raise AssertionError("/no was joined")
except socketio.exceptions.ConnectionError:
    pass
assert errors and "Auth failed (custom namespace)" in str(errors[0]), errors
refused.disconnect()
print("ok")
