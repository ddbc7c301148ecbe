"""Signatures that four independent programs agree on, and one that TikTok publishes."""

import pytest

from syncd.tiktok.sign import sign

SECRET = "0123456789abcdef0123456789abcdef01234567"
APP = {"app_key": "6testappkey1"}
SHOP = {**APP, "shop_cipher": "ROW_TESTcipher-0001"}
SORTED = {**SHOP, "page_size": "50", "sort_field": "update_time", "sort_order": "ASC"}
WINDOW = b'{"update_time_ge":1759900000,"update_time_lt":1760000000}'
SEARCH = "/return_refund/202309/returns/search"

CASES = {
    "published by TikTok": (
        "e59af819cc",
        "/authorization/202309/shops",
        {"app_key": "29a39d", "timestamp": "1623812664"},
        b"",
        "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8",
    ),
    "a body in compact JSON": (
        "e59af819cc",
        "/event/202309/webhooks",
        {
            "app_key": "68xu9ks5p4i8",
            "shop_cipher": "ROW_xkMbgAAAeVAQra0eZWebFQq5aIK",
            "timestamp": "1696909648",
        },
        b'{"address":"https://partner.tiktokshop.com","event_type":"PACKAGE_UPDATE"}',
        "cd0d6268252f4ba293bf7ea4c0a2873bf9beec600d22530638564ab301435f7a",
    ),
    "first page": (
        SECRET,
        SEARCH,
        {**SORTED, "timestamp": "1760000000"},
        WINDOW,
        "19b06cd198d4180b1e86d055e2cd39f8396b7911f883ade16359eedf0343bf54",
    ),
    "a page token with reserved characters": (
        SECRET,
        "/return_refund/202602/returns/search",
        {**SORTED, "timestamp": "1760000001", "page_token": "aDU2dHIz/MlFh+ME5CUzI9=="},
        WINDOW,
        "7c496884be6c344ec122bdf16dd0bfea4f4155ae592de4b9e1ee969f153829c1",
    ),
    "sign and access_token are left out": (
        SECRET,
        SEARCH,
        {**SORTED, "timestamp": "1760000000", "sign": "deadbeef", "access_token": "ROW_should_be_ignored"},
        WINDOW,
        "19b06cd198d4180b1e86d055e2cd39f8396b7911f883ade16359eedf0343bf54",
    ),
    "a body beyond ASCII": (
        SECRET,
        SEARCH,
        {**SHOP, "page_size": "10", "timestamp": "1760000002"},
        '{"return_ids":["4035318504086604100"],"note":"Größe M \u2013 ✓"}'.encode(),
        "126864f0d85a98880214600b708c2f0ebbcb580f16d91f7872f0d2d1b6e8de36",
    ),
    "records of a return": (
        SECRET,
        "/return_refund/202309/returns/4035318504086604100/records",
        {**SHOP, "locale": "en-GB", "timestamp": "1760000003"},
        b"",
        "4400640e4fe777506c424b48584e633810f275d0c7c18060247b976eee9bd340",
    ),
    "orders in one comma list": (
        SECRET,
        "/order/202309/orders",
        {**SHOP, "ids": "576461413038785752,576461413038785753", "timestamp": "1760000004"},
        b"",
        "41c8569414e9971c3a4bb70be7a80b54a3dd9236ea13dc824e824bf03f6c3878",
    ),
    "cancellations": (
        SECRET,
        "/return_refund/202309/cancellations/search",
        {**SORTED, "sort_order": "DESC", "timestamp": "1760000005"},
        b'{"cancel_status":["CANCELLATION_REQUEST_COMPLETE"],"update_time_ge":1759900000}',
        "96b5ec8d115afe1e494548bf422d71c3aceaaa963fb68408e01fd9742568a631",
    ),
    "POST without a body": (
        SECRET,
        SEARCH,
        {**SHOP, "page_size": "10", "timestamp": "1760000006"},
        b"",
        "22b402670f63d3a2832e533154744f9cc96cff3fa7d556e27b45ef7498360bb4",
    ),
    "a test of another client": (
        "app_secret",
        "/test-api",
        {"foo": "bar"},
        b"",
        "d3cb7fe11ecae942802ceeca67e7cf10120cc12f1517d45fbc1c8cfe5413c80f",
    ),
}


@pytest.mark.parametrize(("secret", "path", "query", "body", "expected"), CASES.values(), ids=CASES)
def test_known_signatures(
    *, secret: str, path: str, query: dict[str, str], body: bytes, expected: str
) -> None:
    """The signature is the one that others compute."""
    assert sign(secret, path, query, body) == expected


def test_a_multipart_body_is_not_signed() -> None:
    """Only path and query count where the body is multipart."""
    query = {**APP, "timestamp": "1760000007"}
    body = b'--xyz\r\nContent-Disposition: form-data; name="data"\r\n\r\nABC\r\n--xyz--\r\n'
    signature = sign(SECRET, "/product/202309/images/upload", query, body, multipart=True)
    assert signature == "7e13f438afaa381c268f6489a0be3494de8af484a9eba6286e70d63f7584f51b"


def test_the_order_of_the_query_does_not_matter() -> None:
    """Parameters are sorted before they are signed."""
    query = {**SORTED, "timestamp": "1760000000"}
    turned = dict(reversed(query.items()))
    assert sign(SECRET, SEARCH, turned, WINDOW) == sign(SECRET, SEARCH, query, WINDOW)
