"""Everything that TikTok's pages leave open, as a switch: a client must be right under each answer."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class EmptyObject(StrEnum):
    """Which signature is right for a request whose body is `{}`."""

    EITHER = "either"
    SIGNED = "signed"
    UNSIGNED = "unsigned"


class Paging(StrEnum):
    """What a page token means when rows move between two pages."""

    OFFSET = "offset"  # the row number: rows may be left out or come twice
    CURSOR = "cursor"  # the last row seen


@dataclass(slots=True)
class Switches:
    """May be changed at any time, for the requests after it."""

    # the token service
    rotates_refresh_token: bool = True
    old_refresh_token_dies: bool = True
    refresh_answer_has_refresh_token: bool = True
    refresh_kills_access_token: bool = False
    access_token_life: timedelta = timedelta(days=7)
    # the gate
    empty_object: EmptyObject = EmptyObject.EITHER
    errors_with_200: bool = False
    # searching
    small_pages_are_refused: bool = True
    longest_id_list: int | None = None
    longest_window: timedelta | None = None
    page_token_life: timedelta | None = None
    paging: Paging = Paging.OFFSET
    rows_move_between_pages: bool = False
    repeats_page_token: bool = False
    last_page_has_token_key: bool = True
    visible_after: timedelta = timedelta()
    exchanges_in_202309: bool = True
    # rows
    tax_beside_subtotal: bool = False
    shipping_also_in_lines: bool = False
    cash_on_delivery_has_amount: bool = False
    quick_refund_has_record: bool = True
    drops_fields: bool = False
    adds_fields: bool = False
