"""Every kind of alert: how bad it is, what it means, and what to do. `config/alerts.md` repeats this."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The codes of alerts."""

    CASE_HELD = "case_held"
    REFUND_REJECTED = "refund_rejected"
    DOUBLED = "doubled"
    LOGIN_REFUSED = "login_refused"
    TOKEN_EXPIRING = "token_expiring"  # noqa: S105 - a code, no token
    TOKEN_NOT_RENEWED = "token_not_renewed"  # noqa: S105
    SHOP_SILENT = "shop_silent"
    SHOP_STOPPED = "shop_stopped"
    SHOP_STUCK = "shop_stuck"
    SHOP_CRASHED = "shop_crashed"
    BACKLOG_OLD = "backlog_old"
    BRAKE_ON = "brake_on"
    WRITES_STOPPED = "writes_stopped"
    CEILING_REACHED = "ceiling_reached"
    RELOAD_REFUSED = "reload_refused"
    STORE_TROUBLE = "store_trouble"
    DAEMON_ENDED = "daemon_ended"


class Level(StrEnum):
    """How bad it is, in Apprise's words."""

    FAILURE = "failure"
    WARNING = "warning"
    INFO = "info"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind is called in a subject, what it means, and what to do where the alert knows no better."""

    level: Level
    title: str
    sentence: str
    todo: str


MEANINGS: dict[Kind, Meaning] = {
    Kind.CASE_HELD: Meaning(
        Level.WARNING,
        "cases held",
        "Cases wait for a person; nothing more is written for them until then.",
        "Do what the alert says about their reason; all of them: syncd list --state held",
    ),
    Kind.REFUND_REJECTED: Meaning(
        Level.FAILURE,
        "refund rejected",
        "Shopify refused what it was sent, or does not show a refund that it confirmed.",
        "Do what the alert says; the story of one: syncd show CASE",
    ),
    Kind.DOUBLED: Meaning(
        Level.FAILURE,
        "refunded twice",
        "An order has more than one refund or return that may be for the same case.",
        "See at once which one is wrong: syncd show CASE; then do what the alert says.",
    ),
    Kind.LOGIN_REFUSED: Meaning(
        Level.FAILURE,
        "login refused",
        "TikTok or Shopify does not accept our login, or the app lacks a scope; what needs it waits.",
        "Do what the alert says, then see: syncd status",
    ),
    Kind.TOKEN_EXPIRING: Meaning(
        Level.WARNING,
        "authorisation ends soon",
        "The seller's authorisation on TikTok ends soon; after that nothing can be read. Told 14, 7, 3 and 1"
        " days before, and when it has ended.",
        "Have the seller authorise the app again: syncd auth tiktok --shop NAME",
    ),
    Kind.TOKEN_NOT_RENEWED: Meaning(
        Level.WARNING,
        "token not renewed",
        "An access token could not be renewed for an hour; it is tried again until it has expired.",
        "See that the address of the token service can be reached: auth_base, or the Shopify domain;"
        " [network] proxy; the firewall.",
    ),
    Kind.SHOP_SILENT: Meaning(
        Level.FAILURE,
        "no good poll",
        "TikTok Shop was not read whole for three poll intervals, and for 15 minutes at least.",
        "See why: syncd status",
    ),
    Kind.SHOP_STOPPED: Meaning(
        Level.FAILURE,
        "shop stopped",
        "The TikTok Shop or the Shopify store is frozen, locked or not active; nothing is written.",
        "Settle it in Seller Center or in the Shopify admin; it is tried again by itself.",
    ),
    Kind.SHOP_STUCK: Meaning(
        Level.FAILURE,
        "shop stuck",
        "The work on a shop made no progress for too long; the other shops go on.",
        "If it does not go on by itself: systemctl restart syncd; that is safe at any moment.",
    ),
    Kind.SHOP_CRASHED: Meaning(
        Level.FAILURE,
        "shop crashed",
        "The program failed on a shop and starts it anew after a pause; the other shops go on.",
        "Report it with the log: journalctl -u syncd -p err",
    ),
    Kind.BACKLOG_OLD: Meaning(
        Level.WARNING,
        "refunds wait too long",
        "Cases that TikTok has paid back wait for longer than an hour to be written, and not for a person.",
        "See what they wait for: syncd list --state due; syncd status",
    ),
    Kind.BRAKE_ON: Meaning(
        Level.FAILURE,
        "brake on",
        "TikTok knows none of the shop's latest cases any more: it is another shop, and nothing is written.",
        "Check shop_cipher and refresh_token in [shops.NAME.tiktok]: they are of another shop.",
    ),
    Kind.WRITES_STOPPED: Meaning(
        Level.FAILURE,
        "writes stopped",
        "Shopify answers in another API version than we ask for, so nothing is written to it.",
        "Install a newer release: see in its changelog for which version it is.",
    ),
    Kind.CEILING_REACHED: Meaning(
        Level.WARNING,
        "ceiling reached",
        "More is to be refunded than a ceiling of [guard] lets through; the rest waits for the next cycle or"
        " the next day.",
        "See whether so many refunds can be right: syncd list --state due; then raise the ceiling in [guard],"
        " or let them wait.",
    ),
    Kind.RELOAD_REFUSED: Meaning(
        Level.WARNING,
        "new settings refused",
        "The config file has mistakes; the daemon goes on with the settings it had.",
        "See what is wrong: syncd config check; mend it, then: systemctl reload syncd",
    ),
    Kind.STORE_TROUBLE: Meaning(
        Level.FAILURE,
        "store trouble",
        "The daemon has ended because its store is damaged, or cannot be written. Nothing is sent meanwhile.",
        "Check the disk, its space, and the owner of the file in [store] path.",
    ),
    Kind.DAEMON_ENDED: Meaning(
        Level.FAILURE,
        "daemon ended",
        "The daemon has ended by itself: no login was accepted any more, or the program failed.",
        "See why: journalctl -u syncd -e; then: systemctl start syncd",
    ),
}
