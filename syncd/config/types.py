"""The kinds of values in a config file, each with its own sentence when it is wrong.

No sentence ever repeats the value: it may be a secret.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    SecretStr,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from syncd.model.money import Money, MoneyError

UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
DURATION_HINT = 'a whole number and one of s, m, h, d, such as "90s" or "5m"'
TIME_HINT = "such as 2026-11-01T00:00:00Z, without quotes"

# ISO 4217. A ceiling for a currency that does not exist would protect nobody.
_CURRENCIES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR "
    "LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
    "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW "
    "ZWG"
)
CURRENCIES = frozenset(_CURRENCIES.split())

# A refund through one of these moves real money: the buyer, whom TikTok has paid, would be paid again.
_PROVIDERS = (
    "adyen affirm afterpay airwallex alipay amazonpay applepay authorizenet bancontact braintree checkoutcom "
    "clearpay cybersource giftcard globalpayments gocardless googlepay klarna laybuy mercadopago mollie "
    "paymob paypal paystack payu razorpay sezzle shopify shoppay square stripe twint wechatpay worldpay"
)
PROVIDERS = tuple(_PROVIDERS.split())


def wrong(what: str, hint: str = "") -> PydanticCustomError:
    """The error of a value: `what` is wrong with it, in words that follow its key."""
    return PydanticCustomError("syncd", "{what}", {"what": what, "hint": hint})


def duration_text(duration: timedelta) -> str:
    """The duration as an admin would write it: `90s`, `5m`, `24h`, `400d`."""
    seconds = int(duration.total_seconds())
    fits = (unit for unit, size in UNITS.items() if seconds % size == 0 and seconds >= 2 * size)
    unit = next(fits, "s")
    return f"{seconds // UNITS[unit]}{unit}"


def _duration(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", value)
    if not found:
        raise wrong("is not a duration", DURATION_HINT)
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def _time(value: datetime) -> datetime:
    # Outside of these years the change to UTC may overflow.
    if not 2000 <= value.year < 3000:  # noqa: PLR2004
        raise wrong("is not a sensible time", TIME_HINT)
    return value.astimezone(UTC)


def _text(value: str) -> str:
    if value != value.strip():
        raise wrong("begins or ends with a blank")
    if not value.isprintable():
        raise wrong("has an invisible character in it")
    return value


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not re.fullmatch(r"[!-~]*", text):
        raise wrong("has a blank or a character in it that no secret has", "copy it once more")
    return value


def _list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else _list(value)


def _template(value: str) -> str:
    if "{id}" not in value:
        raise wrong("has no {id} in it", "{id} stands for the TikTok order id")
    if re.search(r"[0-9]\{id\}|\{id\}[0-9]", value):
        raise wrong("has a digit beside {id}", "another order's id may be spelt the same")
    return _text(value)


def _some(value: tuple[object, ...]) -> tuple[object, ...]:
    if not value:
        raise wrong("must not be empty")
    return value


def _no_repeats(value: tuple[object, ...]) -> tuple[object, ...]:
    if len(set(value)) < len(value):
        raise wrong("names something twice")
    return value


def _shop_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", value):
        raise wrong(
            "is not a shop name", "small letters, digits and hyphens, at most 32, such as us or eu-west"
        )
    return value


def _gateway(value: str) -> str:
    if re.sub(r"[^a-z0-9]", "", value.lower()).startswith(PROVIDERS):
        raise wrong(
            "is a real payment provider: a refund would pay the buyer a second time",
            "allow only names that the connector invents for TikTok orders",
        )
    return _text(value)


def _metafield(value: str) -> str:
    if value and not re.fullmatch(r"[\w$:-]+\.[\w-]+", value, re.ASCII):
        raise wrong("is not the name of a metafield", 'namespace and key, such as "custom.tiktok_order_id"')
    return value


def _time_of_day(value: str) -> str:
    if value and not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise wrong("is not a time of day", 'hours and minutes, such as "08:00"')
    return value


def _alert_address(value: SecretStr) -> SecretStr:
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", value.get_secret_value()):
        raise wrong(
            "is not an address for Apprise", "such as mailto://, slack:// or json:// and what follows"
        )
    return _secret(value)


def _absolute(value: str) -> str:
    if value and not Path(value).is_absolute():
        raise wrong("is not an absolute path", "it would name another file when started from another folder")
    return _text(value)


def _path(value: object) -> object:
    if value == "":
        raise wrong("must not be empty")
    return Path(_absolute(value)) if isinstance(value, str) else value


def _ceiling(currency: str, amount: object) -> int:
    """The ceiling in minor units.

    Raises:
        PydanticCustomError: It is none.
    """
    if currency not in CURRENCIES:
        raise wrong("is not a currency", "three capitals, such as USD")
    if not isinstance(amount, str):
        raise wrong("must be an amount as text", 'in quotes, such as "500.00"')
    try:
        minor = Money.parse(amount, currency).minor
    except MoneyError:
        raise wrong(f"is not an exact amount of {currency}", 'digits and a point, such as "500.00"') from None
    if minor <= 0:
        raise wrong("must be more than zero", "enabled = false or dry_run = true writes nothing at all")
    return minor


def _ceilings(value: object) -> object:
    if not isinstance(value, dict):
        return value
    minor: dict[str, int] = {}
    errors: list[InitErrorDetails] = []
    for currency, amount in value.items():
        try:
            minor[currency] = _ceiling(currency, amount)
        except PydanticCustomError as error:
            errors.append(InitErrorDetails(type=error, loc=(currency,), input=None))
    if errors:
        raise ValidationError.from_exception_data("ceilings", errors)
    return minor


_A_TEMPLATE = {"type": "string", "pattern": r"\{id\}"}
_AN_AMOUNT = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}
Text = Annotated[str, AfterValidator(_text)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
ShopName = Annotated[
    str,
    AfterValidator(_shop_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,31}$"}),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}[smhd]$"}),
]
Time = Annotated[AwareDatetime, AfterValidator(_time)]
AbsolutePath = Annotated[Path, BeforeValidator(_path)]
OptionalPath = Annotated[str, AfterValidator(_absolute)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_list)]
AlertAddresses = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_alert_address)], ...], BeforeValidator(_list)
]
TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
Gateways = Annotated[tuple[Annotated[str, AfterValidator(_gateway)], ...], BeforeValidator(_list)]
Templates = Annotated[
    tuple[Annotated[str, AfterValidator(_template)], ...],
    BeforeValidator(_one_or_more),
    AfterValidator(_some),
    WithJsonSchema({"anyOf": [_A_TEMPLATE, {"type": "array", "items": _A_TEMPLATE, "minItems": 1}]}),
]
Metafield = Annotated[str, AfterValidator(_metafield)]
Strategy = Literal["tag", "name", "source_identifier", "metafield", "text", "window"]
Strategies = Annotated[
    tuple[Strategy, ...], BeforeValidator(_list), AfterValidator(_some), AfterValidator(_no_repeats)
]
# Currency to minor units.
Ceilings = Annotated[
    dict[str, int],
    BeforeValidator(_ceilings),
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "additionalProperties": _AN_AMOUNT,
        }
    ),
]
