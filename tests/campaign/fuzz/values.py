"""What nobody expects in an answer, by what stands there otherwise."""

NUMBERS = (
    "-1",
    "0",
    "-0",
    "0.1",
    "1e-9",
    "1e-320",
    "2147483648",
    "-100000",
    "-900000000",
    "-9223372036854775809",
    "1000000000000000000000000000000",
    "-1000000000000000000000000000000",
    "1e308",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "9" * 400,
    "9" * 5000,
    "01",
    "1_000",
)
"""As they stand in the text; the last ones are no JSON."""
TEXTS = (
    "",
    " ",
    "0",
    "null",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "\r\nX-Header: 1",
    "\x1b[2J",
    "\u202etxet",
    "\u65e5\u672c\u8a9e",
    "\u00e9",
    "\U0001f600",
    "%s %d {} {0.__class__} $(id)",
    "' OR 1=1 --",
    "../../etc/passwd",
    "x" * 300,
    "x" * 20_000,
    "\u00df" * 5000,
)
WORDS = ("SOMETHING_NEW", "UNKNOWN", "success", "OPEN ", "THROTTLED", "ACCESS_DENIED", "SHOP_INACTIVE")
CURRENCIES = ("", "usd", "US", "USDD", "U5D", "XXX", "JPY", "KWD", "\u20ac", "U\u0405D", "USD ", "\ud800")
AMOUNTS = (
    "",
    "-5.00",
    "+5.00",
    "5.",
    ".5",
    "5,00",
    "1_000",
    "1e5",
    "1E+1000000",
    "1E-1000000",
    "NaN",
    "sNaN",
    "Infinity",
    "12.345",
    "0x10",
    "\uff11\uff12",
    "\u0661.\u0662",
    "9" * 15,
    "9" * 5000,
    "20.00\n",
)
DATES = (
    "0000-00-00T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30T12:00:00Z",
    "2026-11-02T24:00:00Z",
    "2026-11-02T12:00:60Z",
    "2026-11-02T12:00:00",
    "2026-11-02T12:00:00+99:00",
    "2026-11-02",
    "2026-W45-1",
    "20261102T120000Z",
    "12:00",
    "1777777777",
)
TIMES = ("0", "-1", "1", "253402300799", "253402300800", "1762084800000", "1e10", "99999999999999999999")
"""Unix seconds, as they stand in the text."""
PAUSES = (
    "-1",
    "0",
    "0.5",
    "3",
    "59",
    "86401",
    "nan",
    "inf",
    "-inf",
    "1e308",
    "9" * 40,
    "9" * 5000,
    "1_0",
    "\u0663",
    "\u00b2",
    "",
    "soon",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -1400",
    "Sat, 01 Jan 0001 00:00:00 +1400",
    "Mon, 02 Nov 2026 12:00:30 GMT",
    "Mon, 02 Nov 2026 12:00:30",
    "Mon, 32 Foo 2026 25:61:61 +9999",
    "Mon, 2 Nov 99999999999 1:1:1 +1",
)
ENCODINGS = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "nonsense", "\u00e9")
VERSIONS = ("", "unstable", "2020-01", "2099-01", "x" * 5000, "\u00e9")
IDS = ("", "x" * 10_000, "\u00e9", "a b\tc")
TYPES = (
    "",
    "text/html",
    "text/plain; charset=utf-16",
    "application/json; charset=nonsense",
    "\u00e9",
    "image/png",
)
STATUSES = (
    *(200, 201, 202, 204, 206, 301, 302, 304, 307),
    *(400, 401, 402, 403, 404, 406, 408, 409, 418, 422, 423, 429, 430),
    *(500, 501, 502, 503, 504, 520, 530),
)
PAGE = (
    b"<!DOCTYPE html><html><head><title>Please wait</title></head><body>"
    + b"<p>.</p>" * 50
    + b"</body></html>"
)
