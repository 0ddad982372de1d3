"""The server that watches itself."""

SERVER = {"job": "prometheus", "instance": "localhost:9090"}
