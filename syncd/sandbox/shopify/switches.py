"""What is not known for sure about the real Shopify, one switch each, and limits of a shop."""

from dataclasses import dataclass

VERSION = "2026-10"
SUPPORTED_VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")


@dataclass(slots=True)
class Switches:
    """The program must be right in every position of every switch."""

    keys_ignored: bool = False  # a repeated idempotency key runs again
    idempotency_errors_top_level: bool = False  # instead of in userErrors
    failed_attempt_blocks_key: bool = False  # a key whose first try was refused is refused from then on
    key_seconds: float = 24 * 3600  # how long a key is remembered
    return_closes_after_processing: bool = False  # once processed with a refund
    processing_adjusts: bool = False  # returnProcess writes a discrepancy adjustment
    dispose_after_close: bool = True  # dispositions are accepted on a closed return
    empty_order_transactions_accepted: bool = True  # returnProcess with issueRefund of nothing
    missing_location_refused: bool = False  # refundCreate RETURN or CANCEL without location
    no_restock_prices_fulfilled: bool = True  # a fulfilled NO_RESTOCK refund line has its price
    grant_revokes_former_token: bool = False
    token_seconds: int = 86399
    search_lag_seconds: float = 0.0
    search_is_partial: bool = False  # `name:`, `tag:`, `source_identifier:` and metafields find parts of it
    default_text_covers_note: bool = False
    default_text_covers_attributes: bool = False
    warnings_need_debug_header: bool = False
    answers_version: str = ""  # the version that answers, whatever was asked for
    customer_data_approved: bool = True  # False: the app may not see orders, whatever its scopes
    sixty_day_limit: bool = True  # older orders need read_all_orders
    dev_store_refund_limit: int | None = None  # refunds a minute; 5 on development stores
    job_seconds: float = 0.0  # until an asynchronous job is done
    bucket_size: float = 2000.0
    restore_rate: float = 100.0
