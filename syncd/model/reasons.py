"""Why a case waits, is held or is skipped: a code, a sentence, and what a person can do."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The codes that `list`, `show` and the logs use."""

    # waits: looked at again by itself
    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUND_PENDING = "refund_pending"
    DAY_CEILING = "day_ceiling"
    # holds: a person decides; some are looked at again by themselves
    ORDER_NOT_FOUND = "order_not_found"
    ORDER_AMBIGUOUS = "order_ambiguous"
    ORDER_GONE = "order_gone"
    ORDER_TOO_OLD = "order_too_old"
    SEARCH_NOT_UNDERSTOOD = "search_not_understood"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_STATUS = "unknown_status"
    CANCELLATIONS_OFF = "cancellations_off"
    AMOUNT_MISSING = "amount_missing"
    CURRENCY_MISMATCH = "currency_mismatch"
    LINE_NOT_FOUND = "line_not_found"
    LINE_AMBIGUOUS = "line_ambiguous"
    UNITS_GONE = "units_gone"
    NOT_FULFILLED = "not_fulfilled"
    UNITS_ON_RETURN = "units_on_return"
    SHIPPED_MEANWHILE = "shipped_meanwhile"
    PART_CANCELLED = "part_cancelled"
    CANCELLED_NOT_REFUNDED = "cancelled_not_refunded"
    LOCATION_UNKNOWN = "location_unknown"
    LOCATION_AMBIGUOUS = "location_ambiguous"
    NO_PAYMENT = "no_payment"
    REAL_GATEWAY = "real_gateway"
    SEVERAL_PAYMENTS = "several_payments"
    OVER_REFUND = "over_refund"
    OVER_CEILING = "over_ceiling"
    PAUSED = "paused"
    FOREIGN_REFUND = "foreign_refund"
    FOREIGN_RETURN = "foreign_return"
    RETURN_TOUCHED = "return_touched"
    TYPE_CHANGED = "type_changed"
    RETURN_WITHOUT_MONEY = "return_without_money"
    CHANGED_AFTER_WRITE = "changed_after_write"
    CHANGED_AFTER_DECISION = "changed_after_decision"
    LINK_INVALID = "link_invalid"
    REFUND_GONE = "refund_gone"
    REFUND_DIFFERS = "refund_differs"
    REFUND_FAILED = "refund_failed"
    RESTOCK_DIFFERS = "restock_differs"
    DOUBLED = "doubled"
    REFUSED_BY_SHOPIFY = "refused_by_shopify"
    NO_RETURN_REASON = "no_return_reason"
    OUTCOME_UNPROVEN = "outcome_unproven"
    ORDER_TOO_LARGE = "order_too_large"
    INTERNAL_ERROR = "internal_error"
    # skips: nothing to do
    BEFORE_START = "before_start"
    WITHDRAWN = "withdrawn"
    NO_MONEY = "no_money"
    NOT_IMPORTED = "not_imported"
    ALREADY_CANCELLED = "already_cancelled"
    # dismissals: a person decided so
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence for people, and what to type or do next. `heals`: we look again by ourselves."""

    sentence: str
    hint: str = ""
    heals: bool = False


_RETRY = "syncd retry {case}"
_DISMISS = 'syncd dismiss {case} --reason "settled by hand"'
_BY_HAND = f"Settle it by hand in Shopify, then: {_DISMISS}"

EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.CLAIMED_ELSEWHERE: Explanation(
        "Another syncd is working on this case.",
        "Stop the other instance if it runs by mistake; this one goes on when its claim has run out.",
        heals=True,
    ),
    Reason.OUTCOME_UNKNOWN: Explanation(
        "Shopify's answer got lost; the order is looked at before anything is sent again.", heals=True
    ),
    Reason.REFUND_PENDING: Explanation("Shopify has not finished the refund yet.", heals=True),
    Reason.DAY_CEILING: Explanation(
        "Today's ceiling is reached; it is written tomorrow.",
        "If there really are so many refunds: raise max_refunds_per_day or max_refunded_per_day in [guard].",
        heals=True,
    ),
    Reason.ORDER_NOT_FOUND: Explanation(
        "No Shopify order carries this TikTok order id.",
        "Check that the order was imported and that [match] says where its TikTok id is kept (in notes it is"
        " only looked for up to two days after TikTok's order); orders older than 60 days need the scope"
        " read_all_orders.",
        heals=True,
    ),
    Reason.ORDER_AMBIGUOUS: Explanation(
        "Several Shopify orders carry this TikTok order id.",
        f"Remove the id from the wrong one in Shopify, then: {_RETRY}",
    ),
    Reason.ORDER_GONE: Explanation(
        "The Shopify order found earlier is not there any more.",
        "An order older than 60 days needs the scope read_all_orders; a deleted one cannot be refunded.",
        heals=True,
    ),
    Reason.ORDER_TOO_OLD: Explanation(
        "The order is older than 60 days, and Shopify shows our app no orders of that age.",
        f"Give the app the scope read_all_orders and approve it in the shop, then: {_RETRY}",
        heals=True,
    ),
    Reason.SEARCH_NOT_UNDERSTOOD: Explanation(
        "Shopify does not understand one of the searches for the order, so it may be there unseen.",
        "Turn filtering on in the metafield's definition (Shopify admin, Settings, Metafields and"
        f" metaobjects), or take that strategy out of order_by in [match]; then: {_RETRY}",
        heals=True,
    ),
    Reason.UNKNOWN_TYPE: Explanation(
        "TikTok uses a type of case that this version does not know.",
        _BY_HAND,
    ),
    Reason.UNKNOWN_STATUS: Explanation(
        "TikTok uses a status that this version does not know.",
        _BY_HAND,
    ),
    Reason.CANCELLATIONS_OFF: Explanation(
        "Cancellations are switched off in the config.",
        "Set [sync] cancellations = true; it is looked at again when the settings change.",
    ),
    Reason.AMOUNT_MISSING: Explanation(
        "TikTok says that it paid back, but gives no readable amount.",
        f"Look the amount up in TikTok Seller Center; when TikTok reports it: {_RETRY}",
    ),
    Reason.CURRENCY_MISMATCH: Explanation(
        "TikTok's refund and the Shopify order are in different currencies.",
        _BY_HAND,
    ),
    Reason.LINE_NOT_FOUND: Explanation(
        "A unit of the case matches no line of the Shopify order.",
        'Map its SKU: [match.skus] "TIKTOK-SKU" = "SHOPIFY-SKU"; then it is looked at again.',
    ),
    Reason.LINE_AMBIGUOUS: Explanation(
        "A unit of the case matches several lines with different prices.",
        _BY_HAND,
    ),
    Reason.UNITS_GONE: Explanation(
        "The units of the case are already refunded or removed in Shopify.",
        f"Compare both orders; if the units should still be refunded by us: {_RETRY}",
    ),
    Reason.NOT_FULFILLED: Explanation(
        "Units of the case are not fulfilled in Shopify, though TikTok shipped them.",
        f"Fulfil the order in Shopify; it is looked at again, or: {_RETRY}",
        heals=True,
    ),
    Reason.UNITS_ON_RETURN: Explanation(
        "The units are on another open return.",
        f"Finish or cancel that return in Shopify; it is looked at again, or: {_RETRY}",
        heals=True,
    ),
    Reason.SHIPPED_MEANWHILE: Explanation(
        "TikTok cancelled units that have been shipped.",
        f"Stop the parcel or settle it with the buyer, and refund in Shopify what is right, then: {_DISMISS}",
    ),
    Reason.PART_CANCELLED: Explanation(
        "Part of the order was cancelled without money, or without giving its units back into stock.",
        f"Take these units off the order in Shopify, then: {_DISMISS}",
    ),
    Reason.CANCELLED_NOT_REFUNDED: Explanation(
        "The order was cancelled in Shopify, but its money was not refunded there.",
        _BY_HAND,
    ),
    Reason.LOCATION_UNKNOWN: Explanation(
        "No active location of the merchant's own is known for the returned units.",
        "Set [restock] location; it is looked at again when the settings change.",
    ),
    Reason.LOCATION_AMBIGUOUS: Explanation(
        "The units were shipped from several locations, and none is configured.",
        "Set [restock] location; it is looked at again when the settings change.",
    ),
    Reason.NO_PAYMENT: Explanation(
        "The Shopify order has no payment that could be refunded.",
        "Mark the order as paid in Shopify; it is looked at again.",
        heals=True,
    ),
    Reason.REAL_GATEWAY: Explanation(
        "The order was paid through a gateway that may move real money: a refund could pay the buyer twice.",
        "If the connector invented that gateway, name it in allowed_gateways; it is then looked at again.",
    ),
    Reason.SEVERAL_PAYMENTS: Explanation(
        "The order has several payments, and none equals what the buyer paid on TikTok.",
        _BY_HAND,
    ),
    Reason.OVER_REFUND: Explanation(
        "TikTok paid back more than is left on the Shopify order.",
        f"Compare both orders and refund by hand what is right, then: {_DISMISS}",
    ),
    Reason.OVER_CEILING: Explanation(
        "The refund is above a ceiling of [guard].",
        "If it is right: syncd approve {case}; or raise max_refund or max_refunded_per_day in [guard].",
    ),
    Reason.PAUSED: Explanation(
        "It was paid back while syncd was switched off or only rehearsed.",
        "Look through them: syncd list --reason paused; then: syncd approve --all --reason paused",
    ),
    Reason.FOREIGN_REFUND: Explanation(
        "Somebody else refunded this order after the case was opened.",
        "If it is the same refund: syncd link {case} REFUND; if it is another one: syncd approve {case}",
    ),
    Reason.FOREIGN_RETURN: Explanation(
        "Somebody else has an open return with these units.",
        "If it is the same return: syncd link {case} RETURN; if not, finish or cancel it in Shopify, then:"
        f" {_RETRY}",
    ),
    Reason.RETURN_TOUCHED: Explanation(
        "Staff already worked on the Shopify return of this case.",
        f"Finish it in Shopify, then: {_DISMISS}",
    ),
    Reason.TYPE_CHANGED: Explanation(
        "TikTok made a refund without return of it, though its parcel is on its way to our open return.",
        f"Inspect the units and cancel the return in Shopify, then: {_RETRY}",
    ),
    Reason.RETURN_WITHOUT_MONEY: Explanation(
        "TikTok ended the case without paying anything back, and our return in Shopify is still open.",
        f"Inspect the units and close the return in Shopify, then: {_RETRY}",
    ),
    Reason.CHANGED_AFTER_WRITE: Explanation(
        "TikTok changed the case after it was written to Shopify.",
        f"Compare both and settle the difference by hand in Shopify, then: {_DISMISS}",
    ),
    Reason.CHANGED_AFTER_DECISION: Explanation(
        "TikTok changed the case after a person had dismissed it.",
        f"If it still is not to be written: {_DISMISS}; if it is: {_RETRY}",
    ),
    Reason.LINK_INVALID: Explanation(
        "What was linked is no refund or return that can be this case's.",
        f"Link another one: syncd link {{case}} REFUND; or take the link back: {_RETRY}",
    ),
    Reason.REFUND_GONE: Explanation(
        "The refund that was written for this case is not on the Shopify order any more.",
        f"Look at the order's history in Shopify, settle it there, then: {_DISMISS}",
    ),
    Reason.REFUND_DIFFERS: Explanation(
        "The refund on the order is not TikTok's amount.",
        f"Compare both and settle the difference by hand in Shopify, then: {_DISMISS}",
    ),
    Reason.REFUND_FAILED: Explanation(
        "Shopify made the refund, but its payment failed.",
        f"Look at the refund in Shopify and settle it there, then: {_DISMISS}",
    ),
    Reason.RESTOCK_DIFFERS: Explanation(
        "Shopify did not put the units back as it was asked to.",
        "Compare the stock in Shopify and correct it there, then: syncd approve {case}",
    ),
    Reason.DOUBLED: Explanation(
        "The order has more than one refund for this case.",
        "If the other one is for something else: syncd approve {case}; if not, settle it by hand, then:"
        f" {_DISMISS}",
    ),
    Reason.REFUSED_BY_SHOPIFY: Explanation("Shopify refused the change.", _RETRY),
    Reason.NO_RETURN_REASON: Explanation(
        "Shopify shows none of the standard return reasons that a return of ours could carry.",
        f"It is looked at again, or: {_RETRY}",
        heals=True,
    ),
    Reason.OUTCOME_UNPROVEN: Explanation(
        "Shopify's answer got lost and the order does not show what was sent.",
        f"Look at the order in Shopify; if nothing is there: {_RETRY}",
    ),
    Reason.ORDER_TOO_LARGE: Explanation(
        "The Shopify order has more refunds, payments or return lines than can be read safely.",
        _BY_HAND,
    ),
    Reason.INTERNAL_ERROR: Explanation(
        "The program failed on this case.",
        f"Report it with the output of: syncd show {{case}}; then {_RETRY}",
    ),
    Reason.BEFORE_START: Explanation("Paid back before start_from."),
    Reason.WITHDRAWN: Explanation("Rejected or withdrawn on TikTok."),
    Reason.NO_MONEY: Explanation("Nothing was paid back."),
    Reason.NOT_IMPORTED: Explanation("An order of this sort is not imported into Shopify."),
    Reason.ALREADY_CANCELLED: Explanation(
        "The order was cancelled in Shopify by somebody else, with nothing left to refund."
    ),
    Reason.DISMISSED: Explanation("A person decided that it is not to be written.", f"To undo it: {_RETRY}"),
}


def hint_for(reason: Reason, case: str) -> str:
    """What to do next about `case` (`SHOP:ID`)."""
    return EXPLANATIONS[reason].hint.format(case=case)
