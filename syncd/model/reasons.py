"""Why a case waits, is held or is skipped: a code, a sentence, and what a person can do."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The codes that `list`, `show` and the logs use."""

    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUND_PENDING = "refund_pending"
    DAY_CEILING = "day_ceiling"
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
    BEFORE_START = "before_start"
    WITHDRAWN = "withdrawn"
    NO_MONEY = "no_money"
    NOT_IMPORTED = "not_imported"
    ALREADY_CANCELLED = "already_cancelled"
    DISMISSED = "dismissed"


class Group(StrEnum):
    """What a reason asks of people."""

    WAIT = "wait"
    """Nothing: it goes on by itself."""
    HOLD = "hold"
    """A decision, or a repair; some are also looked at again by themselves."""
    SKIP = "skip"
    """Nothing: there is nothing to write."""
    DISMISSAL = "dismissal"
    """Nothing: a person has decided."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence for people, and what to type or do next. `heals`: we look again by ourselves.

    A command in the hint ends with a semicolon, or with the hint.
    """

    sentence: str
    hint: str = ""
    heals: bool = False
    group: Group = Group.HOLD


_RETRY = "syncd retry {case}"
_APPROVE = "syncd approve {case}"
_DISMISS = 'syncd dismiss {case} --reason "settled by hand"'
_BY_HAND = f"Once TikTok has paid back: refund its amount by hand in Shopify, then: {_DISMISS}"
_SETTINGS = "it is looked at again when the settings change"
_LOCATION = (
    f"Set [restock] location to the id or name of one; {_SETTINGS}. For units that were not shipped yet,"
    f" change in Shopify from where they are to be shipped, then: {_RETRY}"
)
_WORD = (
    "See in TikTok Seller Center what it means. If money was paid back: refund it by hand in Shopify, then:"
    f" {_DISMISS}; if a newer version knows it: install that, then: {_RETRY}"
)

EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.CLAIMED_ELSEWHERE: Explanation(
        "Another syncd may be working on this case.",
        "If it runs by mistake: stop it. This one goes on when the other's claim has run out.",
        heals=True,
        group=Group.WAIT,
    ),
    Reason.OUTCOME_UNKNOWN: Explanation(
        "It is not known yet whether Shopify did what it was sent.",
        "Nothing to do: the order is looked at before anything is sent again.",
        heals=True,
        group=Group.WAIT,
    ),
    Reason.REFUND_PENDING: Explanation(
        "Shopify has not finished the refund yet.",
        "Nothing to do; if it stays so for days, look at the refund's payment in Shopify.",
        heals=True,
        group=Group.WAIT,
    ),
    Reason.DAY_CEILING: Explanation(
        "Today's ceiling on refunds is reached; it is written tomorrow.",
        "Nothing to do, if that can wait. To write it today: raise max_refunds_per_day or"
        f" max_refunded_per_day in [guard], then: {_RETRY}",
        heals=True,
        group=Group.WAIT,
    ),
    Reason.ORDER_NOT_FOUND: Explanation(
        "No Shopify order carries this TikTok order id.",
        "Have the order imported, or name in [match] where it keeps the id (in a note it is found up to two"
        " days after the sale); orders older than 60 days need the scope read_all_orders. It is looked at"
        f" again; if the order never comes: {_DISMISS}",
        heals=True,
    ),
    Reason.ORDER_AMBIGUOUS: Explanation(
        "Several Shopify orders carry this TikTok order id.",
        f"Remove the id from the wrong ones in Shopify, then: {_RETRY}",
    ),
    Reason.ORDER_GONE: Explanation(
        "The Shopify order found earlier is not there any more.",
        "It is looked for again; orders older than 60 days need the scope read_all_orders. If it was deleted,"
        f" nothing can be refunded: {_DISMISS}",
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
    Reason.UNKNOWN_TYPE: Explanation("TikTok uses a type of case that this version does not know.", _WORD),
    Reason.UNKNOWN_STATUS: Explanation("TikTok uses a status that this version does not know.", _WORD),
    Reason.CANCELLATIONS_OFF: Explanation(
        "Cancellations are switched off in the config.",
        f"Set [sync] cancellations = true; {_SETTINGS}. If it is not to be carried over: {_DISMISS}",
    ),
    Reason.AMOUNT_MISSING: Explanation(
        "TikTok should have paid back, but gives no amount that can be read.",
        "When TikTok reports the amount, it goes on by itself. Else look it up in TikTok Seller Center,"
        f" refund it by hand in Shopify, then: {_DISMISS}",
    ),
    Reason.CURRENCY_MISMATCH: Explanation(
        "TikTok's refund and the Shopify order are in different currencies.",
        _BY_HAND,
    ),
    Reason.LINE_NOT_FOUND: Explanation(
        "A unit of the case matches no line of the Shopify order.",
        f'Map its SKU in [match.skus]: "TIKTOK-SKU" = "SHOPIFY-SKU"; {_SETTINGS}. If no line is the right'
        f" one, and TikTok has paid back: refund its amount by hand in Shopify, then: {_DISMISS}",
    ),
    Reason.LINE_AMBIGUOUS: Explanation(
        "A unit of the case matches several lines with different prices.",
        _BY_HAND,
    ),
    Reason.UNITS_GONE: Explanation(
        "The units of the case are already refunded or removed in Shopify.",
        "Compare both orders; if TikTok's amount is not refunded yet, refund it by hand in Shopify; then:"
        f" {_DISMISS}",
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
        "Take these units off the order in Shopify, and refund TikTok's amount if there is one, then:"
        f" {_DISMISS}",
    ),
    Reason.CANCELLED_NOT_REFUNDED: Explanation(
        "The order was cancelled in Shopify, but its money was not refunded there.",
        _BY_HAND,
    ),
    Reason.LOCATION_UNKNOWN: Explanation(
        "No active location of the merchant's own is known for the units.",
        _LOCATION,
    ),
    Reason.LOCATION_AMBIGUOUS: Explanation(
        "Several locations may be the right one for the units.",
        _LOCATION,
    ),
    Reason.NO_PAYMENT: Explanation(
        "The Shopify order has no payment that could be refunded.",
        f"Mark the order as paid in Shopify; it is looked at again, or: {_RETRY}",
        heals=True,
    ),
    Reason.REAL_GATEWAY: Explanation(
        "The order was paid through a gateway that may be real, so a refund could pay the buyer twice.",
        "Only if the connector invented that gateway: name it in allowed_gateways of [shops.NAME.shopify];"
        f" {_SETTINGS}. If it is a real one: do in Shopify what is right, then: {_DISMISS}",
    ),
    Reason.SEVERAL_PAYMENTS: Explanation(
        "Of several payments on the order, not exactly one equals what the buyer paid on TikTok.",
        _BY_HAND,
    ),
    Reason.OVER_REFUND: Explanation(
        "TikTok paid back more than is left on the Shopify order.",
        f"Compare both orders and refund in Shopify by hand what is right, then: {_DISMISS}",
    ),
    Reason.OVER_CEILING: Explanation(
        "The refund is above a ceiling of [guard].",
        f"If it is right: {_APPROVE}; to let all such through: raise max_refund or max_refunded_per_day in"
        " [guard].",
    ),
    Reason.PAUSED: Explanation(
        "It was paid back while syncd, or its cancellations, were switched off or only rehearsed.",
        "Look through them: syncd list --reason paused; then: syncd approve --all --reason paused",
    ),
    Reason.FOREIGN_REFUND: Explanation(
        "Somebody else refunded this order after the case was opened.",
        f"If that is for this case: syncd link {{case}} REFUND; if it is for something else: {_APPROVE}",
    ),
    Reason.FOREIGN_RETURN: Explanation(
        "Somebody else has an open return with these units.",
        "If that is for this case: syncd link {case} RETURN; if not, finish or cancel it in Shopify, then:"
        f" {_RETRY}",
    ),
    Reason.RETURN_TOUCHED: Explanation(
        "Staff worked on the Shopify return of this case, or TikTok now names other units than it has.",
        f"Finish that return in Shopify, with TikTok's refund if it has paid back, then: {_DISMISS}",
    ),
    Reason.TYPE_CHANGED: Explanation(
        "TikTok made a refund without return of it, but a parcel is on its way to our open return.",
        "Take the parcel in, correct the stock by hand, and cancel the return in Shopify; then have the money"
        f" refunded: {_RETRY}",
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
        "TikTok changed the case after a person had decided about it.",
        f"If it still is not to be written: {_DISMISS}; if it is: {_RETRY}",
    ),
    Reason.LINK_INVALID: Explanation(
        "What was linked is not on the order, or belongs to another case.",
        f"Link another one: syncd link {{case}} REFUND; or take the link back: {_RETRY}",
    ),
    Reason.REFUND_GONE: Explanation(
        "The refund that was written for this case is not on the Shopify order any more.",
        "Look at the order's history in Shopify, and refund TikTok's amount by hand if it is missing, then:"
        f" {_DISMISS}",
    ),
    Reason.REFUND_DIFFERS: Explanation(
        "The refund on the order is not TikTok's amount.",
        f"Settle the difference by hand in Shopify, then: {_DISMISS}; if the wrong one was linked: {_RETRY}",
    ),
    Reason.REFUND_FAILED: Explanation(
        "The refund is on the order, but no money moved with it.",
        "Look at the refund's payment in Shopify and settle it there, then:"
        f" {_DISMISS}; if the wrong one was linked: {_RETRY}",
    ),
    Reason.RESTOCK_DIFFERS: Explanation(
        "Shopify did not put the units back as it was asked to.",
        f"Compare the stock in Shopify and correct it there, then: {_APPROVE}",
    ),
    Reason.DOUBLED: Explanation(
        "The order has more than one refund or return that may be for this case.",
        f"If the other one is for something else: {_APPROVE}; if not, settle it by hand in Shopify, then:"
        f" {_DISMISS}",
    ),
    Reason.REFUSED_BY_SHOPIFY: Explanation(
        "Shopify refused the change.",
        f"Mend what Shopify's words name, then: {_RETRY}; if that cannot be, do it by hand, then: {_DISMISS}",
    ),
    Reason.NO_RETURN_REASON: Explanation(
        "Shopify shows none of the standard return reasons that a return of ours could carry.",
        f"It is looked at again, or: {_RETRY}; if it stays so: with [sync] import_returns = false there are"
        " refunds without returns.",
        heals=True,
    ),
    Reason.OUTCOME_UNPROVEN: Explanation(
        "Shopify confirmed a refund of this case, but the order does not show it.",
        f"Look at the order in Shopify. If the refund is there: {_RETRY}; if not: refund TikTok's amount by"
        f" hand, then: {_DISMISS}",
    ),
    Reason.ORDER_TOO_LARGE: Explanation(
        "The Shopify order has more refunds, payments or return lines than can be read safely.",
        _BY_HAND,
    ),
    Reason.INTERNAL_ERROR: Explanation(
        "The program failed on this case.",
        f"Report it with the output of: syncd show {{case}}; then: {_RETRY}",
    ),
    Reason.BEFORE_START: Explanation("Paid back before start_from.", group=Group.SKIP),
    Reason.WITHDRAWN: Explanation("Rejected or withdrawn on TikTok.", group=Group.SKIP),
    Reason.NO_MONEY: Explanation("Nothing was paid back.", group=Group.SKIP),
    Reason.NOT_IMPORTED: Explanation("An order of this sort is not imported into Shopify.", group=Group.SKIP),
    Reason.ALREADY_CANCELLED: Explanation(
        "The order was cancelled in Shopify by somebody else, with nothing left to refund.", group=Group.SKIP
    ),
    Reason.DISMISSED: Explanation(
        "A person decided that it is not to be written.", f"To undo it: {_RETRY}", group=Group.DISMISSAL
    ),
}


def hint_for(reason: Reason, case: str) -> str:
    """What to do next about `case` (`SHOP:ID`)."""
    return EXPLANATIONS[reason].hint.format(case=case)


def explained(reason: str | None, detail: str) -> str:
    """A reason as a sentence, with what was found."""
    if not reason:
        return detail
    sentence = EXPLANATIONS[Reason(reason)].sentence
    return f"{sentence[:-1]}: {detail}" if detail else sentence
