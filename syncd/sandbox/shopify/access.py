"""Which scope a field needs; any one of several is enough."""

ORDER_READS = ("read_orders", "write_orders")
_RETURN_READS = ("read_returns", "write_returns")
_LOCATION_READS = ("read_locations",)
_FULFILLMENT_READS = ("read_fulfillments", "write_fulfillments")
_FULFILLMENT_ORDER_READS = (
    "read_merchant_managed_fulfillment_orders",
    "read_assigned_fulfillment_orders",
    "read_third_party_fulfillment_orders",
)

NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("QueryRoot", "order"): ORDER_READS,
    ("QueryRoot", "orders"): ORDER_READS,
    ("QueryRoot", "refund"): ORDER_READS,
    ("QueryRoot", "return"): _RETURN_READS,
    ("QueryRoot", "returnableFulfillments"): _RETURN_READS,
    ("QueryRoot", "returnReasonDefinitions"): _RETURN_READS,
    ("QueryRoot", "reverseFulfillmentOrder"): _RETURN_READS,
    ("QueryRoot", "location"): _LOCATION_READS,
    ("QueryRoot", "locations"): _LOCATION_READS,
    ("Order", "returns"): _RETURN_READS,
    ("Order", "fulfillments"): _FULFILLMENT_READS,
    ("Order", "fulfillmentOrders"): _FULFILLMENT_ORDER_READS,
    ("Refund", "return"): _RETURN_READS,
    ("RefundLineItem", "location"): _LOCATION_READS,
    ("Fulfillment", "location"): _LOCATION_READS,
    ("FulfillmentOrderAssignedLocation", "location"): _LOCATION_READS,
    ("ReverseFulfillmentOrderDisposition", "location"): _LOCATION_READS,
    ("LineItem", "variant"): ("read_products", "write_products"),
    ("Mutation", "refundCreate"): ("write_orders",),
    ("Mutation", "orderCancel"): ("write_orders",),
    ("Mutation", "orderClose"): ("write_orders",),
    ("Mutation", "orderOpen"): ("write_orders",),
    ("Mutation", "tagsAdd"): ("write_orders",),
    ("Mutation", "metafieldsSet"): ("write_orders",),
    ("Mutation", "returnCreate"): ("write_returns",),
    ("Mutation", "returnProcess"): ("write_returns",),
    ("Mutation", "returnClose"): ("write_returns",),
    ("Mutation", "returnReopen"): ("write_returns",),
    ("Mutation", "returnCancel"): ("write_returns",),
    ("Mutation", "removeFromReturn"): ("write_returns",),
    ("Mutation", "reverseDeliveryCreateWithShipping"): ("write_returns",),
    ("Mutation", "reverseFulfillmentOrderDispose"): ("write_returns",),
}

ALL_SCOPES = frozenset(
    {
        "read_orders",
        "write_orders",
        "read_all_orders",
        "read_returns",
        "write_returns",
        "read_locations",
        "read_products",
        "read_inventory",
        "read_fulfillments",
        "read_merchant_managed_fulfillment_orders",
    }
)
"""Every scope that the stand-in asks for."""
