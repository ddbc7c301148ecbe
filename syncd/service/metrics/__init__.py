"""How a monitoring system sees the daemon: figures and probes over HTTP, figures as a textfile.

`config/metrics.md` is the list of them for people.
"""

from syncd.service.metrics.metrics import Metrics, serving_metrics

__all__ = ["Metrics", "serving_metrics"]
