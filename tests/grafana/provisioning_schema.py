"""
The keys that Grafana knows in its provisioning files, strictly: what it does not know it ignores without a word.

After pkg/services/provisioning/datasources/types.go (upsertDataSourceFromConfigV1) and .../dashboards/types.go
(configs), and for `jsonData` after the pages of the two data sources:
https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/ and .../datasources/jaeger/.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft7Validator

_TEXT = {"type": "string", "minLength": 1}
_YES = {"type": "boolean"}
_UID = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"}
# packages/grafana-data/src/datetime/rangeutil.ts: one number, one unit
_INTERVAL = {"type": "string", "pattern": r"^-?\d+(ms|[smhd])$"}


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1}


_CLIENT = {
    "httpHeaderName1": _TEXT,
    "tlsAuth": _YES,
    "tlsAuthWithCACert": _YES,
    "tlsSkipVerify": _YES,
    "serverName": _TEXT,
}
_SECRETS = _object(
    basicAuthPassword=_TEXT, httpHeaderValue1=_TEXT, tlsCACert=_TEXT, tlsClientCert=_TEXT, tlsClientKey=_TEXT
)
_EXEMPLARS = _object(("name", "datasourceUid"), name=_TEXT, datasourceUid=_UID, url=_TEXT, urlDisplayLabel=_TEXT)
_METRICS = _object(
    ("datasourceUid", "queries"),
    datasourceUid=_UID,
    spanStartTimeShift=_INTERVAL,
    spanEndTimeShift=_INTERVAL,
    tags={"type": "array", "items": _object(("key",), key=_TEXT, value=_TEXT)},
    queries=_list(_object(("name", "query"), name=_TEXT, query=_TEXT)),
)
_SETTINGS = {
    "prometheus": _object(
        **_CLIENT,
        httpMethod={"enum": ["POST", "GET"]},
        prometheusType={"enum": ["Prometheus", "Cortex", "Mimir", "Thanos"]},
        timeInterval=_INTERVAL,
        exemplarTraceIdDestinations=_list(_EXEMPLARS),
    ),
    "jaeger": _object(**_CLIENT, nodeGraph=_object(enabled=_YES), tracesToMetrics=_METRICS),
}


def _datasource(kind: str) -> dict[str, Any]:
    return _object(
        ("name", "type", "uid", "access", "url"),
        name=_TEXT,
        type={"const": kind},
        uid=_UID,
        orgId={"type": "integer", "minimum": 1},
        access={"const": "proxy"},
        url={"type": "string", "pattern": "^https?://"},
        isDefault=_YES,
        editable=_YES,
        basicAuth=_YES,
        basicAuthUser=_TEXT,
        jsonData=_SETTINGS[kind],
        secureJsonData=_SECRETS,
    )


DATASOURCES = _object(
    ("apiVersion", "datasources"),
    apiVersion={"const": 1},
    prune=_YES,
    datasources=_list({"oneOf": [_datasource(kind) for kind in _SETTINGS]}),
)
PROVIDERS = _object(
    ("apiVersion", "providers"),
    apiVersion={"const": 1},
    providers=_list(
        _object(
            ("name", "folder", "folderUid", "type", "options"),
            name=_TEXT,
            orgId={"type": "integer", "minimum": 1},
            folder=_TEXT,
            folderUid=_UID,
            type={"const": "file"},
            disableDeletion=_YES,
            allowUiUpdates=_YES,
            updateIntervalSeconds={"type": "integer", "minimum": 1},
            # one of both: a folder by its name, or by where a file lies
            options=_object(
                ("path",), path={"type": "string", "pattern": "^/"}, foldersFromFilesStructure={"const": False}
            ),
        )
    ),
)


def complaints(document: Any, schema: dict[str, Any]) -> list[str]:
    """Whatever Grafana has no place for, or misses."""
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(document)]
