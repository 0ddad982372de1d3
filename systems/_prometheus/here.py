"""The server that watches itself."""

PROCESS = ["job", "instance"]
SERVER = {"job": "prometheus", "instance": "localhost:9090"}
