"""The boards of AGI production. The first row of each says whether it is broken, since when, and where."""

from ..hosts import alerts as host_alerts
from ..hosts import hosts
from .capacity import capacity
from .cost import cost
from .families import model_families
from .performance import performance
from .sla import sla
from .telemetry import telemetry

boards = [performance, model_families, capacity, cost, sla, telemetry, hosts.board(host_alerts)]
