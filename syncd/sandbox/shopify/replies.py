"""Ready answers for `Fault(FaultKind.REPLY, reply=...)`: what Shopify says whatever was asked."""

from syncd.sandbox.http import Reply, json_reply


def error_reply(code: str, message: str) -> Reply:
    """Status 200 with one error beside no data: THROTTLED, INTERNAL_SERVER_ERROR, SHOP_INACTIVE."""
    return json_reply({"errors": [{"message": message, "extensions": {"code": code}}]})


def status_reply(status: int, text: str) -> Reply:
    """A refusal by HTTP status, with `errors` as a text: 402, 403, 406, 422, 423, 430."""
    return json_reply({"errors": text}, status)


def throttled(*, requested: int = 752, available: int = 666, rate: int = 50) -> Reply:
    """Too few points; nothing ran."""
    status = {"maximumAvailable": 1000.0, "currentlyAvailable": available, "restoreRate": rate}
    cost = {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}
    extensions = {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}
    errors = [{"message": "Throttled", "extensions": extensions}]
    return json_reply({"errors": errors, "extensions": {"cost": cost}})
